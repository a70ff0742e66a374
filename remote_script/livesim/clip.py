"""Clips and clip slots."""

from .errors import LimitationError
from .lom import Method, Node


class ClipNode(Node):
    """A clip in the Arrangement (slot None) or in a slot. `take` is set for recordings."""

    api = "Clip"

    def __init__(self, world, track, slot, is_audio, start, length, **values):
        values.setdefault("name", "")
        values.setdefault("color", track.values["color"])
        Node.__init__(self, world, muted=False, looping=slot is not None, is_recording=False, **values)
        self.id = world.next_id("c")
        self.track, self.slot, self.is_audio = track, slot, is_audio
        self.start, self.length = start, length
        self.take = None
        self.path = ""
        self.warping = is_audio and world.options.record_warped
        self.marker = 0.0
        self.offset_beats = 0.0
        self.frames = -1
        self.rate = float(world.options.rate)

    # read by the API

    def get_start_time(self):
        return self.start

    def get_end_time(self):
        return self.start + self.length

    def get_length(self):
        return self.length if self.warping or not self.is_audio else self.length / self._bps()

    def _bps(self):
        return self.world.song.values["tempo"] / 60.0

    def get_start_marker(self):
        return self.marker

    def get_end_marker(self):
        return self.marker + self.get_length()

    get_loop_start = get_start_marker
    get_loop_end = get_end_marker

    def get_is_audio_clip(self):
        return self.is_audio

    def get_is_midi_clip(self):
        return not self.is_audio

    def get_is_session_clip(self):
        return self.slot is not None

    def get_is_arrangement_clip(self):
        return self.slot is None

    def get_is_take_lane_clip(self):
        return False

    def get_is_overdubbing(self):
        return False

    def get_is_playing(self):
        if self.slot is not None:
            return self.slot.get_is_playing()
        transport = self.world.transport
        return transport.playing and self.start <= transport.beat() < self.get_end_time()

    def get_is_triggered(self):
        return self.slot is not None and self.slot.triggered

    def get_will_record_on_start(self):
        return self.slot is not None and self.slot.will_record()

    def get_playing_position(self):
        return self.marker if self.get_is_playing() else 0.0

    def get_canonical_parent(self):
        return self.slot if self.slot is not None else self.track

    def _audio_only(self, name):
        if not self.is_audio:
            raise RuntimeError("Only Audio Clips have '%s'" % name)

    def get_file_path(self):
        self._audio_only("file_path")
        return self.path

    def get_sample_length(self):
        self._audio_only("sample_length")
        if self.take is not None and not self.values["is_recording"]:
            return self.take.end_frames
        return self.frames

    def get_sample_rate(self):
        self._audio_only("sample_rate")
        return self.rate

    def get_warping(self):
        self._audio_only("warping")
        return self.warping

    def set_warping(self, on):
        if on != self.warping:
            factor = self._bps() if on else 1.0 / self._bps()
            self.warping = on
            self.marker *= factor
            self.notify("warping", "start_marker", "end_marker")

    def check_warping(self, _on):
        self._audio_only("warping")

    def do_beat_to_sample_time(self, beat):
        self._audio_only("beat_to_sample_time")
        if not self.warping:
            raise RuntimeError("The clip's sample is not warped")
        if self.take is not None:
            return float(self.take.frame_of_beat(self.offset_beats + beat - self.marker))
        return beat / self._bps() * self.rate

    def do_sample_to_beat_time(self, sample):
        self._audio_only("sample_to_beat_time")
        if not self.warping:
            raise RuntimeError("The clip's sample is not warped")
        if self.take is not None:
            seconds = (sample - self.take.pre_roll) / self.rate
            return self.marker + seconds * self._bps() - self.offset_beats
        return sample / self.rate * self._bps()

    def do_fire(self):
        if self.slot is None:
            raise RuntimeError("Only Session clips can be fired")
        self.slot.do_fire()

    def do_stop(self):
        if self.slot is not None:
            self.slot.do_stop()

    # the model

    def recorded(self, take, beats):
        """Takes over what was recorded: file, markers, length."""
        self.take = take
        self.length = beats
        if take.is_audio:
            self.path = take.path
            self.rate = float(take.layout.rate)
            seconds = take.pre_roll / self.rate
            if take.passes:
                self.offset_beats, self.start = take.passes[-1]
                self.length = beats - self.offset_beats
                seconds += (take.frame_of_beat(self.offset_beats) - take.pre_roll) / self.rate
            self.marker = seconds * take.tempo / 60.0 if self.warping else seconds
        take.clip = self
        self.notify("file_path", "end_time", "start_time", "start_marker", "end_marker")
        self.change("is_recording", False)

    def reborn(self, track, slot):
        """The same clip after undo or redo: a new object for scripts, the same id for the control channel."""
        twin = ClipNode(self.world, track, slot, self.is_audio, self.start, self.length, **{
            key: self.values[key] for key in ("name", "color")})
        for name in ("id", "take", "path", "warping", "marker", "offset_beats", "frames", "rate"):
            setattr(twin, name, getattr(self, name))
        if self.take is not None and self.take.clip is self:
            self.take.clip = twin
        return twin


class ClipSlotNode(Node):
    """A cell of the Session grid."""

    api = "ClipSlot"

    def __init__(self, world, track):
        Node.__init__(self, world, has_stop_button=True)
        self.track = track
        self.clip = None
        self.triggered = False

    @property
    def has_stop_button(self):
        return self.values["has_stop_button"]

    def index(self):
        return self.track.slots.index(self)

    def will_record(self):
        return self.clip is None and self.track.records()

    def set_triggered(self, on):
        if self.triggered != on:
            self.triggered = on
            self.notify("is_triggered")

    def set_clip(self, clip):
        old, self.clip = self.clip, clip
        if (old is None) != (clip is None):
            self.notify("has_clip")
        if old is not None and old is not clip:
            old.die()

    def recording_clip(self, take):
        """The growing clip of a Session recording."""
        clip = ClipNode(self.world, self.track, self, take.is_audio, take.start_beat, 0.0,
                        name=self.track.values["name"])
        clip.values["is_recording"] = True
        take.clip = clip
        self.set_clip(clip)

    def get_clip(self):
        return self.clip

    def get_has_clip(self):
        return self.clip is not None

    def get_is_triggered(self):
        return self.triggered

    def get_is_recording(self):
        return self.clip is not None and self.clip.values["is_recording"]

    def get_is_playing(self):
        return (self.clip is not None and self.world.transport.playing
                and self.track.values["playing_slot_index"] == self.index())

    def get_playing_status(self):
        return 2 if self.get_is_recording() else 1 if self.get_is_playing() else 0

    get_will_record_on_start = will_record

    def get_is_group_slot(self):
        return self.track.kind == "group"

    def get_controls_other_clips(self):
        return self.track.kind == "group" and any(
            track.slots[self.index()].clip is not None
            for track in self.world.song.tracks if track.group is self.track)

    def get_canonical_parent(self):
        return self.track

    def get_color(self):
        return self.clip.values["color"] if self.clip is not None else None

    def do_fire(self, record_length=None, quantization=None):
        self.world.engine.write("ClipSlot.fire", lambda: self._later(
            lambda: self.world.session.fire(self, record_length, quantization)))

    def do_stop(self):
        self.world.engine.write("ClipSlot.stop", lambda: self._later(
            lambda: self.world.session.stop_slot(self)))

    def _later(self, function):
        if self.alive and self.track.alive:
            function()

    def do_delete_clip(self):
        if self.clip is None:
            raise RuntimeError("The slot is empty")
        self.track.remove_slot_clip(self)

    def do_create_clip(self, length):
        if self.track.kind != "midi" or self.clip is not None:
            raise RuntimeError("Clips can be created in empty slots of MIDI tracks only")
        if length <= 0:
            raise LimitationError("A clip needs a length")
        clip = ClipNode(self.world, self.track, self, False, 0.0, length)
        self.set_clip(clip)
        self.track.clip_undo("Insert MIDI Clip", self, clip)
        return clip


def fire_method(world):
    """ClipSlot.fire: keyword arguments exist unless the host refuses them."""
    with_arguments = Method("float", "int?", names=("record_length", "launch_quantization"),
                            defaults=(float("inf"), None)).function("ClipSlot", "fire", _FireTarget)
    bare = Method().function("ClipSlot", "fire", ClipSlotNode)

    def fire(handle, *args, **kwargs):
        return (bare if world.refuse_fire_arguments else with_arguments)(handle, *args, **kwargs)
    return fire


class _FireTarget(object):
    @staticmethod
    def do_fire(node, record_length, quantization):
        node.do_fire(record_length, quantization)
