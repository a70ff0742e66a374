"""Verbs on bounces: start, stop, cancel, get, list. A bounce is a take, so most of them are those of takes."""

from . import lom, recording, takes, transport
from .bounce_job import BounceJob
from .errors import RpcError
from .params import choice, track_ids, wrong

MOST_CUTS = 1000


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
    return {"bounces": [take for take in script.memory.takes if "bounce" in take]}
