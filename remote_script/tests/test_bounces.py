"""Bounces inside livesim: what is recorded, where it begins and ends, and that the set is as before."""

import copy
import json
import math
import struct
import unittest

from Takebar import bounce_sources
from Takebar.bounce_job import BounceJob
from Takebar.errors import RpcError

from .support import SimCase, eventually

KEPT = ("tracks", "return_tracks", "main_track", "scenes", "cue_points", "song")
OWN = ("can_undo", "can_redo", "can_capture_midi", "undo_steps")  # Live's history is longer afterwards


class BounceCase(SimCase):
    """Bounces compared with what livesim has really recorded."""

    def truth(self):
        state = copy.deepcopy(self.control.state(parts=list(KEPT)))
        for name in OWN:
            state["song"].pop(name)
        return state

    def bounce(self, **params):
        """Starts a bounce and waits for its end."""
        began = self.link.call("bounce.start", **params)
        self.assertIn(began["phase"], ("counting_in", "recording"))
        return self.ended(began["id"])

    def ended(self, bounce_id):
        def over():
            take = self.link.call("bounce.get", bounce=bounce_id)
            return take if take["phase"] in ("finished", "cancelled", "failed") else None
        return eventually(over, "the end of the bounce")

    def recorded(self):
        def finished():
            takes = self.control.state(parts=["takes"])["takes"]
            return takes if takes and all(take["finished"] for take in takes) else None
        return eventually(finished, "finished files")

    def check_files(self, bounce, seconds):
        """Every clip begins with the first sample of the range, and is as long as the tempo says."""
        truth = dict((take["path"], take) for take in self.recorded())
        for clip in bounce["clips"]:
            true = truth[clip["file_path"]]
            first, last = clip["cuts"][0], clip["cuts"][-1]
            self.assertEqual(true["pre_roll_frames"], clip["start_sample"])
            self.assertEqual(true["pre_roll_frames"], first)
            self.assertEqual(int(round(seconds * true["rate"])), last - first)
            self.assertGreaterEqual(true["frames"], last)
            self.assertAlmostEqual(bounce["bounce"]["start"], true["start_beat"], 9)

    def check_untouched(self, before, bounce):
        self.assertTrue(bounce["restored"], bounce["warnings"])
        self.assertEqual(json.dumps(before, sort_keys=True, indent=1), json.dumps(self.truth(), sort_keys=True, indent=1))


class Bounces(BounceCase):

    def test_main_output(self):
        self.start("--tempo", "480", "--arm", "Guitar", "--arm", "Bass")
        self.control.loop(on=True, start=4, length=4)
        self.control.metronome(on=True)
        self.control.punch(**{"in": True, "out": True})
        self.control.locate(beat=7)
        self.control.select(track="Keys")
        self.connect()
        before = self.truth()
        bounce = self.bounce(start=4, length=8, tail_seconds=0.25, cuts=[8])
        self.assertEqual("finished", bounce["phase"], bounce["error"])
        self.assertEqual({"kind": "bounce"}, bounce["source"])
        self.assertEqual(["Main"], [clip["track_name"] for clip in bounce["clips"]])
        self.assertFalse(bounce["bounce"]["partial"])
        self.assertEqual([], bounce["warnings"])
        self.check_files(bounce, 8 / 8.0 + 0.25)
        self.assertEqual(["resampling"], [take["source"] for take in self.recorded()])
        heard = sorted(track["tone_hz"] for track in before["tracks"] if track["kind"] in ("audio", "midi"))
        self.assertEqual(heard, sorted(tone["hz"] for tone in self.recorded()[0]["tones"]))
        first, cut, last = bounce["clips"][0]["cuts"]
        self.assertEqual(24000, cut - first)
        self.check_untouched(before, bounce)

    def test_what_the_set_looks_like_stays(self):
        """Solo, mute, scene, slot, implicit arm, monitoring, overdub: whatever a bounce might touch."""
        self.start("--tempo", "480")
        self.control.mute(track="Drums", on=True)
        self.control.solo(track="Bass", on=True)
        self.control.monitor(track="Guitar", state="in")
        self.control.implicit_arm(track="Vocals", on=True)
        self.control.select(track="Synth", scene=3)
        self.control.overdub(on=True)
        self.control.arrangement_overdub(on=True)
        self.control.metronome(on=True)
        self.control.punch(**{"in": True, "out": True})
        self.connect()
        before = self.truth()
        self.assertTrue([track for track in before["tracks"] if track["implicit_arm"]])
        self.assertEqual((3, {"track": self.link.track("Synth")["id"], "scene": 3}), (before["song"]["selected_scene"], before["song"]["highlighted_clip_slot"]))
        self.assertTrue(before["song"]["overdub"] and before["song"]["arrangement_overdub"])
        ids = [self.link.track(name)["id"] for name in ("Drums", "Bass", "Keys")]
        for source in ({"kind": "main"}, {"kind": "stems", "tracks": ids}, {"kind": "selected"}):
            bounce = self.bounce(source=source, length=2)
            self.assertEqual("finished", bounce["phase"], bounce["error"])
            self.check_untouched(before, bounce)
        self.assertEqual([200], [tone["hz"] for tone in self.recorded()[0]["tones"]])  # the mix hears the solo

    def test_stems(self):
        self.start("--tempo", "480", "--tracks", "20", "--midi-tracks", "4")
        self.connect()
        before = self.truth()
        tracks = [track for track in self.link.state["tracks"] if track["kind"] in ("audio", "midi")]
        bounce = self.bounce(source={"kind": "stems", "tracks": [track["id"] for track in tracks]}, length=4)
        self.assertEqual("finished", bounce["phase"], bounce["error"])
        self.assertEqual([track["name"] for track in tracks], [clip["track_name"] for clip in bounce["clips"]])
        self.check_files(bounce, 0.5)
        truth = dict((take["path"], take) for take in self.recorded())
        tones = [truth[clip["file_path"]]["tone_hz"] for clip in bounce["clips"]]
        known = dict((track["name"], track["tone_hz"]) for track in before["tracks"])
        self.assertEqual([known[clip["track_name"]] for clip in bounce["clips"]], tones)
        for clip in bounce["clips"]:
            true = truth[clip["file_path"]]
            if true["bits"] == 24:
                self.check_samples(clip, true)
        self.check_untouched(before, bounce)

    def check_samples(self, clip, true):
        """The first samples of the range, from the file."""
        with open(clip["file_path"], "rb") as opened:
            data = opened.read()
        body = data.index(b"data") + 8
        for n in (0, 1, 2, 479):
            place = body + (clip["cuts"][0] + n) * true["channels"] * 3
            value = struct.unpack("<i", b"\0" + data[place:place + 3])[0] / float(1 << 31)
            wanted = 0.125 * math.cos(2 * math.pi * true["tone_hz"] * (true["start_sample"] + n) / true["rate"])
            self.assertAlmostEqual(wanted, value, 6)

    def test_taps_by_position_in_any_language(self):
        self.start("--tempo", "480", "--language", "de")
        self.connect()
        for tap, shown in (("post_fx", "Post FX"), ("post_mixer", "Post Mixer")):
            began = self.link.call("bounce.start", source={"kind": "stems", "tracks": [self.link.track("Bass")["id"]]}, tap=tap, length=4)
            tracks = self.control.state(parts=["tracks"])["tracks"]
            self.assertEqual([shown], [track["input_channel"] for track in tracks if track["name"] == "Bounce Bass"])
            self.ended(began["id"])

    def test_doubled_names(self):
        self.start("--tempo", "480")
        self.control.rename(track="Guitar", name="Bass")
        self.connect()
        twins = [track for track in self.link.state["tracks"] if track["name"] == "Bass"]
        bounce = self.bounce(source={"kind": "stems", "tracks": [track["id"] for track in twins]}, length=2)
        truth = dict((take["path"], take["tone_hz"]) for take in self.recorded())
        known = dict((track["id"], track["tone_hz"]) for track in self.control.state(parts=["tracks"])["tracks"])
        self.assertEqual(2, len(set(known.values()) & set(truth.values())))
        self.assertEqual(2, len(bounce["clips"]))

    def test_what_cannot_be_bounced_is_named(self):
        self.start("--tempo", "480")
        self.connect()
        before = self.truth()
        main = next(track for track in self.link.state["tracks"] if track["kind"] == "main")
        bounce = self.bounce(source={"kind": "stems", "tracks": [main["id"], self.link.track("Bass")["id"]]}, length=2)
        self.assertEqual("finished", bounce["phase"])
        self.assertEqual(["Bass"], [clip["track_name"] for clip in bounce["clips"]])
        self.assertEqual([main["id"]], [skipped["track"] for skipped in bounce["bounce"]["skipped"]])
        self.assertTrue(bounce["bounce"]["skipped"][0]["reason"])
        self.assertEqual(["source_skipped"], [warning["code"] for warning in bounce["warnings"]])
        self.check_untouched(before, bounce)

    def test_what_cannot_be_bounced_in_a_whole_set(self):
        self.start("--tempo", "480")
        token = self.hosted.info()["token"]
        self.control.load_set(set={"tempo": 480, "tracks": [
            {"name": "Band", "kind": "group", "frozen": True},
            {"name": "Drums", "group": "Band"},
            {"name": "Cue", "output": "external"},
            {"name": "Notes", "kind": "midi", "output": "nothing", "clips": [{"name": "All", "start": 0, "length": 4}]},
            {"name": "Bass"}]})
        self.hosted.info(other_than=token)
        self.connect()
        before = self.truth()
        ids = [track["id"] for track in self.link.state["tracks"] if track["kind"] != "main"]
        bounce = self.bounce(source={"kind": "stems", "tracks": ids}, length=2)
        self.assertEqual("finished", bounce["phase"], bounce["error"])
        self.assertEqual(["Drums", "Bass"], [clip["track_name"] for clip in bounce["clips"]])
        reasons = dict((skipped["name"], skipped["reason"]) for skipped in bounce["bounce"]["skipped"])
        self.assertEqual(["Band", "Cue", "Notes"], sorted(reasons))
        for name, word in (("Band", "frozen group"), ("Cue", "audio interface"), ("Notes", "no audio output")):
            self.assertIn(word, reasons[name])
            self.assertIn(name, bounce["warnings"][0]["message"])
        self.check_untouched(before, bounce)

    def test_tempo_changes(self):
        """A bounce is as long as Live took."""
        self.start("--tempo", "240")
        self.connect()
        before = self.truth()
        began = self.link.call("bounce.start", length=12, cuts=[8])
        self.control.wait("song.current_song_time", at_least=3)
        self.control.tempo(bpm=480)
        bounce = self.ended(began["id"])
        true = self.recorded()[0]
        first, cut, last = bounce["clips"][0]["cuts"]
        self.assertEqual(true["pre_roll_frames"], first)
        self.assertEqual(4 * 6000, last - cut)  # at the new tempo
        self.assertTrue(8 * 6000 < cut - first < 8 * 12000, cut - first)
        behind = int(round((true["end_beat"] - 12) * 6000))  # until Live stopped
        self.assertAlmostEqual(true["frames"] - behind, last, delta=1)
        self.assertFalse(bounce["bounce"]["partial"])
        before["song"]["tempo"] = 480.0
        self.check_untouched(before, bounce)

    def test_groups_and_returns(self):
        self.start("--tempo", "480")
        self.connect()
        before = self.truth()
        names = ("Choir", "A-Reverb")
        bounce = self.bounce(source={"kind": "stems", "tracks": [self.link.track(name)["id"] for name in names]}, length=2)
        self.assertEqual(list(names), [clip["track_name"] for clip in bounce["clips"]])
        self.check_files(bounce, 0.25)
        self.check_untouched(before, bounce)

    def test_slow_and_old_lives(self):
        for arguments in (("--write-latency", "5", "--routing-delay", "1.5", "--clip-delay", "1"), ("--live", "11.0.0"), ("--live", "12.0.5", "--unwarped")):
            with self.subTest(arguments=arguments):
                self.start("--tempo", "480", "--arm", "Guitar", *arguments)
                self.connect()
                before = self.truth()
                bounce = self.bounce(source={"kind": "stems", "tracks": [self.link.track("Bass")["id"]]}, length=4, start=2)
                self.assertEqual("finished", bounce["phase"], bounce["error"])
                self.check_files(bounce, 0.5)
                self.check_untouched(before, bounce)
                self.hosted.stop()

    def test_kept_tracks(self):
        self.start("--tempo", "480")
        self.connect()
        bounce = self.bounce(length=2, keep_tracks=True)
        kept = [track for track in self.control.state(parts=["tracks"])["tracks"] if track["name"] == "Bounce Main"]
        self.assertEqual([(True, False, 1)], [(track["mute"], track["arm"], len(track["clips"])) for track in kept])
        self.assertTrue(bounce["restored"])

    def test_stop_and_cancel(self):
        self.start()
        self.connect()
        before = self.truth()
        began = self.link.call("bounce.start", length=400)
        self.control.wait("takes.0.frames", at_least=24000)
        bounce = self.link.call("bounce.stop", bounce=began["id"])
        self.assertEqual("finished", bounce["phase"])
        self.assertTrue(bounce["bounce"]["partial"])
        self.check_untouched(before, bounce)
        self.link.call("bounce.start", length=400, bounce="second")
        self.assertEqual("take_running", self.fails("take_running", "take.start")["code"])
        bounce = self.link.call("bounce.cancel")
        self.assertEqual("cancelled", bounce["phase"])
        self.check_untouched(before, bounce)
        self.assertEqual([began["id"], "second"], [known["id"] for known in self.link.call("bounce.list")["bounces"]])
        again = self.link.call("bounce.start", length=400, bounce=began["id"])
        self.assertEqual("finished", again["phase"])

    def test_refusals(self):
        self.start()
        self.connect()
        self.fails("no_take", "bounce.get")
        self.fails("no_take", "bounce.stop")
        self.fails("invalid_params", "bounce.start")
        for wrong in (
            {"length": 0},
            {"length": -1},
            {"length": 4, "cuts": [9]},
            {"length": 4, "cuts": [2, 1]},
            {"length": 4, "cuts": ["1"]},
            {"length": 4, "tap": "pre_fx"},
            {"length": 4, "source": {"kind": "stems", "tracks": []}},
            {"length": 4, "source": {"kind": "armed"}},
            {"length": 4, "source": {"kind": "main", "tracks": ["t1"]}},
        ):
            self.fails("invalid_params", "bounce.start", **wrong)
        self.fails("not_found", "bounce.start", length=4, source={"kind": "stems", "tracks": ["t99"]})
        main = next(track for track in self.link.state["tracks"] if track["kind"] == "main")
        self.fails("nothing_to_bounce", "bounce.start", length=4, source={"kind": "stems", "tracks": [main["id"]]})
        self.link.call("transport.play")
        self.fails("transport_running", "bounce.start", length=4)
        self.assertEqual([], self.control.state(parts=["takes"])["takes"])


class Track(object):
    """A track of Live as far as `why_not` looks at it."""

    def __init__(self, **members):
        self.__dict__.update(members)


class Record(object):
    """A track's record, likewise."""

    def __init__(self, kind, **members):
        self.kind = kind
        self.track = Track(**members)


class Host(object):
    """A script whose set has these tracks."""

    def __init__(self, *records):
        self.model = Track(order=list(records))


class Reasons(unittest.TestCase):
    """What livesim cannot be brought to show."""

    def test_sets_without_a_track_to_bounce(self):
        mute = Record("midi", has_audio_output=False)
        mute.name, mute.id = "Notes", "t1"
        for script, words in ((Host(), "the set has no tracks"), (Host(mute), "Notes: it has no audio output")):
            with self.assertRaises(RpcError) as caught:
                bounce_sources.check(script, {"kind": "stems"})
            self.assertEqual("nothing_to_bounce", caught.exception.name)
            self.assertIn(words, caught.exception.message)

    def test_why_not(self):
        external, main = Track(category=0), Track(category=3)
        for record, word in (
            (Record("midi", has_audio_output=False), "no audio output"),
            (Record("group", has_audio_output=True, is_frozen=True), "frozen group"),
            (Record("audio", has_audio_output=True, output_routing_type=external), "audio interface"),
            (Record("main"), "main output"),
        ):
            self.assertIn(word, bounce_sources.why_not(record))
        for record in (
            Record("audio", has_audio_output=True, output_routing_type=main, is_frozen=True),
            Record("group", has_audio_output=True, is_frozen=False),
            Record("return"),
        ):
            self.assertIsNone(bounce_sources.why_not(record))


class Growing(unittest.TestCase):
    """What a Live shows of clips that still grow; livesim shows none before the end."""

    def test_growing_files_are_shown(self):
        clip = Track(file_path="/x/Bounce Bass 0001.wav", is_audio_clip=True, name="", start_time=4.0, end_time=5.0, sample_rate=48000.0,
                     sample_length=52704, start_marker=2.0, warping=True, beat_to_sample_time=lambda beat: 8704 + (beat - 2.0) * 24000)
        record, origin = Record("audio"), Record("audio")
        record.id, record.name, origin.name = "t9", "Bounce Bass", "Bass"
        source = bounce_sources.Source(origin)
        source.twin = record
        shown = []
        job = BounceJob.__new__(BounceJob)
        job.__dict__.update(
            _records=[record], _sources=[source], _peeked={}, _wrapped=False, _wish={"start": 4.0}, _show=lambda: shown.append(1),
            _recorder=Track(found=lambda span: [(record, [clip])], in_arrangement=True, start_sample=lambda wrapped, tempo: lambda *clip: 8704),
            take={"clips": [], "warnings": [], "tempo": 120.0, "length_beats": 402.0, "bounce": {"cuts": [8.0]}})
        self.assertTrue(job._peek())
        self.assertTrue(job._peek())
        self.assertEqual(1, len(shown))
        told = job.take["clips"][0]
        self.assertEqual(("Bass", 8704, None, None), (told["track_name"], told["start_sample"], told["frames"], told["end_beat"]))
        self.assertEqual([8704, 8704 + 4 * 24000, 8704 + 402 * 24000], told["cuts"])


class Trouble(BounceCase):

    def test_deleted_track(self):
        self.start()
        self.connect()
        ids = [self.link.track(name)["id"] for name in ("Drums", "Bass")]
        began = self.link.call("bounce.start", length=400, source={"kind": "stems", "tracks": ids})
        self.control.wait("takes.1.frames", at_least=96000)
        self.control.fault("track_deleted", track="Bounce Drums")
        bounce = self.link.call("bounce.stop", bounce=began["id"])
        self.assertEqual("finished", bounce["phase"])
        self.assertIn("track_deleted", [warning["code"] for warning in bounce["warnings"]])
        self.assertTrue(bounce["bounce"]["partial"])
        self.assertEqual(["Bass"], [clip["track_name"] for clip in bounce["clips"]])
        self.assertEqual([], [t["name"] for t in self.control.state(parts=["tracks"])["tracks"] if t["name"].startswith("Bounce")])

    def test_device_lost(self):
        self.start("--arm", "Guitar")
        self.connect()
        before = self.truth()
        began = self.link.call("bounce.start", length=400)
        self.control.wait("takes.0.frames", at_least=48000)
        self.control.fault("device_lost")
        bounce = self.ended(began["id"])
        self.assertEqual("finished", bounce["phase"], bounce["error"])
        self.assertIn("audio_lost", [warning["code"] for warning in bounce["warnings"]])
        self.assertTrue(bounce["bounce"]["partial"])
        self.check_untouched(before, bounce)
        self.fails("audio_off", "bounce.start", length=4)
        self.assertEqual(before["tracks"], self.truth()["tracks"])

    def test_set_closed(self):
        self.start()
        self.connect()
        began = self.link.call("bounce.start", length=400)
        self.control.wait("takes.0.frames", at_least=48000)
        token = self.hosted.info()["token"]
        self.control.fault("set_closed")
        self.hosted.info(other_than=token)
        self.connect()
        bounce = self.link.call("bounce.get", bounce=began["id"])
        self.assertEqual(("failed", "take_failed"), (bounce["phase"], bounce["error"]["code"]))
        self.assertLessEqual({"set_closed", "not_restored"}, set(warning["code"] for warning in bounce["warnings"]))

    def leftover_set(self):
        """A set as it is saved while a bounce runs, with tracks besides that only look a little like its own."""
        resampling = {"type": "resampling"}
        return {"tracks": [
            {"name": "Drums"},
            {"name": "Bounce Main", "arm": True, "monitoring": "off", "input": resampling},
            {"name": "Bounce Drums", "arm": True, "monitoring": "off", "input": {"type": "track", "source": "Drums"}},
            {"name": "Bounce Kept", "mute": True, "monitoring": "off", "input": resampling},
            {"name": "Bounce House", "monitoring": "auto", "input": resampling},
            {"name": "Bounce Mic", "monitoring": "off"},
            {"name": "Print", "monitoring": "off", "input": resampling},
            {"name": "Bounce Clip", "monitoring": "off", "input": resampling, "clips": [{"name": "Mine", "start": 0, "length": 4, "file": "Mine.wav"}]},
            {"name": "Bounce Slot", "monitoring": "off", "input": resampling, "slots": [{"scene": 0, "name": "Mine", "length": 4}]},
            {"name": "Keys", "kind": "midi", "clips": [{"name": "All", "start": 0, "length": 4}]}]}

    def test_leftovers(self):
        self.start("--tempo", "480")
        token = self.hosted.info()["token"]
        self.control.load_set(set=self.leftover_set())
        self.hosted.info(other_than=token)
        self.connect()
        found = self.link.call("bounce.tidy")
        self.assertEqual((["Bounce Main", "Bounce Drums"], False), ([track["name"] for track in found["tracks"]], found["deleted"]))
        bounce = self.bounce(source={"kind": "stems"}, length=2)  # nobody wants stems of them
        names = [clip["track_name"] for clip in bounce["clips"]]
        self.assertEqual([], [name for name in names if name in ("Bounce Main", "Bounce Drums")])
        self.assertEqual(2, len(self.link.call("bounce.tidy", delete=True)["tracks"]))
        left = [track["name"] for track in self.control.state(parts=["tracks"])["tracks"]]
        self.assertEqual(["Drums", "Bounce Kept", "Bounce House", "Bounce Mic", "Print", "Bounce Clip", "Bounce Slot", "Keys"], left)
        self.assertEqual([], self.link.call("bounce.tidy", delete=True)["tracks"])

    def test_leave_set(self):
        question, buttons = "Save changes to the current Live Set before closing?", ["Don't Save", "Cancel", "Save"]
        self.start("--tempo", "480")
        self.connect()

        def ask(message=question, labels=buttons):
            self.control.fault("dialog", message=message, buttons=labels)

        def pressed():
            return self.control.state(parts=["application"])["application"]["pressed_buttons"]

        self.fails("not_found", "bounce.leave_set", message=question)
        ask()
        self.fails("live_refused", "bounce.leave_set", message=question)  # nothing was bounced here
        self.control.fault("close_dialog")
        self.bounce(length=2)
        ask()
        self.fails("not_found", "bounce.leave_set", message="Something else?")
        self.link.call("bounce.leave_set", message=question)
        self.assertEqual([None, "Don't Save"], pressed())
        ask(labels=["OK"])
        self.fails("not_supported", "bounce.leave_set", message=question)
        self.control.fault("close_dialog")
        self.bounce(length=2, keep_tracks=True)
        ask()
        self.fails("live_refused", "bounce.leave_set", message=question)
        self.assertEqual(3, len(pressed()))

    def test_no_client(self):
        self.start("--tempo", "480")
        self.connect()
        before = self.truth()
        began = self.link.call("bounce.start", length=16)
        self.link.close()
        self.connect()
        bounce = self.ended(began["id"])
        self.assertEqual("finished", bounce["phase"])
        self.check_untouched(before, bounce)


if __name__ == "__main__":
    unittest.main()
