"""Tracks: audio, MIDI, group, return and main."""

from . import routing, tones
from .clip import ClipSlotNode
from .lom import Node
from .mixer import MixerNode, TakeLaneNode, TrackViewNode
from .track_clips import TrackClips
from .track_routing import TrackRouting
from .versions import main_track_word

MONITOR_IN, MONITOR_AUTO, MONITOR_OFF = 0, 1, 2
_COLORS = (0xFF94A6, 0xFFA529, 0xCC9927, 0xF7F47C, 0xBFFB00, 0x1AFF2F, 0x25FFA8, 0x5CFFE8, 0x8BC5FF, 0x5480E4,
           0x92A7FF, 0xD86CE4, 0xE553A0, 0xFFFFFF)


class TrackNode(TrackClips, TrackRouting, Node):
    """A track. kind: "audio", "midi", "group", "return" or "main"."""

    api = "Track"

    def __init__(self, world, kind, name, number):
        Node.__init__(
            self, world, name=name, color=_COLORS[number % len(_COLORS)], arm=False, implicit_arm=False, mute=False,
            solo=False, current_monitoring_state=MONITOR_AUTO, playing_slot_index=-1, fired_slot_index=-1,
            is_frozen=False, fold_state=False, back_to_arranger=False)
        self.id = world.next_id("t")
        self.kind = kind
        self.number = number
        self.tone_hz = 0
        self.group = None
        self.slots = []
        self.clips = []
        self.take_lanes = []
        self.silent = self.clipping = False
        self.level = 1.0  # of its tone
        self.audible = True  # False: a MIDI track without an instrument
        self.arrangement_take = self.session_take = None
        self.recording_count = 0
        self.file_number = 0
        self.created_turn = None
        self.routing_ready_at = None
        self.data = {}
        self.view = TrackViewNode(world, self)
        self.mixer = MixerNode(world, self)
        external = {"audio": "Ext. In", "midi": "All Ins"}.get(kind)
        self.input_route = routing.Route("external", None, external) if external else routing.EMPTY
        self.input_channel = routing.input_channels(self)[0] if external else routing.NO_CHANNEL
        self.output_route = routing.Route("master", None, main_track_word(world.version)) if kind != "main" else routing.Route(
            "external", None, "Ext. Out")
        self.output_channel = routing.NO_CHANNEL if kind != "main" else ("1/2", 2)

    # what the model knows

    @property
    def armable(self):
        return self.kind in ("audio", "midi")

    def records(self):
        """Armed one way or the other, and able to."""
        return self.armable and not self.values["is_frozen"] and (self.values["arm"] or self.values["implicit_arm"])

    def source_kind(self):
        category = self.input_route.category
        if category == "track" or category in ("external", "resampling", "none"):
            return category
        return "resampling" if category == "master" else "none"

    def input_source(self):
        return self.input_route.track

    def input_channels(self):
        return 1 if self.input_channel[1] == 1 else 2

    def own_tone(self):
        if self.silent or not self.tone_hz:
            return ()
        return ((self.tone_hz, self.level * (tones.CLIPPING_AMPLITUDE if self.clipping else tones.AMPLITUDE)),)

    def hidden(self):
        group = self.group
        while group is not None:
            if group.values["fold_state"]:
                return True
            group = group.group
        return False

    def muted(self):
        track = self
        while track is not None:
            if track.values["mute"]:
                return True
            track = track.group
        return False

    def soloed(self):
        track = self
        while track is not None:
            if track.values["solo"]:
                return True
            track = track.group
        return False

    def sounds(self, any_solo):
        """Heard in the mix: not muted, solo respected, and not itself a recording of the mix."""
        return (self.kind in ("audio", "midi") and not self.silent and not self.muted()
                and (not any_solo or self.soloed())
                and self.input_route.category not in ("resampling", "master"))

    def routing_ready(self):
        """False while a new track's routing lists still hold one empty entry."""
        if self.created_turn is None:
            return True
        engine = self.world.engine
        if engine.turn <= self.created_turn or engine.now < self.routing_ready_at:
            return False
        self.created_turn = None
        return True

    def back_to_arranger(self):
        self.change("back_to_arranger", True)

    def change(self, name, value):
        changed = Node.change(self, name, value)
        if changed and name in ("mute", "solo"):
            self.world.recorder.mix_changed()
            if name == "solo":
                for track in self.world.song.tracks:
                    track.notify("muted_via_solo")
        elif changed and name in ("arm", "implicit_arm", "is_frozen"):
            self.world.song.arming_changed()
        return changed

    def die(self):
        for part in [self.view, self.mixer] + self.slots + [slot.clip for slot in self.slots] + self.clips:
            if part is not None:
                part.die()
        Node.die(self)

    def reborn(self):
        """The track after undo or redo: a new object for scripts, the same id for the control channel."""
        twin = TrackNode(self.world, self.kind, self.values["name"], self.number)
        twin.values.update(self.values)
        twin.values.update(playing_slot_index=-1, fired_slot_index=-1)
        for name in ("id", "tone_hz", "silent", "clipping", "input_route", "input_channel", "output_route",
                     "output_channel", "file_number", "group", "data"):
            setattr(twin, name, getattr(self, name))
        for clip in self.clips:
            twin.clips.append(clip.reborn(twin, None))
        for old in self.slots:
            slot = ClipSlotNode(self.world, twin)
            slot.values.update(old.values)
            if old.clip is not None:
                slot.clip = old.clip.reborn(twin, slot)
            twin.slots.append(slot)
        return twin

    # arm, monitoring, mute, solo

    def _no(self, what):
        from_main = "%s and Return Tracks have no %s!" % (self.world.song.main_word(), what)
        return RuntimeError(from_main)

    def _only(self, condition, what):
        if not condition:
            raise self._no(what)

    def get_can_be_armed(self):
        return self.armable

    def get_arm(self):
        self._only(self.armable, "'Arm' state")
        return self.values["arm"]

    def get_implicit_arm(self):
        self._only(self.armable, "'Arm' state")
        return self.values["implicit_arm"]

    def _check_arm(self, on):
        frozen = self.values["is_frozen"]
        if self.armable and not (frozen and on):
            return
        self.world.violations.record("not-armable", "'%s' cannot be armed" % self.values["name"])
        if frozen:
            raise RuntimeError("A frozen track cannot be armed")
        raise self._no("'Arm' state")

    check_arm = check_implicit_arm = _check_arm

    def get_current_monitoring_state(self):
        self._only(self.armable, "monitoring state")
        return self.values["current_monitoring_state"]

    def check_current_monitoring_state(self, state):
        if not self.armable:
            self.world.violations.record("no-monitoring", "'%s' has no monitoring" % self.values["name"])
            raise self._no("monitoring state")
        if state not in (MONITOR_IN, MONITOR_AUTO, MONITOR_OFF):
            raise ValueError("Invalid monitoring state %d" % state)

    def get_mute(self):
        if self.kind == "main":
            raise RuntimeError("The %s track has no mute" % self.world.song.main_word())
        return self.values["mute"]

    def check_mute(self, _on):
        self.get_mute()

    def get_solo(self):
        if self.kind == "main":
            raise RuntimeError("The %s track has no solo" % self.world.song.main_word())
        return self.values["solo"]

    def check_solo(self, _on):
        self.get_solo()

    def get_muted_via_solo(self):
        if self.kind in ("main", "return"):
            return False
        return not self.soloed() and self.world.song.any_solo()

    # kind and place

    def get_is_foldable(self):
        return self.kind == "group"

    def get_fold_state(self):
        if self.kind != "group":
            raise RuntimeError("Only group tracks can be folded")
        return self.values["fold_state"]

    def check_fold_state(self, _on):
        self.get_fold_state()

    def set_fold_state(self, on):
        self.change("fold_state", on)
        self.world.song.notify("visible_tracks")

    def get_is_grouped(self):
        return self.group is not None

    def get_group_track(self):
        return self.group

    def get_is_visible(self):
        return not self.hidden()

    def get_is_part_of_selection(self):
        return self.world.song.selected_track is self

    def get_has_audio_input(self):
        return self.kind in ("audio", "group", "return", "main")

    def get_has_midi_input(self):
        return self.kind == "midi"

    def get_has_audio_output(self):
        return self.audible

    def get_has_midi_output(self):
        return False

    def get_can_be_frozen(self):
        return self.kind in ("audio", "midi")

    def get_can_show_chains(self):
        return False

    def get_arrangement_clips(self):
        if not self.armable:
            raise RuntimeError(
                "%s, Group and Return Tracks have no arrangement clips" % self.world.song.main_word())
        return self.clips

    def get_clip_slots(self):
        return self.slots

    def get_playing_slot_index(self):
        self._only(self.kind not in ("return", "main"), "clip slots")
        return self.values["playing_slot_index"]

    def get_fired_slot_index(self):
        self._only(self.kind not in ("return", "main"), "clip slots")
        return self.values["fired_slot_index"]

    def get_devices(self):
        return ()

    def get_take_lanes(self):
        return self.take_lanes

    def get_mixer_device(self):
        return self.mixer

    def get_view(self):
        return self.view

    def get_canonical_parent(self):
        return self.world.song

    def check_name(self, name):
        if not name:
            raise RuntimeError("A track name cannot be empty")

    def set_name(self, name):
        self.change("name", name)
        for track in self.world.song.tracks:
            if track.listeners:
                track.notify("available_input_routing_types")

    # methods

    def do_stop_all_clips(self, quantized):
        self._only(self.kind not in ("return", "main"), "clip slots")
        self.world.session.stop_track(self, quantized)

    def do_delete_clip(self, clip):
        if clip.track is not self:
            raise RuntimeError("The clip belongs to another track")
        if clip.slot is not None:
            self.remove_slot_clip(clip.slot)
            return
        self.remove_clip(clip)
        holder = {"clip": clip}

        def back():
            holder["clip"] = self._put(holder["clip"].reborn(self, None))

        self.world.undo.add("Delete Clip", back, lambda: self.remove_clip(holder["clip"]))

    def do_create_take_lane(self):
        self._only(self.armable, "take lanes")
        lane = TakeLaneNode(self.world, self, "Take lane %d" % (len(self.take_lanes) + 1))
        self.take_lanes.append(lane)
        self.notify("take_lanes")
        return lane

    def do_get_data(self, key, default):
        return self.data.get(key, default)

    def do_set_data(self, key, value):
        self.data[key] = value
