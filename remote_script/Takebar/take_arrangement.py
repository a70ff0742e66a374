"""Recording a take into the Arrangement: switching it on and off, and finding its clips."""

from . import lom, take_clips
from .errors import RpcError
from .jobs import until
from .take_recorder import CONFIRM_SECONDS, REPEAT_SECONDS, STOP_SECONDS, Recorder, count_in_seconds

KNOWN_PATHS = 500
NEAR_SECONDS = 0.5


class _Lane(object):
    """A track that records, and the clips that it had before."""

    def __init__(self, record):
        self.record = record
        self.before = {}  # key -> clip: keeping the clip keeps its key from being used again unnoticed
        self.paths = set()
        for clip in lom.sequence(record.track, "arrangement_clips"):
            self.before[lom.key(clip)] = clip
            if len(self.paths) < KNOWN_PATHS:
                path = take_clips.file_path(clip)
                if path:
                    self.paths.add(path)

    def new_clips(self):
        """Clips that were not there before."""
        if not lom.alive(self.record.track):
            return []
        found = []
        for clip in lom.sequence(self.record.track, "arrangement_clips"):
            known = self.before.get(lom.key(clip))
            if known is None or not lom.alive(known):
                found.append(clip)
        return found


class ArrangementRecorder(Recorder):
    """Records the given tracks into the Arrangement."""

    in_arrangement = True

    def __init__(self, script, records, length):
        super(ArrangementRecorder, self).__init__(script)
        self._lanes = [_Lane(record) for record in records]
        self._playing_soon = False

    # on

    def patience(self):
        """How many seconds Live may take before it records."""
        return count_in_seconds(self._song) + CONFIRM_SECONDS

    def prepare(self):
        """Nothing: the Arrangement always has room."""
        return iter(())

    def switch_on(self):
        """Arrangement record on, then play, unless Live plays already (as a part of a job)."""
        script, song = self._script, self._song
        self._begin()
        yield from script.writes.settle([script.writes.put(song, "record_mode", True)])
        if self._turns():
            return
        script.call(song, "start_playing")
        self._playing_soon = True
        if not (yield from until(script.clock, self._turns, CONFIRM_SECONDS)):
            raise RpcError("not_confirmed", "Live did not start playing within %g s." % CONFIRM_SECONDS)
        self._playing_soon = False

    def look(self):
        """`counting`, `recording` or `off`."""
        if not lom.get(self._song, "record_mode", False):
            return "off"
        if lom.get(self._song, "is_counting_in", False):
            return "counting"
        return "recording" if lom.get(self._song, "is_playing", False) else "off"

    # off

    def switch_off(self):
        """Arrangement record off; stops playing where the take had started it (as a part of a job)."""
        if not self._began:
            return
        script, song = self._script, self._song
        end = script.clock.now + STOP_SECONDS
        repeat = script.clock.now
        asked = False
        while not (asked and self._is_off()):
            if script.clock.now >= end:
                raise RpcError("not_confirmed", "Live did not stop recording within %d s." % STOP_SECONDS)
            if script.clock.now >= repeat:
                repeat = script.clock.now + REPEAT_SECONDS
                # What was asked for a moment ago may not show yet, so the first time nothing is left out.
                if self._started_transport and (self._turns() or (self._playing_soon and not asked)):
                    script.call(song, "stop_playing")
                if not asked or lom.get(song, "record_mode", False):
                    script.writes.push(song, "record_mode", False)
                asked = True
            yield

    def _is_off(self):
        if lom.get(self._song, "record_mode", False):
            return False
        return not (self._started_transport and self._turns())

    # clips

    def found(self, span):
        """(record, clips of the take) of each track. `span` is the (lowest, highest) song time that was recorded, or None."""
        return [(lane.record, self._clips_of(lane, span)) for lane in self._lanes]

    def _clips_of(self, lane, span):
        fresh = []
        for clip in lane.new_clips():
            path = take_clips.file_path(clip)
            if path is None or path not in lane.paths:
                fresh.append(clip)  # otherwise a piece of an older clip that the recording has split
        if span is None or len(fresh) < 2:
            return fresh
        near = NEAR_SECONDS * (lom.number(self._song, "tempo") or 120.0) / 60.0
        inside = []
        for clip in fresh:
            start, end = lom.number(clip, "start_time"), lom.number(clip, "end_time")
            if start is None or end is None or (start >= span[0] - near and end <= span[1] + near):
                inside.append(clip)
        return inside or fresh

    def holds(self, record, clip):
        """Whether the clip is still in the set."""
        if not lom.alive(clip) or not lom.alive(record.track):
            return False
        key = lom.key(clip)
        return any(lom.key(other) == key for other in lom.sequence(record.track, "arrangement_clips"))

    def start_sample(self, wrapped, tempo):
        """The function that tells the first frame of the take in a clip's file."""

        def tell(clip, rate, frames):
            start = lom.number(clip, "start_time")
            offset = 0.0
            if self._planned is not None and start is not None and not wrapped:
                offset = max(0.0, self._planned - start)
            return take_clips.sample_at(clip, offset, tempo, rate, frames)

        return tell
