"""Session view: launching, recording into slots, quantisation, status."""

import unittest

from tests.livesim.audiocheck import Audio, difference, expected
from tests.livesim.harness import HostTest


class SessionRecording(HostTest):
    def setUp(self):
        HostTest.setUp(self)
        self.guitar = self.track("Guitar")
        self.slot = self.guitar.clip_slots[0]

    def arm(self, *names):
        for name in names:
            self.track(name).arm = True
        self.turn()

    def test_from_stop_it_records_at_once_without_pre_roll(self):
        self.arm("Guitar")
        self.assertTrue(self.slot.will_record_on_start)
        self.slot.fire()
        self.assertFalse(self.slot.has_clip)
        self.turn()
        self.assertTrue(self.song.is_playing and self.slot.has_clip and self.slot.is_recording)
        self.assertTrue(self.slot.clip.is_recording)
        self.assertEqual(self.slot.clip.file_path, "")
        self.assertEqual(self.guitar.playing_slot_index, 0)
        self.assertEqual(self.song.session_record_status, 1)
        self.run_for(2.0)
        self.song.stop_playing()
        self.turn()
        self.world.recorder.pump(self.clock.time)
        self.run_for(0.35)
        clip, take = self.slot.clip, self.world.recorder.takes[0]
        self.assertFalse(clip.is_recording)
        self.assertEqual(clip.file_path, take.path)
        self.assertEqual(take.pre_roll, 0)
        self.assertEqual(clip.beat_to_sample_time(clip.start_marker), 0.0)
        audio = Audio(take.path)
        self.assertEqual(audio.frames, clip.sample_length)
        self.assertLess(difference(audio.channels[0], expected(300, 0.125, 0, audio.frames, 48000)), 1e-6)
        self.assertEqual(self.song.session_record_status, 0)

    def test_while_playing_it_waits_for_the_bar(self):
        self.arm("Guitar")
        self.song.start_playing()
        self.turn()
        self.run_for(0.5)
        self.slot.fire()
        self.turn()
        self.assertTrue(self.slot.is_triggered)
        self.assertEqual(self.guitar.fired_slot_index, 0)
        self.assertEqual(self.song.session_record_status, 2)
        self.assertFalse(self.slot.has_clip)
        self.run_for(1.6)
        self.assertFalse(self.slot.is_triggered)
        self.assertTrue(self.slot.is_recording)
        take, = self.world.recorder.takes
        self.assertEqual(take.start_beat, 4.0)
        self.slot.fire()
        self.run_for(2.1)
        self.assertEqual(take.end_beat, 8.0)
        self.assertTrue(self.slot.is_playing, "after recording the clip plays")
        self.run_for(0.4)
        self.assertFalse(self.slot.clip.is_recording)

    def test_without_quantisation_it_starts_at_once(self):
        self.song.clip_trigger_quantization = self.live.Song.Quantization.q_no_q
        self.arm("Guitar")
        self.song.start_playing()
        self.turn()
        self.run_for(0.5)
        self.slot.fire()
        self.turn()
        self.assertTrue(self.slot.is_recording)

    def test_launch_quantisation_of_one_launch(self):
        self.arm("Guitar")
        self.song.start_playing()
        self.turn()
        self.run_for(0.6)
        self.slot.fire(record_length=1.0, launch_quantization=7)
        self.run_for(2.0)
        take, = self.world.recorder.takes
        self.assertEqual((take.start_beat, take.end_beat), (2.0, 3.0))
        self.assertEqual(take.pre_roll, 8704, "it did not start from stop")

    def test_record_length(self):
        self.arm("Guitar")
        self.slot.fire(record_length=2.0)
        self.turn()
        self.run_for(3.0)
        take, = self.world.recorder.takes
        self.assertEqual((take.start_beat, take.end_beat), (0.0, 2.0))
        self.assertEqual(take.end_frames, 48000)
        self.assertTrue(self.slot.is_playing)

    def test_fire_may_refuse_arguments(self):
        self.host("--refuse-fire-arguments")
        self.arm("Guitar")
        slot = self.track("Guitar").clip_slots[0]
        with self.assertRaises(TypeError):
            slot.fire(record_length=2.0)
        slot.fire()
        self.turn()
        self.assertTrue(slot.is_recording)

    def test_count_in_from_stop(self):
        self.host("--count-in", "1")
        self.arm("Guitar")
        slot = self.track("Guitar").clip_slots[1]
        slot.fire()
        self.turn()
        self.assertTrue(self.song.is_counting_in)
        self.assertFalse(slot.is_recording)
        self.assertTrue(slot.is_triggered)
        self.run_for(2.1)
        self.assertTrue(slot.is_recording)
        self.assertEqual(self.world.recorder.takes[0].start_beat, 0.0)

    def test_the_session_record_button_records_into_the_selected_scene(self):
        self.arm("Guitar", "Bass", "Keys")
        self.song.view.selected_scene = self.song.scenes[2]
        self.turn()
        self.song.trigger_session_record()
        self.turn()
        self.assertTrue(self.song.session_record)
        self.assertEqual(self.song.session_record_status, 1)
        for name in ("Guitar", "Bass", "Keys"):
            self.assertTrue(self.track(name).clip_slots[2].is_recording, name)
        self.assertEqual([take.start_beat for take in self.world.recorder.takes], [0.0] * 3)
        self.assertEqual([take.pre_roll for take in self.world.recorder.takes], [0] * 3)
        self.run_for(1.0)
        self.song.trigger_session_record()
        self.run_for(1.5)
        self.assertEqual([take.end_beat for take in self.world.recorder.takes], [4.0] * 3)
        self.assertEqual(self.song.session_record_status, 0)

    def test_trigger_with_a_length(self):
        self.arm("Guitar")
        self.song.trigger_session_record(8.0)
        self.turn()
        self.run_for(5.0)
        self.assertEqual(self.world.recorder.takes[0].end_beat, 8.0)

    def test_stopping_a_track_is_quantised(self):
        self.arm("Guitar")
        self.slot.fire()
        self.turn()
        self.run_for(1.0)
        self.slot.stop()
        self.turn()
        self.assertEqual(self.guitar.fired_slot_index, -2)
        self.run_for(1.5)
        self.assertEqual(self.world.recorder.takes[0].end_beat, 4.0)
        self.assertEqual((self.guitar.playing_slot_index, self.guitar.fired_slot_index), (-1, -1))

    def test_unarmed_empty_slots_are_stop_buttons(self):
        synth = self.track("Synth")
        synth.clip_slots[0].fire()
        self.turn()
        self.assertEqual(synth.playing_slot_index, 0)
        synth.clip_slots[1].fire()
        self.run_for(2.5)
        self.assertEqual(synth.playing_slot_index, -1)
        self.assertTrue(self.song.is_playing)

    def test_scenes(self):
        self.song.scenes[0].fire()
        self.turn()
        self.assertEqual(self.track("Synth").playing_slot_index, 0)
        scene = self.song.create_scene(-1)
        self.assertEqual(len(self.song.scenes), 9)
        self.assertEqual(len(self.guitar.clip_slots), 9)
        self.assertTrue(scene.is_empty)

    def test_deleting_a_clip(self):
        with self.assertRaises(RuntimeError):
            self.slot.delete_clip()
        slot = self.track("Synth").clip_slots[0]
        clip = slot.clip
        slot.delete_clip()
        self.assertFalse(slot.has_clip)
        self.assertTrue(clip == None)  # noqa: E711
        self.song.undo()
        self.assertTrue(slot.has_clip)


if __name__ == "__main__":
    unittest.main()
