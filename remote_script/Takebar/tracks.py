"""Verbs on tracks: arm, disarm, monitoring, create, rename, select. Also finds tracks for the other verbs."""

from . import lom
from .errors import RpcError
from .jobs import until
from .params import wrong
from .track_record import ARMABLE

CREATE_SECONDS = 5.0

_WHY_NOT = {
    "group": ("is a group track and cannot be armed", "Arm a track inside the group."),
    "return": ("is a return track and cannot be armed", "Choose an audio or MIDI track."),
    "main": ("is the main track and cannot be armed", "Record the source \"main output\" instead."),
}


def find(script, track_id):
    """The record of a track by its id; raises RpcError where it is gone."""
    record = script.model.by_id.get(track_id)
    if record is None or not lom.alive(record.track):
        raise RpcError("not_found", "There is no track \"%s\" (any more)." % track_id[:40])
    return record


def check_armable(record):
    """Raises RpcError where the track cannot be armed, saying why."""
    if record.kind not in ARMABLE:
        why, hint = _WHY_NOT[record.kind]
    elif lom.get(record.track, "is_frozen", False):
        why, hint = "is frozen and cannot be armed", "Unfreeze it in Live first."
    elif not lom.get(record.track, "can_be_armed", False):
        why, hint = "cannot be armed, says Live", "Choose another track."
    else:
        return
    raise RpcError("not_armable", "\"%s\" %s." % (record.name, why), hint)


def is_armed(script, record):
    """Whether the track will record, once Live has taken over what was written."""
    if record.kind not in ARMABLE or not lom.get(record.track, "can_be_armed", False):
        return False
    values = script.writes
    return bool(values.value(record.track, "arm", False) or values.value(record.track, "implicit_arm", False))


def _maybe_armed(script):
    touched = script.writes.touched("arm", "implicit_arm")
    for record in script.model.order:
        fields = record.fields
        if fields and (fields["arm"] or fields["implicit_arm"] or (touched and record.key in touched)):
            yield record


def armed_records(script):
    """The records of all tracks that will record, in the set's order. Wait for `script.ready()` first."""
    return [record for record in _maybe_armed(script) if is_armed(script, record)]


def disarm_writes(script, keep=(), implicit=False):
    """Disarms every track but those in `keep`; with `implicit` also what a controller armed. Wait for `script.ready()` first."""
    writes = []
    for record in list(_maybe_armed(script)):
        if record in keep or not lom.get(record.track, "can_be_armed", False):
            continue
        writes.append(script.writes.put(record.track, "arm", False))
        if implicit and script.writes.value(record.track, "implicit_arm", False):
            writes.append(script.writes.put(record.track, "implicit_arm", False))
    return writes


def _armed_result(script):
    yield from script.ready()
    return {"armed": script.model.armed()}


def arm(script, values, request):
    """track.arm"""
    yield from script.ready()
    records = [find(script, track_id) for track_id in values["tracks"]]
    for record in records:
        check_armable(record)
    exclusive = values["exclusive"]
    alone = exclusive == "yes" or (exclusive == "set" and bool(lom.get(script.host.song, "exclusive_arm", False)))
    writes = disarm_writes(script, keep=records) if alone else []
    writes += [script.writes.put(record.track, "arm", True) for record in records]
    yield from script.writes.settle(writes)
    return (yield from _armed_result(script))


def disarm(script, values, request):
    """track.disarm"""
    yield from script.ready()
    records = [find(script, track_id) for track_id in values["tracks"]]
    writes = []
    for record in records:
        if record.kind in ARMABLE and lom.get(record.track, "can_be_armed", False):
            writes.append(script.writes.put(record.track, "arm", False))
    yield from script.writes.settle(writes)
    return (yield from _armed_result(script))


def disarm_all(script, values, request):
    """track.disarm_all"""
    yield from script.ready()
    yield from script.writes.settle(disarm_writes(script, implicit=True))
    return (yield from _armed_result(script))


def set_monitoring(script, values, request):
    """track.set_monitoring"""
    yield from script.ready()
    record = find(script, values["track"])
    if record.kind not in ARMABLE or not lom.has(record.track, "current_monitoring_state"):
        raise RpcError("not_supported", "\"%s\" has no monitoring." % record.name, "Choose an audio or MIDI track.")
    yield from script.writes.settle([script.writes.put(record.track, "current_monitoring_state", values["state"])])
    return {"current_monitoring_state": lom.integer(record.track, "current_monitoring_state")}


def create_track(script, index, name):
    """Creates an audio track (as a part of a job); returns its record. `index` None = after the last."""
    song = script.host.song
    before = set(script.model.by_id)
    if index is None:
        index = len(lom.sequence(song, "tracks"))
    script.call(song, "create_audio_track", index)

    def fresh():
        script.model.refresh_unheard()
        if not script.model.sync():
            return None
        found = [record for record in script.model.order if record.id not in before and record.kind == "audio"]
        return next((record for record in found if record.index == index), found[0] if found else None)

    record = yield from until(script.clock, fresh, CREATE_SECONDS)
    if record is None:
        raise RpcError("not_confirmed", "Live did not show the new track within %g s." % CREATE_SECONDS)
    if name is not None:
        yield from script.writes.settle([script.writes.put(record.track, "name", name)])
    return record


def create_audio(script, values, request):
    """track.create_audio"""
    yield from script.ready()
    count = len(lom.sequence(script.host.song, "tracks"))
    if values["index"] > count:
        raise wrong("index", "from 0 to %d, or -1 for the end" % count)
    index = None if values["index"] == -1 else values["index"]
    record = yield from create_track(script, index, values["name"])
    return {"track": record.id}


def rename(script, values, request):
    """track.rename"""
    yield from script.ready()
    record = find(script, values["track"])
    before = script.writes.value(record.track, "name")

    def taken(read, wanted):
        return read == wanted or read != before  # Live may trim a name

    if before != values["name"]:
        yield from script.writes.settle([script.writes.put(record.track, "name", values["name"], taken)])
    return {"name": lom.text(record.track, "name") or ""}


def select(script, values, request):
    """track.select"""
    yield from script.ready()
    record = find(script, values["track"])

    def same(read, wanted):
        return lom.alive(read) and lom.key(read) == lom.key(wanted)

    yield from script.writes.settle([script.writes.put(script.host.view, "selected_track", record.track, same)])
    return {}
