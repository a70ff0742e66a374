"""Which tracks a take records, and what is done to the set so that exactly these record."""

from . import lom, recording, routing, tracks
from .errors import RpcError

MAIN_TRACK_NAME = "Takebar Main"
MONITORING_OFF = 2


def check(script, source):
    """The source as the take shows it, and its records (None for main: its track may have to be made). Changes nothing."""
    kind = source["kind"]
    if kind == "armed":
        records = tracks.armed_records(script)
        if not records:
            raise recording.nothing_armed()
        return {"kind": "armed"}, records
    if kind == "main":
        return {"kind": "main"}, None
    record = script.model.selected() if kind == "selected" else tracks.find(script, source["track"])
    if record is None:
        raise RpcError("not_found", "No track is selected.", "Select a track in Live, then record again.")
    tracks.check_armable(record)
    return {"kind": "track", "track": record.id}, [record]


def arm_alone(script, changes, record):
    """Arms this track and no other; returns what to wait for."""
    writes = []
    for other in tracks.armed_records(script):
        for prop in ("arm", "implicit_arm"):
            wanted = other is record and prop == "arm"
            if bool(script.writes.value(other.track, prop, False)) and not wanted:
                writes.append(changes.put(other.track, prop, False, "arm of %s" % other.name))
    writes.append(changes.put(record.track, "arm", True, "arm of %s" % record.name))
    return writes


def prepare_track(script, changes, record):
    """Makes one track the only one that records (as a part of a job)."""
    yield from script.writes.settle(arm_alone(script, changes, record))


def find_main(script):
    """The record of the track that records the main output; None where there is none yet."""
    for record in script.model.order:
        if record.kind == "audio" and record.name == MAIN_TRACK_NAME:
            if lom.alive(record.track) and lom.get(record.track, "can_be_armed", False):
                if not lom.get(record.track, "is_frozen", False):
                    return record
    return None


def create_main(script):
    """Makes the track that records the main output, and leaves the selection as it was (as a part of a job)."""
    selected = script.model.selected()
    record = yield from tracks.create_track(script, None, MAIN_TRACK_NAME)
    now = lom.get(script.host.view, "selected_track")
    if selected is not None and lom.alive(selected.track) and lom.alive(now) and lom.key(now) == record.key:
        try:
            script.host.view.selected_track = selected.track
        except Exception as exc:
            script.host.log("select", "The selection could not be put back: %s" % exc)
    return record


def prepare_main(script, changes, record, is_new):
    """Makes the main output's track the only one that records, and resampling its input (as a part of a job).

    A track that was just made keeps input and monitoring. Monitoring is off, so that the track does not feed back. Punch would cut pieces out of the recording, so it is off for the take. Loop and
    metronome stay: the loop is what the musician plays to, and the click goes to the cue output, which is not recorded.
    """
    offered = yield from routing.await_types(script, record)
    kind = routing.choose_type(record, offered, "resampling")
    if kind is None:
        raise routing.unavailable(record, offered)
    track = record.track
    if is_new:
        writes = [script.writes.put(track, "input_routing_type", kind, routing.same_routing)]
        writes.append(script.writes.put(track, "current_monitoring_state", MONITORING_OFF))
    else:
        writes = [changes.put_input(record, kind)]
        writes.append(changes.put(track, "current_monitoring_state", MONITORING_OFF, "monitoring of %s" % record.name))
    for prop in ("punch_in", "punch_out"):
        if lom.get(script.host.song, prop, False):
            writes.append(changes.put(script.host.song, prop, False, prop.replace("_", " ")))
    writes += arm_alone(script, changes, record)
    yield from script.writes.settle(writes)
