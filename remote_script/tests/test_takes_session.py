"""Takes into clip slots of the Session."""

import unittest

from .take_case import TakeCase


class Session(TakeCase):
    """view: session"""

    def slots(self, name):
        return [slot["scene"] for slot in self.control.get(path="tracks.%s.slots" % name) if slot["has_clip"]]

    def test_from_stop(self):
        self.start()
        self.connect()
        self.arm("Drums", "Bass", "Synth")
        self.control.select(track="Drums", scene=2)
        take = self.link.call("take.start", view="session")
        self.assertEqual(("recording", "session"), (take["phase"], take["view"]))
        self.grow()
        take = self.link.call("take.stop")
        truth = self.check_clips(take, "Drums", "Bass", "Synth")
        self.assertEqual(0, truth[0]["pre_roll_frames"])
        self.assertEqual([0.0], sorted(set(item["start_beat"] for item in truth)))
        self.assertEqual(0.0, take["start_beat"])
        self.assertEqual(([2], [2]), (self.slots("Drums"), self.slots("Bass")))
        self.check_stopped()
        again = self.link.call("take.start", view="session")
        self.assertEqual("recording", again["phase"])
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Drums", "Bass", "Synth")
        self.assertEqual([2, 3], self.slots("Drums"))

    def slow_while_the_song_plays(self):
        """Start and stop wait for the bar; the song plays on."""
        self.start("--tempo", "300")
        self.connect()
        self.arm("Bass")
        self.link.call("transport.play")
        take = self.link.call("take.start", view="session")
        self.assertIn(take["phase"], ("counting_in", "recording"))
        self.link.wait_take("recording")
        self.grow()
        take = self.link.call("take.stop")
        self.check_clips(take, "Bass")
        self.assertTrue(self.control.get(path="song.is_playing"))
        self.assertEqual(-1, self.control.get(path="tracks.Bass.playing_slot_index"))

    def slow_count_in(self):
        self.start("--count-in", "1", "--tempo", "300")
        self.connect()
        self.arm("Bass")
        self.assertEqual("counting_in", self.link.call("take.start", view="session")["phase"])
        self.link.wait_take("recording")
        self.grow()
        self.check_clips(self.link.call("take.stop"), "Bass")

    def test_called_off_while_waiting(self):
        self.start("--tempo", "60")
        self.connect()
        self.arm("Bass")
        self.link.call("transport.play")
        self.control.wait("song.current_song_time", at_least=0.1)
        self.assertEqual("counting_in", self.link.call("take.start", view="session")["phase"])
        take = self.link.call("take.cancel")
        self.assertEqual(("cancelled", []), (take["phase"], take["warnings"]))
        self.assertTrue(self.control.get(path="song.is_playing"))
        self.assertEqual([], self.slots("Bass"))
        self.assertEqual(-1, self.control.get(path="tracks.Bass.fired_slot_index"))

    def test_full_track_gets_a_scene(self):
        self.start()
        self.connect()
        clips = [{"scene": scene, "name": "x", "length": 4} for scene in range(2)]
        self.control.load_set(set={"scenes": 2, "tracks": [{"name": "One", "kind": "midi", "slots": clips}, {"name": "Two", "kind": "midi"}]})
        self.link.is_closed()
        self.hosted.info(other_than=self.link.info["token"])
        self.connect()
        self.arm("One", "Two")
        self.link.call("take.start", view="session")
        self.grow()
        self.check_clips(self.link.call("take.stop"), "One", "Two")
        self.assertEqual(3, self.control.get(path="scenes.length"))
        self.assertEqual(([0, 1, 2], [0]), (self.slots("One"), self.slots("Two")))

    def test_length_by_live(self):
        self.start("--tempo", "240")
        self.connect()
        self.arm("Bass", "Drums")
        self.link.call("take.start", view="session", length_beats=2)
        take = self.link.wait_take("finished")
        truth = self.check_clips(take, "Drums", "Bass")
        self.assertEqual([], take["warnings"])
        for item in truth:
            self.assertAlmostEqual(2.0, item["end_beat"] - item["start_beat"], 3)
        self.check_stopped()

    def slow_length_by_the_script(self):
        self.allowed_violations = ("argument",)
        self.start("--tempo", "240", "--refuse-fire-arguments")
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", view="session", length_beats=2)
        take = self.link.wait_take("finished")
        truth = self.check_clips(take, "Bass")
        self.assertEqual(["fire_without_length"], self.codes(take))
        self.assertGreaterEqual(truth[0]["end_beat"] - truth[0]["start_beat"], 2.0)

    def test_cancel(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", view="session")
        self.grow()
        take = self.link.call("take.cancel")
        self.assertEqual(("cancelled", []), (take["phase"], take["warnings"]))
        self.assertEqual([], self.slots("Bass"))
        self.check_stopped()

    def test_stopped_in_live(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", view="session")
        self.grow()
        self.control.stop()
        take = self.link.wait_take("finished")
        self.check_clips(take, "Bass")
        self.assertEqual(["stopped_in_live"], self.codes(take))

    def test_main_output(self):
        self.start()
        self.connect()
        self.arm("Bass")
        self.link.call("take.start", source={"kind": "main"}, view="session")
        self.grow()
        truth = self.check_clips(self.link.call("take.stop"), "Takebar Main")
        self.assertEqual("resampling", truth[0]["source"])
        self.assertEqual(["Bass"], self.armed())

    def test_nothing_armed(self):
        self.start()
        self.connect()
        self.fails("nothing_armed", "take.start", view="session")


if __name__ == "__main__":
    unittest.main()
