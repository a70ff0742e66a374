"""Writes that are read back.

Live takes a change over on its next turn. So a write is remembered until a later tick has read it back, and a second write to the
same property meanwhile takes the place of the first: whoever waits for either is told what Live really shows.
"""

from . import lom
from .errors import RpcError, refused

CONFIRM_SECONDS = 5.0


class Write(object):
    """One change on its way."""

    __slots__ = ("obj", "prop", "value", "same", "entry", "newer")

    def __init__(self, obj, prop, value, same, entry):
        self.obj = obj
        self.prop = prop
        self.value = value
        self.same = same
        self.entry = entry
        self.newer = None


def equal(read, wanted):
    """The usual test of a read-back value."""
    return read == wanted


def close_to(read, wanted):
    """The test for beats, which Live may round."""
    return abs(read - wanted) < 1e-3


class Writes(object):
    """All changes that Live has not shown yet."""

    def __init__(self, clock):
        self._clock = clock
        self._pending = {}

    def put(self, obj, prop, value, same=equal, always=False):
        """Sets a property. Returns what `settle` waits for, or None where it has that value already (unless `always`)."""
        entry = (lom.key(obj), prop)
        known = self._pending.get(entry)
        if known is not None and lom.alive(known.obj):
            if known.value == value:
                return known
        else:
            try:
                if not always and same(getattr(obj, prop), value):
                    return None
            except Exception:
                pass  # what cannot be read may still be written; settle finds out
        try:
            setattr(obj, prop, value)
        except Exception as exc:
            raise refused(exc)
        return self.expect(obj, prop, value, same)

    def push(self, obj, prop, value):
        """Sets a property without waiting for anything."""
        self._pending.pop((lom.key(obj), prop), None)
        try:
            setattr(obj, prop, value)
        except Exception as exc:
            raise refused(exc)

    def expect(self, obj, prop, value, same=equal):
        """Like `put` for a property that was changed in another way, by calling a method of Live."""
        entry = (lom.key(obj), prop)
        write = Write(obj, prop, value, same, entry)
        known = self._pending.get(entry)
        if known is not None:
            known.newer = write
        self._pending[entry] = write
        return write

    def touched(self, *props):
        """Keys of the objects that have a change of one of these properties on its way."""
        return set(key for key, prop in self._pending if prop in props)

    def value(self, obj, prop, default=None):
        """The value that the property will have once Live has taken over what was written."""
        known = self._pending.get((lom.key(obj), prop)) if self._pending else None
        if known is not None and lom.alive(known.obj):
            return known.value
        return lom.value_of(obj, prop, default)

    def settle(self, writes, seconds=CONFIRM_SECONDS):
        """Waits (as a part of a job) until Live shows all of these writes."""
        waiting = [write for write in writes if write is not None]
        end = self._clock.now + seconds
        try:
            while waiting:
                yield
                waiting = [write for write in waiting if not self._arrived(write)]
                if waiting and self._clock.now >= end:
                    names = ", ".join(sorted(set(write.prop for write in waiting)))
                    raise RpcError("not_confirmed", "Live did not show the change of %s within %g s." % (names, seconds))
        finally:
            for write in waiting:
                if write.newer is None:
                    self._forget(write)

    def _arrived(self, write):
        while write.newer is not None:
            write = write.newer
        if not lom.alive(write.obj):
            self._forget(write)
            raise RpcError("not_found", "It was deleted in Live meanwhile.")
        try:
            if not write.same(getattr(write.obj, write.prop), write.value):
                return False
        except Exception:
            return False
        self._forget(write)
        return True

    def _forget(self, write):
        while write.newer is not None:
            write = write.newer
        if self._pending.get(write.entry) is write:
            del self._pending[write.entry]
