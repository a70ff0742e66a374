"""The set: song, scenes, locators and the view's selection."""

from .errors import LimitationError
from .lom import Node, boost_enum
from .scene import BeatTime, SongViewNode
from .song_lists import SongLists
from .versions import main_track_word

TEMPO_RANGE = (20.0, 999.0)
MAX_RETURNS = 12

Quantization = boost_enum(
    "Quantization", "Song", q_no_q=0, q_8_bars=1, q_4_bars=2, q_2_bars=3, q_bar=4, q_half=5, q_half_triplet=6,
    q_quarter=7, q_quarter_triplet=8, q_eight=9, q_eight_triplet=10, q_sixtenth=11, q_sixtenth_triplet=12,
    q_thirtytwoth=13)


class SongNode(SongLists, Node):
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
