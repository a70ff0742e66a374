"""The set: song, scenes, locators and the view's selection."""

from . import tones
from .clip import ClipSlotNode
from .errors import LimitationError
from .lom import Method, Node, Prop, Signal, boost_enum
from .track import TrackNode
from .versions import main_track_word

TEMPO_RANGE = (20.0, 999.0)
MAX_RETURNS = 12

Quantization = boost_enum(
    "Quantization", "Song", q_no_q=0, q_8_bars=1, q_4_bars=2, q_2_bars=3, q_bar=4, q_half=5, q_half_triplet=6,
    q_quarter=7, q_quarter_triplet=8, q_eight=9, q_eight_triplet=10, q_sixtenth=11, q_sixtenth_triplet=12,
    q_thirtytwoth=13)


class SongNode(Node):
    """The Live Set."""

    api = "Song"

    def __init__(self, world, set_id, name, saved, project):
        Node.__init__(
            self, world, tempo=120.0, signature_numerator=4, signature_denominator=4, metronome=False, loop=False,
            loop_start=0.0, loop_length=16.0, punch_in=False, punch_out=False, record_mode=False,
            session_record=False, session_record_status=0, exclusive_arm=True, exclusive_solo=True,
            count_in_duration=0, start_time=0.0, clip_trigger_quantization=Quantization.q_bar,
            arrangement_overdub=False, overdub=False, back_to_arranger=False, select_on_launch=True,
            session_automation_record=False, can_capture_midi=False, is_ableton_link_enabled=False)
        self.set_id = set_id
        self.name, self.saved, self.project = name, saved, project
        self.tracks, self.returns, self.scenes, self.cues = [], [], [], []
        self.main = None
        self.selected_track = self.selected_scene = None
        self.view = SongViewNode(world, self)
        self.data = {}
        self._sounding_count = 0
        self._number = 0

    # building

    def main_word(self):
        return main_track_word(self.world.version)

    def new_track(self, kind, name):
        """A track with its slots, not yet in any list."""
        track = TrackNode(self.world, kind, name, self._number)
        self._number += 1
        if kind in ("audio", "midi"):
            track.tone_hz = tones.tone_hz(self._sounding_count)
            self._sounding_count += 1
        if kind in ("audio", "midi", "group"):
            track.slots = [ClipSlotNode(self.world, track) for _ in self.scenes]
        return track

    def add_track(self, kind, name=None, index=None):
        if name is None:
            number = len(self.tracks if kind != "return" else self.returns) + 1
            name = {"audio": "%d-Audio", "midi": "%d-MIDI", "group": "%d-Group", "return": "%d-Return"}[kind] % number
        track = self.new_track(kind, name)
        self.insert(track, index)
        return track

    def insert(self, track, index=None):
        where = self.returns if track.kind == "return" else self.tracks
        where.insert(len(where) if index is None else index, track)
        if track.kind != "return":
            after = where.index(track)
            # Inside a group when between two of its tracks.
            if track.group is None and 0 < after < len(where) - 1 and where[after + 1].group is not None:
                track.group = where[after + 1].group
        self._lists_changed(track)
        return track

    def _lists_changed(self, track):
        if track.kind == "return":
            self.notify("return_tracks")
        else:
            self.notify("tracks", "visible_tracks")
        for other in self.tracks:
            if other.listeners:
                other.notify("available_input_routing_types", "available_output_routing_types")
        self.world.recorder.mix_changed()

    def remove_track(self, track):
        """The track goes, a group with everything in it. Returns an undo function."""
        family = [track] + [other for other in self.tracks if self._inside(other, track)]
        where = self.returns if track.kind == "return" else self.tracks
        places = [(where.index(member), member) for member in family]
        for member in family:
            self.world.recorder.drop_track(member)
            member.session_take = member.arrangement_take = None
            where.remove(member)
        if self.selected_track in family:
            self.select(self.tracks[0] if self.tracks else self.main)
        sources = [other for other in self.tracks if other.input_route.track in family]
        for other in sources:
            other.route_input(type(other.input_route)("none", None, "No Input"))
        for member in family:
            member.die()
        self._lists_changed(track)
        self.arrangement_changed()
        return places

    @staticmethod
    def _inside(track, group):
        parent = track.group
        while parent is not None:
            if parent is group:
                return True
            parent = parent.group
        return False

    def restore_tracks(self, places):
        """Undo of remove_track. Returns the new track objects in the same shape."""
        twins = {}
        restored = []
        for index, old in places:
            twin = twins[old] = old.reborn()
            twin.group = twins.get(old.group, old.group)
            where = self.returns if twin.kind == "return" else self.tracks
            where.insert(min(index, len(where)), twin)
            while len(twin.slots) < len(self.scenes) and twin.slots:
                twin.slots.append(ClipSlotNode(self.world, twin))
            restored.append((index, twin))
        self._lists_changed(restored[0][1])
        self.arrangement_changed()
        return restored

    def undo_of_tracks(self, name, places, present):
        """An undo step for tracks that have come (present) or gone."""
        state = {"places": places}

        def bring():
            state["places"] = self.restore_tracks(state["places"])

        def take_away():
            state["places"] = self.remove_track(state["places"][0][1])

        back, forth = (take_away, bring) if present else (bring, take_away)
        self.world.undo.add(name, back, forth, merge=None)

    def add_scene(self, index=None, name=""):
        scene = SceneNode(self.world, name)
        index = len(self.scenes) if index is None else index
        self.scenes.insert(index, scene)
        for track in self.tracks:
            track.slots.insert(index, ClipSlotNode(self.world, track))
            track.notify("clip_slots")
        self.notify("scenes")
        return scene

    def remove_scene(self, scene):
        index = self.scenes.index(scene)
        self.scenes.remove(scene)
        if self.selected_scene is scene:
            self.selected_scene = self.scenes[min(index, len(self.scenes) - 1)]
            self.view.notify("selected_scene")
        for track in self.tracks:
            slot = track.slots.pop(index)
            for part in (slot.clip, slot):
                if part is not None:
                    part.die()
            track.notify("clip_slots")
        scene.die()
        self.notify("scenes")

    def scene_index(self, scene):
        return self.scenes.index(scene)

    def add_cue(self, time, name):
        cue = CueNode(self.world, time, name)
        self.cues.append(cue)
        self.cues.sort(key=lambda item: item.values["time"])
        self.notify("cue_points")
        return cue

    # knowing

    def all_tracks(self):
        return self.tracks + self.returns + [self.main]

    def any_solo(self):
        return any(track.values["solo"] for track in self.tracks)

    def sounding(self):
        """Tracks that are heard in the mix."""
        solo = self.any_solo()
        return [track for track in self.tracks if track.sounds(solo)]

    def select(self, track):
        if self.selected_track is not track:
            self.selected_track = track
            self.view.notify("selected_track")

    def arming_changed(self):
        self.world.recorder.sync(self.world.transport.clock(self.world.engine.now))

    def arrangement_changed(self):
        self.notify("song_length")

    def change(self, name, value):
        changed = Node.change(self, name, value)
        if changed and name in ("record_mode", "punch_in", "punch_out", "loop_start", "loop_length"):
            self.world.recorder.sync(self.world.transport.clock(self.world.engine.now))
        return changed

    def die(self):
        for part in self.all_tracks() + self.scenes + self.cues + [self.view]:
            part.die()
        Node.die(self)

    # read by the API

    def get_name(self):
        return self.name if self.saved else ""

    def get_file_path(self):
        return self.world.set_path()

    def get_is_playing(self):
        return self.world.transport.playing

    def get_is_counting_in(self):
        return self.world.transport.counting_in

    def get_current_song_time(self):
        return self.world.transport.beat()

    def get_last_event_time(self):
        ends = [clip.get_end_time() for track in self.tracks for clip in track.clips]
        return float(max(ends + [cue.values["time"] for cue in self.cues] + [0.0]))

    def get_song_length(self):
        return self.get_last_event_time() + 60.0

    def get_tracks(self):
        return self.tracks

    def get_visible_tracks(self):
        return [track for track in self.tracks if not track.hidden()]

    def get_return_tracks(self):
        return self.returns

    def get_master_track(self):
        return self.main

    def get_scenes(self):
        return self.scenes

    def get_cue_points(self):
        return self.cues

    def get_view(self):
        return self.view

    def get_canonical_parent(self):
        return None

    def get_can_undo(self):
        return self.world.undo.can_undo()

    def get_can_redo(self):
        return self.world.undo.can_redo()

    def get_can_jump_to_next_cue(self):
        beat = self.world.transport.beat()
        return any(cue.values["time"] > beat for cue in self.cues)

    def get_can_jump_to_prev_cue(self):
        beat = self.world.transport.beat()
        return any(cue.values["time"] < beat for cue in self.cues)

    # written by the API

    def set_is_playing(self, on):
        if on:
            self.world.transport.start(self.values["start_time"])
        else:
            self.world.transport.stop()

    def check_tempo(self, bpm):
        if not TEMPO_RANGE[0] <= bpm <= TEMPO_RANGE[1]:
            raise RuntimeError("The tempo must be between 20 and 999 BPM")

    def set_tempo(self, bpm):
        self.world.transport.set_tempo(bpm)

    def check_signature_numerator(self, value):
        if not 1 <= value <= 99:
            raise RuntimeError("Invalid signature numerator")

    def check_signature_denominator(self, value):
        if value not in (1, 2, 4, 8, 16):
            raise RuntimeError("Invalid signature denominator")

    @staticmethod
    def _not_negative(beat):
        if beat < 0:
            raise RuntimeError("Times cannot be negative")

    check_current_song_time = check_start_time = check_loop_start = lambda self, beat: self._not_negative(beat)

    def check_loop_length(self, beats):
        if beats <= 0:
            raise RuntimeError("The loop needs a length")

    def set_current_song_time(self, beat):
        """While stopped only the display moves: continue_playing goes on where it stopped (before 11.2 the start moves too)."""
        transport = self.world.transport
        if transport.playing:
            transport.locate(beat)
            return
        transport.stopped_beat = beat
        if self.world.version < (11, 2, 0):
            self.values["start_time"] = transport.resume_beat = beat
        self.notify("current_song_time")

    def set_start_time(self, beat):
        self.move_start(beat)

    def move_start(self, beat):
        """The start marker; while stopped, play and continue begin there."""
        self.change("start_time", beat)
        if not self.world.transport.playing:
            self.world.transport.resume_beat = beat

    def set_clip_trigger_quantization(self, value):
        self.change("clip_trigger_quantization", Quantization.values[value])

    def check_clip_trigger_quantization(self, value):
        if value not in Quantization.values:
            raise RuntimeError("Invalid quantization")

    def set_session_record(self, on):
        self.change("session_record", on)
        self.world.session._status()

    # methods

    def do_start_playing(self):
        """From the start marker as it is now: a start_time written in the same turn comes too late."""
        beat = self.values["start_time"]
        self._later("start_playing", lambda: self.world.transport.start(beat))

    def do_continue_playing(self):
        beat = self.world.transport.resume_beat
        self._later("continue_playing", lambda: None if self.world.transport.playing
                    else self.world.transport.start(beat))

    def do_stop_playing(self):
        self._later("stop_playing", self.world.transport.stop)

    def do_play_selection(self):
        self.do_start_playing()

    def _later(self, name, function):
        self.world.engine.write("Song.%s" % name, lambda: function() if self.alive else None)

    def do_jump_by(self, beats):
        self.set_current_song_time(max(0.0, self.world.transport.beat() + beats))

    do_scrub_by = do_jump_by

    def _jump_cue(self, cues):
        if cues:
            cues[0].do_jump()

    def do_jump_to_next_cue(self):
        beat = self.world.transport.beat()
        self._jump_cue([cue for cue in self.cues if cue.values["time"] > beat])

    def do_jump_to_prev_cue(self):
        beat = self.world.transport.beat()
        self._jump_cue([cue for cue in reversed(self.cues) if cue.values["time"] < beat])

    def do_set_or_delete_cue(self):
        beat = self.world.transport.beat()
        here = [cue for cue in self.cues if abs(cue.values["time"] - beat) < 1e-6]
        if here:
            self.cues.remove(here[0])
            here[0].die()
            self.notify("cue_points")
        else:
            self.add_cue(beat, str(len(self.cues) + 1))

    def _create(self, kind, index):
        if index is None:
            selected = self.selected_track
            index = self.tracks.index(selected) + 1 if selected in self.tracks else len(self.tracks)
        if index == -1:
            index = len(self.tracks)
        if not 0 <= index <= len(self.tracks):
            raise LimitationError("Invalid track index %d" % index)
        track = self.add_track(kind, None, index)
        track.created_turn = self.world.engine.turn
        track.routing_ready_at = self.world.engine.now + self.world.routing_delay
        self.select(track)
        self.undo_of_tracks("Insert %s Track" % {"audio": "Audio", "midi": "MIDI"}[kind],
                            [(index, track)], present=True)
        return track

    def do_create_audio_track(self, index):
        return self._create("audio", index)

    def do_create_midi_track(self, index):
        return self._create("midi", index)

    def do_create_return_track(self):
        if len(self.returns) >= MAX_RETURNS:
            raise RuntimeError("The maximum number of return tracks is reached")
        track = self.add_track("return", "%s-Return" % chr(ord("A") + len(self.returns)))
        self.undo_of_tracks("Insert Return Track", [(len(self.returns) - 1, track)], present=True)
        return track

    def do_delete_track(self, index):
        if not 0 <= index < len(self.tracks):
            raise LimitationError("Invalid track index %d" % index)
        self.delete(self.tracks[index])

    def delete(self, track):
        if track.kind != "return":
            family = 1 + len([other for other in self.tracks if self._inside(other, track)])
            if family >= len(self.tracks):
                raise RuntimeError("The last track of a set cannot be deleted")
        places = self.remove_track(track)
        self.undo_of_tracks("Delete Track", places, present=False)

    def do_delete_return_track(self, index):
        if not 0 <= index < len(self.returns):
            raise LimitationError("Invalid track index %d" % index)
        self.delete(self.returns[index])

    def do_create_scene(self, index):
        if index == -1:
            index = len(self.scenes)
        if not 0 <= index <= len(self.scenes):
            raise LimitationError("Invalid scene index %d" % index)
        scene = self.add_scene(index)
        holder = {"scene": scene}

        def forth():
            holder["scene"] = self.add_scene(index)

        self.world.undo.add("Insert Scene", lambda: self.remove_scene(holder["scene"]), forth, merge=None)
        return scene

    def do_delete_scene(self, index):
        if not 0 <= index < len(self.scenes) or len(self.scenes) == 1:
            raise LimitationError("Invalid scene index %d" % index)
        self.remove_scene(self.scenes[index])

    def do_undo(self):
        return self.world.undo.undo()

    def do_redo(self):
        return self.world.undo.redo()

    def do_begin_undo_step(self):
        return None

    do_end_undo_step = do_begin_undo_step

    def do_capture_midi(self, _destination):
        if not self.values["can_capture_midi"]:
            raise RuntimeError("There is nothing to capture")
        self.world.capture_midi()

    def do_trigger_session_record(self, length):
        self.world.session.record_button(length)

    def do_stop_all_clips(self, quantized):
        self.world.session.stop_all(quantized)

    def do_tap_tempo(self):
        return None

    def do_get_current_beats_song_time(self):
        return BeatTime(self.world.transport.beat(), self.values["signature_numerator"],
                        self.values["signature_denominator"])

    def do_get_data(self, key, default):
        return self.data.get(key, default)

    def do_set_data(self, key, value):
        self.data[key] = value


class BeatTime(object):
    """A position as bars, beats, sixteenths and ticks; the first bar is 1."""

    def __init__(self, beat, numerator, denominator):
        ticks = int(round(beat * 240))
        per_beat = 960 // denominator
        beats, rest = divmod(ticks, per_beat)
        self.bars, self.beats = beats // numerator + 1, beats % numerator + 1
        self.sub_division, self.ticks = rest // 60 + 1, rest % 60

    def __str__(self):
        return "%03d.%02d.%02d.%03d" % (self.bars, self.beats, self.sub_division, self.ticks)


class SongViewNode(Node):
    """What is selected."""

    api = "Song.View"

    def __init__(self, world, song):
        Node.__init__(self, world, follow_song=True, draw_mode=False)
        self.song = song

    def get_canonical_parent(self):
        return self.song

    def get_selected_track(self):
        return self.song.selected_track

    def set_selected_track(self, track):
        if track.alive:
            self.song.select(track)

    def get_selected_scene(self):
        return self.song.selected_scene

    def set_selected_scene(self, scene):
        if scene.alive and scene is not self.song.selected_scene:
            self.song.selected_scene = scene
            self.notify("selected_scene")

    def get_highlighted_clip_slot(self):
        track = self.song.selected_track
        if track is None or not track.slots:
            return None
        return track.slots[self.song.scene_index(self.song.selected_scene)]

    def set_highlighted_clip_slot(self, slot):
        if slot.alive:
            self.song.select(slot.track)
            self.set_selected_scene(self.song.scenes[slot.index()])

    def get_detail_clip(self):
        slot = self.get_highlighted_clip_slot()
        return slot.clip if slot is not None else None


class SceneNode(Node):
    api = "Scene"

    def __init__(self, world, name):
        Node.__init__(self, world, name=name, color=0)

    def get_clip_slots(self):
        index = self.world.song.scene_index(self)
        return [track.slots[index] for track in self.world.song.tracks]

    def get_is_empty(self):
        return all(slot.clip is None for slot in self.get_clip_slots())

    def get_is_triggered(self):
        return any(slot.triggered for slot in self.get_clip_slots())

    def get_canonical_parent(self):
        return self.world.song

    def do_fire(self, _force_legato, _can_select):
        self.world.engine.write("Scene.fire", lambda: self.world.session.fire_scene(self) if self.alive else None)


class CueNode(Node):
    api = "CuePoint"

    def __init__(self, world, time, name):
        Node.__init__(self, world, time=float(time), name=name)

    def get_canonical_parent(self):
        return self.world.song

    def do_jump(self):
        transport, song = self.world.transport, self.world.song
        if transport.playing:
            transport.locate(self.values["time"])
        else:
            song.move_start(self.values["time"])
            transport.stopped_beat = self.values["time"]
            song.notify("current_song_time")


class SongApi(object):
    """A Live Set."""

    name = Prop("str", since=(11, 3, 25))
    file_path = Prop("str", since=(11, 3, 25))
    tempo = Prop("float", rw=True, listen=True, undo=True)
    signature_numerator = Prop("int", rw=True, listen=True, undo=True)
    signature_denominator = Prop("int", rw=True, listen=True, undo=True)
    is_playing = Prop(rw=True, listen=True)
    is_counting_in = Prop(listen=True)
    count_in_duration = Prop("int", listen=True)
    current_song_time = Prop("float", rw=True, listen=True)
    start_time = Prop("float", rw=True, listen=True, since=(11, 2, 0))
    last_event_time = Prop("float")
    song_length = Prop("float", listen=True)
    metronome = Prop(rw=True, listen=True)
    loop = Prop(rw=True, listen=True, undo=True)
    loop_start = Prop("float", rw=True, listen=True, undo=True)
    loop_length = Prop("float", rw=True, listen=True, undo=True)
    punch_in = Prop(rw=True, listen=True, undo=True)
    punch_out = Prop(rw=True, listen=True, undo=True)
    record_mode = Prop(rw=True, listen=True)
    session_record = Prop(rw=True, listen=True)
    session_record_status = Prop("int", listen=True)
    session_automation_record = Prop(rw=True, listen=True)
    arrangement_overdub = Prop(rw=True, listen=True)
    overdub = Prop(rw=True, listen=True)
    back_to_arranger = Prop(rw=True, listen=True)
    exclusive_arm = Prop(listen=True)
    exclusive_solo = Prop()
    select_on_launch = Prop()
    is_ableton_link_enabled = Prop(rw=True, listen=True)
    clip_trigger_quantization = Prop("int", rw=True, listen=True, undo=True)
    can_capture_midi = Prop(listen=True)
    can_undo = Prop()
    can_redo = Prop()
    can_jump_to_next_cue = Prop(listen=True)
    can_jump_to_prev_cue = Prop(listen=True)
    tracks = Prop("vector", listen=True)
    visible_tracks = Prop("vector", listen=True)
    return_tracks = Prop("vector", listen=True)
    master_track = Prop("object")
    scenes = Prop("vector", listen=True)
    cue_points = Prop("vector", listen=True)
    view = Prop("object")
    canonical_parent = Prop("object")
    data = Signal()
    start_playing = Method()
    continue_playing = Method()
    stop_playing = Method()
    play_selection = Method()
    jump_by = Method("float", late=True)
    scrub_by = Method("float", late=True)
    jump_to_next_cue = Method(late=True)
    jump_to_prev_cue = Method(late=True)
    set_or_delete_cue = Method()
    create_audio_track = Method("int?", names=("Index",), defaults=(None,))
    create_midi_track = Method("int?", names=("Index",), defaults=(None,))
    create_return_track = Method()
    delete_track = Method("int")
    delete_return_track = Method("int")
    create_scene = Method("int")
    delete_scene = Method("int")
    undo = Method()
    redo = Method()
    begin_undo_step = Method(write=False)
    end_undo_step = Method(write=False)
    capture_midi = Method("int", names=("Destination",), defaults=(0,))
    trigger_session_record = Method("float", names=("record_length",), defaults=(float("inf"),), late=True)
    stop_all_clips = Method("bool", names=("Quantized",), defaults=(True,), late=True)
    tap_tempo = Method()
    get_current_beats_song_time = Method(write=False)
    get_data = Method("str", "object", write=False)
    set_data = Method("str", "object")


class SongViewApi(object):
    selected_track = Prop("Track", rw=True, listen=True)
    selected_scene = Prop("Scene", rw=True, listen=True)
    highlighted_clip_slot = Prop("ClipSlot", rw=True)
    detail_clip = Prop("object", listen=True)
    follow_song = Prop(rw=True, listen=True)
    draw_mode = Prop(rw=True, listen=True)
    canonical_parent = Prop("object")


class SceneApi(object):
    name = Prop("str", rw=True, listen=True, undo=True)
    color = Prop("int", rw=True, listen=True, undo=True)
    clip_slots = Prop("vector", listen=True)
    is_empty = Prop()
    is_triggered = Prop(listen=True)
    canonical_parent = Prop("object")
    fire = Method("bool", "bool", names=("force_legato", "can_select_scene_on_launch"), defaults=(False, True))


class CueApi(object):
    name = Prop("str", rw=True, listen=True, undo=True)
    time = Prop("float", listen=True)
    canonical_parent = Prop("object")
    jump = Method(late=True)
