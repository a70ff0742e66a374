"""Verbs on bounces: start, stop, cancel, get, list. A bounce is a take, so most of them are those of takes.

Besides: what a bounce that was cut short has left in a set, and leaving a set that bounces have changed.
"""

from . import bounce_sources, lom, recording, takes, transport
from .bounce_job import BounceJob, delete_track
from .errors import RpcError
from .jobs import until
from .params import choice, track_ids, wrong

MOST_CUTS = 1000
SAVE_BUTTONS = 3  # of Live's question whether to save: Don't Save, Cancel, Save
DONT_SAVE = 0
LEAVE_SECONDS = 3.0


def source(name, value):
    """What a bounce records."""
    if not isinstance(value, dict):
        raise wrong(name, "an object such as {\"kind\":\"main\"}")
    kind = choice("main", "stems", "selected")("source.kind", value.get("kind"))
    allowed = ("kind", "tracks") if kind == "stems" else ("kind",)
    for member in value:
        if member not in allowed:
            raise RpcError("invalid_params", "\"source\" of kind \"%s\" takes no \"%s\"." % (kind, str(member)[:80]))
    if kind == "stems" and value.get("tracks") is not None:
        return {"kind": kind, "tracks": track_ids("source.tracks", value["tracks"])}
    return {"kind": kind}


def cuts(name, value):
    """Positions at which the files are cut, in beats, rising."""
    if not isinstance(value, list) or len(value) > MOST_CUTS:
        raise wrong(name, "a list of at most %d positions" % MOST_CUTS)
    numbers = [lom.finite(item) if isinstance(item, (int, float)) and not isinstance(item, bool) else None for item in value]
    if any(number is None for number in numbers) or any(a >= b for a, b in zip(numbers, numbers[1:])):
        raise wrong(name, "a list of rising positions in beats")
    return numbers


def start(script, values, request):
    """bounce.start"""
    end = values["start"] + values["length"]
    if any(not values["start"] < cut < end for cut in values["cuts"]):
        raise wrong("cuts", "inside the range")
    return _start(script, values, request)


def _start(script, values, request):
    yield from script.ready()
    known = script.memory.find_take(values["bounce"]) if values["bounce"] is not None else None
    if known is None:
        recording.check_free(script)
        if transport.is_playing(script):
            raise RpcError("transport_running", "Live is playing.")
    take = yield from takes.begin(script, values["bounce"], lambda take_id: BounceJob(script, take_id, values, request))
    return take


def _check(take):
    if "bounce" not in take:
        raise RpcError("not_found", "\"%s\" is a take, not a bounce." % take["id"])
    return take


def _named(script, values):
    """The parameters for the verb on takes; raises where that take is no bounce."""
    job = script.take_job
    if values["bounce"] is not None:
        known = script.memory.find_take(values["bounce"])
    else:
        known = job.take if job is not None else None
    if known is not None:
        _check(known)
    return {"take": values["bounce"]}


def stop(script, values, request):
    """bounce.stop"""
    return takes.stop(script, _named(script, values), request)


def cancel(script, values, request):
    """bounce.cancel"""
    return takes.cancel(script, _named(script, values), request)


def get(script, values, request):
    """bounce.get"""
    if values["bounce"] is not None:
        return _check(takes.get(script, {"take": values["bounce"]}, request))
    found = list_all(script, values, request)["bounces"]
    if not found:
        raise RpcError("no_take", "Nothing was bounced since Live started.", "Start a bounce first.")
    return found[-1]


def list_all(script, values, request):
    """bounce.list"""
    return {"bounces": takes.fitting([take for take in script.memory.takes if "bounce" in take])}


def tidy(script, values, request):
    """bounce.tidy"""
    yield from script.ready()
    if values["delete"]:
        recording.check_free(script)
    found = bounce_sources.leftovers(script)
    kept = []
    for record in found:
        if values["delete"] and not (yield from delete_track(script, record)):
            kept.append(record.name)
    if kept:
        raise RpcError("live_refused", "Live did not delete %s." % ", ".join(kept), "Delete them by hand.")
    return {"tracks": [{"id": record.id, "name": record.name} for record in found], "deleted": values["delete"]}


def leave_set(script, values, request):
    """bounce.leave_set"""
    app = script.host.app
    shown = lom.text(app, "current_dialog_message")
    if (lom.integer(app, "open_dialog_count") or 0) != 1 or shown != values["message"]:
        raise RpcError("not_found", "Live does not ask that.", "Answer what Live asks yourself.")
    if lom.integer(app, "current_dialog_button_count") != SAVE_BUTTONS or not lom.has(app, "press_current_dialog_button"):
        raise RpcError("not_supported", "This is not the question whether to save the set.", "Answer it in Live.")
    if not _only_bounced(script):
        raise RpcError("live_refused", "More than bounces may have changed this set.", "Answer in Live whether to save it.")
    script.call(app, "press_current_dialog_button", DONT_SAVE)

    def answered():
        return lom.text(app, "current_dialog_message") != values["message"] or not lom.integer(app, "open_dialog_count")

    if not (yield from until(script.clock, answered, LEAVE_SECONDS)):
        raise RpcError("not_confirmed", "Live still asks.")
    return {}


def _only_bounced(script):
    """Whether the last thing that was recorded in this set is a bounce that has put everything back."""
    last = script.memory.last_take()
    if last is None or "bounce" not in last or script.take_job is not None:
        return False
    if last["bounce"]["keep_tracks"] or not last["restored"]:
        return False
    return last["set"] is not None and last["set"]["id"] == script.model.sections["set"]["id"]
