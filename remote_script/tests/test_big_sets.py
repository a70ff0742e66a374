"""Sets that are too big for one line: nothing that the script sends is longer than a line may be, and nothing is lost."""

import types
import unittest

from Takebar import feed, state, takes, wire
from Takebar.client import LINE_LIMIT
from Takebar.rpc import Request

from .support import SimCase, apply_change

TRACKS = 3000


class BigSet(SimCase):
    """3,000 tracks with long names."""

    def shown(self, link):
        return [track["name"] for track in link.state["tracks"]]

    def test_three_thousand_tracks(self):
        self.start("--tracks", str(TRACKS))
        self.link = self.hosted.link()
        answer = self.link.call("state.subscribe")
        self.assertGreaterEqual(answer["parts"], 1)
        self.assertLess(len(answer["state"]["tracks"]), TRACKS)
        self.link.state, revision = answer["state"], answer["revision"]
        for number in range(answer["parts"]):
            event = self.link.read()
            self.assertEqual(("state.changed", revision + number + 1), (event["method"], event["params"]["revision"]))
        self.assertEqual(TRACKS + 3, len(self.link.state["tracks"]))
        self.assertEqual([track["name"] for track in self.whole_state()], self.shown(self.link))
        self.assertLess(self.link.longest, LINE_LIMIT)
        self.assertGreater(self.link.longest, LINE_LIMIT // 2)

        last = self.link.state["tracks"][TRACKS - 1]
        self.link.call("track.rename", track=last["id"], name="The last one")
        self.link.wait(lambda now: now["tracks"][TRACKS - 1]["name"] == "The last one")
        self.control.delete(track=0)
        self.link.wait(lambda now: len(now["tracks"]) == TRACKS + 2)
        other = self.hosted.link()
        other.subscribe()
        other.call("ping")
        self.assertEqual(self.shown(self.link), self.shown(other))
        self.assertLess(other.longest, LINE_LIMIT)
        # Whoever had subscribed before goes on with a higher revision.
        self.control.mute(track=5, on=True)
        self.link.wait(lambda now: now["tracks"][5]["mute"])
        other.wait(lambda now: now["tracks"][5]["mute"])

    def whole_state(self):
        """All tracks, by state.get."""
        found, place, calls = [], 0, 0
        while place is not None:
            answer = self.link.call("state.get", **({"from": place} if place else {}))
            found += answer["state"]["tracks"]
            place, calls = answer.get("next"), calls + 1
        self.assertGreater(calls, 1)
        self.assertEqual(TRACKS, len([track for track in found if track["kind"] in ("audio", "midi")]))
        self.assertEqual([], self.link.call("state.get", **{"from": 1000000})["state"]["tracks"])
        return found


def fields(number):
    return {"index": number, "name": "Track %d %s" % (number, "ü" * 200), "kind": "audio"}


class Split(unittest.TestCase):
    """Changes of many tracks go out as several events."""

    def model(self, revision):
        model = state.Model.__new__(state.Model)
        model.revision = revision
        return model

    def test_as_several_events(self):
        delta = feed.Delta()
        for number in range(5000):
            delta.track("t%d" % number, fields(number))
        delta.field("record", "record_mode", True)
        delta.remove("x1")
        delta.set_take(None)
        model = self.model(7)
        events = model.events(delta)
        self.assertGreater(len(events), 1)
        self.assertEqual(list(range(7, 7 + len(events))), [event["revision"] for event in events])
        self.assertEqual(7 + len(events) - 1, model.revision)
        for event in events:
            self.assertLess(len(wire.event("state.changed", event)), LINE_LIMIT)
        shown = {"record": {}, "take": 1, "tracks": [{"id": "x1", "index": 1, "kind": "audio"}]}
        for event in events:
            apply_change(shown, event)
        self.assertEqual((True, None), (shown["record"]["record_mode"], shown["take"]))
        self.assertEqual([dict(fields(number), id="t%d" % number) for number in range(5000)], shown["tracks"])

    def test_small_ones_stay_one(self):
        delta = feed.Delta()
        delta.track("t1", {"arm": True})
        model = self.model(3)
        self.assertEqual([{"revision": 3, "changed": {"tracks": {"changed": [{"id": "t1", "arm": True}]}}}], model.events(delta))
        self.assertEqual(3, model.revision)


class Answers(unittest.TestCase):
    """Answers fit into a line."""

    def test_newest_takes(self):
        many = [{"id": "k%d" % number, "clips": ["x" * 1000] * 200} for number in range(20)]
        told = takes.fitting(many)
        self.assertEqual(many[-len(told) :], told)
        self.assertIn(len(told), (4, 5))
        self.assertEqual(many[:3], takes.fitting(many[:3]))
        self.assertEqual([], takes.fitting([]))

    def test_too_long(self):
        said = []
        client = types.SimpleNamespace(answer=lambda data: said.append(wire.decode(data)), gone=False)
        for result in ("x" * (LINE_LIMIT - 100), "x" * LINE_LIMIT):
            Request(client, {"id": 1, "method": "take.get"}).end(result, None)
        self.assertIn("result", said[0])
        self.assertEqual("line_too_long", said[1]["error"]["data"]["code"])


if __name__ == "__main__":
    unittest.main()
