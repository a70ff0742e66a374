"""Takes: which tracks record when, and the files that grow meanwhile.

The main thread starts and ends takes at exact audio times (`sync`). An audio thread of its own fills the files from the
clock, so a stalled main thread does not stop the sound. Nothing here knows the script.
"""

import errno
import hashlib
import itertools
import os
import threading
import time

from . import tones
from .audiofile import GrowingFile, Layout
from .gate import OwnThread
from .take import Take, file_stem

PUMP_SECONDS = 0.1
_CHUNK = 1 << 20


class Recorder(object):
    """All takes of one run of the host."""

    def __init__(self, world):
        self.world = world
        options = world.options
        self.pre_roll = options.pre_roll
        self.clip_delay = options.clip_delay
        self.finalize_delay = options.finalize_delay
        self.read_only = False
        self.disk_budget = None
        self.takes = []
        self.active = []
        self._ids = itertools.count(1)
        self._blocks = {}
        self._stale_mix = False
        self._mix = None  # (set, tones) until something that is heard changes
        self._bell = threading.Event()
        self._closing = False
        self._thread = None
        self._pump_lock = threading.Lock()

    # deciding what records; main thread

    def sync(self, clock):
        """Starts and ends Arrangement takes so that they fit the state of the song."""
        transport, song = self.world.transport, self.world.song
        values = song.values
        beat = transport.beat_at(clock)
        if transport.device_lost and any(take.view == "arrangement" for take in self.active):
            if values["record_mode"] and transport.playing:
                return
        want = (values["record_mode"] and transport.playing and not transport.counting_in
                and not transport.device_lost)
        if want and values["punch_in"] and beat < values["loop_start"] - 1e-9:
            want = False
        if want and values["punch_out"] and beat >= values["loop_start"] + values["loop_length"] - 1e-9:
            want = False
        if not want and not any(take.view == "arrangement" for take in self.active):
            return
        for track in song.tracks:
            take = track.arrangement_take
            wanted = want and track.records()
            if wanted and take is None and values["record_mode"]:
                self._begin(track, "arrangement", clock, beat)
            elif take is not None and not wanted:
                self.end(take, clock)

    def begin_session(self, slot, clock, beat, from_stop):
        """A Session take into a slot; without pre-roll when it starts from stop."""
        return self._begin(slot.track, "session", clock, beat, slot, 0 if from_stop else self.pre_roll)

    def _begin(self, track, view, clock, beat, slot=None, pre_roll=None):
        take = Take("k%d" % next(self._ids), track, view, clock, round(beat, 9), self.world.song.values["tempo"])
        take.slot = slot
        if view == "arrangement":
            track.arrangement_take = take
        self.takes.append(take)
        if take.is_audio:
            take.pre_roll = self.pre_roll if pre_roll is None else pre_roll
            if not self._open(take):
                if view == "arrangement":
                    track.arrangement_take = None
                return None
        self.active = self.active + [take]
        track.recording_count += 1
        self._start_thread()
        self.world.touch()
        return take

    def _open(self, take):
        options = self.world.options
        track = take.track
        take.source, take.source_hz = track.source_kind(), None
        take.layout = Layout(options.format, options.bits, options.rate, track.input_channels(), options.is_float)
        take.start_sample = int(round(take.start_beat * 60.0 / take.tempo * options.rate))
        take.first_tones = self.tones_of(track)
        take.segments = [(0, take.first_tones)]
        if take.source in ("external", "track") and len(take.first_tones) == 1:
            take.source_hz = take.first_tones[0][0]
        folder = self.world.recorded_folder()
        try:
            if self.read_only:
                raise OSError(errno.EROFS, "Read-only file system")
            os.makedirs(folder, exist_ok=True)
            take.path = self._free_path(folder, take)
            if self.disk_budget is not None and self.disk_budget <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            take.file = GrowingFile(take.path, take.layout)
        except OSError as error:
            take.end_beat = take.start_beat
            self._trouble(take, error)
            return False
        return True

    def _free_path(self, folder, take):
        while True:
            take.track.file_number += 1
            stem = file_stem(take.track_name, take.track.file_number, self.world.wall_time())
            path = os.path.join(folder, stem + take.layout.extension)
            if not os.path.exists(path):
                return path

    def end(self, take, clock, failed="", clip=True):
        """Ends a take at an audio time; its clip follows after the delay."""
        if take not in self.active or take.end_beat is not None:
            return
        beats = max(0.0, take.take_beats(clock))
        take.end_beat = round(take.start_beat + beats, 9)
        if take.passes:
            at, back_to = take.passes[-1]
            take.end_beat = round(back_to + beats - at, 9)
        take.failed = take.failed or failed
        if take.view == "arrangement":
            take.track.arrangement_take = None
        take.track.recording_count -= 1
        length = beats
        if take.is_audio:
            take.end_frames = take.frames_at(clock)
            take.finalize_at = time.monotonic() + self.finalize_delay
        else:
            take.finished = True
            self.active = [other for other in self.active if other is not take]
        if clip:
            self.world.engine.after(self.clip_delay, lambda: self._clip(take, length))
        self._bell.set()
        self.world.touch()

    def _clip(self, take, length):
        if take.track.alive and (take.end_frames is None or take.end_frames > take.pre_roll):
            take.track.finished_take(take, length)
            if take.path:
                try:
                    with open(take.path + ".asd", "wb") as analysis:
                        analysis.write(b"asd\0")
                except OSError:
                    pass

    def stop_arrangement(self, clock):
        for take in [take for take in self.active if take.view == "arrangement"]:
            self.end(take, clock)

    def stop_all(self, clock):
        for take in list(self.active):
            self.end(take, clock)

    def drop_track(self, track):
        """The track goes away: its takes end without a clip."""
        clock = self.world.transport.clock(self.world.engine.now)
        for take in list(self.active):
            if take.track is track:
                self.end(take, clock, "track deleted", clip=False)

    def close_set(self, finish):
        """The set goes away. finish=False leaves headers as they are, as after a crash."""
        clock = self.world.transport.clock(self.world.engine.now)
        for take in list(self.active):
            if not finish:
                take.abandoned = True
            self.end(take, clock, "set closed", clip=False)

    def device_changed(self):
        """The audio device went or came: takes that were waiting for it begin now."""
        if not self.world.transport.device_lost:
            self.sync(self.world.transport.clock(self.world.engine.now))

    def tempo_point(self, clock):
        """Before the tempo changes: running takes remember where."""
        for take in self.active:
            if take.end_beat is None:
                take.tempo_map.append((take.take_beats(clock), clock - take.clock))

    def tempo_is(self, bpm):
        for take in self.active:
            if take.end_beat is None:
                take.tempo = bpm

    def wrapped(self, clock, beat):
        for take in self.active:
            if take.view == "arrangement" and take.end_beat is None:
                take.passes.append((take.take_beats(clock), beat))

    # what is heard

    def tones_of(self, track):
        """(hz, amplitude) pairs that this track records now."""
        kind = track.source_kind()
        if kind == "external":
            return track.own_tone()
        if kind == "resampling":
            song = self.world.song
            if self._mix is None or self._mix[0] is not song:
                self._mix = song, tones.mix([tone for other in song.sounding() for tone in other.own_tone()])
            return self._mix[1]
        if kind == "track":
            source = track.input_source()
            return source.own_tone() if source is not None and source.kind in ("audio", "midi") else ()
        return ()

    def mix_changed(self):
        """Something that is heard has changed: running takes go on with the new sound from here."""
        self._stale_mix = True
        self._mix = None
        self.world.touch()

    def refresh_mix(self):
        """Once per turn: works off mix_changed."""
        if not self._stale_mix:
            return
        self._stale_mix = False
        clock = self.world.transport.clock(self.world.engine.now)
        for take in self.active:
            if take.is_audio and take.end_beat is None and take.track.alive:
                now = self.tones_of(take.track)
                if now != take.segments[-1][1]:
                    take.segments.append((max(take.frames_at(clock), take.file.frames), now))

    # filling the files; audio thread

    def _start_thread(self):
        if self.world.options.audio_thread and self._thread is None:
            self._thread = OwnThread(self._run, "audio")
            self._thread.start()
        self._bell.set()

    def _run(self):
        while not self._closing:
            if not self.active:
                self._bell.wait()
            self._bell.clear()
            self.pump(self.world.engine.clock.now())
            if self.active:
                self._bell.wait(PUMP_SECONDS)

    def pump(self, now):
        """Brings all files up to date. The audio thread calls it; tests may."""
        with self._pump_lock:
            clock = self.world.transport.clock(now)
            for take in list(self.active):
                if take.is_audio:
                    try:
                        self._fill(take, clock)
                    except OSError as error:
                        self._write_failed(take, error)

    def _fill(self, take, clock):
        if take.abandoned:
            take.file.close()
            self._leave(take)
            return
        # Both before the filling, and in this order: a take that the main thread ends meanwhile is filled to its end the next time.
        finalize_at, end_frames = take.finalize_at, take.end_frames
        target = take.frames_at(clock) if end_frames is None else end_frames
        while take.file.frames < target:
            self._write_some(take, target)
        if finalize_at is not None and time.monotonic() >= finalize_at:
            take.file.finish(take.end_frames)
            self._finished(take)

    def _write_some(self, take, target):
        at = take.file.frames
        size = take.layout.frame_bytes
        count = min(target - at, max(1, _CHUNK // size))
        if at < take.pre_roll:
            count = min(count, take.pre_roll - at)
            data = b"\0" * (count * size)
        else:
            index = len(take.segments) - 1
            while index and take.segments[index][0] > at:
                index -= 1
            if index + 1 < len(take.segments):
                count = max(1, min(count, take.segments[index + 1][0] - at))
            block = self._block(take.segments[index][1], take.layout)
            period = take.layout.rate // 100
            phase = (take.start_sample + at - take.pre_roll) % period
            repeats = (phase + count) // period + 1
            data = (block * repeats)[phase * size:(phase + count) * size]
        if self.disk_budget is not None:
            left = max(0, self.disk_budget // size * size)
            if left < len(data):
                take.file.append(data[:left])
                self.disk_budget = 0
                raise OSError(errno.ENOSPC, "No space left on device")
            self.disk_budget -= len(data)
        if self.read_only:
            raise OSError(errno.EROFS, "Read-only file system")
        take.file.append(data)

    def _block(self, sound, layout):
        key = (sound, layout.rate, layout.channels, layout.bits, layout.is_float, layout.big_endian)
        block = self._blocks.get(key)
        if block is None:
            if len(self._blocks) > 300:
                self._blocks.clear()
            samples = tones.render(sound, layout.rate, layout.channels)
            block = self._blocks[key] = tones.encode(samples, layout.bits, layout.is_float, layout.big_endian)
        return block

    def _leave(self, take):
        self.active = [other for other in self.active if other is not take]
        self.world.touch()
        self.world.engine.wake()

    def _finished(self, take):
        take.finished = True
        self._leave(take)
        if self.world.options.hash_takes:
            digest = hashlib.sha256()
            with open(take.path, "rb") as recording:
                for part in iter(lambda: recording.read(_CHUNK), b""):
                    digest.update(part)
            take.sha256 = digest.hexdigest()
            self.world.touch()

    def _write_failed(self, take, error):
        """A file cannot grow: what is there is kept and gets its final header where that works."""
        if not take.failed:
            take.failed = _reason(error)
        take.end_frames = take.file.frames
        try:
            take.file.finish()
            self._finished(take)
        except OSError:
            take.file.close()
            self._leave(take)
        self.world.engine.call(lambda: self._trouble(take, error))

    def _trouble(self, take, error):
        """Main thread: recording stops everywhere and Live says why."""
        take.failed = take.failed or _reason(error)
        clock = self.world.transport.clock(self.world.engine.now)
        if take.end_beat is None:
            self._end_failed(take, clock)
        self.world.song.change("record_mode", False)
        self.world.song.change("session_record", False)
        self.world.engine.after(0.0, lambda: self.stop_all(self.world.transport.clock(self.world.engine.now)))
        if take.failed == "disk full":
            text = "The disk is full. Recording was stopped."
        else:
            text = "The recording could not be written to %s. Recording was stopped." % self.world.recorded_folder()
        self.world.application.open_dialog(text, ["OK"])

    def _end_failed(self, take, clock):
        beats = max(0.0, take.take_beats(clock))
        take.end_beat = round(take.start_beat + beats, 9)
        if take.view == "arrangement" and take.track.arrangement_take is take:
            take.track.arrangement_take = None
        take.track.recording_count -= 1
        written = max(0, take.end_frames - take.pre_roll) / float(take.layout.rate) * take.tempo / 60.0
        self.world.engine.after(self.clip_delay, lambda: self._clip(take, min(beats, written)))

    def close(self, seconds=10.0):
        """Live quits: ends everything and waits for the files."""
        self.stop_all(self.world.transport.clock(self.world.engine.now))
        self.finalize_delay = 0.0
        for take in self.active:
            take.finalize_at = 0.0
        deadline = time.monotonic() + seconds
        while self.active and time.monotonic() < deadline:
            self.pump(self.world.engine.clock.now())
        self._closing = True
        self._bell.set()


_FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))


def _reason(error):
    return "disk full" if error.errno in _FULL else "read-only"
