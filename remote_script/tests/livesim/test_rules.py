"""What Live refuses, and when a write shows."""

import gc
import threading
import unittest

from livesim.errors import ArgumentError
from tests.livesim.harness import HostTest


class Writes(HostTest):
    def test_a_write_shows_on_the_next_turn(self):
        guitar = self.track("Guitar")
        guitar.arm = True
        self.song.tempo = 90
        self.assertIs(guitar.arm, False)
        self.assertEqual(self.song.tempo, 120.0)
        self.turn()
        self.assertIs(guitar.arm, True)
        self.assertEqual(self.song.tempo, 90.0)

    def test_write_latency_counts_turns(self):
        self.host("--write-latency", "3")
        self.song.metronome = True
        self.turn(2)
        self.assertIs(self.song.metronome, False)
        self.turn()
        self.assertIs(self.song.metronome, True)

    def test_a_ten_millisecond_timer_sees_a_write_at_its_next_call(self):
        seen = []

        def tick():
            seen.append(self.song.record_mode)
            self.song.record_mode = True

        timer = self.live.Base.Timer(callback=tick, interval=10, repeat=True, start=True)
        self.run_for(0.025)
        self.assertEqual(seen, [False, True])
        timer.stop()

    def test_transport_commands_show_on_the_next_turn(self):
        self.song.start_playing()
        self.assertFalse(self.song.is_playing)
        self.turn()
        self.assertTrue(self.song.is_playing)
        self.song.stop_playing()
        self.assertTrue(self.song.is_playing)
        self.turn()
        self.assertFalse(self.song.is_playing)

    def test_read_only_and_unknown_names_are_refused_and_recorded(self):
        with self.assertRaises(AttributeError):
            self.song.exclusive_arm = False
        with self.assertRaises(AttributeError):
            self.song.count_in_duration = 1
        with self.assertRaises(AttributeError):
            self.song.recordmode = True
        with self.assertRaises(AttributeError):
            self.song.save()
        self.assertEqual(self.rules(), ["read-only", "read-only", "unknown-attribute"])

    def test_types_are_boosts(self):
        guitar = self.track("Guitar")
        for attribute, value in (("arm", "yes"), ("mute", 0.0), ("name", 5), ("color", 1.5),
                                 ("current_monitoring_state", "in")):
            with self.assertRaises(ArgumentError, msg=attribute):
                setattr(guitar, attribute, value)
        with self.assertRaises(TypeError):
            self.song.delete_track("Guitar")
        with self.assertRaises(TypeError):
            self.song.stop_playing(True)
        guitar.arm = 1
        self.song.tempo = 100
        self.turn()
        self.assertIs(guitar.arm, True)
        self.assertEqual(self.rules(), ["argument"] * 7)

    def test_values_out_of_range(self):
        for name, value in (("tempo", 10.0), ("loop_length", 0.0), ("signature_denominator", 3)):
            with self.assertRaises(RuntimeError, msg=name):
                setattr(self.song, name, value)
        with self.assertRaises(ValueError):
            self.track("Guitar").current_monitoring_state = 5


class Listeners(HostTest):
    def setUp(self):
        HostTest.setUp(self)
        self.calls = []
        self.callback = lambda: self.calls.append(self.song.tempo)

    def test_called_without_arguments_after_the_write(self):
        self.song.add_tempo_listener(self.callback)
        self.song.tempo = 99
        self.assertEqual(self.calls, [])
        self.turn()
        self.assertEqual(self.calls, [99.0])
        self.song.tempo = 99
        self.turn()
        self.assertEqual(self.calls, [99.0], "nothing changed")

    def test_writes_of_one_turn_make_one_call(self):
        self.song.add_tempo_listener(self.callback)
        self.song.tempo = 99
        self.song.tempo = 98
        self.turn()
        self.assertEqual(self.calls, [98.0])

    def test_a_write_inside_is_refused_and_recorded(self):
        errors = []

        def listener():
            for action in (lambda: setattr(self.song, "metronome", True), self.song.start_playing,
                           lambda: self.song.create_audio_track(0)):
                try:
                    action()
                except RuntimeError as error:
                    errors.append(str(error))

        self.song.add_tempo_listener(listener)
        self.song.tempo = 99
        self.turn(2)
        self.assertEqual(errors, [
            "Changes cannot be triggered by notifications. You will need to defer your response."] * 3)
        self.assertEqual(self.rules(), ["listener-write"] * 3)
        self.assertFalse(self.song.metronome)

    def test_twice_and_unknown(self):
        self.song.add_tempo_listener(self.callback)
        self.assertTrue(self.song.tempo_has_listener(self.callback))
        with self.assertRaises(RuntimeError):
            self.song.add_tempo_listener(self.callback)
        self.song.remove_tempo_listener(self.callback)
        self.assertFalse(self.song.tempo_has_listener(self.callback))
        with self.assertRaises(RuntimeError):
            self.song.remove_tempo_listener(self.callback)
        self.assertEqual(self.rules(), ["listener-twice", "listener-unknown"])

    def test_only_what_live_lets_observe(self):
        self.assertFalse(hasattr(self.song, "add_can_undo_listener"))
        self.assertFalse(hasattr(self.song, "add_name_listener"))
        self.assertFalse(hasattr(self.song, "add_last_event_time_listener"))
        self.assertFalse(hasattr(self.track("Guitar"), "add_can_be_armed_listener"))
        self.assertTrue(hasattr(self.track("Guitar"), "add_arrangement_clips_listener"))

    def test_an_exception_in_a_listener_is_logged_and_others_still_run(self):
        def bad():
            raise ValueError("broken listener")

        self.song.add_tempo_listener(bad)
        self.song.add_tempo_listener(self.callback)
        self.song.tempo = 99
        self.turn()
        self.assertEqual(self.calls, [99.0])
        self.assertTrue(any("RemoteScriptError: ValueError: broken listener" in line
                            for line in self.log.since(0)[0]))

    def test_a_callback_that_nobody_keeps_is_lost(self):
        self.song.add_tempo_listener(lambda: self.calls.append("never"))
        gc.collect()
        self.song.tempo = 99
        self.turn()
        self.assertEqual(self.calls, [])
        self.assertEqual(self.rules(), ["listener-lost"])

    def test_strong_references_on_request(self):
        self.host("--listener-refs", "strong")
        self.song.add_tempo_listener(lambda: self.calls.append("kept"))
        gc.collect()
        self.song.tempo = 99
        self.turn()
        self.assertEqual(self.calls, ["kept"])

    def test_playing_status_never_fires_and_output_meter_level_hangs(self):
        slot = self.track("Synth").clip_slots[0]

        def callback():
            self.calls.append("status")

        slot.add_playing_status_listener(callback)
        slot.fire()
        self.run_for(1.0)
        self.assertEqual(slot.playing_status, 1)
        self.assertEqual(self.calls, [])
        self.track("Guitar").add_output_meter_level_listener(callback)
        self.assertEqual(self.rules(), ["hanging-listener"])

    def test_meters_fire_on_display_ticks(self):
        guitar = self.track("Guitar")

        def callback():
            self.calls.append(guitar.output_meter_left)

        guitar.add_output_meter_left_listener(callback)
        self.song.start_playing()
        self.run_for(0.5)
        self.assertEqual(len(self.calls), 1, "the level of a steady tone changes once")
        self.assertGreater(self.calls[0], 0.0)


class Objects(HostTest):
    def test_a_deleted_object_raises_except_in_comparisons(self):
        guitar = self.track("Guitar")
        pointer = guitar._live_ptr
        self.assertEqual(pointer, self.track("Guitar")._live_ptr)
        index = [track.name for track in self.song.tracks].index("Guitar")
        self.song.delete_track(index)
        for access in (lambda: guitar.name, lambda: guitar.arm, lambda: guitar._live_ptr,
                       lambda: guitar.clip_slots, lambda: guitar.add_name_listener(len)):
            with self.assertRaises(ArgumentError):
                access()
        with self.assertRaises(ArgumentError):
            guitar.arm = True
        self.assertTrue(guitar == None)  # noqa: E711
        self.assertFalse(guitar != None)  # noqa: E711
        self.assertEqual(set(self.rules()), {"deleted"})

    def test_slots_clips_and_scenes_die_with_what_holds_them(self):
        synth = self.track("Synth")
        slot, clip = synth.clip_slots[0], synth.clip_slots[0].clip
        self.song.delete_scene(0)
        self.assertTrue(slot == None)  # noqa: E711
        self.assertTrue(clip == None)  # noqa: E711
        keys = self.track("Keys")
        clip = keys.arrangement_clips[0]
        keys.delete_clip(clip)
        self.assertTrue(clip == None)  # noqa: E711

    def test_handles_compare_by_object_not_by_identity(self):
        first, second = self.track("Guitar"), self.track("Guitar")
        self.assertIsNot(first, second)
        self.assertEqual(first, second)
        self.assertNotEqual(first, self.track("Bass"))
        self.assertIn(first, self.song.tracks)
        self.assertEqual(list(self.song.tracks).index(first), 2)

    def test_vectors_are_neither_lists_nor_tuples(self):
        tracks = self.song.tracks
        self.assertNotIsInstance(tracks, (list, tuple))
        self.assertEqual(tracks[-1].name, "Strings")
        self.assertEqual([track.name for track in tracks[1:3]], ["Bass", "Guitar"])
        self.assertRaises(IndexError, lambda: tracks[99])
        self.assertRaises(TypeError, lambda: tracks + [])

    def test_api_classes_cannot_be_made(self):
        with self.assertRaises(RuntimeError):
            self.live.Track.Track()
        self.assertIsInstance(self.track("Guitar"), self.live.Track.Track)

    def test_giving_a_deleted_object_is_refused(self):
        guitar = self.track("Guitar")
        self.song.delete_track(2)
        with self.assertRaises(ArgumentError):
            self.song.view.selected_track = guitar


class MainThread(HostTest):
    def test_any_use_off_the_main_thread_raises_and_is_recorded(self):
        guitar, tracks = self.track("Guitar"), self.song.tracks
        routing = guitar.available_input_routing_types[0]
        errors = []

        def use():
            for access in (lambda: self.song.tempo, lambda: setattr(guitar, "arm", True), lambda: guitar.name,
                           self.song.start_playing, lambda: len(tracks), lambda: list(tracks),
                           lambda: guitar == None, lambda: routing.display_name,  # noqa: E711
                           self.live.Application.get_application,
                           lambda: self.live.Base.Timer(callback=len, interval=10)):
                try:
                    access()
                except RuntimeError as error:
                    errors.append(error)

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        self.assertEqual(len(errors), 10)
        self.assertEqual(self.rules(), ["thread"] * 10)
        self.turn()
        self.assertFalse(guitar.arm)
        self.assertIn("test_rules.py", self.world.violations.items()[0]["where"])


class Arming(HostTest):
    def test_what_cannot_be_armed(self):
        for track in [self.track("Choir"), self.song.master_track] + list(self.song.return_tracks):
            self.assertFalse(track.can_be_armed)
            for name in ("arm", "implicit_arm"):
                with self.assertRaises(RuntimeError):
                    getattr(track, name)
                with self.assertRaises(RuntimeError):
                    setattr(track, name, True)
            self.assertRaises(RuntimeError, getattr, track, "current_monitoring_state")
            with self.assertRaises(RuntimeError):
                track.current_monitoring_state = 0
        self.assertEqual(set(self.rules()), {"not-armable", "no-monitoring"})

    def test_a_frozen_track_cannot_be_armed(self):
        strings = self.track("Strings")
        with self.assertRaises(RuntimeError):
            strings.arm = True
        self.assertEqual(self.rules(), ["not-armable"])
        self.assertTrue(strings.is_frozen)

    def test_exclusive_arm_is_not_enforced_for_the_api(self):
        self.assertTrue(self.song.exclusive_arm)
        self.track("Guitar").arm = True
        self.track("Bass").arm = True
        self.turn()
        self.assertTrue(self.track("Guitar").arm and self.track("Bass").arm)

    def test_kinds(self):
        choir, left, keys = self.track("Choir"), self.track("Choir Left"), self.track("Keys")
        self.assertTrue(choir.is_foldable)
        self.assertTrue(left.is_grouped)
        self.assertEqual(left.group_track, choir)
        self.assertIsNone(choir.group_track)
        self.assertTrue(keys.has_midi_input and not keys.has_audio_input)
        self.assertTrue(left.has_audio_input and not left.has_midi_input)
        self.assertRaises(RuntimeError, getattr, left, "fold_state")
        choir.fold_state = True
        self.turn()
        self.assertNotIn(left, self.song.visible_tracks)
        self.assertIn(left, self.song.tracks)
        for track in (choir, self.song.master_track, self.song.return_tracks[0]):
            self.assertRaises(RuntimeError, getattr, track, "arrangement_clips")
        self.assertEqual(len(self.song.master_track.clip_slots), 0)


if __name__ == "__main__":
    unittest.main()
