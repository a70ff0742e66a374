"""Session view: launching, stopping and recording clips in slots, with Live's launch quantisation.

While the transport plays, a launch waits for the next quantisation boundary (one bar by default). From stop it starts the
transport and happens at once. Owned by the main thread.
"""

import math

# Beats per step of Live.Song.Quantization; None = the bar lengths, which depend on the signature.
_BARS = {1: 8, 2: 4, 3: 2, 4: 1}
_BEATS = {5: 2.0, 6: 4.0 / 3, 7: 1.0, 8: 2.0 / 3, 9: 0.5, 10: 1.0 / 3, 11: 0.25, 12: 1.0 / 6, 13: 0.125}


class Session(object):
    """What the slots of a set are doing."""

    def __init__(self, world):
        self.world = world

    def _quantum(self, index=None):
        values = self.world.song.values
        index = int(values["clip_trigger_quantization"]) if index is None else index
        if index in _BARS:
            return _BARS[index] * values["signature_numerator"] * 4.0 / values["signature_denominator"]
        return _BEATS.get(index, 0.0)

    def _schedule(self, function, quantized=True, quantization=None):
        """Runs function(clock) at the next boundary, or now when stopped, unquantised or counting in."""
        transport = self.world.transport
        clock = transport.clock(self.world.engine.now)
        quantum = self._quantum(quantization) if quantized else 0.0
        if not transport.playing:
            function(clock)
            return
        if transport.counting_in:
            transport.at_abs(transport.abs_at(clock), function)
            return
        if not quantum:
            function(clock)
            return
        beat = transport.beat_at(clock)
        steps = math.floor(beat / quantum + 1e-9) + 1
        transport.at_abs(transport.abs_at(clock) + steps * quantum - beat, function)

    def fire(self, slot, record_length=None, quantization=None):
        """Launches a slot: plays its clip, records into it when empty and armed, or stops the track."""
        track = slot.track
        transport = self.world.transport
        records = slot.will_record()
        from_stop = not transport.playing
        if track.kind == "group":
            self._fire_group(slot)
            return
        self._trigger(track, slot)
        if from_stop and (slot.clip is not None or records):
            transport.start(self.world.song.values["start_time"], counted=records)
            if transport.counting_in:
                self._schedule(lambda clock: self._launch(slot, clock, True, record_length))
                return
        if from_stop:
            self._launch(slot, transport.clock(self.world.engine.now), True, record_length)
        else:
            self._schedule(lambda clock: self._launch(slot, clock, False, record_length), quantization=quantization)

    def _fire_group(self, slot):
        for track in self.world.song.tracks:
            if track.group is slot.track:
                self.fire(track.slots[slot.index()])

    def _trigger(self, track, slot):
        for other in track.slots:
            if other.triggered and other is not slot:
                other.set_triggered(False)
        track.change("fired_slot_index", slot.index() if slot is not None else -2)
        if slot is not None:
            slot.set_triggered(True)
        self._status()

    def _launch(self, slot, clock, from_stop, record_length):
        track = slot.track
        if not (slot.alive and track.alive) or not slot.triggered:
            return
        slot.set_triggered(False)
        track.change("fired_slot_index", -1)
        recording = track.session_take
        was_recording = recording is not None and recording.slot is slot
        if recording is not None:
            self._end_take(track, clock)
        if slot.clip is not None:
            self._play(slot)
        elif slot.will_record():
            self._record(slot, clock, from_stop, record_length)
        elif not was_recording:
            self._silence(track)
        self._status()

    def _play(self, slot):
        slot.track.change("playing_slot_index", slot.index())
        slot.track.back_to_arranger()

    def _silence(self, track):
        track.change("playing_slot_index", -1)

    def _record(self, slot, clock, from_stop, record_length):
        transport = self.world.transport
        if transport.device_lost:
            return
        take = self.world.recorder.begin_session(slot, clock, transport.beat_at(clock), from_stop)
        if take is None:
            return
        slot.track.session_take = take
        slot.recording_clip(take)
        self._play(slot)
        if record_length is not None and not math.isinf(record_length) and record_length > 0:
            transport.at_abs(transport.abs_at(clock) + record_length, lambda end: self._length_over(take, end))

    def _length_over(self, take, clock):
        if take.track.session_take is take:
            self._end_take(take.track, clock)
            self._status()

    def _end_take(self, track, clock):
        take, track.session_take = track.session_take, None
        self.world.recorder.end(take, clock)
        self._status()

    def stop_track(self, track, quantized=True):
        """The stop button of a track."""
        if track.kind == "group":
            for child in self.world.song.tracks:
                if child.group is track:
                    self.stop_track(child, quantized)
            return
        if track.values["playing_slot_index"] < 0 and track.values["fired_slot_index"] < 0:
            return
        self._trigger(track, None)
        self._schedule(lambda clock: self._stopped(track, clock), quantized)

    def _stopped(self, track, clock):
        if not track.alive or track.values["fired_slot_index"] != -2:
            return
        track.change("fired_slot_index", -1)
        if track.session_take is not None:
            self._end_take(track, clock)
        self._silence(track)
        self._status()

    def stop_slot(self, slot):
        if slot.triggered:
            slot.set_triggered(False)
            slot.track.change("fired_slot_index", -1)
            self._status()
        if slot.track.values["playing_slot_index"] == slot.index():
            self.stop_track(slot.track)

    def stop_all(self, quantized=True):
        for track in self.world.song.tracks:
            self.stop_track(track, quantized)

    def transport_stopped(self):
        """The recorder has ended the takes; nothing is triggered or playing any more."""
        for track in self.world.song.tracks:
            track.session_take = None
            for slot in track.slots:
                if slot.triggered:
                    slot.set_triggered(False)
            track.change("fired_slot_index", -1)
            track.change("playing_slot_index", -1)
        self.world.song.change("session_record", False)
        self._status()

    def record_button(self, record_length=None):
        """The Session record button: records into the selected scene on all armed tracks; again: ends it."""
        song = self.world.song
        if song.values["session_record_status"]:
            song.change("session_record", False)
            for track in song.tracks:
                if track.session_take is not None:
                    slot = track.session_take.slot
                    self._trigger(track, slot)
                    self._schedule(lambda clock, target=slot: self._launch(target, clock, False, None))
                elif track.values["fired_slot_index"] >= 0:
                    self.stop_slot(track.slots[track.values["fired_slot_index"]])
            return
        song.change("session_record", True)
        index = song.scene_index(song.selected_scene)
        armed = [track for track in song.tracks if track.records() and track.slots[index].clip is None]
        for track in armed:
            # The first fire from stop starts the transport; the others must still count as started from stop.
            self._fire_together(track.slots[index], record_length, track is armed[0])
        self._status()

    def _fire_together(self, slot, record_length, first):
        transport = self.world.transport
        if first:
            self._together_from_stop = not transport.playing
            self.fire(slot, record_length)
            return
        if not self._together_from_stop:
            self.fire(slot, record_length)
            return
        self._trigger(slot.track, slot)
        if transport.counting_in:
            self._schedule(lambda clock: self._launch(slot, clock, True, record_length))
        else:
            self._launch(slot, transport.clock(self.world.engine.now), True, record_length)

    def fire_scene(self, scene):
        index = self.world.song.scene_index(scene)
        together = not self.world.transport.playing
        first = True
        for track in self.world.song.tracks:
            slot = track.slots[index]
            if track.kind == "group" or (slot.clip is None and not slot.has_stop_button):
                continue
            if slot.clip is None and slot.will_record():
                continue
            if slot.clip is None and not together:
                self.stop_track(track)
            elif slot.clip is not None:
                self._together_from_stop = together
                self._fire_together(slot, None, first)
                first = False

    def _status(self):
        """session_record_status: 2 while a recording waits for its start, 1 while one runs, else 0."""
        song = self.world.song
        status = 1 if song.values["session_record"] else 0
        for track in song.tracks:
            if track.session_take is not None:
                status = 1
                break
            fired = track.values["fired_slot_index"]
            if fired >= 0 and track.slots[fired].will_record():
                status = 2
        song.change("session_record_status", status)
