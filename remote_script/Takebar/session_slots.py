"""Clip slots: finding the next empty one, firing, stopping."""

from . import lom, tracks
from .confirm import CONFIRM_SECONDS
from .errors import RpcError
from .jobs import until


def is_busy(slot):
    """Whether the slot holds a clip, or is about to."""
    return any(lom.get(slot, name, False) for name in ("has_clip", "is_recording", "is_triggered"))


def is_recording(slot):
    """Whether the slot records now."""
    if lom.get(slot, "is_recording", False):
        return True
    return bool(lom.get(slot, "has_clip", False) and lom.get(lom.get(slot, "clip"), "is_recording", False))


def is_triggered(slot):
    """Whether the slot waits for its moment."""
    return bool(lom.get(slot, "is_triggered", False))


def _selected_scene(script):
    scene = lom.get(script.host.view, "selected_scene")
    if lom.alive(scene):
        wanted = lom.key(scene)
        for index, candidate in enumerate(lom.sequence(script.host.song, "scenes")):
            if lom.key(candidate) == wanted:
                return index
    return 0


def next_empty(record, first):
    """(index, slot) of the track's next empty slot, from scene `first` down and then from the top; None where all are full."""
    slots = lom.sequence(record.track, "clip_slots")
    for index in list(range(first, len(slots))) + list(range(0, min(first, len(slots)))):
        if not is_busy(slots[index]):
            return index, slots[index]
    return None


def choose(script, records):
    """The next empty slot of each track, as a list of (record, index, slot); adds a scene where one has none (as a part of a job)."""
    first = _selected_scene(script)
    if any(next_empty(record, first) is None for record in records):
        yield from _add_scene(script, records)
    chosen = []
    for record in records:
        found = next_empty(record, first)
        if found is None:
            raise RpcError("no_free_slot", "\"%s\" has no empty clip slot." % record.name)
        chosen.append((record, found[0], found[1]))
    return chosen


def _add_scene(script, records):
    song = script.host.song
    if not lom.has(song, "create_scene"):
        return
    try:
        song.create_scene(-1)
    except Exception as exc:
        script.host.log("scene", "Live added no scene: %s" % exc)
        return

    def all_found():
        return all(next_empty(record, 0) is not None for record in records)

    yield from until(script.clock, all_found, CONFIRM_SECONDS, *[record.track for record in records])


def fire_to_record(script, slot, length, at_once=False):
    """Fires an empty slot of an armed track. True where Live took the length over.

    `at_once` is for the second and further slots from stop: the first one has started the song, so without it they would
    wait for the next bar.
    """
    wishes = {}
    if length is not None:
        wishes["record_length"] = length
    if at_once:
        wishes["launch_quantization"] = script.host.no_quantization()
    for names in (("record_length", "launch_quantization"), ("record_length",), ("launch_quantization",)):
        arguments = dict((name, wishes[name]) for name in names if name in wishes)
        if len(arguments) != len(names):
            continue
        try:
            slot.fire(**arguments)
            return length is not None and "record_length" in arguments
        except Exception as exc:  # some versions take no arguments there
            script.host.log("fire", "Live fires no slot with %s: %s" % (" and ".join(names), exc))
    script.call(slot, "fire")
    return False


def find(script, values):
    """(record, slot) for a request's track and index; raises RpcError where it is not there."""
    record = tracks.find(script, values["track"])
    slots = lom.sequence(record.track, "clip_slots")
    if not slots:
        raise RpcError("not_supported", "\"%s\" has no clip slots." % record.name, "Choose an audio or MIDI track.")
    if values["index"] >= len(slots):
        raise RpcError("not_found", "\"%s\" has only %d clip slots." % (record.name, len(slots)))
    return record, slots[values["index"]]


def fire(script, values, request):
    """clip_slot.fire"""
    yield from script.ready()
    record, slot = find(script, values)
    length = values["record_length"]
    shows = bool(lom.get(slot, "has_clip", False)) or tracks.is_armed(script, record)
    if length is None:
        script.call(slot, "fire")
    else:
        try:
            slot.fire(record_length=length)
        except Exception:
            raise RpcError(
                "not_supported", "This version of Live fires slots without a length.", "Start a take with a length instead."
            )
    if not shows:
        yield  # an empty slot of a track that is not armed only stops the track
        return {}
    started = yield from until(
        script.clock,
        lambda: is_triggered(slot) or is_recording(slot) or lom.get(slot, "is_playing", False),
        CONFIRM_SECONDS,
        slot,
    )
    if not started:
        raise RpcError("not_confirmed", "Live did not fire the slot within %g s." % CONFIRM_SECONDS)
    return {}


def stop(script, values, request):
    """clip_slot.stop"""
    yield from script.ready()
    slot = find(script, values)[1]
    script.call(slot, "stop")
    yield
    return {}
