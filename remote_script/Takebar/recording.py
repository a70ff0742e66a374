"""Verbs that switch Live's own recording on and off, without a take."""

from . import lom, session_slots, tracks, transport
from .confirm import CONFIRM_SECONDS
from .errors import RpcError
from .jobs import until

LONGEST_QUANTIZATION_BARS = 8


def nothing_armed():
    """The error where a recording is asked for and no track is armed."""
    return RpcError("nothing_armed", "No track is armed.")


def beats_a_bar(song):
    """Quarter notes in a bar."""
    numerator = lom.integer(song, "signature_numerator") or 4
    return numerator * 4.0 / (lom.integer(song, "signature_denominator") or 4)


def bar_seconds(song):
    """How long a bar lasts now."""
    return beats_a_bar(song) * 60.0 / (lom.number(song, "tempo") or 120.0)


def is_arranging(script):
    """Whether Live records into the Arrangement."""
    return bool(script.writes.value(script.host.song, "record_mode", False)) and transport.is_playing(script)


def recording_slots(script):
    """(record, index, slot) of each armed track's slot that records or waits to."""
    if not transport.is_playing(script):
        return []
    found = []
    for record in tracks.armed_records(script):
        for index, slot in enumerate(lom.sequence(record.track, "clip_slots")):
            waits = session_slots.is_triggered(slot) and not lom.get(slot, "has_clip", False)
            if waits or session_slots.is_recording(slot):
                found.append((record, index, slot))
    return found


def check_free(script):
    """Raises RpcError where Live records already."""
    if script.take_job is not None:
        raise RpcError("take_running", "A take is running already.", take=script.take_job.take["id"])
    if is_arranging(script) or recording_slots(script):
        raise RpcError("already_recording", "Live is recording already.")


def _result(script, slots):
    song = script.host.song
    return {
        "record_mode": bool(lom.get(song, "record_mode", False)),
        "session_record": bool(lom.get(song, "session_record", False)),
        "slots": [{"track": record.id, "index": index} for record, index, _ in slots],
    }


def start(script, values, request):
    """record.start"""
    yield from script.ready()
    check_free(script)
    armed = tracks.armed_records(script)
    if not armed:
        raise nothing_armed()
    if values["view"] == "session":
        return (yield from _start_session(script, armed))
    song = script.host.song
    yield from script.writes.settle([script.writes.put(song, "record_mode", True)])
    if not transport.is_playing(script):
        script.call(song, "start_playing")

        def turns():
            return lom.get(song, "is_playing", False) or lom.get(song, "is_counting_in", False)

        if not (yield from until(script.clock, turns, CONFIRM_SECONDS)):
            raise RpcError("not_confirmed", "Live did not start playing within %g s." % CONFIRM_SECONDS)
    return _result(script, [])


def _start_session(script, armed):
    chosen = yield from session_slots.choose(script, armed)
    from_stop = not transport.is_playing(script)
    for number, (_, _, slot) in enumerate(chosen):
        session_slots.fire_to_record(script, slot, None, at_once=from_stop and number > 0)

    def fired():
        return all(session_slots.is_triggered(slot) or session_slots.is_recording(slot) for _, _, slot in chosen)

    if not (yield from until(script.clock, fired, CONFIRM_SECONDS, *[slot for _, _, slot in chosen])):
        raise RpcError("not_confirmed", "Live did not fire the clip slots within %g s." % CONFIRM_SECONDS)
    return _result(script, chosen)


def stop(script, values, request):
    """record.stop"""
    yield from script.ready()
    song = script.host.song
    slots = recording_slots(script)
    for _, _, slot in slots:
        script.call(slot, "stop")
    writes = [script.writes.put(song, "record_mode", False)]
    if lom.get(song, "session_record", False):
        writes.append(script.writes.put(song, "session_record", False))
    yield from script.writes.settle(writes)
    if slots:
        patience = CONFIRM_SECONDS + LONGEST_QUANTIZATION_BARS * bar_seconds(song)

        def silent():
            return not any(lom.alive(slot) and session_slots.is_recording(slot) for _, _, slot in slots)

        if not (yield from until(script.clock, silent, patience)):
            raise RpcError("not_confirmed", "Live did not stop recording within %d s." % patience)
    return _result(script, slots)
