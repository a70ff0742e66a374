"""Recording a take into clip slots of the Session: firing them, stopping them, and finding their clips."""

from . import lom, session_slots, take_clips
from .errors import RpcError
from .jobs import until
from .recording import LONGEST_QUANTIZATION_BARS, bar_seconds
from .take_recorder import CONFIRM_SECONDS, REPEAT_SECONDS, STOP_SECONDS, Recorder, count_in_seconds

START_SECONDS = 0.5


class SessionRecorder(Recorder):
    """Records the given tracks, each into its next empty slot."""

    def __init__(self, script, records, length):
        super(SessionRecorder, self).__init__(script)
        self._records = records
        self._length = length
        self._chosen = []
        self._from_stop = False

    # on

    def patience(self):
        """How many seconds Live may take before it records: a count-in, or launch quantisation."""
        bars = LONGEST_QUANTIZATION_BARS * bar_seconds(self._song)
        return max(bars, count_in_seconds(self._song)) + CONFIRM_SECONDS

    def prepare(self):
        """Chooses the slots (as a part of a job)."""
        self._chosen = yield from session_slots.choose(self._script, self._records)

    def switch_on(self):
        """Fires the slots (as a part of a job)."""
        script = self._script
        self._begin()
        self._from_stop = self._started_transport
        for number, (_, _, slot) in enumerate(self._chosen):
            took = session_slots.fire_to_record(script, slot, self._length, at_once=self._from_stop and number > 0)
            self.took_length = self.took_length and (took or self._length is None)
        self.stops_by_itself = self._length is not None and self.took_length
        if not (yield from until(script.clock, self._turns, START_SECONDS)):
            script.call(self._song, "start_playing")
        if not (yield from until(script.clock, lambda: self.look() != "off", CONFIRM_SECONDS)):
            raise RpcError("not_confirmed", "Live did not fire the clip slots within %g s." % CONFIRM_SECONDS)

    def look(self):
        """`counting` (or waiting for the bar), `recording` or `off`."""
        slots = self._slots()
        if any(session_slots.is_recording(slot) for slot in slots):
            return "counting" if lom.get(self._song, "is_counting_in", False) else "recording"
        if any(session_slots.is_triggered(slot) for slot in slots):
            return "counting"
        return "off"

    def _slots(self):
        return [slot for record, _, slot in self._chosen if lom.alive(slot) and lom.alive(record.track)]

    # off

    def switch_off(self):
        """Stops the transport where the take had started it, else the slots, which waits for the bar (as a part of a job)."""
        if not self._began:
            return
        script, song = self._script, self._song
        quantized = self._turns() and not self._started_transport
        patience = STOP_SECONDS + (LONGEST_QUANTIZATION_BARS * bar_seconds(song) if quantized else 0.0)
        end = script.clock.now + patience
        repeat = script.clock.now
        asked = set()
        while not (asked and self._is_off()):
            if script.clock.now >= end:
                raise RpcError("not_confirmed", "Live did not stop recording within %d s." % patience)
            if script.clock.now >= repeat:
                repeat = script.clock.now + REPEAT_SECONDS
                if self._started_transport and (self._turns() or not asked):
                    script.call(song, "stop_playing")
                else:
                    self._stop_slots(asked)
                asked.add(None)
            yield

    def _stop_slots(self, asked):
        for slot in self._slots():
            key = lom.key(slot)
            if key not in asked:  # a second stop would only start the wait for the bar again
                asked.add(key)
                self._script.call(slot, "stop")

    def _is_off(self):
        slots = self._slots()
        if any(session_slots.is_recording(slot) or session_slots.is_triggered(slot) for slot in slots):
            return False
        if self._started_transport:
            return not self._turns()
        return not any(lom.get(slot, "is_playing", False) for slot in slots)

    # clips

    def found(self, span):
        """(record, clips of the take) of each track."""
        told = []
        for record, _, slot in self._chosen:
            clip = lom.get(slot, "clip") if lom.alive(slot) and lom.get(slot, "has_clip", False) else None
            told.append((record, [clip] if lom.alive(clip) else []))
        if not told:
            told = [(record, []) for record in self._records]
        return told

    def holds(self, record, clip):
        """Whether the clip is still in the set."""
        if not lom.alive(clip):
            return False
        key = lom.key(clip)
        for other, _, slot in self._chosen:
            if other is record and lom.alive(slot) and lom.get(slot, "has_clip", False):
                return lom.key(lom.get(slot, "clip")) == key
        return False

    def start_sample(self, wrapped, tempo):
        """The function that tells the first frame of the take in a clip's file. From stop, there is no pre-roll."""
        from_stop = self._from_stop

        def tell(clip, rate, frames):
            sample = take_clips.sample_at(clip, 0.0, tempo, rate, frames)
            return 0 if sample is None and from_stop else sample

        return tell
