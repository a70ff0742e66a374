"""What a take changes in the set so that it can record, and how it is put back.

What somebody changed in Live meanwhile is left as it is: only a value that is still the take's own is put back.
"""

from . import lom, routing
from .confirm import equal
from .errors import RpcError


class _Change(object):
    __slots__ = ("obj", "prop", "before", "after", "same", "label")

    def __init__(self, obj, prop, before, after, same, label):
        self.obj = obj
        self.prop = prop
        self.before = before
        self.after = after
        self.same = same
        self.label = label

    def is_ours(self):
        """Whether Live still shows what the take has set."""
        return lom.alive(self.obj) and self.same(lom.get(self.obj, self.prop), self.after)

    def is_back(self):
        """Whether Live shows again what was there before."""
        return not lom.alive(self.obj) or self.same(lom.get(self.obj, self.prop), self.before)


class Changes(object):
    """All changes of one take, in their order."""

    def __init__(self, script):
        self._script = script
        self._made = []
        self._inputs = []

    def __len__(self):
        return len(self._made) + len(self._inputs)

    def labels(self):
        """What was changed, in words."""
        return [change.label for change in self._made] + ["input of %s" % record.name for record, _, _, _ in self._inputs]

    def put(self, obj, prop, value, label):
        """Sets a property; returns what `Writes.settle` waits for."""
        before = self._script.writes.value(obj, prop)
        write = self._script.writes.put(obj, prop, value)
        if write is not None and before != value:
            self._made.append(_Change(obj, prop, before, value, equal, label))
        return write

    def put_input(self, record, kind):
        """Sets the input of a track to one of the offered types; returns what `Writes.settle` waits for."""
        track = record.track
        before = lom.routing(lom.get(track, "input_routing_type"))
        channel = lom.text(lom.get(track, "input_routing_channel"), "display_name")
        write = self._script.writes.put(track, "input_routing_type", kind, routing.same_routing)
        if write is not None:
            self._inputs.append((record, before, channel, lom.routing(kind)))
        return write

    def restore(self):
        """Puts everything back (as a part of a job). Returns the labels of what could not be."""
        failed = []
        made, self._made = self._made, []
        inputs, self._inputs = self._inputs, []
        writes = []
        tried = []
        for change in reversed(made):
            if not change.is_ours():
                continue
            tried.append(change)
            try:
                writes.append(self._script.writes.put(change.obj, change.prop, change.before, change.same))
            except RpcError as error:
                self._script.host.log("restore", "%s: %s" % (change.label, error.message))
        try:
            yield from self._script.writes.settle(writes)
        except RpcError as error:
            self._script.host.log("restore", error.message)
        failed += [change.label for change in tried if not change.is_back()]
        for record, before, channel, ours in inputs:
            if not lom.alive(record.track) or lom.routing(lom.get(record.track, "input_routing_type")) != ours:
                continue
            try:
                yield from self._restore_input(record, before, channel)
            except RpcError as error:
                self._script.host.log("restore", error.message)
                failed.append("input of %s" % record.name)
        return failed

    def _restore_input(self, record, before, channel):
        if before is None:
            return
        yield from routing.put_type(self._script, record, before["category"], before["display_name"])
        if channel and lom.text(lom.get(record.track, "input_routing_channel"), "display_name") != channel:
            yield from routing.put_channel(self._script, record, channel)
