"""Taking a recording back: Live's undo, watched so that it never takes back anything else."""

from . import lom
from .jobs import until

UNDO_SECONDS = 2.0
DELETE_SECONDS = 2.0


def undo_clips(script, recorder, pairs):
    """Undoes until none of the (record, clip) pairs is in the set (as a part of a job). False where that was not possible.

    Each step must remove at least one of them; a step that does not was somebody else's, and is done again.
    """
    song = script.host.song

    def left():
        return sum(1 for record, clip in pairs if recorder.holds(record, clip))

    def fewer_than(count):
        return lambda: left() < count

    for _ in range(len(pairs) + 1):
        before = left()
        if not before:
            return True
        if lom.flag(song, "can_undo") is False:
            return False
        try:
            song.undo()
        except Exception as exc:
            script.host.log("undo", "Live did not undo: %s" % exc)
            return False
        if not (yield from until(script.clock, fewer_than(before), UNDO_SECONDS)):
            try:
                song.redo()
            except Exception as exc:
                script.host.log("undo", "Live did not redo: %s" % exc)
            yield
            return False
    return not left()


def delete_empty_track(script, record):
    """Deletes a track that the take had made, if nothing is on it (as a part of a job). False where it is still there."""
    if not lom.alive(record.track):
        return True
    if lom.sequence(record.track, "arrangement_clips"):
        return True  # it holds something now, so it is not ours to delete
    if any(lom.get(slot, "has_clip", False) for slot in lom.sequence(record.track, "clip_slots")):
        return True
    song = script.host.song

    def index():
        for place, track in enumerate(lom.sequence(song, "tracks")):
            if lom.key(track) == record.key:
                return place
        return None

    place = index()
    if place is None:
        return True
    try:
        song.delete_track(place)
    except Exception as exc:
        script.host.log("delete", "Live did not delete %s: %s" % (record.name, exc))
        return False
    yield from until(script.clock, lambda: index() is None, DELETE_SECONDS)
    return index() is None
