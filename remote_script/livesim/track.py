"""Tracks: audio, MIDI, group, return and main."""

import math

from . import routing, tones
from .clip import ClipNode, ClipSlotNode
from .lom import Method, Node, Prop, Signal
from .versions import main_track_word

MONITOR_IN, MONITOR_AUTO, MONITOR_OFF = 0, 1, 2
_COLORS = (0xFF94A6, 0xFFA529, 0xCC9927, 0xF7F47C, 0xBFFB00, 0x1AFF2F, 0x25FFA8, 0x5CFFE8, 0x8BC5FF, 0x5480E4,
           0x92A7FF, 0xD86CE4, 0xE553A0, 0xFFFFFF)


class TrackNode(Node):
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
        return ((self.tone_hz, tones.CLIPPING_AMPLITUDE if self.clipping else tones.AMPLITUDE),)

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

    def finished_take(self, take, beats):
        """A recording is done: the clip appears (Arrangement) or gets its file (Session)."""
        if take.view == "session":
            slot, clip = take.slot, take.clip
            if clip is None or not clip.alive:
                return
            clip.recorded(take, beats)
            self.clip_undo("Record", slot, clip)
            return
        name = take.path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] if take.path else take.track_name
        clip = ClipNode(self.world, self, None, take.is_audio, take.start_beat, beats, name=name)
        clip.recorded(take, beats)
        removed = self.insert_clip(clip)
        state = {"clip": clip, "removed": removed}

        def back():
            self.remove_clip(state["clip"])
            state["removed"] = [self._put(old.reborn(self, None)) for old in state["removed"]]

        def forth():
            for old in state["removed"]:
                self.remove_clip(old)
            state["clip"] = self._put(state["clip"].reborn(self, None))

        self.world.undo.add("Record", back, forth, merge="record")

    def _put(self, clip):
        self.clips.append(clip)
        self.clips.sort(key=lambda item: item.start)
        self.notify("arrangement_clips")
        self.world.song.arrangement_changed()
        return clip

    def insert_clip(self, clip):
        """Puts a clip into the Arrangement; clips it covers go, clips it touches are cut. Returns those that went."""
        removed = []
        for other in list(self.clips):
            end = other.start + other.length
            if other.start >= clip.start and end <= clip.start + clip.length:
                removed.append(other)
                self.remove_clip(other)
            elif other.start < clip.start < end:
                other.length = clip.start - other.start
                other.notify("end_time", "end_marker")
        self._put(clip)
        return removed

    def remove_clip(self, clip):
        if clip in self.clips:
            self.clips.remove(clip)
            clip.die()
            self.notify("arrangement_clips")
            self.world.song.arrangement_changed()

    def remove_slot_clip(self, slot):
        clip = slot.clip
        slot.set_clip(None)
        holder = {"clip": clip}

        def back():
            holder["clip"] = holder["clip"].reborn(self, slot)
            slot.set_clip(holder["clip"])

        self.world.undo.add("Delete Clip", back, lambda: slot.set_clip(None))

    def clip_undo(self, name, slot, clip):
        """An undo step for a clip that has come into a slot."""
        holder = {"clip": clip}

        def forth():
            holder["clip"] = holder["clip"].reborn(self, slot)
            slot.set_clip(holder["clip"])

        self.world.undo.add(name, lambda: slot.set_clip(None), forth, merge="record" if name == "Record" else None)

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
        return True

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

    # routing

    def _side(self, side):
        if side == "input" and self.kind not in ("audio", "midi"):
            return []
        types = routing.input_types(self) if side == "input" else routing.output_types(self)
        return types if self.routing_ready() else [routing.EMPTY]

    def _types(self, side):
        return [routing.make(self.world.RoutingType, self, side, route) for route in self._side(side)]

    def _channels(self, side):
        if side == "input" and self.kind not in ("audio", "midi"):
            return []
        channels = routing.input_channels(self) if side == "input" else routing.output_channels(self)
        if not self.routing_ready():
            channels = [routing.NO_CHANNEL]
        return [routing.make(self.world.RoutingChannel, self, side, channel) for channel in channels]

    def get_available_input_routing_types(self):
        return self._types("input")

    def get_available_input_routing_channels(self):
        return self._channels("input")

    def get_available_output_routing_types(self):
        return self._types("output")

    def get_available_output_routing_channels(self):
        return self._channels("output")

    def _has_input(self):
        if self.kind not in ("audio", "midi"):
            raise RuntimeError("The track '%s' has no input routing" % self.values["name"])

    def get_input_routing_type(self):
        self._has_input()
        return routing.make(self.world.RoutingType, self, "input",
                            self.input_route if self.routing_ready() else routing.EMPTY)

    def get_input_routing_channel(self):
        self._has_input()
        return routing.make(self.world.RoutingChannel, self, "input",
                            self.input_channel if self.routing_ready() else routing.NO_CHANNEL)

    def get_output_routing_type(self):
        return routing.make(self.world.RoutingType, self, "output", self.output_route)

    def get_output_routing_channel(self):
        return routing.make(self.world.RoutingChannel, self, "output", self.output_channel)

    def _check_type(self, side, value):
        if side == "input":
            self._has_input()
        if type(value) is not self.world.RoutingType or value._livesim[:2] != (self, side) or (
                value._livesim[2].category == "invalid" or value._livesim[2] not in self._side(side)):
            self._foreign("%s_routing_type" % side)

    def _check_channel(self, side, value):
        if side == "input":
            self._has_input()
        if not self.routing_ready():
            self.world.violations.record(
                "routing-early", "%s_routing_channel of '%s' set right after the track was created; Live may crash"
                % (side, self.values["name"]))
        if type(value) is not self.world.RoutingChannel or value._livesim[:2] != (self, side) or (
                value not in self._channels(side)):
            self._foreign("%s_routing_channel" % side)

    def _foreign(self, what):
        self.world.violations.record(
            "routing-foreign", "%s of '%s' was given something that is not in its list" % (what, self.values["name"]))
        raise ValueError("The given %s is not available" % what)

    def check_input_routing_type(self, value):
        self._check_type("input", value)

    def check_output_routing_type(self, value):
        self._check_type("output", value)

    def check_input_routing_channel(self, value):
        self._check_channel("input", value)

    def check_output_routing_channel(self, value):
        self._check_channel("output", value)

    def set_input_routing_type(self, value):
        self.route_input(value._livesim[2])

    def route_input(self, route, channel=None):
        """Another input; the channel goes to the source's default."""
        self.input_route = route
        self.input_channel = channel or routing.default_channel(routing.input_channels(self))
        self.notify("input_routing_type", "available_input_routing_channels", "input_routing_channel")
        self.world.recorder.mix_changed()

    def set_input_routing_channel(self, value):
        self.input_channel = value._livesim[2]
        self.notify("input_routing_channel")

    def set_output_routing_type(self, value):
        self.output_route = value._livesim[2]
        self.output_channel = routing.default_channel(routing.output_channels(self))
        self.notify("output_routing_type", "available_output_routing_channels", "output_routing_channel")

    def set_output_routing_channel(self, value):
        self.output_channel = value._livesim[2]
        self.notify("output_routing_channel")

    def get_input_routings(self):
        return [route.display_name(self.world) for route in self._side("input")]

    def get_current_input_routing(self):
        self._has_input()
        return self.input_route.display_name(self.world)

    # meters: what the tone makes of them, 0 while nothing plays

    def _level(self, right=False):
        if not self.world.transport.playing or self.world.transport.device_lost:
            return 0.0
        song = self.world.song
        if self.kind in ("audio", "midi"):
            heard = [self] if self.sounds(song.any_solo()) else []
        elif self.kind == "group":
            heard = [track for track in song.sounding() if track.group is self]
        else:
            heard = song.sounding() if self.kind == "main" else []
        peak = sum(amplitude for track in heard for _hz, amplitude in track.own_tone())
        peak = min(1.0, peak * (tones.RIGHT if right else 1.0))
        return max(0.0, min(1.0, 1.0 + math.log10(peak) / 3.0)) if peak > 0 else 0.0

    def get_output_meter_left(self):
        return self._level()

    def get_output_meter_right(self):
        return self._level(True)

    def get_output_meter_level(self):
        return self._level()

    def get_input_meter_level(self):
        if not self.armable or self.silent or self.world.transport.device_lost:
            return 0.0
        return 0.7 if self.input_route.category == "external" else self._level()

    def get_input_meter_left(self):
        if self.kind != "audio":
            raise RuntimeError("Only audio tracks have an audio input meter")
        return self.get_input_meter_level()

    get_input_meter_right = get_input_meter_left

    def get_performance_impact(self):
        return 0.0

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


class TakeLaneNode(Node):
    api = "TakeLane"

    def __init__(self, world, track, name):
        Node.__init__(self, world, name=name)
        self.track = track

    def get_canonical_parent(self):
        return self.track

    def get_arrangement_clips(self):
        return ()


class TrackViewNode(Node):
    api = "Track.View"

    def __init__(self, world, track):
        Node.__init__(self, world, is_collapsed=False)
        self.track = track

    def get_canonical_parent(self):
        return self.track


class ParameterNode(Node):
    """A mixer knob."""

    api = "DeviceParameter"

    def __init__(self, world, parent, name, value, low, high):
        Node.__init__(self, world, name=name, value=value, min=low, max=high)
        self.parent = parent

    def check_value(self, value):
        if not self.values["min"] <= value <= self.values["max"]:
            raise RuntimeError("Invalid value. Check the parameters range with min/max")

    def get_is_enabled(self):
        return True

    def get_canonical_parent(self):
        return self.parent


class MixerNode(Node):
    api = "MixerDevice"

    def __init__(self, world, track):
        Node.__init__(self, world)
        self.track = track
        self._volume = self._panning = None

    def get_volume(self):
        if self._volume is None:
            self._volume = ParameterNode(self.world, self, "Track Volume", 0.85, 0.0, 1.0)
        return self._volume

    def get_panning(self):
        if self._panning is None:
            self._panning = ParameterNode(self.world, self, "Track Panning", 0.0, -1.0, 1.0)
        return self._panning

    def get_canonical_parent(self):
        return self.track

    def die(self):
        for part in (self._volume, self._panning):
            if part is not None:
                part.die()
        Node.die(self)


class TrackApi(object):
    """A track of the set, a return track or the main track."""

    name = Prop("str", rw=True, listen=True, undo=True)
    color = Prop("int", rw=True, listen=True, undo=True)
    can_be_armed = Prop()
    arm = Prop(rw=True, listen=True)
    implicit_arm = Prop(rw=True, listen=True)
    current_monitoring_state = Prop("int", rw=True, listen=True, undo=True)
    mute = Prop(rw=True, listen=True, undo=True)
    solo = Prop(rw=True, listen=True, undo=True)
    muted_via_solo = Prop(listen=True)
    is_frozen = Prop(listen=True)
    can_be_frozen = Prop()
    can_show_chains = Prop()
    is_foldable = Prop()
    fold_state = Prop(rw=True)
    is_grouped = Prop()
    group_track = Prop("object")
    is_visible = Prop()
    is_part_of_selection = Prop()
    has_audio_input = Prop(listen=True)
    has_audio_output = Prop(listen=True)
    has_midi_input = Prop(listen=True)
    has_midi_output = Prop(listen=True)
    arrangement_clips = Prop("vector", listen=True)
    clip_slots = Prop("vector", listen=True)
    playing_slot_index = Prop("int", listen=True)
    fired_slot_index = Prop("int", listen=True)
    back_to_arranger = Prop(rw=True, listen=True, since=(12, 0, 0))
    devices = Prop("vector", listen=True)
    mixer_device = Prop("object")
    view = Prop("object")
    canonical_parent = Prop("object")
    available_input_routing_types = Prop("vector", listen=True)
    available_input_routing_channels = Prop("vector", listen=True)
    available_output_routing_types = Prop("vector", listen=True)
    available_output_routing_channels = Prop("vector", listen=True)
    input_routing_type = Prop("object", rw=True, listen=True, undo=True)
    input_routing_channel = Prop("object", rw=True, listen=True, undo=True)
    output_routing_type = Prop("object", rw=True, listen=True, undo=True)
    output_routing_channel = Prop("object", rw=True, listen=True, undo=True)
    input_routings = Prop("vector", listen=True)
    current_input_routing = Prop("str", listen=True)
    input_meter_left = Prop("float", listen=True)
    input_meter_right = Prop("float", listen=True)
    input_meter_level = Prop("float", listen=True)
    output_meter_left = Prop("float", listen=True)
    output_meter_right = Prop("float", listen=True)
    output_meter_level = Prop("float", listen=True)
    performance_impact = Prop("float", listen=True, since=(12, 0, 0))
    take_lanes = Prop("vector", listen=True, since=(12, 2, 0))
    data = Signal()
    stop_all_clips = Method("bool", names=("Quantized",), defaults=(True,), late=True)
    delete_clip = Method("Clip")
    create_take_lane = Method(since=(12, 2, 0))
    get_data = Method("str", "object", write=False)
    set_data = Method("str", "object")


class TakeLaneApi(object):
    name = Prop("str", rw=True, listen=True)
    arrangement_clips = Prop("vector", listen=True)
    canonical_parent = Prop("object")


class TrackViewApi(object):
    is_collapsed = Prop(rw=True, listen=True)
    canonical_parent = Prop("object")


class ParameterApi(object):
    name = Prop("str")
    value = Prop("float", rw=True, listen=True, undo=True)
    min = Prop("float")
    max = Prop("float")
    is_enabled = Prop()
    canonical_parent = Prop("object")


class MixerApi(object):
    volume = Prop("object")
    panning = Prop("object")
    canonical_parent = Prop("object")
