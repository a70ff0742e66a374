"""Takes: files, names, pre-roll, tones, clips."""

import math
import os
import re
import unittest

from livesim import state
from tests.livesim.audiocheck import Audio, amplitude, difference, expected
from tests.livesim.harness import HostTest


class Files(HostTest):
    def test_an_arrangement_take(self):
        take, = self.record(2.0, "Guitar")
        self.assertTrue(take.finished)
        self.assertRegex(os.path.basename(take.path), r"^Guitar 0001 \[\d{4}-\d\d-\d\d \d{6}\]\.wav$")
        self.assertEqual(os.path.dirname(take.path), os.path.join(self.folder, "Song Project", "Samples", "Recorded"))
        audio = Audio(take.path)
        self.assertEqual((audio.kind, audio.rate, audio.bits, audio.is_float, len(audio.channels)),
                         ("wav", 48000, 24, False, 2))
        self.assertEqual(audio.frames, take.end_frames)
        self.assertEqual(audio.riff_size, os.path.getsize(take.path) - 8)
        left, right = audio.channels
        self.assertEqual(max(map(abs, left[:8704])), 0.0, "silence in the pre-roll")
        wanted = expected(300, 0.125, 0, audio.frames - 8704, 48000)
        self.assertLess(difference(left[8704:], wanted), 1e-6)
        self.assertLess(difference(right[8704:], [value / 2 for value in wanted]), 1e-6)

    def test_formats(self):
        for kind in ("wav", "aiff"):
            for bits in ("16", "24", "32"):
                with self.subTest(kind=kind, bits=bits):
                    self.host("--format", kind, "--bits", bits, "--rate", "44100", "--pre-roll", "100")
                    take, = self.record(0.5, "Bass")
                    audio = Audio(take.path)
                    self.assertEqual((audio.kind, audio.bits, audio.rate, audio.is_float),
                                     (kind, int(bits), 44100, bits == "32"))
                    self.assertEqual(audio.frames, take.end_frames)
                    self.assertEqual(audio.riff_size, os.path.getsize(take.path) - 8)
                    self.assertTrue(take.path.endswith(".aif" if kind == "aiff" else ".wav"))
                    self.assertLess(difference(audio.channels[0][100:], expected(
                        200, 0.125, 0, audio.frames - 100, 44100)), 1e-4)
                    if kind == "aiff":
                        self.assertEqual(audio.comm_frames, audio.frames)

    def test_the_file_grows_while_recording_and_its_header_is_final_only_at_the_end(self):
        self.track("Guitar").arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(1.0)
        take, = self.world.recorder.takes
        size = os.path.getsize(take.path)
        with open(take.path, "rb") as source:
            head = source.read(44)
        self.assertEqual(head[4:8], b"\0\0\0\0")
        self.assertEqual(head[40:44], b"\0\0\0\0")
        self.run_for(1.0)
        self.assertEqual(os.path.getsize(take.path) - size, 48000 * 6)
        self.assertFalse(take.finished)
        self.song.stop_playing()
        self.turn()
        self.world.recorder.pump(self.clock.time)
        self.assertTrue(take.finished)
        self.assertEqual(Audio(take.path).declared_bytes, take.end_frames * 6)

    def stopped_while_filling(self, take):
        """Pumps, and ends the take a little later just when the audio thread has asked how far it has to fill. Returns the take's true frames."""
        count_frames, clock = take.frames_at, self.world.transport.clock(self.clock.time)

        def frames_at(at):
            take.frames_at = count_frames
            frames = count_frames(at)
            self.world.recorder.end(take, clock + 0.0001)
            return frames

        take.frames_at = frames_at
        for _ in range(2):
            self.world.recorder.pump(self.clock.time)
        return count_frames(clock + 0.0001)

    def test_a_stop_while_the_audio_thread_fills_the_file_loses_no_frame(self):
        for view in ("arrangement", "session"):
            with self.subTest(view=view):
                self.host()
                self.track("Guitar").arm = True
                if view == "arrangement":
                    self.song.record_mode = True
                    self.song.start_playing()
                else:
                    self.track("Guitar").clip_slots[0].fire()
                self.turn()
                self.run_for(0.2)
                take, = self.world.recorder.takes
                frames = self.stopped_while_filling(take)
                self.assertTrue(take.finished)
                self.assertEqual((frames, frames), (take.end_frames, Audio(take.path).frames))

    def test_forbidden_characters_and_the_counter(self):
        self.track("Guitar").name = 'Git: "a/b" \\ <é漢>?*|'
        self.turn()
        takes = self.record(0.2, 'Git: "a/b" \\ <é漢>?*|')
        self.assertRegex(os.path.basename(takes[0].path), r"^Git_ _a_b_ _ _é漢____ 0001 \[")
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(0.2)
        self.assertIn(" 0002 [", self.world.recorder.takes[1].path)

    def test_speed_writes_more_audio(self):
        self.host("--speed", "20")
        take, = self.record(3.0, "Guitar")
        self.assertEqual(take.end_frames, 8704 + int(round(3.001 * 20 * 48000)))

    def test_mono_input_makes_a_mono_file(self):
        guitar = self.track("Guitar")
        channel = [item for item in guitar.available_input_routing_channels if item.display_name == "3"]
        guitar.input_routing_channel = channel[0]
        self.turn()
        take, = self.record(0.2, "Guitar")
        self.assertEqual(len(Audio(take.path).channels), 1)

    def test_analysis_files_appear_beside(self):
        take, = self.record(0.2, "Guitar")
        self.assertTrue(os.path.exists(take.path + ".asd"))

    def test_hash(self):
        import hashlib
        take, = self.record(0.2, "Guitar")
        with open(take.path, "rb") as source:
            self.assertEqual(take.sha256, hashlib.sha256(source.read()).hexdigest())

    def test_unsaved_sets_record_into_a_temp_project(self):
        self.host("--unsaved")
        take, = self.record(0.2, "Guitar")
        parts = os.path.relpath(take.path, self.folder).split(os.sep)
        self.assertEqual(parts[:2], ["Song Project", "Live Recordings"])
        self.assertTrue(re.match(r"^\d{4}-\d\d-\d\d \d{6} Temp Project$", parts[2]))
        self.assertEqual(parts[3:5], ["Samples", "Recorded"])
        self.assertEqual((self.song.name, self.song.file_path), ("", ""))


class Clips(HostTest):
    def test_the_clip_comes_after_a_delay_with_its_path(self):
        guitar = self.track("Guitar")
        guitar.arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(2.0)
        self.song.stop_playing()
        self.turn()
        self.assertEqual(len(guitar.arrangement_clips), 0)
        self.run_for(0.29)
        self.assertEqual(len(guitar.arrangement_clips), 0)
        self.run_for(0.02)
        clip, = guitar.arrangement_clips
        take, = self.world.recorder.takes
        self.assertEqual(clip.file_path, take.path)
        self.assertEqual(clip.sample_length, Audio(take.path).frames)
        self.assertEqual(clip.sample_rate, 48000.0)
        self.assertTrue(clip.is_audio_clip and not clip.is_recording and clip.warping)
        self.assertAlmostEqual(clip.end_time - clip.start_time, 4.0, delta=0.01)

    def test_first_sample_of_the_take_is_the_pre_roll(self):
        for tempo, start in ((120, 0.0), (97.3, 13.0), (174, 5.5), (60, 33.25)):
            for rate in ("44100", "48000", "96000"):
                with self.subTest(tempo=tempo, rate=rate):
                    self.host("--rate", rate, "--pre-roll", "5003")
                    self.song.tempo = tempo
                    self.song.start_time = start
                    self.turn()
                    take, = self.record(0.3, "Guitar")
                    clip, = self.track("Guitar").arrangement_clips
                    self.assertEqual(clip.start_time, start)
                    first = clip.beat_to_sample_time(clip.start_marker + (clip.start_time - clip.start_time))
                    self.assertEqual(first, 5003.0)
                    later = clip.beat_to_sample_time(clip.start_marker + 0.25)
                    self.assertAlmostEqual(later, 5003 + 0.25 * 60.0 / tempo * int(rate), places=3)
                    audio = Audio(take.path)
                    sample = int(round(start * 60.0 / tempo * int(rate)))
                    self.assertEqual(take.start_sample, sample)
                    self.assertLess(difference(audio.channels[0][5003:], expected(
                        300, 0.125, sample, audio.frames - 5003, int(rate))), 1e-6)

    def test_tempo_change_inside_a_take(self):
        self.track("Guitar").arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(2.0)
        middle = self.song.current_song_time
        self.song.tempo = 60
        self.turn()
        change = self.song.current_song_time
        self.run_for(2.0)
        self.song.stop_playing()
        self.turn()
        self.run_for(1.0)
        clip, = self.track("Guitar").arrangement_clips
        self.assertGreater(change, middle)
        self.assertAlmostEqual(clip.beat_to_sample_time(clip.start_marker + change),
                               8704 + change / 2 * 48000, delta=1)
        self.assertAlmostEqual(clip.beat_to_sample_time(clip.start_marker + change + 1),
                               8704 + change / 2 * 48000 + 48000, delta=1)

    def test_unwarped_clips(self):
        self.host("--unwarped")
        self.record(1.0, "Guitar")
        clip, = self.track("Guitar").arrangement_clips
        self.assertFalse(clip.warping)
        self.assertAlmostEqual(clip.start_marker, 8704 / 48000.0)
        with self.assertRaises(RuntimeError):
            clip.beat_to_sample_time(0.0)

    def test_midi_takes_have_no_file(self):
        take, = self.record(1.0, "Keys")
        clip = self.track("Keys").arrangement_clips[0]
        self.assertFalse(clip.is_audio_clip)
        for name in ("file_path", "sample_length", "sample_rate", "warping"):
            with self.assertRaises(RuntimeError, msg=name):
                getattr(clip, name)
        self.assertIsNone(state.take(take)["path"])
        self.assertTrue(take.finished)

    def test_a_new_take_replaces_what_it_covers(self):
        self.record(2.0, "Guitar")
        old, = self.track("Guitar").arrangement_clips
        self.track("Guitar").arm = True
        self.record(3.0, "Guitar")
        self.assertTrue(old == None)  # noqa: E711
        self.assertEqual(len(self.track("Guitar").arrangement_clips), 1)

    def test_loop_while_recording_keeps_the_file_and_shows_the_last_pass(self):
        self.song.loop_length = 4.0
        self.song.loop = True
        self.turn()
        take, = self.record(5.0, "Guitar")
        self.assertEqual(take.end_frames, 8704 + int(round(5.001 * 48000)))
        clip, = self.track("Guitar").arrangement_clips
        self.assertEqual(clip.start_time, 0.0)
        self.assertAlmostEqual(clip.end_time, 2.002, places=3)
        self.assertAlmostEqual(clip.beat_to_sample_time(clip.start_marker), 8704 + 4 * 48000, places=3)


class WhatRecords(HostTest):
    def test_nothing_armed_records_nothing(self):
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(1.0)
        self.assertTrue(self.song.is_playing and self.song.record_mode)
        self.assertEqual(self.world.recorder.takes, [])

    def test_record_mode_alone_does_not_start_playing(self):
        self.track("Guitar").arm = True
        self.song.record_mode = True
        self.turn()
        self.assertTrue(self.song.record_mode)
        self.assertFalse(self.song.is_playing)

    def test_stop_switches_record_mode_off_unless_asked(self):
        self.record(0.2, "Guitar")
        self.assertFalse(self.song.record_mode)
        self.host("--record-stays-on")
        self.record(0.2, "Guitar")
        self.assertTrue(self.song.record_mode)

    def test_record_mode_while_playing_starts_and_ends_a_take(self):
        self.track("Guitar").arm = True
        self.song.start_playing()
        self.turn()
        self.run_for(1.0)
        self.song.record_mode = True
        self.turn()
        self.run_for(1.0)
        self.song.record_mode = False
        self.turn()
        self.run_for(1.0)
        take, = self.world.recorder.takes
        self.assertTrue(self.song.is_playing)
        self.assertAlmostEqual(take.start_beat, 2.002, places=3)
        self.assertAlmostEqual(take.end_beat, 4.004, places=3)
        self.assertEqual(take.pre_roll, 8704)

    def test_implicit_arm_records_and_arming_late_starts_late(self):
        self.track("Guitar").implicit_arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(1.0)
        self.track("Bass").arm = True
        self.turn()
        self.run_for(1.0)
        guitar, bass = self.world.recorder.takes
        self.assertEqual((guitar.start_beat, round(bass.start_beat, 3)), (0.0, 2.002))
        self.track("Guitar").implicit_arm = False
        self.turn()
        self.assertIsNotNone(guitar.end_beat)
        self.assertIsNone(bass.end_beat)

    def test_count_in_delays_the_take(self):
        self.host("--count-in", "1")
        take, = self.record(3.0, "Guitar")
        self.assertEqual(take.start_beat, 0.0)
        self.assertEqual(take.end_frames, 8704 + int(round(1.001 * 48000)))

    def test_punch(self):
        self.song.loop_start, self.song.loop_length = 2.0, 2.0
        self.song.punch_in = self.song.punch_out = True
        self.turn()
        take, = self.record(5.0, "Guitar")
        self.assertEqual((take.start_beat, take.end_beat), (2.0, 4.0))
        self.assertEqual(take.end_frames, 8704 + 48000)

    def test_punch_out_during_a_stall_is_still_exact(self):
        self.song.loop_start, self.song.loop_length = 2.0, 2.0
        self.song.punch_out = True
        self.turn()
        self.track("Guitar").arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.clock.time += 6.0
        self.world.recorder.pump(self.clock.time)
        self.assertGreater(self.world.recorder.takes[0].file.frames, 200000)
        self.engine.step()
        self.world.recorder.pump(self.clock.time)
        take, = self.world.recorder.takes
        self.assertEqual(take.end_beat, 4.0)
        self.assertEqual(Audio(take.path).frames, 8704 + 96000)

    def test_punch_inside_a_loop_records_each_pass(self):
        self.song.loop_start, self.song.loop_length = 2.0, 2.0
        self.song.punch_in = self.song.punch_out = self.song.loop = True
        self.turn()
        self.record(2.5, "Guitar")
        takes = self.world.recorder.takes
        self.assertEqual([(take.start_beat, round(take.end_beat, 2)) for take in takes], [(2.0, 4.0), (2.0, 3.0)])
        self.assertEqual([take.end_frames - take.pre_roll for take in takes][0], 48000)

    def test_frozen_tracks_do_not_record(self):
        self.node("Guitar").values["arm"] = True
        self.node("Guitar").values["is_frozen"] = True
        self.record(0.5)
        self.assertEqual(self.world.recorder.takes, [])


class Sound(HostTest):
    def resample(self, name="Vocals", category="resampling", source=None):
        track = self.track(name)
        for kind in track.available_input_routing_types:
            if kind.category == getattr(self.live.Track.RoutingTypeCategory, category) and (
                    source is None or kind.attached_object == self.track(source)):
                track.input_routing_type = kind
                break
        else:
            self.fail("no such source")
        self.turn()

    def levels(self, take, *hertz):
        audio = Audio(take.path)
        samples = audio.channels[0][take.pre_roll:take.pre_roll + 4800]
        return [amplitude(samples, hz, audio.rate) for hz in hertz]

    def test_each_track_has_a_tone_of_its_own(self):
        takes = self.record(0.3, "Drums", "Bass", "Guitar", "Choir Right")
        self.assertEqual([take.source_hz for take in takes], [100, 200, 300, 800])
        for take in takes:
            loud = self.levels(take, 100, 200, 300, 800)
            self.assertEqual([round(level, 3) for level in loud],
                             [0.125 if hz == take.source_hz else 0.0 for hz in (100, 200, 300, 800)])

    def test_resampling_records_everything_that_sounds_but_not_itself(self):
        self.resample()
        self.track("Bass").mute = True
        self.turn()
        take, = self.record(0.3, "Vocals")
        gain = 0.9 / (7 * 0.125) if 7 * 0.125 > 0.9 else 1.0
        levels = self.levels(take, 100, 200, 300, 400, 500, 600, 700, 800, 900)
        wanted = [0.125 * gain] * 9
        wanted[1] = wanted[3] = 0.0
        for level, want in zip(levels, wanted):
            self.assertAlmostEqual(level, want, places=3)
        self.assertIsNone(take.source_hz)
        self.assertEqual(take.source, "resampling")

    def test_the_mix_never_clips(self):
        self.host("--tracks", "40")
        self.resample("40-Audio")
        take, = self.record(0.3, "40-Audio")
        self.assertLessEqual(max(map(abs, Audio(take.path).channels[0])), 0.9001)

    def test_solo(self):
        self.resample()
        self.track("Guitar").solo = True
        self.turn()
        take, = self.record(0.3, "Vocals")
        self.assertEqual([round(level, 3) for level in self.levels(take, 100, 300)], [0.0, 0.125])
        self.assertTrue(self.track("Bass").muted_via_solo)

    def test_a_muted_group_silences_its_tracks(self):
        self.resample()
        self.track("Choir").mute = True
        self.turn()
        take, = self.record(0.3, "Vocals")
        self.assertEqual([round(level, 3) for level in self.levels(take, 700, 800)], [0.0, 0.0])

    def test_a_mute_inside_the_take_is_heard_from_there_on(self):
        self.resample()
        self.track("Vocals").arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(1.0)
        self.track("Guitar").mute = True
        self.turn()
        self.run_for(1.0)
        self.song.stop_playing()
        self.turn()
        self.world.recorder.pump(self.clock.time)
        take, = self.world.recorder.takes
        samples = Audio(take.path).channels[0][take.pre_roll:]
        self.assertGreater(amplitude(samples[:9600], 300, 48000), 0.1)
        self.assertLess(amplitude(samples[52800:62400], 300, 48000), 0.001)

    def test_a_track_as_source(self):
        self.resample("Vocals", "track", "Bass")
        take, = self.record(0.3, "Vocals")
        self.assertEqual([round(level, 3) for level in self.levels(take, 200, 400)], [0.125, 0.0])
        self.assertEqual((take.source, take.source_hz), ("track", 200))

    def test_silent_clipping_and_no_input(self):
        self.node("Drums").silent = True
        self.node("Bass").clipping = True
        self.resample("Guitar", "none")
        drums, bass, guitar = self.record(0.3, "Drums", "Bass", "Guitar")
        self.assertEqual(max(map(abs, Audio(drums.path).channels[0])), 0.0)
        clipped = sum(1 for value in Audio(bass.path).channels[0] if abs(value) >= 1.0)
        self.assertGreater(clipped, 1000)
        self.assertEqual(max(map(abs, Audio(guitar.path).channels[0])), 0.0)
        self.assertEqual(guitar.source, "none")

    def test_tones_repeat_every_rate_over_100_frames(self):
        from livesim import tones
        for rate in (44100, 48000, 96000):
            samples = tones.render(((700, 0.5),), rate, 1)
            self.assertEqual(len(samples), rate // 100)
            self.assertLess(difference(samples, expected(700, 0.5, 0, len(samples), rate)), 1e-9)
        self.assertEqual([tones.tone_hz(k) for k in (0, 1, 199, 200)], [100, 200, 20000, 100])

    def test_meters(self):
        self.assertEqual(self.song.master_track.output_meter_left, 0.0)
        self.song.start_playing()
        self.turn()
        self.assertGreater(self.song.master_track.output_meter_left, self.track("Guitar").output_meter_left)
        self.track("Guitar").mute = True
        self.turn()
        self.assertEqual(self.track("Guitar").output_meter_right, 0.0)
        self.assertGreater(self.track("Guitar").input_meter_left, 0.0)
        self.assertTrue(math.isfinite(self.song.master_track.output_meter_right))
        self.assertRaises(RuntimeError, getattr, self.track("Keys"), "input_meter_left")

    def level(self, amplitude):
        return 1.0 + math.log10(amplitude) / 3.0

    def meters(self, name):
        track = self.track(name)
        return round(track.input_meter_left, 6), round(track.input_meter_right, 6), round(track.input_meter_level, 6)

    def test_input_meters_show_what_would_be_recorded(self):
        left, right = round(self.level(0.125), 6), round(self.level(0.0625), 6)
        self.assertEqual((left, right, left), self.meters("Guitar"))
        guitar = self.track("Guitar")
        guitar.input_routing_channel = next(item for item in guitar.available_input_routing_channels if item.display_name == "2")
        self.turn()
        self.assertEqual((left, left, left), self.meters("Guitar"), "a mono input is on both sides")
        self.node("Bass").clipping = True
        self.assertEqual((1.0, 1.0, 1.0), self.meters("Bass"))
        self.node("Bass").clipping, self.node("Bass").silent = False, True
        self.assertEqual((0.0, 0.0, 0.0), self.meters("Bass"))
        self.assertEqual(left, round(self.track("Keys").input_meter_level, 6))

    def test_the_meter_of_resampling_follows_the_mix(self):
        drums = self.track("Drums")
        drums.input_routing_type = next(
            kind for kind in drums.available_input_routing_types if kind.category == self.live.Track.RoutingTypeCategory.resampling)
        self.turn()
        self.assertEqual((0.0, 0.0, 0.0), self.meters("Drums"), "nothing plays")
        self.song.start_playing()
        self.turn()
        counts = []
        for _ in range(2):
            mix = self.world.recorder.tones_of(self.node("Drums"))
            peak = sum(amplitude for _hz, amplitude in mix)
            self.assertEqual((round(self.level(peak), 6), round(self.level(peak / 2), 6)), self.meters("Drums")[:2])
            counts.append(len(mix))
            self.track("Guitar").mute = True
            self.turn()
        self.assertEqual(counts[0] - 1, counts[1])
        self.world.transport.set_device(lost=True)
        self.assertEqual((0.0, 0.0, 0.0), self.meters("Drums"))


if __name__ == "__main__":
    unittest.main()
