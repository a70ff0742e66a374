"""The song clock."""

import unittest

from tests.livesim.harness import HostTest


class SongClock(HostTest):
    def play(self):
        self.song.start_playing()
        self.turn()

    def test_song_time_runs_with_the_tempo(self):
        self.play()
        self.run_for(2.0)
        self.assertAlmostEqual(self.song.current_song_time, 4.0, places=6)
        self.song.tempo = 60
        self.turn()
        at = self.song.current_song_time
        self.run_for(2.0)
        self.assertAlmostEqual(self.song.current_song_time, at + 2.0, places=6)

    def test_song_time_stands_still_within_a_turn(self):
        self.play()
        first = self.song.current_song_time
        self.clock.time += 5
        self.assertEqual(self.song.current_song_time, first)

    def test_bars_and_beats(self):
        for beat, text in ((0.0, "001.01.01.000"), (5.25, "002.02.02.000"), (17.0, "005.02.01.000")):
            self.song.current_song_time = beat
            self.turn()
            self.assertEqual(str(self.song.get_current_beats_song_time()), text)
        self.song.signature_numerator, self.song.signature_denominator = 6, 8
        self.turn()
        self.assertEqual(str(self.song.get_current_beats_song_time()), "006.05.01.000")

    def test_speed(self):
        self.host("--speed", "50")
        self.play()
        self.run_for(2.0)
        self.assertAlmostEqual(self.song.current_song_time, 200.0, places=4)

    def test_listener_of_song_time_follows_display_ticks(self):
        seen = []

        def callback():
            seen.append(self.song.current_song_time)

        self.song.add_current_song_time_listener(callback)
        self.play()
        self.run_for(1.05)
        self.assertIn(len(seen), (10, 11, 12))

    def test_count_in(self):
        self.host("--count-in", "1")
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.assertTrue(self.song.is_playing and self.song.is_counting_in)
        self.assertEqual(self.song.count_in_duration, 1)
        self.run_for(1.9)
        self.assertEqual(self.song.current_song_time, 0.0)
        self.assertTrue(self.song.is_counting_in)
        self.run_for(0.6)
        self.assertFalse(self.song.is_counting_in)
        self.assertAlmostEqual(self.song.current_song_time, 1.0, places=6)

    def test_no_count_in_without_record(self):
        self.host("--count-in", "3")
        self.play()
        self.assertFalse(self.song.is_counting_in)

    def test_moving_song_time_while_stopped_is_ignored_by_continue(self):
        self.play()
        self.run_for(1.0)
        self.song.stop_playing()
        self.turn()
        stopped = self.song.current_song_time
        self.song.current_song_time = 40.0
        self.turn()
        self.assertEqual(self.song.current_song_time, 40.0)
        self.song.continue_playing()
        self.turn()
        self.assertAlmostEqual(self.song.current_song_time, stopped, places=6)

    def test_start_time_needs_a_turn_before_start(self):
        self.song.start_time = 16.0
        self.song.start_playing()
        self.turn()
        self.assertAlmostEqual(self.song.current_song_time, 0.0, places=6)
        self.song.stop_playing()
        self.turn()
        self.song.start_playing()
        self.turn()
        self.assertAlmostEqual(self.song.current_song_time, 16.0, places=6)

    def test_before_11_2_song_time_moves_the_start(self):
        self.host("--live", "11.1")
        self.assertFalse(hasattr(self.song, "start_time"))
        self.song.current_song_time = 8.0
        self.turn()
        self.play()
        self.assertAlmostEqual(self.song.current_song_time, 8.0, places=6)

    def test_moving_song_time_while_playing_jumps(self):
        self.play()
        self.song.current_song_time = 100.0
        self.turn()
        self.run_for(0.5)
        self.assertAlmostEqual(self.song.current_song_time, 101.0, places=6)

    def test_loop(self):
        self.song.loop_start = 4.0
        self.song.loop_length = 2.0
        self.song.loop = True
        self.turn()
        self.play()
        self.run_for(2.5)
        self.assertAlmostEqual(self.song.current_song_time, 5.0, places=4)
        self.run_for(10.0)
        self.assertAlmostEqual(self.song.current_song_time, 5.0, places=4)

    def test_locators(self):
        self.assertEqual([(cue.time, cue.name) for cue in self.song.cue_points],
                         [(0.0, "Intro"), (16.0, "Verse"), (48.0, "Chorus")])
        self.song.cue_points[1].jump()
        self.turn()
        self.play()
        self.assertAlmostEqual(self.song.current_song_time, 16.0, places=6)
        self.assertEqual(self.song.last_event_time, 48.0)
        self.assertGreater(self.song.song_length, 48.0)

    def test_a_lost_device_freezes_song_time(self):
        self.play()
        self.run_for(1.0)
        self.world.transport.set_device(lost=True)
        at = self.song.current_song_time
        self.run_for(5.0)
        self.assertAlmostEqual(self.song.current_song_time, at, places=6)
        self.assertTrue(self.song.is_playing)
        self.world.transport.set_device(lost=False)
        self.run_for(1.0)
        self.assertAlmostEqual(self.song.current_song_time, at + 2.0, places=6)

    def test_events_during_a_stall_happen_at_their_time(self):
        self.song.loop_length = 4.0
        self.song.loop = True
        self.turn()
        self.play()
        self.clock.time += 9.0
        self.engine.step()
        self.assertAlmostEqual(self.song.current_song_time, 18.0 % 4.0, places=3)


if __name__ == "__main__":
    unittest.main()
