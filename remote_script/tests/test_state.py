"""The state: complete, true, and kept up to date by events that carry only what changed."""

import unittest

from .support import SharedCase, SimCase


def expected_track(truth, kind, groups):
    """A track of livesim's own state in the shape of the link."""
    monitoring = {"in": 0, "auto": 1, "off": 2}
    has_input = kind in ("audio", "midi")
    return {
        "index": truth["index"] or 0,
        "name": truth["name"],
        "kind": kind,
        "color": truth["color"],
        "can_be_armed": bool(truth["can_be_armed"]) and not truth["is_frozen"],
        "arm": bool(truth["arm"]),
        "implicit_arm": bool(truth["implicit_arm"]),
        "current_monitoring_state": monitoring.get(truth["monitoring"]) if has_input else None,
        "mute": bool(truth["mute"]) if kind != "main" else False,
        "solo": bool(truth["solo"]) if kind != "main" else False,
        "group_track": groups.get(truth["group"]),
        "is_frozen": bool(truth["is_frozen"]),
        "input_routing_type": (
            {"display_name": truth["input_type"]["name"], "category": truth["input_type"]["category"]}
            if has_input and truth["input_type"]
            else None
        ),
        "input_routing_channel": (truth["input_channel"] or None) if has_input else None,
        "selected": truth["selected"],
    }


class TruthCase(object):
    """Compares what a link shows with what livesim says is true."""

    def check_truth(self, link):
        truth = self.control.state()
        tracks = truth["tracks"] + truth["return_tracks"] + [truth["main_track"]]
        shown = link.call("state.get")["state"]
        self.assertEqual([track["name"] for track in tracks], [track["name"] for track in shown["tracks"]])
        groups = dict((track["id"], mine["id"]) for track, mine in zip(tracks, shown["tracks"]))
        for track, mine in zip(tracks, shown["tracks"]):
            self.assertEqual(dict(expected_track(track, track["kind"], groups), id=mine["id"]), mine)
        song = truth["song"]
        for name, value in shown["transport"].items():
            if name not in ("current_song_time", "last_event_time"):
                self.assertEqual(song[name], value, name)
        for name, value in shown["record"].items():
            self.assertEqual(song[name], value, name)
        self.assertEqual((truth["set"]["name"], truth["set"]["path"] or None), (shown["set"]["name"], shown["set"]["path"]))
        return shown


class Everything(TruthCase, SharedCase):
    """The whole state of a set with every kind of track."""

    def test_state_is_true(self):
        shown = self.check_truth(self.link)
        self.assertEqual({"audio", "midi", "group", "return", "main"}, set(track["kind"] for track in shown["tracks"]))
        self.assertEqual("main", shown["tracks"][-1]["kind"])
        self.assertEqual(len(shown["tracks"]), len(set(track["id"] for track in shown["tracks"])))
        self.assertIsNone(shown["take"])
        self.assertEqual((1, self.hosted.sim.process.pid), (shown["link"]["protocol"], shown["link"]["pid"]))

    def test_events_follow_the_musician(self):
        changes = (
            ("arm", dict(track="Guitar"), lambda t: t["arm"]),
            ("disarm", dict(track="Guitar"), lambda t: not t["arm"]),
            ("implicit_arm", dict(track="Guitar", on=True), lambda t: t["implicit_arm"]),
            ("implicit_arm", dict(track="Guitar", on=False), lambda t: not t["implicit_arm"]),
            ("color", dict(track="Guitar", color=0x112233), lambda t: t["color"] == 0x112233),
            ("mute", dict(track="Guitar", on=True), lambda t: t["mute"]),
            ("mute", dict(track="Guitar", on=False), lambda t: not t["mute"]),
            ("solo", dict(track="Guitar", on=True), lambda t: t["solo"]),
            ("solo", dict(track="Guitar", on=False), lambda t: not t["solo"]),
            ("monitor", dict(track="Guitar", state="in"), lambda t: t["current_monitoring_state"] == 0),
            ("input", dict(track="Guitar", type="resampling"), lambda t: t["input_routing_type"]["category"] == "resampling"),
            ("input", dict(track="Guitar", type="external"), lambda t: t["input_routing_type"]["category"] == "external"),
            ("freeze", dict(track="Guitar", on=True), lambda t: t["is_frozen"] and not t["can_be_armed"]),
            ("freeze", dict(track="Guitar", on=False), lambda t: not t["is_frozen"] and t["can_be_armed"]),
            ("select", dict(track="Guitar"), lambda t: t["selected"]),
        )
        for do, params, condition in changes:
            with self.subTest(do=do, params=params):
                self.control.call(do, **params)
                self.link.wait(lambda state, shown=condition: shown(self.link.track("Guitar")), do)
        self.check_truth(self.link)
        self.assertEqual(1, sum(track["selected"] for track in self.link.state["tracks"]))

    def test_song_and_application(self):
        changes = (
            ("tempo", dict(bpm=93.5), lambda s: s["transport"]["tempo"] == 93.5),
            ("tempo", dict(bpm=120), lambda s: s["transport"]["tempo"] == 120),
            ("signature", dict(numerator=7, denominator=8), lambda s: s["transport"]["signature_denominator"] == 8),
            ("signature", dict(numerator=4, denominator=4), lambda s: s["transport"]["signature_numerator"] == 4),
            ("metronome", dict(on=True), lambda s: s["transport"]["metronome"]),
            ("metronome", dict(on=False), lambda s: not s["transport"]["metronome"]),
            ("loop", dict(on=True, start=8, length=4), lambda s: (s["transport"]["loop_start"], s["transport"]["loop"]) == (8, True)),
            ("loop", dict(on=False, start=0, length=16), lambda s: not s["transport"]["loop"] and s["transport"]["loop_length"] == 16),
            ("count_in", dict(value=2), lambda s: s["transport"]["count_in_duration"] == 2),
            ("count_in", dict(value=0), lambda s: s["transport"]["count_in_duration"] == 0),
            ("exclusive_arm", dict(on=False), lambda s: not s["record"]["exclusive_arm"]),
            ("exclusive_arm", dict(on=True), lambda s: s["record"]["exclusive_arm"]),
            ("play", {}, lambda s: s["transport"]["is_playing"] and s["transport"]["current_song_time"] > 0),
            ("stop", {}, lambda s: not s["transport"]["is_playing"]),
        )
        for do, params, condition in changes:
            with self.subTest(do=do, params=params):
                self.control.call(do, **params)
                self.link.wait(condition, do)
        self.control.fault("cpu", percent=61)
        self.link.wait(lambda s: s["app"]["average_process_usage"] == 61, "cpu")
        self.control.fault("dialog", message="Save changes?", buttons=3)
        self.link.wait(lambda s: s["app"]["open_dialog_count"] == 1 and s["app"]["current_dialog_message"] == "Save changes?")
        self.assertEqual(
            {"open_dialog_count": 1, "current_dialog_message": "Save changes?", "current_dialog_button_count": 3},
            self.link.call("app.dialog"),
        )
        self.control.fault("close_dialog")
        self.link.wait(lambda s: s["app"]["open_dialog_count"] == 0)

    def test_only_what_changed(self):
        self.control.arm(track="Bass", exclusive=False)
        self.link.wait(lambda state: self.link.track("Bass")["arm"])
        seen = [event for event in self.link.events if "tracks" in event["params"]["changed"]]
        self.assertEqual({"tracks": {"changed": [{"id": self.link.track("Bass")["id"], "arm": True}]}}, seen[-1]["params"]["changed"])
        revisions = [event["params"]["revision"] for event in self.link.events]
        self.assertEqual(sorted(set(revisions)), revisions)
        self.control.disarm()

    def test_coalesced(self):
        """Many changes between two ticks are one event."""
        before = len(self.link.events)
        self.control.fault("menu", on=True)
        for number in range(50):
            self.control.rename(track="Drums" if number == 0 else "name %d" % (number - 1), name="name %d" % number)
        self.control.rename(track="name 49", name="Drums")
        self.control.color(track="Drums", color=7)
        self.control.fault("menu", on=False)
        self.link.wait(lambda state: self.link.track("Drums")["color"] == 7)
        self.assertLessEqual(len(self.link.events) - before, 2)

    def test_unsubscribe(self):
        self.link.call("state.unsubscribe")
        self.control.color(track="Strings", color=3)
        other = self.hosted.link()
        other.subscribe()
        self.assertEqual(3, other.track("Strings")["color"])
        before = len(self.link.events)
        self.link.call("ping")
        self.assertEqual(before, len(self.link.events))
        other.close()


class Structure(TruthCase, SimCase):
    """Tracks come, move and go; ids stay with the track."""

    def test_ids_survive(self):
        self.start()
        link = self.connect()
        before = dict((track["name"], track["id"]) for track in link.state["tracks"])
        self.control.move(track="Guitar", index=0)
        link.wait(lambda state: state["tracks"][0]["name"] == "Guitar")
        self.control.rename(track="Guitar", name="Lead")
        link.wait(lambda state: state["tracks"][0]["name"] == "Lead")
        self.assertEqual(before["Guitar"], link.state["tracks"][0]["id"])
        self.control.add_audio_track(index=1, name="New")
        link.wait(lambda state: state["tracks"][1]["name"] == "New")
        self.assertNotIn(link.state["tracks"][1]["id"], before.values())
        for name, track_id in before.items():
            if name != "Guitar":
                self.assertEqual(track_id, link.track(name)["id"])
        self.control.delete(track="New")
        link.wait(lambda state: all(track["name"] != "New" for track in state["tracks"]))
        gone = [event["params"]["changed"]["tracks"] for event in link.events if "removed" in event["params"]["changed"].get("tracks", {})]
        self.assertEqual(1, len(gone[-1]["removed"]))
        self.control.add_audio_track(index=1, name="Newer")
        link.wait(lambda state: state["tracks"][1]["name"] == "Newer")
        self.assertNotIn(link.state["tracks"][1]["id"], gone[-1]["removed"])
        shown = self.check_truth(link)
        self.assertEqual(shown["tracks"], link.state["tracks"])

    def test_groups(self):
        self.start("--tracks", "4")
        link = self.connect()
        names = [track["name"] for track in link.state["tracks"]]
        self.control.group(tracks=names[1:3], name="Together")
        link.wait(lambda state: sum(track["group_track"] is not None for track in state["tracks"]) == 2)
        group = link.track("Together")
        self.assertEqual("group", group["kind"])
        self.assertEqual([group["id"]] * 2, [link.track(name)["group_track"] for name in names[1:3]])
        self.check_truth(link)

    def test_undo_of_a_deletion_is_a_new_track(self):
        self.start("--tracks", "3")
        link = self.connect()
        before = link.state["tracks"][1]
        self.control.delete(track=1)
        link.wait(lambda state: before["id"] not in [track["id"] for track in state["tracks"]])
        self.control.undo()
        link.wait(lambda state: len([track for track in state["tracks"] if track["kind"] == "audio"]) == 3)
        self.check_truth(link)


class Sets(TruthCase, SimCase):
    """Another set: the link goes and comes back with another set id, and nothing of the old one."""

    def test_reload(self):
        hosted = self.start()
        link = self.connect()
        before = link.state
        token = hosted.info()["token"]
        self.control.load_set(name="Another")
        said = link.is_closed()
        self.assertEqual({"jsonrpc": "2.0", "method": "bye", "params": {"reason": "set_closed"}}, said[-1])
        hosted.info(other_than=token)
        again = self.connect()
        self.assertNotEqual(before["set"]["id"], again.state["set"]["id"])
        self.assertEqual("Another", again.state["set"]["name"])
        self.assertFalse(set(track["id"] for track in before["tracks"]) & set(track["id"] for track in again.state["tracks"]))
        self.check_truth(again)
        self.assertEqual(2, self.control.get(path="sim.script_generation"))

    def test_request_that_waits_for_the_old_set(self):
        self.start("--routing-delay", "10", "--tracks", "2")
        link = self.connect()
        track = link.call("track.create_audio")["track"]
        waiting = link.send("track.routings", track=track)
        link.call("ping")
        self.control.reload_script()
        self.assertEqual("set_changed", link.answer(waiting)["error"]["data"]["code"])

    def test_five_times(self):
        hosted = self.start("--reload-seconds", "0.05")
        tokens = set()
        for _ in range(5):
            token = hosted.info()["token"]
            tokens.add(token)
            self.control.reload_script()
            hosted.info(other_than=token)
        self.assertEqual(5, len(tokens))
        self.connect()
        self.assertEqual("Demo Song", self.link.state["set"]["name"])

    def slow_saved_elsewhere(self):
        self.start("--unsaved")
        link = self.connect()
        self.assertIsNone(link.state["set"]["path"])
        before = link.state["set"]["id"]
        self.control.save_as(name="Kitchen")
        link.wait(lambda state: state["set"]["name"] == "Kitchen" and state["set"]["path"])
        self.assertEqual(before, link.state["set"]["id"])


class Thousand(TruthCase, SimCase):
    """A set of a thousand tracks."""

    def test_first_state_and_one_change(self):
        self.start("--tracks", "1000")
        link = self.connect()
        self.assertEqual(1000, sum(track["kind"] == "audio" for track in link.state["tracks"]))
        self.check_truth(link)
        before = len(link.events)
        self.control.arm(track=500)
        link.wait(lambda state: state["tracks"][500]["arm"])
        changes = [event["params"]["changed"]["tracks"] for event in link.events[before:] if "tracks" in event["params"]["changed"]]
        self.assertEqual([{"changed": [{"id": link.state["tracks"][500]["id"], "arm": True}]}], changes)
        self.control.move(track=999, index=0)
        link.wait(lambda state: state["tracks"][501]["arm"])
        self.check_truth(link)


class Words(TruthCase, SharedCase):
    """Names of Live in another language: categories stay what they are."""

    arguments = ("--language", "de")

    def test_categories(self):
        track = self.link.track("Guitar")
        self.assertEqual("external", track["input_routing_type"]["category"])
        offered = self.link.call("track.routings", track=track["id"])["types"]
        self.assertIn("resampling", [kind["category"] for kind in offered])


if __name__ == "__main__":
    unittest.main()
