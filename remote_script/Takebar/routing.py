"""Verbs on a track's input: what is offered, and choosing from it by category or by name.

Display names are translated by Live; categories are not. A new track shows its inputs only after a moment, and its channel must be left
alone until then.
"""

from . import lom, tracks
from .errors import RpcError
from .jobs import until
from .params import choice, wrong
from .track_record import ARMABLE

LISTS_SECONDS = 15.0
FRESH_SECONDS = 0.1  # how old a track must be before its channel is set

category_param = choice(*lom.CATEGORIES)


def same_routing(read, wanted):
    """The test of a read-back routing type."""
    return lom.routing(read) == lom.routing(wanted)


def same_channel(read, wanted):
    """The test of a read-back routing channel."""
    return lom.text(read, "display_name") == lom.text(wanted, "display_name")


def types_of(record):
    """The routing types that Live offers for a track; empty while it does not know yet."""
    return [kind for kind in lom.sequence(record.track, "available_input_routing_types") if lom.routing(kind)]


def channels_of(record):
    """The channels of the track's routing type; empty while Live does not know them."""
    offered = lom.sequence(record.track, "available_input_routing_channels")
    return [channel for channel in offered if lom.text(channel, "display_name")]


def await_types(script, record):
    """Waits (as a part of a job) until Live offers inputs for the track, and returns them."""
    if record.kind not in ARMABLE or not lom.has(record.track, "available_input_routing_types"):
        raise RpcError("not_supported", "\"%s\" has no input to choose." % record.name, "Choose an audio or MIDI track.")
    found = types_of(record)
    if not found:
        found = yield from until(script.clock, lambda: types_of(record), LISTS_SECONDS, record.track)
    if not found:
        raise unavailable(record, [])
    return found


def unavailable(record, offered):
    """The error for an input that is not offered. `offered` are routing types or channels."""
    names = [lom.text(item, "display_name") for item in offered]
    return RpcError(
        "routing_unavailable", "\"%s\" does not offer this input." % record.name, available=[name for name in names if name]
    )


def choose_type(record, offered, category=None, name=None):
    """The offered type of that category and, or, that name; None where there is none."""
    for kind in offered:
        if category is not None and lom.category(kind) != category:
            continue
        if name is not None and lom.text(kind, "display_name") != name:
            continue
        return kind
    return None


def put_type(script, record, category=None, name=None):
    """Chooses an input (as a part of a job) and waits until Live shows it."""
    offered = yield from await_types(script, record)
    kind = choose_type(record, offered, category, name)
    if kind is None:
        raise unavailable(record, offered)
    yield from script.writes.settle([script.writes.put(record.track, "input_routing_type", kind, same_routing)])


def put_channel(script, record, name):
    """Chooses a channel of the input (as a part of a job) and waits until Live shows it."""
    ready_at = record.born + FRESH_SECONDS

    def offered_channels():
        return script.clock.now >= ready_at and channels_of(record)

    offered = yield from until(script.clock, offered_channels, LISTS_SECONDS, record.track)
    for channel in offered or ():
        if lom.text(channel, "display_name") == name:
            writes = [script.writes.put(record.track, "input_routing_channel", channel, same_channel)]
            yield from script.writes.settle(writes)
            return
    raise unavailable(record, offered or [])


def _input_of(record):
    return {
        "type": lom.routing(lom.get(record.track, "input_routing_type")),
        "channel": lom.text(lom.get(record.track, "input_routing_channel"), "display_name") or None,
    }


def routings(script, values, request):
    """track.routings"""
    yield from script.ready()
    record = tracks.find(script, values["track"])
    offered = yield from await_types(script, record)
    result = {
        "types": [lom.routing(kind) for kind in offered],
        "channels": [lom.text(channel, "display_name") for channel in channels_of(record)],
    }
    result.update(_input_of(record))
    return result


def set_input(script, values, request):
    """track.set_input_routing"""
    category, name = values["category"], values["name"]
    if category is None and name is None:
        raise wrong("category", "given, or else \"name\"")
    if category == "track" and name is None:
        raise wrong("name", "given with the category \"track\", because it tells which one")
    return _set_input(script, values, category, name)


def _set_input(script, values, category, name):
    yield from script.ready()
    record = tracks.find(script, values["track"])
    yield from put_type(script, record, category, name)
    if values["channel"] is not None:
        yield from put_channel(script, record, values["channel"])
    return _input_of(record)
