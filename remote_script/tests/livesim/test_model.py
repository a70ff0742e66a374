"""Routing, tracks, undo, the view, dialogs, versions."""

import unittest

from livesim import setfile, versions
from tests.livesim.harness import HostTest


class Routing(HostTest):
    def test_categories_and_names(self):
        guitar = self.track("Guitar")
        category = self.live.Track.RoutingTypeCategory
        found = [(int(kind.category), kind.display_name) for kind in guitar.available_input_routing_types]
        self.assertEqual(found[0], (0, "Ext. In"))
        self.assertIn((2, "Resampling"), found)
        self.assertIn((3, "Main"), found)
        self.assertIn((4, "Bass"), found)
        self.assertIn((4, "A-Reverb"), found)
        self.assertEqual(found[-1], (6, "No Input"))
        self.assertNotIn((4, "Guitar"), found)
        self.assertEqual(category.resampling, 2)
        self.assertEqual(str(category.resampling), "resampling")
        self.assertEqual(int(category.parent_group_track), 5)
        outputs = [(int(kind.category), kind.display_name) for kind in self.track("Choir Left").available_output_routing_types]
        self.assertIn((5, "Choir"), outputs)

    def test_names_are_translated(self):
        self.host("--language", "de")
        names = [kind.display_name for kind in self.track("Guitar").available_input_routing_types]
        self.assertNotIn("No Input", names)
        self.assertNotIn("Ext. In", names)
        self.assertIn(2, [int(kind.category) for kind in self.track("Guitar").available_input_routing_types])

    def test_channels_follow_the_type(self):
        guitar = self.track("Guitar")
        bass = next(kind for kind in guitar.available_input_routing_types if kind.display_name == "Bass")
        self.assertEqual(bass.attached_object, self.track("Bass"))
        guitar.input_routing_type = bass
        self.turn()
        self.assertEqual([channel.display_name for channel in guitar.available_input_routing_channels],
                         ["Pre FX", "Post FX", "Post Mixer"])
        self.assertEqual(guitar.input_routing_channel.display_name, "Post FX")
        guitar.input_routing_channel = guitar.available_input_routing_channels[0]
        self.turn()
        self.assertEqual(guitar.input_routing_channel.display_name, "Pre FX")
        self.assertEqual(guitar.input_routing_type, bass)

    def test_only_objects_from_the_list(self):
        guitar, bass = self.track("Guitar"), self.track("Bass")
        with self.assertRaises(ValueError):
            guitar.input_routing_type = bass.available_input_routing_types[0]
        with self.assertRaises(ValueError):
            guitar.input_routing_type = "Resampling"
        kind = next(kind for kind in guitar.available_input_routing_types if kind.display_name == "Bass")
        self.song.delete_track(1)
        with self.assertRaises(ValueError):
            guitar.input_routing_type = kind
        self.assertEqual(self.rules(), ["routing-foreign"] * 3)

    def test_a_new_tracks_lists_are_empty_for_a_while(self):
        self.host("--routing-delay", "0.5")
        track = self.song.create_audio_track(-1)
        for _ in range(3):
            kinds = track.available_input_routing_types
            self.assertEqual([(kind.display_name, int(kind.category)) for kind in kinds], [("", 7)])
            with self.assertRaises(ValueError):
                track.input_routing_type = kinds[0]
            self.turn()
        self.run_for(0.5)
        self.assertIn(2, [int(kind.category) for kind in track.available_input_routing_types])

    def test_even_without_delay_they_are_empty_in_the_tick_of_creation(self):
        self.host("--routing-delay", "0")
        track = self.song.create_audio_track(-1)
        self.assertEqual([kind.display_name for kind in track.available_input_routing_types], [""])
        self.turn()
        self.assertGreater(len(track.available_input_routing_types), 5)

    def test_setting_the_channel_early_is_recorded(self):
        track = self.song.create_audio_track(-1)
        with self.assertRaises(ValueError):
            track.input_routing_channel = self.track("Guitar").available_input_routing_channels[0]
        self.assertEqual(self.rules()[0], "routing-early")

    def test_tracks_without_input(self):
        for track in (self.track("Choir"), self.song.master_track, self.song.return_tracks[0]):
            self.assertEqual(len(track.available_input_routing_types), 0)
            self.assertRaises(RuntimeError, getattr, track, "input_routing_type")


class Tracks(HostTest):
    def names(self):
        return [track.name for track in self.song.tracks]

    def test_create_and_delete(self):
        track = self.song.create_audio_track(2)
        self.assertEqual(self.names()[2], track.name)
        self.assertEqual(self.song.view.selected_track, track)
        midi = self.song.create_midi_track(-1)
        self.assertTrue(midi.has_midi_input)
        self.assertEqual(self.names()[-1], midi.name)
        self.assertEqual(len(track.clip_slots), len(self.song.scenes))
        for index in (99, -2):
            with self.assertRaises(self.live.Base.LimitationError):
                self.song.create_audio_track(index)
            with self.assertRaises(RuntimeError):
                self.song.delete_track(index)
        self.song.create_audio_track()
        self.song.view.selected_track = self.track("Drums")
        self.turn()
        self.song.create_audio_track()
        self.assertEqual(self.names()[1][-6:], "-Audio")

    def test_listeners_of_the_track_list_fire_a_turn_later(self):
        calls = []

        def callback():
            calls.append(len(self.song.tracks))

        self.song.add_tracks_listener(callback)
        self.song.create_audio_track(0)
        self.assertEqual(calls, [])
        self.turn()
        self.assertEqual(calls, [11])

    def test_deleting_a_group_deletes_its_tracks(self):
        self.song.delete_track(self.names().index("Choir"))
        self.assertEqual(self.names(), ["Drums", "Bass", "Guitar", "Vocals", "Keys", "Synth", "Strings"])

    def test_the_last_track_stays(self):
        self.host("--tracks", "1")
        with self.assertRaises(RuntimeError):
            self.song.delete_track(0)

    def test_deleting_a_recording_track_ends_its_take(self):
        self.track("Guitar").arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(1.0)
        self.song.delete_track(2)
        self.world.recorder.pump(self.clock.time)
        take, = self.world.recorder.takes
        self.assertEqual((take.failed, take.finished), ("track deleted", True))
        self.run_for(1.0)
        self.assertTrue(self.song.is_playing)

    def test_colours_mute_solo_names(self):
        guitar = self.track("Guitar")
        guitar.color = 0x00FF00
        guitar.name = "Gitarre"
        guitar.mute = guitar.solo = True
        self.turn()
        self.assertEqual((guitar.color, guitar.name, guitar.mute, guitar.solo), (0x00FF00, "Gitarre", True, True))
        self.assertRaises(RuntimeError, getattr, self.song.master_track, "mute")
        self.assertEqual(self.song.master_track.name, "Main")

    def test_mixer_and_take_lanes(self):
        volume = self.track("Guitar").mixer_device.volume
        volume.value = 0.5
        self.turn()
        self.assertEqual(volume.value, 0.5)
        with self.assertRaises(RuntimeError):
            volume.value = 2.0
        lane = self.track("Guitar").create_take_lane()
        self.assertIn(lane, self.track("Guitar").take_lanes)


class UndoSteps(HostTest):
    def test_nothing_to_undo(self):
        self.assertFalse(self.song.can_undo)
        self.assertEqual(self.song.undo(), "")

    def test_undo_of_a_recording_removes_the_clip_and_leaves_the_file(self):
        import os
        take, = self.record(1.0, "Guitar")
        clip, = self.track("Guitar").arrangement_clips
        self.assertEqual(self.song.undo(), "Record")
        self.assertEqual(len(self.track("Guitar").arrangement_clips), 0)
        self.assertTrue(clip == None)  # noqa: E711
        self.assertTrue(os.path.exists(take.path))
        self.assertEqual(self.song.redo(), "Record")
        self.assertEqual(self.track("Guitar").arrangement_clips[0].file_path, take.path)

    def test_a_take_on_several_tracks_is_one_step(self):
        self.record(1.0, "Guitar", "Bass")
        self.song.undo()
        self.assertEqual([len(self.track(name).arrangement_clips) for name in ("Guitar", "Bass")], [0, 0])
        self.assertFalse(self.song.can_undo)

    def test_undo_of_a_new_track_removes_it(self):
        track = self.song.create_audio_track(-1)
        self.song.undo()
        self.assertEqual(len(self.song.tracks), 10)
        self.assertTrue(track == None)  # noqa: E711
        self.song.redo()
        self.assertEqual(len(self.song.tracks), 11)
        self.assertNotEqual(self.song.tracks[10], track)

    def test_undo_of_a_deletion_brings_a_new_object(self):
        guitar = self.track("Guitar")
        ident = self.node("Guitar").id
        self.song.delete_track(2)
        self.song.undo()
        self.assertTrue(guitar == None)  # noqa: E711
        self.assertEqual(self.song.tracks[2].name, "Guitar")
        self.assertEqual(self.node("Guitar").id, ident)

    def test_writes_of_one_turn_are_one_step_and_arming_is_none(self):
        guitar = self.track("Guitar")
        guitar.arm = True
        self.turn()
        self.assertFalse(self.song.can_undo)
        guitar.name, guitar.mute = "A", True
        self.turn()
        guitar.name = "B"
        self.turn()
        self.song.undo()
        self.assertEqual(guitar.name, "A")
        self.song.undo()
        self.assertEqual((guitar.name, guitar.mute), ("Guitar", False))

    def test_capture_midi(self):
        with self.assertRaises(RuntimeError):
            self.song.capture_midi()
        self.world.song.change("can_capture_midi", True)
        self.song.view.selected_track = self.track("Keys")
        self.turn()
        self.song.capture_midi()
        self.assertFalse(self.song.can_capture_midi)
        self.assertTrue(self.track("Keys").clip_slots[0].has_clip)


class View(HostTest):
    def test_selection(self):
        view = self.song.view
        self.assertEqual(view.selected_track, self.track("Drums"))
        view.selected_track = self.track("Bass")
        view.selected_scene = self.song.scenes[3]
        self.turn()
        self.assertEqual(view.highlighted_clip_slot, self.track("Bass").clip_slots[3])
        view.selected_track = self.song.master_track
        self.turn()
        self.assertIsNone(view.highlighted_clip_slot)
        with self.assertRaises(TypeError):
            view.selected_track = self.song.scenes[0]

    def test_dialogs(self):
        seen = []

        def callback():
            seen.append(self.app.open_dialog_count)

        self.app.add_open_dialog_count_listener(callback)
        self.world.application.open_dialog("Save?", ["Don't Save", "Cancel", "Save"])
        self.turn()
        self.assertEqual((self.app.open_dialog_count, self.app.current_dialog_message,
                          self.app.current_dialog_button_count), (1, "Save?", 3))
        self.song.metronome = True
        self.turn()
        self.assertTrue(self.song.metronome, "commands run on while a dialog is open")
        with self.assertRaises(RuntimeError):
            self.app.press_current_dialog_button(3)
        self.app.press_current_dialog_button(1)
        self.assertEqual(self.app.open_dialog_count, 1)
        self.turn(2)
        self.assertEqual((self.app.open_dialog_count, self.app.current_dialog_message), (0, ""))
        self.assertEqual(seen, [1, 0])

    def test_a_native_panel_has_no_buttons(self):
        self.world.application.open_dialog("", [])
        self.assertEqual((self.app.open_dialog_count, self.app.current_dialog_button_count), (1, 0))


class Reloading(HostTest):
    def test_the_script_is_gone_for_about_three_seconds(self):
        for start in (self.world.reload_script, lambda: self.world.load_set(setfile.DEMO, "Next", True, None, True)):
            later = start()
            self.run_for(2.99)
            self.assertIsNone(later.answer)
            self.run_for(0.02)
            self.assertIsNotNone(later.answer)
        self.assertEqual(self.world.song.set_id, "set2")
        self.assertTrue(self.song == None)  # noqa: E711


class Versions(HostTest):
    def host_of(self, version):
        self.host("--live", version)
        return self

    def test_what_versions_lack(self):
        table = (
            ("11.1", "song", "start_time", "11.2"), ("11.3", "song", "name", "11.3.25"),
            ("11.3.24", "song", "file_path", "11.3.25"), ("11.0", "app", "average_process_usage", "11.1"),
            ("11.2", "app", "get_version_string", "11.3"), ("12.1", "track", "create_take_lane", "12.2"),
            ("11.0", "clip", "sample_rate", "11.1"))
        for without, where, name, since in table:
            for version, there in ((without, False), (since, True), ("12.3.6", True)):
                with self.subTest(name=name, version=version):
                    self.host_of(version)
                    target = {"song": self.song, "app": self.app, "track": self.track("Guitar"),
                              "clip": self.track("Keys").arrangement_clips[0]}[where]
                    self.assertEqual(hasattr(type(target), name), there)
                    self.assertEqual(name in dir(target), there)
                    if not there:
                        with self.assertRaises(AttributeError):
                            getattr(target, name)

    def test_live_says_its_version(self):
        self.host_of("12.1.10")
        self.assertEqual((self.app.get_major_version(), self.app.get_minor_version(), self.app.get_bugfix_version()),
                         (12, 1, 10))
        self.assertEqual(self.app.get_version_string(), "12.1.10")
        self.assertEqual(self.app.get_document(), self.song)

    def test_words_of_the_versions(self):
        self.host_of("11.3")
        self.assertEqual(self.song.master_track.name, "Master")
        self.assertIn("Master", [kind.display_name for kind in self.track("Guitar").available_input_routing_types])

    def test_parsing(self):
        self.assertEqual(versions.parse("12.3.6"), (12, 3, 6))
        self.assertEqual(versions.parse("11"), (11, 0, 0))
        self.assertEqual(versions.embedded_python(versions.parse("12.0.5")), "3.7.3")
        self.assertEqual(versions.embedded_python(versions.parse("12.1")), "3.11.6")
        for text in ("", "10.1", "12.x", "12.3.6.1"):
            with self.assertRaises(ValueError):
                versions.parse(text)


if __name__ == "__main__":
    unittest.main()
