"""Verbs on takes: start, stop, cancel, get, list."""

from . import recording, wire
from .errors import RpcError
from .state import PART_BYTES
from .take import has_ended
from .take_job import TakeJob


def start(script, values, request):
    """take.start"""
    yield from script.ready()
    return (yield from begin(script, values["take"], lambda take_id: TakeJob(script, take_id, values, request)))


def begin(script, wished_id, make):
    """Starts the job that `make(id)` makes, unless that id is known (as a part of a job). Returns the take once it records or counts in."""
    known = script.memory.find_take(wished_id) if wished_id is not None else None
    if known is None:
        recording.check_free(script)
        job = make(wished_id or script.memory.new_take_id())
        script.take_job = job
        script.memory.add_take(job.take)
        script.jobs.start(job.run(), _log_end(script))
        known = job.take
    else:
        job = script.take_job if script.take_job is not None and script.take_job.take is known else None
    while known["phase"] == "preparing":
        yield
    if job is not None and known["started_at"] is None and has_ended(known):
        raise _why(known)
    return known


def _why(take):
    error = take["error"]
    if error is None:
        return RpcError("take_failed", "The take was stopped before it began to record.", "", take=take["id"])
    return RpcError(error["code"], error["message"], error["hint"], take=take["id"])


def _log_end(script):
    def ended(result, error):
        if error is not None:
            script.host.log("take", error.message)

    return ended


def _running(script, take_id):
    """(job, take): the job where the take runs, the take where it has ended already."""
    job = script.take_job
    if take_id is None:
        if job is None:
            raise RpcError("no_take", "No take is running.")
        return job, job.take
    take = script.memory.find_take(take_id)
    if take is None:
        raise RpcError("not_found", "There is no take \"%s\"." % take_id)
    return (job if job is not None and job.take is take else None), take


def stop(script, values, request):
    """take.stop"""
    job, take = _running(script, values["take"])
    if job is None:
        return take
    job.ask("stop")
    return _await_end(take)


def cancel(script, values, request):
    """take.cancel"""
    job, take = _running(script, values["take"])
    if job is not None:
        job.ask("cancel")
        return _await_cancelled(take)
    return _not_finished(take)


def _await_cancelled(take):
    yield from _await_end(take)
    return _not_finished(take)  # it may have been asked for a moment too late


def _not_finished(take):
    if take["phase"] == "finished":
        raise RpcError("no_take", "The take has ended already.", "Undo it in Live if it is the last step there.")
    return take


def _await_end(take):
    while not has_ended(take):
        yield
    if take["phase"] == "failed":
        raise _why(take)
    return take


def get(script, values, request):
    """take.get"""
    if values["take"] is not None:
        return _running(script, values["take"])[1]
    take = script.memory.last_take()
    if take is None:
        raise RpcError("no_take", "No take was recorded since Live started.")
    return take


def list_all(script, values, request):
    """take.list: the newest ones, as many as fit into a line."""
    return {"takes": fitting(script.memory.takes)}


def fitting(takes):
    """The newest of these takes, oldest first, as many as fit into a line."""
    room = PART_BYTES
    for count, take in enumerate(reversed(takes)):
        room -= len(wire.encode(take)) + 1
        if room < 0:
            return takes[len(takes) - count :]
    return takes
