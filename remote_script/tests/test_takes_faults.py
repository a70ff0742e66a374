"""Takes while something goes wrong in Live."""

import os
import unittest

from .support import Failure, eventually
from .take_case import TakeCase


class Audio(TakeCase):
    """The audio device goes."""

    def slow_off_before(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.control.fault("device_lost")
        data = self.fails("audio_off", "take.start", source={"kind": "track", "track": self.link.track("Drums")["id"]}, take="mute")
        self.assertTrue(data["hint"])
        take = self.link.call("take.get", take="mute")
        self.assertEqual(("failed", "audio_off", True), (take["phase"], take["error"]["code"], take["restored"]))
        self.check_stopped()
        self.assertEqual(["Bass"], self.armed())
        self.assertEqual("failed", self.link.call("take.start", take="mute")["phase"])
        self.control.fault("device_lost", on=False)
        self.assertEqual("recording", self.link.call("take.start")["phase"])
        self.link.call("take.stop")

    def slow_lost_while_recording(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        self.control.fault("device_lost")
        take = self.link.wait_take("finished")
        self.assertEqual(["audio_lost"], self.codes(take))
        self.assertTrue(os.path.exists(take["clips"][0]["file_path"]))
        self.check_stopped()


class Deleted(TakeCase):
    """Tracks go while they record."""

    def slow_one_of_two(self):
        self.start()
        self.connect()
        self.arm("Bass", "Drums")
        self.link.call("take.start")
        self.grow()
        self.control.delete(track="Drums")
        self.link.wait(lambda state: "track_deleted" in self.codes(state["take"]), "a warning")
        self.assertEqual("recording", self.link.state["take"]["phase"])
        self.grow()
        take = self.link.call("take.stop")
        self.assertEqual(("finished", ["track_deleted"]), (take["phase"], self.codes(take)))
        bass = [clip for clip in take["clips"] if clip["track_name"] == "Bass"]
        self.assertEqual((1, []), (len(bass), bass[0]["warnings"]))
        self.assertTrue(os.path.exists(bass[0]["file_path"]))
        self.assertTrue(take["restored"])

    def test_all(self):
        self.start()
        self.connect()
        self.arm("Bass", "Drums")
        self.link.call("take.start")
        self.grow()
        self.control.delete(track="Drums")
        self.control.delete(track="Bass")
        take = self.link.wait_take("finished", "failed")
        self.assertEqual(["track_deleted"], self.codes(take))
        if take["phase"] == "failed":
            self.assertEqual(("take_failed", []), (take["error"]["code"], take["clips"]))
        self.check_stopped()

    def test_track_to_restore(self):
        """A track whose arming was to be put back is gone: nothing to complain about."""
        self.start()
        self.connect()
        self.arm("Drums")
        self.link.call("take.start", source={"kind": "track", "track": self.link.track("Bass")["id"]})
        self.grow()
        self.control.delete(track="Drums")
        take = self.link.call("take.stop")
        self.assertTrue(take["restored"])
        self.check_clips(take, "Bass")

    def test_main_track_while_preparing(self):
        self.start("--routing-delay", "5")
        self.connect()
        self.arm("Drums")
        start = self.link.send("take.start", source={"kind": "main"})
        self.control.wait("tracks.Takebar Main.name", equals="Takebar Main")
        self.control.delete(track="Takebar Main")
        self.assertEqual("not_found", self.link.answer(start)["error"]["data"]["code"])
        self.assertEqual(["Drums"], self.armed())
        self.check_stopped()


class SetClosed(TakeCase):
    """Another set is loaded while a take runs."""

    def again(self):
        self.link.is_closed()
        self.hosted.info(other_than=self.link.info["token"])
        return self.connect()

    def test_while_recording(self):
        self.start()
        self.connect()
        self.arm("Drums")
        self.link.call("take.start", take="lost", source={"kind": "track", "track": self.link.track("Bass")["id"]})
        self.grow()
        self.control.fault("set_closed")
        self.assertEqual("bye", self.link.is_closed()[-1]["method"])
        self.again()
        take = self.link.call("take.get", take="lost")
        self.assertIn(take["phase"], ("finished", "failed"))
        self.assertIn("set_closed", self.codes(take))
        self.assertIsNotNone(take["stopped_at"])
        self.assertEqual(([take], take), (self.link.call("take.list")["takes"], self.link.state["take"]))
        if take["phase"] == "failed":
            self.assertIn("Samples/Recorded", take["error"]["hint"])
        self.assertNotEqual(take["set"]["id"], self.link.state["set"]["id"])
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        self.assertEqual("finished", self.link.call("take.stop")["phase"])
        self.assertEqual(2, len(self.link.call("take.list")["takes"]))

    def test_while_preparing(self):
        self.start("--routing-delay", "5")
        self.connect()
        start = self.link.send("take.start", source={"kind": "main"}, take="early")
        self.control.wait("tracks.Takebar Main.name", equals="Takebar Main")
        self.control.fault("set_closed")
        self.assertEqual("set_changed", self.link.answer(start)["error"]["data"]["code"])
        self.again()
        take = self.link.call("take.get", take="early")
        self.assertEqual(("failed", ["set_closed"]), (take["phase"], self.codes(take)))

    def test_finished_takes_are_kept(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", length_beats=0.5)
        take = self.link.wait_take("finished")
        self.control.reload_script()
        self.again()
        self.assertEqual([take], self.link.call("take.list")["takes"])
        self.assertEqual(take, self.link.state["take"])


class Nobody(TakeCase):
    """The take goes on without a client, and without a timer."""

    def slow_client_goes(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", take="alone", length_beats=3)
        self.link.close()
        self.control.wait("song.record_mode", equals=False)
        self.connect()
        take = self.link.wait_take("finished")
        self.assertEqual("alone", take["id"])
        self.check_clips(take, "Bass")

    def slow_client_goes_before_the_answer(self):
        self.start("--routing-delay", "0.5")
        self.connect()
        self.link.send("take.start", source={"kind": "main"}, take="alone")
        self.control.wait("tracks.Takebar Main.name", equals="Takebar Main")
        self.link.close()
        self.control.wait("song.recording", equals=True)
        self.connect()
        self.assertEqual("recording", self.link.call("take.get")["phase"])
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Takebar Main")

    def test_timer_stops(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", length_beats=1)
        self.control.fault("stop_timer")
        self.check_clips(self.link.wait_take("finished"), "Bass")
        self.assertTrue([line for line in self.hosted.log() if "started again" in line])

    def slow_stall(self):
        """The main thread stands still in the middle of a take; nothing is called a failure."""
        self.start()
        self.connect()
        self.arm("Bass")
        start = self.link.send("take.start", take="slow")
        self.control.fault("stall", seconds=7)
        self.assertIn(self.link.result(start, timeout=30)["phase"], ("recording",))
        self.grow()
        stop = self.link.send("take.stop")
        self.control.fault("stall", seconds=6)
        take = self.link.result(stop, timeout=30)
        self.check_clips(take, "Bass")
        self.assertEqual([], take["warnings"])
        self.assertEqual(0.0, take["start_beat"])


class Files(TakeCase):
    """The recorded file, or its clip, makes trouble."""

    def slow_late_clip(self):
        self.start("--clip-delay", "1.6")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow()
        take = self.link.call("take.stop")
        self.assertEqual("finished", take["phase"])
        self.assertEqual(["late_file_path"], [warning["code"] for warning in take["clips"][0]["warnings"]])
        self.assertTrue(os.path.exists(take["clips"][0]["file_path"]))

    def slow_disk_full(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start")
        self.grow(1)
        self.control.fault("disk_full")
        take = self.link.wait_take("finished", "failed")
        self.assertEqual("finished", take["phase"])
        self.assertIn("stopped_in_live", self.codes(take))
        self.assertTrue(os.path.exists(take["clips"][0]["file_path"]))
        self.link.call("transport.stop")

    def test_nothing_could_be_written(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.control.fault("read_only")
        try:
            self.link.call("take.start")
        except Failure as failure:
            self.assertIn(failure.code, ("not_confirmed", "take_failed"))
        take = self.link.wait_take("failed")
        self.assertIn(take["error"]["code"], ("not_confirmed", "take_failed"))
        self.assertEqual([], take["clips"])
        self.assertTrue(take["error"]["hint"])

    def slow_punch_leaves_nothing(self):
        """Punch lets nothing through: the take says so instead of inventing a clip."""
        self.start()
        self.connect()
        self.arm("Bass")
        self.control.loop(start=100, length=4)
        self.control.punch(**{"in": True})
        self.link.call("take.start")
        eventually(lambda: self.control.get(path="song.current_song_time") > 0.3, "some music")
        with self.assertRaises(Failure) as caught:
            self.link.call("take.stop")
        self.assertEqual("take_failed", caught.exception.code)
        take = self.link.wait_take("failed")
        self.assertEqual(["clip_missing"], self.codes(take))
        self.check_stopped()


class Warnings(TakeCase):
    """What the user should know although it worked."""

    def test_dialog_and_cpu(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.control.fault("dialog", message="Save changes?", buttons=3)
        self.control.fault("cpu", percent=91)
        take = self.link.call("take.start")
        self.assertEqual(["cpu_high", "dialog_open"], sorted(self.codes(take)))
        self.assertTrue(any("Save changes?" in warning["message"] for warning in take["warnings"]))
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Bass")
        self.assertEqual(1, self.control.get(path="application.open_dialog_count"))

    def slow_cpu_later(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.assertEqual([], self.link.call("take.start")["warnings"])
        self.control.fault("cpu", percent=91)
        self.link.wait(lambda state: "cpu_high" in self.codes(state["take"]))
        self.link.call("take.stop")


if __name__ == "__main__":
    unittest.main()
