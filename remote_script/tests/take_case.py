"""What the suites of takes share: the same questions to every finished take."""

import os

from .support import SimCase, eventually


class TakeCase(SimCase):
    """A take compared with what livesim has really recorded."""

    def arm(self, *names):
        ids = [self.link.track(name)["id"] for name in names]
        self.link.call("track.arm", tracks=ids, exclusive="yes")
        self.link.wait(lambda state: all(self.link.track(name)["arm"] for name in names))

    def armed(self):
        tracks = self.control.state(parts=["tracks"])["tracks"]
        return [track["name"] for track in tracks if track["arm"]]

    def grow(self, beats=0.3):
        """Waits until the running takes have sound in them."""
        self.control.wait("takes.length", at_least=1)
        start = self.control.get(path="song.current_song_time")
        eventually(lambda: self.control.get(path="song.current_song_time") >= start + beats, "some music")

    def true_takes(self):
        """livesim's takes of the running set, once their files are finished."""
        def finished():
            takes = self.control.state(parts=["takes"])["takes"]
            return takes if all(take["finished"] for take in takes) else None
        return eventually(finished, "finished files")

    def check_clips(self, take, *names):
        """The clips of a finished take are the recordings of these tracks."""
        self.assertEqual("finished", take["phase"], take)
        self.assertIsNone(take["error"])
        self.assertEqual(list(names), [clip["track_name"] for clip in take["clips"]])
        truth = self.true_takes()
        for clip in take["clips"]:
            self.assertEqual([], clip["warnings"])
            true = [item for item in truth if item["track_name"] == clip["track_name"]][-1]
            self.assertEqual("audio" if true["is_audio"] else "midi", clip["kind"])
            self.assertEqual(true["path"], clip["file_path"])
            if not true["is_audio"]:
                self.assertEqual((None, None, None), (clip["sample_rate"], clip["frames"], clip["start_sample"]))
                continue
            self.assertTrue(os.path.getsize(clip["file_path"]) > 1000)
            self.assertEqual((true["rate"], true["frames"]), (clip["sample_rate"], clip["frames"]))
            self.assertEqual(true["pre_roll_frames"], clip["start_sample"])
            if take["view"] == "arrangement":
                self.assertAlmostEqual(true["start_beat"], clip["start_beat"], 6)
                self.assertAlmostEqual(true["end_beat"], clip["end_beat"], 6)
            else:
                self.assertEqual((None, None), (clip["start_beat"], clip["end_beat"]))
        return truth

    def codes(self, take):
        return [warning["code"] for warning in take["warnings"]]

    def phases(self, link=None):
        """The phases of the take as events told them."""
        told = []
        for event in (link or self.link).events:
            take = event["params"].get("changed", {}).get("take")
            if take and (not told or told[-1] != take["phase"]):
                told.append(take["phase"])
        return told

    def check_stopped(self):
        song = self.control.state(parts=["song"])["song"]
        self.assertEqual((False, False, False), (song["record_mode"], song["is_playing"], song["recording"]))
