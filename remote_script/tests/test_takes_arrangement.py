"""Takes into the Arrangement: sources, count-in, lengths, restore, cancel."""

import os
import time
import unittest

from .support import Failure
from .take_case import TakeCase


class Armed(TakeCase):
    """The source `armed`."""

    def test_audio_and_midi(self):
        self.start()
        self.connect()
        self.arm("Drums", "Vocals", "Keys")
        take = self.link.call("take.start", take="my-take", name="Löwe")
        self.assertEqual("recording", take["phase"])
        self.assertEqual(("my-take", "Löwe", {"kind": "armed"}), (take["id"], take["name"], take["source"]))
        self.assertEqual(["Drums", "Vocals", "Keys"], [track["name"] for track in take["tracks"]])
        self.assertEqual(["midi_skipped"], self.codes(take))
        self.assertEqual((120.0, 4, 4, "Demo Song"), (take["tempo"], take["signature_numerator"], take["signature_denominator"], take["set"]["name"]))
        self.assertEqual((True, True), (self.control.get(path="song.record_mode"), self.control.get(path="song.is_playing")))
        self.grow()
        take = self.link.call("take.stop", take="my-take")
        self.check_clips(take, "Drums", "Vocals", "Keys")
        self.check_stopped()
        self.assertTrue(take["restored"])
        self.assertEqual(0.0, take["start_beat"])
        self.assertEqual(take["clips"][0]["end_beat"], take["stop_beat"])
        self.assertTrue(take["requested_at"] <= take["started_at"] < take["stopped_at"] <= time.time() * 1000)
        self.assertEqual(["preparing", "recording", "stopping", "finished"], self.phases())
        self.assertEqual(["Drums", "Vocals", "Keys"], self.armed())
        self.assertEqual(take, self.link.call("take.get"))
        self.assertEqual({"takes": [take]}, self.link.call("take.list"))
        self.assertEqual(take, self.link.call("state.get")["state"]["take"])

    def test_nothing_armed(self):
        self.start()
        self.connect()
        data = self.fails("nothing_armed", "take.start", take="again")
        self.assertIn("Arm a track", data["hint"])
        self.assertEqual({"takes": []}, self.link.call("take.list"))
        self.fails("no_take", "take.get")
        self.fails("no_take", "take.stop")
        self.fails("no_take", "take.cancel")
        self.fails("not_found", "take.stop", take="nobody")
        self.arm("Bass")
        self.assertEqual("again", self.link.call("take.start", take="again")["id"])
        self.link.call("take.stop")

    def test_midi_only(self):
        self.start()
        self.connect()
        self.arm("Synth")
        take = self.link.call("take.start")
        self.assertTrue(take["midi_only"])
        self.assertEqual(["midi_only"], self.codes(take))
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Synth")

    def test_implicitly_armed(self):
        self.start()
        self.connect()
        self.control.implicit_arm(track="Bass", on=True)
        self.link.call("take.start")
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Bass")
        self.assertTrue(self.control.get(path="tracks.Bass.implicit_arm"))

    def test_once_and_again(self):
        self.start()
        self.connect()
        self.arm("Bass")
        first = self.link.send("take.start", take="same")
        second = self.link.send("take.start", take="same")
        third = self.link.send("take.start", take="other")
        self.assertEqual(self.link.result(first)["started_at"], self.link.result(second)["started_at"])
        answer = self.link.answer(third)["error"]["data"]
        self.assertEqual(("take_running", "same"), (answer["code"], answer["take"]))
        self.fails("take_running", "record.start")
        other = self.hosted.link()
        self.assertEqual("recording", other.call("take.start", take="same")["phase"])
        self.grow()
        stops = [self.link.send("take.stop"), self.link.send("take.stop", take="same")]
        self.assertEqual(*[self.link.result(stop) for stop in stops])
        self.assertEqual("finished", other.call("take.start", take="same")["phase"])
        self.assertEqual("finished", other.call("take.stop", take="same")["phase"])
        self.assertEqual(1, len(self.true_takes()))

    def test_while_the_song_plays(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("transport.locate", time=4)
        self.link.call("transport.play")
        take = self.link.call("take.start")
        self.assertGreater(take["start_beat"], 4)
        self.grow()
        take = self.link.call("take.stop")
        truth = self.check_clips(take, "Bass")
        self.assertTrue(self.control.get(path="song.is_playing"))
        self.assertFalse(self.control.get(path="song.record_mode"))
        self.assertAlmostEqual(truth[0]["start_beat"], take["start_beat"], 6)

    def test_from_the_start_marker(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("transport.locate", time=8)
        self.assertEqual(8.0, self.link.call("take.start")["start_beat"])
        self.grow()
        take = self.link.call("take.stop")
        self.check_clips(take, "Bass")
        self.assertEqual(8.0, take["clips"][0]["start_beat"])

    def slow_over_an_older_take(self):
        """The recording splits an older clip; the pieces are not the take's."""
        self.start()
        self.connect()
        self.arm("Bass", "Keys")
        self.link.call("take.start", length_beats=6)
        self.link.wait_take("finished")
        self.link.call("transport.locate", time=2)
        self.link.call("take.start")
        self.grow()
        take = self.link.call("take.stop")
        self.assertGreater(self.control.get(path="tracks.Bass.clips.length"), 1)
        self.check_clips(take, "Bass", "Keys")

    def slow_last_twenty(self):
        self.start("--speed", "4")
        self.connect()
        self.arm("Synth")
        for number in range(22):
            self.link.call("take.start", take="take-%d" % number, length_beats=0.2)
            self.link.wait(lambda state, n=number: state["take"]["id"] == "take-%d" % n and state["take"]["phase"] == "finished")
        self.assertEqual(["take-%d" % n for n in range(2, 22)], [take["id"] for take in self.link.call("take.list")["takes"]])
        self.fails("not_found", "take.get", take="take-1")
        self.assertEqual("take-21", self.link.call("take.get")["id"])

    def slow_every_version(self):
        for live, frameworks in (("11.0.0", "none"), ("11.3.0", "_Framework"), ("12.0.5", "ableton.v2"), ("12.1.0", "ableton.v3"), ("12.3.6", "none")):
            with self.subTest(live=live, frameworks=frameworks):
                self.start("--live", live, "--frameworks", frameworks, "--format", "aiff", "--bits", "16")
                self.connect()
                self.arm("Bass")
                self.link.call("take.start")
                self.grow()
                take = self.link.call("take.stop")
                if live == "11.0.0":  # no Clip.sample_rate
                    self.assertEqual((None, 8704), (take["clips"][0]["sample_rate"], take["clips"][0]["start_sample"]))
                else:
                    self.check_clips(take, "Bass")
                self.assertTrue(take["clips"][0]["file_path"].endswith(".aif"))
                self.tearDown()
                self.hosted.stop()

    def test_clip_without_warp(self):
        self.start("--unwarped")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Bass")

    def test_record_that_stays_on(self):
        self.start("--record-stays-on")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Bass")
        self.check_stopped()


class OneTrack(TakeCase):
    """The sources `track` and `selected`."""

    def test_armed_alone_and_restored(self):
        self.start()
        self.connect()
        self.arm("Drums", "Keys")
        self.control.implicit_arm(track="Synth", on=True)
        track = self.link.track("Vocals")["id"]
        take = self.link.call("take.start", source={"kind": "track", "track": track})
        self.assertEqual({"kind": "track", "track": track}, take["source"])
        self.assertEqual((["Vocals"], False), (self.armed(), self.control.get(path="tracks.Synth.implicit_arm")))
        self.grow()
        take = self.link.call("take.stop")
        self.check_clips(take, "Vocals")
        self.assertEqual((["Drums", "Keys"], True), (self.armed(), self.control.get(path="tracks.Synth.implicit_arm")))
        self.assertTrue(take["restored"])

    def test_armed_already(self):
        self.start()
        self.connect()
        self.arm("Vocals")
        self.link.call("take.start", source={"kind": "track", "track": self.link.track("Vocals")["id"]})
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Vocals")
        self.assertEqual(["Vocals"], self.armed())

    def test_selected(self):
        self.start()
        self.connect()
        self.control.select(track="Guitar")
        take = self.link.call("take.start", source={"kind": "selected"})
        self.assertEqual({"kind": "track", "track": self.link.track("Guitar")["id"]}, take["source"])
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Guitar")
        self.assertEqual([], self.armed())
        for name in ("Choir", "Main", "A-Reverb", "Strings"):
            self.control.select(track=name)
            self.link.wait(lambda state, wanted=name: self.link.track(wanted)["selected"])
            self.assertTrue(self.fails("not_armable", "take.start", source={"kind": "selected"})["hint"])
        self.fails("not_found", "take.start", source={"kind": "track", "track": "t0"})
        self.fails("not_armable", "take.start", source={"kind": "track", "track": self.link.track("Choir")["id"]})
        self.assertEqual(1, len(self.link.call("take.list")["takes"]))

    def test_what_the_user_changes_meanwhile_stays(self):
        self.start()
        self.connect()
        self.arm("Drums")
        self.link.call("take.start", source={"kind": "track", "track": self.link.track("Vocals")["id"]})
        self.control.arm(track="Keys", exclusive=False)
        self.grow()
        take = self.link.call("take.stop")
        self.assertEqual(["Drums", "Keys"], self.armed())
        self.assertTrue(take["restored"])


class Main(TakeCase):
    """The source `main`."""

    def slow_created_once(self):
        self.start()
        self.connect()
        self.arm("Drums", "Keys")
        self.control.punch(**{"in": True, "out": True})
        self.control.select(track="Guitar")
        take = self.link.call("take.start", source={"kind": "main"})
        self.assertEqual((["Takebar Main"], "main"), ([track["name"] for track in take["tracks"]], take["source"]["kind"]))
        track = self.control.get(path="tracks.-1")
        self.assertEqual(
            ("Takebar Main", "resampling", "off", True), (track["name"], track["input_type"]["category"], track["monitoring"], track["arm"])
        )
        self.assertEqual(["Takebar Main"], self.armed())
        self.assertFalse(self.control.get(path="song.punch_in") or self.control.get(path="song.punch_out"))
        self.grow()
        take = self.link.call("take.stop")
        truth = self.check_clips(take, "Takebar Main")
        self.assertEqual("resampling", truth[-1]["source"])
        self.assertTrue(take["restored"])
        self.assertEqual(["Drums", "Keys"], self.armed())
        self.assertTrue(self.control.get(path="song.punch_in") and self.control.get(path="song.punch_out"))
        self.assertEqual(self.control.get(path="tracks.Guitar.id"), self.control.get(path="song.selected_track"))
        count = self.control.get(path="tracks.length")
        again = self.link.call("take.start", source={"kind": "main"})
        self.assertEqual(take["source"], again["source"])
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Takebar Main")
        self.assertEqual(count, self.control.get(path="tracks.length"))
        self.assertEqual(["Drums", "Keys"], self.armed())

    def test_found_track_is_put_back(self):
        self.start()
        self.connect()
        self.control.add_audio_track(name="Takebar Main")
        self.control.monitor(track="Takebar Main", state="in")
        self.control.input(track="Takebar Main", type="external", channel="3")
        self.link.call("take.start", source={"kind": "main"})
        self.assertEqual("resampling", self.control.get(path="tracks.Takebar Main.input_type.category"))
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Takebar Main")
        track = self.control.get(path="tracks.Takebar Main")
        self.assertEqual(("external", "3", "in", False), (track["input_type"]["category"], track["input_channel"], track["monitoring"], track["arm"]))

    def test_frozen_track_is_not_used(self):
        self.start("--language", "de")
        self.connect()
        self.control.add_audio_track(name="Takebar Main")
        self.control.freeze(track="Takebar Main", on=True)
        self.control.add_midi_track(name="Takebar Main")
        before = self.control.get(path="tracks.length")
        self.link.call("take.start", source={"kind": "main"})
        self.assertEqual(before + 1, self.control.get(path="tracks.length"))
        self.grow()
        take = self.link.call("take.stop")
        self.assertEqual("finished", take["phase"])

    def test_cancel_removes_the_new_track(self):
        self.start()
        self.connect()
        self.arm("Drums")
        before = [track["name"] for track in self.control.state(parts=["tracks"])["tracks"]]
        self.link.call("take.start", source={"kind": "main"})
        self.grow()
        take = self.link.call("take.cancel")
        self.assertEqual(("cancelled", True, []), (take["phase"], take["restored"], take["warnings"]))
        self.assertTrue(os.path.exists(take["clips"][0]["file_path"]))
        self.assertEqual(before, [track["name"] for track in self.control.state(parts=["tracks"])["tracks"]])
        self.assertEqual(["Drums"], self.armed())
        self.check_stopped()

    def test_cancel_keeps_a_used_track(self):
        self.start()
        self.connect()
        self.link.call("take.start", source={"kind": "main"})
        self.grow()
        self.link.call("take.stop")
        self.link.call("transport.locate", time=16)
        self.link.call("take.start", source={"kind": "main"})
        self.grow()
        take = self.link.call("take.cancel")
        self.assertEqual(("cancelled", True, []), (take["phase"], take["restored"], take["warnings"]))
        self.assertEqual(1, self.control.get(path="tracks.Takebar Main.clips.length"))

    def test_resampling_offset(self):
        self.start("--live", "12.1.0")
        self.connect()
        self.assertEqual(["resampling_offset"], self.codes(self.link.call("take.start", source={"kind": "main"})))
        self.link.call("take.cancel")

    def slow_deadline_while_preparing(self):
        """Everything is put back before the answer says that nothing was done."""
        self.start("--routing-delay", "2")
        self.connect()
        self.arm("Drums")
        before = self.control.state(parts=["tracks"])
        with self.assertRaises(Failure) as caught:
            self.link.call("take.start", source={"kind": "main"}, take="late", deadline=int(time.time() * 1000) + 700)
        self.assertEqual("deadline_exceeded", caught.exception.code)
        self.assertEqual(before, self.control.state(parts=["tracks"]))
        self.check_stopped()
        self.assertEqual(0, self.control.get(path="takes.length"))
        take = self.link.call("take.get", take="late")
        self.assertEqual(("failed", "deadline_exceeded", True), (take["phase"], take["error"]["code"], take["restored"]))

    def test_called_off_while_preparing(self):
        self.start("--routing-delay", "5")
        self.connect()
        self.arm("Drums")
        before = self.control.state(parts=["tracks"])
        for method in ("take.stop", "take.cancel"):
            start = self.link.send("take.start", source={"kind": "main"})
            self.link.wait_take("preparing")
            self.control.wait("tracks.Takebar Main.name", equals="Takebar Main")
            self.fails("busy", "track.disarm_all")
            self.fails("busy", "transport.play")
            self.assertEqual("cancelled", self.link.call(method)["phase"])
            self.assertEqual("take_failed", self.link.answer(start)["error"]["data"]["code"])
            self.assertEqual(before, self.control.state(parts=["tracks"]))
        self.assertEqual(0, self.control.get(path="takes.length"))


class CountIn(TakeCase):
    """A count-in is waited for."""

    def slow_honoured(self):
        self.start("--count-in", "1", "--tempo", "300")
        self.connect()
        self.arm("Bass")
        take = self.link.call("take.start")
        self.assertEqual(("counting_in", None), (take["phase"], take["started_at"]))
        self.assertTrue(self.control.get(path="song.is_counting_in"))
        take = self.link.wait_take("recording")
        self.assertEqual(0.0, take["start_beat"])
        self.grow()
        take = self.link.call("take.stop")
        self.check_clips(take, "Bass")
        self.assertEqual(["preparing", "counting_in", "recording", "stopping", "finished"], self.phases())

    def test_stopped_while_counting(self):
        self.start("--count-in", "3")
        self.connect()
        self.arm("Bass")
        for method in ("take.stop", "take.cancel"):
            self.assertEqual("counting_in", self.link.call("take.start")["phase"])
            take = self.link.call(method)
            self.assertEqual(("cancelled", True), (take["phase"], take["restored"]))
            self.check_stopped()
        self.link.call("take.start")
        self.control.stop()
        take = self.link.wait_take("cancelled")
        self.assertEqual(["stopped_in_live"], self.codes(take))
        self.assertEqual(0, self.control.get(path="takes.length"))

    def slow_device_lost_while_counting(self):
        self.start("--count-in", "1", "--tempo", "240")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.control.fault("device_lost")
        take = self.link.wait_take("failed")
        self.assertEqual("audio_off", take["error"]["code"])


class Length(TakeCase):
    """A fixed length in beats."""

    def test_stops_by_itself(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", length_beats=1.5)
        take = self.link.wait_take("finished")
        self.check_clips(take, "Bass")
        self.assertEqual([], take["warnings"])
        clip = take["clips"][0]
        self.assertGreaterEqual(clip["end_beat"] - clip["start_beat"], 1.5)
        self.check_stopped()

    def slow_over_the_loop(self):
        self.start("--tempo", "240")
        self.connect()
        self.arm("Bass")
        self.control.loop(on=True, start=0, length=2)
        take = self.link.call("take.start", length_beats=5)
        self.assertEqual(["overdub_loop"], self.codes(take))
        take = self.link.wait_take("finished")
        self.assertEqual(["overdub_loop"], self.codes(take))
        self.assertEqual(1, len(take["clips"]))
        truth = self.true_takes()[0]
        self.assertEqual(truth["path"], take["clips"][0]["file_path"])
        self.assertGreaterEqual((truth["frames"] - truth["pre_roll_frames"]) / 48000.0 * 4, 5)
        self.assertTrue(self.control.get(path="song.loop"))

    def test_stopped_before_its_length(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", length_beats=400)
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Bass")


class StoppedInLive(TakeCase):
    """The musician stops in Live: the take is finished as if he had asked us."""

    def test_record_button(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        self.control.record(on=False)
        take = self.link.wait_take("finished")
        self.check_clips(take, "Bass")
        self.assertEqual(["stopped_in_live"], self.codes(take))
        self.assertTrue(self.control.get(path="song.is_playing"))

    def test_space_bar(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", source={"kind": "track", "track": self.link.track("Vocals")["id"]})
        self.grow()
        self.control.stop()
        take = self.link.wait_take("finished")
        self.check_clips(take, "Vocals")
        self.assertEqual(["stopped_in_live"], self.codes(take))
        self.assertEqual(["Bass"], self.armed())
        self.check_stopped()

    def test_verbs_of_the_link(self):
        self.start()
        self.connect()
        self.arm("Bass")
        for method in ("record.stop", "transport.stop"):
            self.link.call("take.start")
            self.grow()
            self.link.call(method)
            take = self.link.wait_take("finished")
            self.check_clips(take, "Bass")
            self.link.call("transport.stop")


class Cancel(TakeCase):
    """Cancel stops and undoes."""

    def test_undone(self):
        self.start()
        self.connect()
        self.arm("Bass", "Drums", "Keys")
        self.control.rename(track="Guitar", name="Lead")
        steps = self.control.get(path="song.undo_steps")
        self.link.call("take.start")
        self.grow()
        take = self.link.call("take.cancel")
        self.assertEqual(("cancelled", [], None, True), (take["phase"], self.codes(take)[1:], take["error"], take["restored"]))
        self.assertEqual(3, len(take["clips"]))
        self.assertEqual((0, 0, 1), tuple(self.control.get(path="tracks.%s.clips.length" % name) for name in ("Bass", "Drums", "Keys")))
        self.assertEqual("Lead", self.control.get(path="tracks.2.name"))
        self.assertEqual(steps, self.control.get(path="song.undo_steps"))
        self.assertEqual("cancelled", self.link.call("take.cancel", take=take["id"])["phase"])
        self.assertTrue(os.path.exists(take["clips"][0]["file_path"] or take["clips"][1]["file_path"]))

    def slow_brings_back_what_was_there(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", length_beats=2)
        self.link.wait_take("finished")
        before = self.control.get(path="tracks.Bass.clips")
        self.link.call("take.start")
        self.grow()
        self.assertEqual([], self.link.call("take.cancel")["warnings"])
        strip = lambda clips: [(clip["file_path"], clip["start_time"], clip["end_time"]) for clip in clips]  # noqa: E731
        self.assertEqual(strip(before), strip(self.control.get(path="tracks.Bass.clips")))

    def test_finished_take_is_not_undone(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", length_beats=1, take="done")
        self.link.wait_take("finished")
        self.fails("no_take", "take.cancel", take="done")
        self.assertEqual(1, self.control.get(path="tracks.Bass.clips.length"))

    def slow_cancel_after_stop(self):
        self.start("--clip-delay", "1")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        stop = self.link.send("take.stop")
        cancel = self.link.send("take.cancel")
        self.assertEqual(["cancelled"] * 2, [self.link.result(stop)["phase"], self.link.result(cancel)["phase"]])
        self.assertEqual(0, self.control.get(path="tracks.Bass.clips.length"))

    def slow_somebody_elses_step_is_not_undone(self):
        """A step on top of the recording is brought back, and the take says that it is still there."""
        self.start("--clip-delay", "0.5")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        cancel = self.link.send("take.cancel")
        self.control.wait("tracks.Bass.clips.length", equals=1)
        # Between the clip and the script's next look; where the script was quicker, its undo has gone well.
        self.control.rename(track="Guitar", name="Lead")
        take = self.link.result(cancel)
        self.assertEqual("cancelled", take["phase"])
        self.assertEqual("Lead", self.control.get(path="tracks.2.name"))
        left = self.control.get(path="tracks.Bass.clips.length")
        self.assertEqual(["undo_incomplete"] if left else [], self.codes(take))


if __name__ == "__main__":
    unittest.main()
