"""Everything that can be asked of Live, compared with what is then true in it."""

import json
import time
import unittest

from .support import SharedCase, SimCase, eventually


class VerbCase(SharedCase):
    """A quiet set for each test: nothing armed, nothing playing."""

    def setUp(self):
        super(VerbCase, self).setUp()
        self.link.call("transport.stop")
        self.link.call("track.disarm_all")

    def track_id(self, name):
        return self.link.track(name)["id"]

    def truth(self, path):
        return self.control.get(path=path)

    def armed_in_live(self):
        tracks = self.control.state(parts=["tracks"])["tracks"]
        return [track["name"] for track in tracks if track["arm"]]


class Arm(VerbCase):
    """track.arm, track.disarm, track.disarm_all"""

    def test_exclusive(self):
        ids = [self.track_id(name) for name in ("Drums", "Bass", "Guitar")]
        drums, bass, guitar = ids
        self.control.exclusive_arm(on=True)
        self.assertEqual({"armed": [drums]}, self.link.call("track.arm", tracks=[drums]))
        self.assertEqual({"armed": [bass]}, self.link.call("track.arm", tracks=[bass]))
        self.assertEqual({"armed": [bass, guitar]}, self.link.call("track.arm", tracks=[guitar], exclusive="no"))
        self.assertEqual({"armed": [drums, bass]}, self.link.call("track.arm", tracks=[bass, drums]))
        self.assertEqual(["Drums", "Bass"], self.armed_in_live())
        self.control.exclusive_arm(on=False)
        self.assertEqual({"armed": ids}, self.link.call("track.arm", tracks=[guitar]))
        self.assertEqual({"armed": [guitar]}, self.link.call("track.arm", tracks=[guitar], exclusive="yes"))
        self.assertEqual({"armed": []}, self.link.call("track.disarm", tracks=[guitar, drums]))
        self.assertEqual([], self.armed_in_live())
        self.control.exclusive_arm(on=True)

    def test_disarm_all(self):
        self.control.implicit_arm(track="Keys", on=True)
        self.control.arm(track="Drums", exclusive=False)
        self.control.arm(track="Synth", exclusive=False)
        self.assertEqual({"armed": []}, self.link.call("track.disarm_all"))
        self.assertEqual((False, []), (self.truth("tracks.Keys.implicit_arm"), self.armed_in_live()))

    def test_not_armable(self):
        self.control.freeze(track="Strings", on=True)
        self.link.wait(lambda state: self.link.track("Strings")["is_frozen"])
        for name in ("Choir", "A-Reverb", "Main", "Strings"):
            with self.subTest(name):
                self.fails("not_armable", "track.arm", tracks=[self.track_id("Drums"), self.track_id(name)])
                self.assertEqual([], self.armed_in_live(), "nothing of a refused request is done")
        self.control.freeze(track="Strings", on=False)
        self.fails("not_found", "track.arm", tracks=["t0"])

    def test_disarming_what_cannot_be_armed(self):
        self.assertEqual({"armed": []}, self.link.call("track.disarm", tracks=[self.track_id("Choir"), self.track_id("Main")]))

    def test_pipelined(self):
        """Requests of one packet are begun in their order, and each answer is true."""
        drums = self.track_id("Drums")
        lines = []
        for number in range(20):
            method = "track.arm" if number % 2 == 0 else "track.disarm"
            lines.append(json.dumps({"jsonrpc": "2.0", "id": 500 + number, "method": method, "params": {"tracks": [drums]}}))
        self.link.send_raw(("\n".join(lines) + "\n").encode("ascii"))
        for number in range(20):
            self.link.result(500 + number)
        self.assertEqual([], self.armed_in_live())
        self.assertEqual([], self.link.call("track.disarm", tracks=[drums])["armed"])

    def test_arm_and_record_in_one_packet(self):
        arm = self.link.send("track.arm", tracks=[self.track_id("Bass")])
        start = self.link.send("record.start")
        self.link.result(arm)
        self.assertTrue(self.link.result(start)["record_mode"])
        self.link.call("record.stop")


class Properties(VerbCase):
    """track.set_monitoring, rename, select, create_audio"""

    def test_monitoring(self):
        for state, name in ((0, "in"), (2, "off"), (1, "auto")):
            answer = self.link.call("track.set_monitoring", track=self.track_id("Bass"), state=state)
            self.assertEqual(({"current_monitoring_state": state}, name), (answer, self.truth("tracks.Bass.monitoring")))
        for name in ("Choir", "B-Delay", "Main"):
            self.fails("not_supported", "track.set_monitoring", track=self.track_id(name), state=0)

    def test_rename(self):
        for name in ("Löwe 🦁", "Bass"):
            track = self.track_id("Bass") if name != "Bass" else self.track_id("Löwe 🦁")
            self.assertEqual({"name": name}, self.link.call("track.rename", track=track, name=name))
            self.link.wait(lambda state, wanted=name: any(t["name"] == wanted for t in state["tracks"]))
            self.assertEqual(name, self.truth("tracks.1.name"))
        self.assertEqual({"name": "Bass"}, self.link.call("track.rename", track=self.track_id("Bass"), name="Bass"))

    def test_renamed_twice_at_once(self):
        track = self.track_id("Vocals")
        first = self.link.send("track.rename", track=track, name="One")
        second = self.link.send("track.rename", track=track, name="Vocals")
        self.link.result(first)
        self.assertEqual({"name": "Vocals"}, self.link.result(second))
        self.assertEqual("Vocals", self.truth("tracks.3.name"))

    def test_select(self):
        for name in ("Guitar", "A-Reverb", "Main", "Drums"):
            self.assertEqual({}, self.link.call("track.select", track=self.track_id(name)))
            self.link.wait(lambda state, wanted=name: self.link.track(wanted)["selected"])

    def test_create(self):
        before = self.control.get(path="tracks.length")
        track = self.link.call("track.create_audio", name="Vox")["track"]
        self.assertEqual("Vox", self.truth("tracks.-1.name"))
        self.link.wait(lambda state: any(t["id"] == track and t["index"] == before for t in state["tracks"]))
        other = self.link.call("track.create_audio", index=1)["track"]
        self.link.wait(lambda state: state["tracks"][1]["id"] == other)
        self.assertEqual("audio", self.truth("tracks.1.kind"))
        third = self.link.call("track.create_audio", index=before + 2)["track"]
        self.assertEqual(3, len({track, other, third}))
        for index in (before + 2, before + 1, 1):
            self.control.delete(track=index)
        self.link.wait(lambda state: not {track, other, third} & set(t["id"] for t in state["tracks"]))


class Routing(VerbCase):
    """track.routings, track.set_input_routing"""

    def test_by_category_and_name(self):
        guitar = self.track_id("Guitar")
        offered = self.link.call("track.routings", track=guitar)
        self.assertEqual("external", offered["type"]["category"])
        self.assertIn(offered["channel"], offered["channels"])
        names = [kind["display_name"] for kind in offered["types"]]
        self.assertIn("Resampling", names)

        answer = self.link.call("track.set_input_routing", track=guitar, category="resampling")
        self.assertEqual({"display_name": "Resampling", "category": "resampling"}, answer["type"])
        self.assertEqual("resampling", self.truth("tracks.Guitar.input_type.category"))

        source = next(kind["display_name"] for kind in offered["types"] if kind["category"] == "track")
        answer = self.link.call("track.set_input_routing", track=guitar, category="track", name=source, channel="Post FX")
        self.assertEqual((source, "Post FX"), (answer["type"]["display_name"], answer["channel"]))
        self.assertEqual("Post FX", self.truth("tracks.Guitar.input_channel"))

        answer = self.link.call("track.set_input_routing", track=guitar, name=names[0], channel="2")
        self.assertEqual((names[0], "2"), (answer["type"]["display_name"], self.truth("tracks.Guitar.input_channel")))

    def test_not_offered(self):
        guitar = self.track_id("Guitar")
        before = self.truth("tracks.Guitar.input_type")
        data = self.fails("routing_unavailable", "track.set_input_routing", track=guitar, name="Moon")
        self.assertIn("Resampling", data["available"])
        data = self.fails("routing_unavailable", "track.set_input_routing", track=guitar, category="external", channel="99")
        self.assertIn("1", data["available"])
        self.assertEqual(before, self.truth("tracks.Guitar.input_type"))
        for name in ("Choir", "A-Reverb", "Main"):
            self.fails("not_supported", "track.routings", track=self.track_id(name))
            self.fails("not_supported", "track.set_input_routing", track=self.track_id(name), category="none")

    def test_new_track(self):
        """A new track offers nothing at first, and its channel must be left alone for a moment."""
        track = self.link.call("track.create_audio", name="Fresh")["track"]
        routings = self.link.send("track.routings", track=track)
        change = self.link.send("track.set_input_routing", track=track, category="external", channel="2")
        self.assertNotEqual([], self.link.result(routings)["types"])
        self.assertEqual("2", self.link.result(change)["channel"])
        self.control.delete(track="Fresh")


class SlowRouting(SimCase):
    """A new track whose inputs take long."""

    def test_channel_of_a_new_track(self):
        self.start("--routing-delay", "1")
        link = self.connect()
        track = link.call("track.create_audio")["track"]
        answer = link.call("track.set_input_routing", track=track, category="external", channel="2")
        self.assertEqual("2", answer["channel"])

    def test_deleted_meanwhile(self):
        self.start("--routing-delay", "5")
        link = self.connect()
        track = link.call("track.create_audio", name="Short")["track"]
        asked = link.send("track.set_input_routing", track=track, category="resampling")
        link.call("ping")
        self.control.delete(track="Short")
        self.assertEqual("not_found", link.answer(asked)["error"]["data"]["code"])


class Transport(VerbCase):
    """transport.*"""

    def test_play_stop_continue(self):
        self.assertEqual({"is_playing": True}, self.link.call("transport.play"))
        self.assertTrue(self.truth("song.is_playing"))
        self.assertEqual({"is_playing": True}, self.link.call("transport.play"))
        self.assertEqual({"is_playing": False}, self.link.call("transport.stop"))
        self.assertEqual({"is_playing": True}, self.link.call("transport.continue"))
        self.assertEqual({"is_playing": False}, self.link.call("transport.stop"))
        self.assertFalse(self.truth("song.is_playing"))

    def test_stopping_twice_does_not_move(self):
        self.link.call("transport.locate", time=8)
        self.assertEqual({"is_playing": False}, self.link.call("transport.stop"))
        self.assertEqual(8, self.truth("song.current_song_time"))

    def test_play_and_stop_in_one_packet(self):
        play = self.link.send("transport.play")
        stop = self.link.send("transport.stop")
        self.link.answer(play)
        self.link.result(stop)
        self.assertFalse(self.truth("song.is_playing"))

    def test_locate(self):
        self.assertEqual({"current_song_time": 16.0}, self.link.call("transport.locate", time=16))
        self.assertEqual((16, 16), (self.truth("song.current_song_time"), self.truth("song.start_time")))
        self.link.call("transport.play")
        self.assertGreaterEqual(self.truth("song.current_song_time"), 16)
        answer = self.link.call("transport.locate", time=4.5)
        self.assertTrue(4.5 <= answer["current_song_time"] < 16, answer)
        self.assertTrue(self.truth("song.is_playing"))


    def test_set_loop(self):
        answer = self.link.call("transport.set_loop", loop=True, loop_start=12, loop_length=4)
        self.assertEqual({"loop": True, "loop_start": 12.0, "loop_length": 4.0}, answer)
        self.assertEqual((True, 12, 4), (self.truth("song.loop"), self.truth("song.loop_start"), self.truth("song.loop_length")))
        answer = self.link.call("transport.set_loop", loop=False)
        self.assertEqual({"loop": False, "loop_start": 12.0, "loop_length": 4.0}, answer)
        self.fails("invalid_params", "transport.set_loop", loop=1)
        self.fails("invalid_params", "transport.set_loop", loop_length=0)

    def test_cue_points(self):
        before = self.link.call("transport.cue_points")["cue_points"]
        self.control.add_locator(time=7.5, name="Late")
        self.control.add_locator(time=1.25, name="Early")
        after = self.link.call("transport.cue_points")["cue_points"]
        self.assertEqual(sorted(cue["time"] for cue in after), [cue["time"] for cue in after])
        self.assertEqual(len(before) + 2, len(after))
        self.assertIn({"time": 1.25, "name": "Early"}, after)


class Recording(VerbCase):
    """record.*"""

    def test_arrangement(self):
        self.fails("nothing_armed", "record.start")
        self.link.call("track.arm", tracks=[self.track_id("Bass")])
        answer = self.link.call("record.start")
        self.assertEqual({"record_mode": True, "session_record": False, "slots": []}, answer)
        self.assertEqual((True, True), (self.truth("song.record_mode"), self.truth("song.is_playing")))
        self.fails("already_recording", "record.start")
        self.fails("already_recording", "take.start")
        self.control.wait("song.recording", equals=True)
        self.assertFalse(self.link.call("record.stop")["record_mode"])
        self.assertTrue(self.truth("song.is_playing"))
        self.control.wait("song.recording", equals=False)
        self.link.call("transport.stop")

    def test_session(self):
        self.fails("nothing_armed", "record.start", view="session")
        ids = [self.track_id("Bass"), self.track_id("Guitar")]
        self.link.call("track.arm", tracks=ids, exclusive="no")
        slots = self.link.call("record.start", view="session")["slots"]
        self.assertEqual(ids, [slot["track"] for slot in slots])
        for name in ("Bass", "Guitar"):
            self.control.wait("tracks.%s.recording" % name, equals=True)
        self.fails("already_recording", "record.start", view="session")
        self.assertEqual(slots, self.link.call("record.stop")["slots"])
        self.assertTrue(self.truth("song.is_playing"))
        self.control.wait("song.recording", equals=False)
        again = self.link.call("record.start", view="session")["slots"]
        self.assertNotEqual(slots, again)
        self.link.call("record.stop")
        self.link.call("transport.stop")

    def test_implicitly_armed_counts(self):
        self.control.implicit_arm(track="Bass", on=True)
        self.assertTrue(self.link.call("record.start")["record_mode"])
        self.link.call("record.stop")


class Slots(VerbCase):
    """clip_slot.*"""

    def recorded_slot(self):
        self.link.call("track.arm", tracks=[self.track_id("Bass")])
        slot = self.link.call("record.start", view="session")["slots"][0]
        self.control.wait("tracks.Bass.recording", equals=True)
        self.link.call("record.stop")
        self.link.call("transport.stop")
        self.link.call("track.disarm_all")
        eventually(lambda: any(s["has_clip"] and s["scene"] == slot["index"] and not s["is_recording"] for s in self.truth("tracks.Bass.slots")), "a clip")
        return slot

    def slot(self, scene):
        return next((slot for slot in self.truth("tracks.Bass.slots") if slot["scene"] == scene), None)

    def test_fire_and_stop(self):
        slot = self.recorded_slot()
        self.assertEqual({}, self.link.call("clip_slot.fire", **slot))
        eventually(lambda: self.slot(slot["index"])["is_playing"], "a playing clip")
        self.assertEqual({}, self.link.call("clip_slot.stop", **slot))
        eventually(lambda: not self.slot(slot["index"])["is_playing"], "a stopped clip")

    def test_fire_to_record(self):
        self.link.call("track.arm", tracks=[self.track_id("Bass")])
        used = [slot["scene"] for slot in self.truth("tracks.Bass.slots")]
        empty = next(index for index in range(8) if index not in used)
        self.link.call("clip_slot.fire", track=self.track_id("Bass"), index=empty)
        self.control.wait("tracks.Bass.recording", equals=True)
        self.link.call("transport.stop")

    def test_empty_slot_of_a_track_that_is_not_armed(self):
        self.assertEqual({}, self.link.call("clip_slot.fire", track=self.track_id("Guitar"), index=7))

    def test_not_there(self):
        self.fails("not_found", "clip_slot.stop", track=self.track_id("Bass"), index=500)
        self.fails("not_supported", "clip_slot.fire", track=self.track_id("A-Reverb"), index=0)


class FireWithoutLength(VerbCase):
    """A Live whose slots take no arguments."""

    arguments = ("--refuse-fire-arguments",)
    allowed_violations = ("argument",)

    def test_refused(self):
        self.fails("not_supported", "clip_slot.fire", track=self.track_id("Bass"), index=0, record_length=4)


class Editing(VerbCase):
    """edit.*, app.*"""

    def test_undo_and_redo(self):
        self.link.call("track.rename", track=self.track_id("Drums"), name="Kit")
        answer = self.link.call("edit.undo")
        self.assertTrue(answer["can_redo"])
        self.control.wait("tracks.0.name", equals="Drums")
        self.link.call("edit.redo")
        self.control.wait("tracks.0.name", equals="Kit")
        self.fails("live_refused", "edit.redo")
        self.link.call("edit.undo")
        self.control.wait("tracks.0.name", equals="Drums")

    def test_capture(self):
        self.fails("live_refused", "edit.capture_midi")
        self.control.fault("can_capture_midi")
        self.control.wait("song.can_capture_midi", equals=True)
        self.assertEqual({}, self.link.call("edit.capture_midi"))
        self.control.wait("song.can_capture_midi", equals=False)

    def test_message(self):
        self.assertEqual({}, self.link.call("app.message", text="Take 12 landed – schön"))
        self.control.wait("application.status_bar", equals="Take 12 landed – schön")

    def test_message_and_no_dialog(self):
        answer = self.link.call("app.dialog")
        self.assertEqual((0, 0), (answer["open_dialog_count"], answer["current_dialog_button_count"]))


class Deadlines(SimCase):
    """A request past its deadline is not begun, and nothing that was begun is called a failure because Live was busy."""

    def test_past_and_future(self):
        self.start()
        link = self.connect()
        self.fails("deadline_exceeded", "transport.play", deadline=1)
        self.assertFalse(self.control.get(path="song.is_playing"))
        link.call("transport.play", deadline=int(time.time() * 1000) + 5000)
        self.assertTrue(self.control.get(path="song.is_playing"))

    def slow_stall(self):
        """The main thread stands still for longer than any time-out."""
        self.start()
        link = self.connect()
        guitar, bass, drums = (link.track(name)["id"] for name in ("Guitar", "Bass", "Drums"))
        self.control.fault("stall", seconds=12)
        soon = int(time.time() * 1000) + 3000
        late = [link.send("track.arm", tracks=[guitar], deadline=soon), link.send("take.start", deadline=soon)]
        patient = link.send("track.arm", tracks=[bass], exclusive="no")
        codes = [link.answer(request, timeout=40)["error"]["data"]["code"] for request in late]
        self.assertEqual(["deadline_exceeded"] * 2, codes)
        self.assertEqual({"armed": [bass]}, link.result(patient))
        self.assertFalse(self.control.get(path="tracks.Guitar.arm"))
        self.assertFalse(self.control.get(path="song.record_mode"))
        self.assertEqual({"armed": [drums]}, link.call("track.arm", tracks=[drums]))

    def slow_stall_in_the_middle_of_a_request(self):
        self.start("--write-latency", "3")
        link = self.connect()
        requests = []
        for _ in range(3):
            requests.append(link.send("track.arm", tracks=[link.track("Guitar")["id"]]))
            requests.append(link.send("track.disarm", tracks=[link.track("Guitar")["id"]]))
        self.control.fault("stall", seconds=7)
        for request in requests:
            link.result(request, timeout=30)
        self.assertFalse(self.control.get(path="tracks.Guitar.arm"))

    def test_menu(self):
        """Live's open main menu pauses everything."""
        self.start()
        link = self.connect()
        self.control.fault("menu", on=True)
        request = link.send("track.arm", tracks=[link.track("Guitar")["id"]])
        with self.assertRaises(AssertionError):
            link.read(timeout=0.5)
        self.control.fault("menu", on=False)
        link.result(request)

    def test_dialog(self):
        """Commands keep running while a dialog is open; it is shown, and never answered."""
        self.start()
        link = self.connect()
        self.control.fault("dialog", message="Save changes?", buttons=["Don't Save", "Cancel", "Save"])
        link.call("track.arm", tracks=[link.track("Guitar")["id"]])
        self.assertTrue(self.control.get(path="tracks.Guitar.arm"))
        self.assertEqual("Save changes?", link.call("app.dialog")["current_dialog_message"])
        self.assertEqual(1, self.control.get(path="application.open_dialog_count"))


if __name__ == "__main__":
    unittest.main()
