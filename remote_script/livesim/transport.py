"""The song clock: playing, counting in, loop, punch, and what happens at exact beats.

Time is counted on the audio clock: seconds of audio since the start of the host, times the speed. It runs on while the main
thread is stalled and stands still while the audio device is gone. Commands take effect at the audio time of their turn; events between two
turns (loop end, punch, quantised launches) are worked off later but at their exact time.

Owned by the main thread. `clock` may be read from any thread.
"""

import heapq
import itertools

COUNT_IN_BARS = (0, 1, 2, 4)
_NEVER = float("inf")
_TINY = 1e-9


class Transport(object):
    """One per host; `reset` when another set is loaded."""

    def __init__(self, world):
        self.world = world
        self.speed = world.options.speed
        self._clock = (world.engine.now if world.engine else 0.0, 0.0, True)
        self.reset()

    def reset(self):
        self.playing = False
        self.counting_until = None
        self.stopped_beat = 0.0
        self.resume_beat = 0.0
        self._anchor_clock = 0.0
        self._anchor_beat = 0.0
        self._anchor_abs = 0.0
        self._events = []
        self._order = itertools.count()

    @property
    def song(self):
        return self.world.song.values

    # the audio clock

    def clock(self, now):
        """Audio seconds at this moment."""
        at, clock, running = self._clock
        return clock + (now - at) * self.speed if running else clock

    @property
    def device_lost(self):
        return not self._clock[2]

    def set_device(self, lost):
        now = self.world.engine.now
        self._clock = (now, self.clock(now), not lost)

    def _moment(self, clock):
        """The monotonic time at which the audio clock shows `clock`."""
        at, base, running = self._clock
        return at + (clock - base) / self.speed if running else _NEVER

    # position

    def beats_per_second(self):
        return self.song["tempo"] / 60.0

    def beat_at(self, clock):
        if not self.playing:
            return self.stopped_beat
        return self._anchor_beat + max(0.0, clock - self._anchor_clock) * self.beats_per_second()

    def abs_at(self, clock):
        """Beats played since the host started: goes on through loops and jumps."""
        if not self.playing:
            return self._anchor_abs
        return self._anchor_abs + max(0.0, clock - self._anchor_clock) * self.beats_per_second()

    def beat(self):
        """Song time of this turn."""
        return self.beat_at(self.clock(self.world.engine.now))

    @property
    def counting_in(self):
        return self.counting_until is not None

    def _anchor(self, clock, beat=None):
        beat = self.beat_at(clock) if beat is None else beat
        absolute = self.abs_at(clock)
        self._anchor_clock = max(clock, self.counting_until or clock)
        self._anchor_beat, self._anchor_abs = beat, absolute

    # commands; each at the time of the present turn

    def start(self, beat, counted=None):
        """Plays from a beat. counted: count in first (default: when record_mode is on)."""
        if self.playing:
            self.locate(beat)
            return
        song = self.song
        clock = self.clock(self.world.engine.now)
        bars = COUNT_IN_BARS[song["count_in_duration"]]
        counted = song["record_mode"] if counted is None else counted
        self.playing = True
        self._anchor_beat, self._anchor_clock = beat, clock
        if bars and counted:
            beats = bars * song["signature_numerator"] * 4.0 / song["signature_denominator"]
            self.counting_until = self._anchor_clock = clock + beats / self.beats_per_second()
            self.world.song.notify("is_counting_in")
        self.world.song.notify("is_playing", "current_song_time")
        self.world.recorder.sync(clock)

    def stop(self):
        """Stops; Arrangement record goes off with it."""
        if not self.playing:
            self.stopped_beat = self.resume_beat = self.song["start_time"]
            self.world.song.notify("current_song_time")
            return
        clock = self.clock(self.world.engine.now)
        self.advance(self.world.engine.now)
        beat, absolute = self.beat_at(clock), self.abs_at(clock)
        self.world.recorder.stop_all(clock)
        self.playing = False
        if self.counting_in:
            self.counting_until = None
            self.world.song.notify("is_counting_in")
        self._anchor_abs = absolute
        self.stopped_beat = self.resume_beat = beat
        self._events = []
        self.world.session.transport_stopped()
        self.world.song.notify("is_playing", "current_song_time")
        if not self.world.options.record_stays_on:
            self.world.song.change("record_mode", False)

    def locate(self, beat):
        """Moves playback while it runs. Arrangement recordings end and start anew at the new place."""
        clock = self.clock(self.world.engine.now)
        self.world.recorder.stop_arrangement(clock)
        self._anchor(clock, beat)
        self.world.song.notify("current_song_time")
        self.world.recorder.sync(clock)

    def set_tempo(self, bpm):
        clock = self.clock(self.world.engine.now)
        if self.playing:
            self.advance(self.world.engine.now)
            if self.counting_in:
                left = (self.counting_until - clock) * self.song["tempo"] / bpm
                self.counting_until = clock + left
            self._anchor(clock)
        self.world.recorder.tempo_point(clock)
        self.world.recorder.tempo_is(bpm)
        self.world.song.change("tempo", bpm)

    def at_abs(self, absolute, function):
        """Calls function(clock) when that many beats have been played; dropped when the transport stops."""
        heapq.heappush(self._events, (absolute, next(self._order), function))

    # what happens by itself

    def _next(self):
        """(audio time, function) of the next event while playing, or (never, None)."""
        if self.counting_in:
            return self.counting_until, self._count_in_over
        song = self.song
        bps = self.beats_per_second()
        best, action = _NEVER, None
        loop_start = song["loop_start"]
        loop_end = loop_start + song["loop_length"]

        def consider(beat, function):
            nonlocal best, action
            if beat > self._anchor_beat + _TINY:
                clock = self._anchor_clock + (beat - self._anchor_beat) / bps
                if clock < best:
                    best, action = clock, function

        if song["record_mode"]:
            if song["punch_in"]:
                consider(loop_start, self._punch)
            if song["punch_out"]:
                consider(loop_end, self._punch)
        if song["loop"] and song["loop_length"] > 0:
            beat_clock = best
            consider(loop_end, self._wrap)
            if action is not self._wrap and abs(
                    self._anchor_clock + (loop_end - self._anchor_beat) / bps - beat_clock) < _TINY:
                action = self._wrap
        if self._events:
            clock = self._anchor_clock + max(0.0, self._events[0][0] - self._anchor_abs) / bps
            if clock < best:
                best, action = clock, self._launch
        return best, action

    def next_event(self):
        """Monotonic time of the next event."""
        if not self.playing:
            return _NEVER
        return self._moment(self._next()[0])

    def advance(self, now):
        """Works off everything up to now, in order."""
        if not self.playing or self.device_lost:
            return
        clock = self.clock(now)
        for _ in range(10000):
            when, action = self._next()
            if action is None or when > clock + _TINY or not self.playing:
                return
            action(when)

    def _count_in_over(self, clock):
        self.counting_until = None
        self.world.song.notify("is_counting_in")
        self.world.recorder.sync(clock)

    def _punch(self, clock):
        self._anchor(clock)
        self.world.recorder.sync(clock)

    def _wrap(self, clock):
        song = self.song
        if song["record_mode"] and song["punch_out"]:
            self._anchor(clock, song["loop_start"] + song["loop_length"])
            self.world.recorder.sync(clock)
        self._anchor(clock, song["loop_start"])
        self.world.recorder.wrapped(clock, song["loop_start"])
        self.world.recorder.sync(clock)

    def _launch(self, clock):
        absolute, _order, function = heapq.heappop(self._events)
        self._anchor(clock)
        self._anchor_abs = absolute
        function(clock)
