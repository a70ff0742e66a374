"""Input levels: true, only for those who ask, and never more than needed."""

import json
import math
import types
import unittest

from Takebar import levels
from Takebar.client import HOLD_EVENTS

from .support import SimCase, eventually


def meter(amplitude):
    """What a meter of livesim shows for a peak: 60 dB from 0 to 1."""
    return round(max(0.0, 1.0 + math.log10(amplitude) / 3.0), 3)


LEFT, RIGHT = meter(0.125), meter(0.0625)


class LevelCase(SimCase):
    """A link whose levels are kept by the names of their tracks."""

    def shown(self, link=None):
        """The last levels that were told, None before the first."""
        link = link or self.link
        told = [event for event in link.events if event["method"] == "levels.changed"]
        if not told:
            return None
        names = dict((track["id"], track["name"]) for track in self.link.state["tracks"])
        return dict((names.get(entry["id"], "gone"), (entry["left"], entry["right"])) for entry in told[-1]["params"]["tracks"])

    def told(self, link=None):
        return len([event for event in (link or self.link).events if event["method"] == "levels.changed"])

    def await_levels(self, wanted, link=None):
        link = link or self.link

        def there():
            link.call("ping")
            return self.shown(link) == wanted

        eventually(there, "levels %r" % (wanted,))

    def let_pass(self, ticks=5):
        """Lets some display ticks go by."""
        now = self.control.get(path="sim.display_ticks")
        self.control.wait("sim.display_ticks", at_least=now + ticks)
        self.link.call("ping")


class Meters(LevelCase):
    """What is shown is what Live's meters show."""

    def test_armed_tracks(self):
        self.start()
        self.connect()
        self.assertIn("levels", self.link.greeting["capabilities"])
        self.assertEqual({}, self.link.call("levels.subscribe"))
        self.await_levels({})
        self.control.arm(track="Guitar")
        self.await_levels({"Guitar": (LEFT, RIGHT)})
        self.control.arm(track="Keys", exclusive=False)
        self.await_levels({"Guitar": (LEFT, RIGHT), "Keys": (LEFT, LEFT)})
        self.control.implicit_arm(track="Bass", on=True)
        self.control.sound(track="Bass", clipping=True)
        self.await_levels({"Bass": (1.0, 1.0), "Guitar": (LEFT, RIGHT), "Keys": (LEFT, LEFT)})
        self.control.sound(track="Guitar", silent=True)
        self.await_levels({"Bass": (1.0, 1.0), "Guitar": (0.0, 0.0), "Keys": (LEFT, LEFT)})
        self.control.disarm(track="Guitar")
        self.control.delete(track="Keys")
        self.await_levels({"Bass": (1.0, 1.0)})
        self.control.implicit_arm(track="Bass", on=False)
        self.await_levels({})

    def test_the_track_of_a_take(self):
        self.start("--arm", "Guitar")
        self.connect()
        self.link.call("levels.subscribe")
        self.link.call("take.start", source={"kind": "main"})
        sounding = [track for track in self.control.state(parts=["tracks"])["tracks"] if track["tone_hz"] and not track["silent"] and track["name"] != "Takebar Main"]
        peak = min(0.9, 0.125 * len(sounding))
        self.await_levels({"Takebar Main": (meter(peak), meter(peak / 2))})
        self.link.call("take.stop")
        self.await_levels({"Guitar": (LEFT, RIGHT)})

    def test_an_old_live(self):
        self.start("--live", "11.0.0", "--arm", "Guitar")
        self.connect()
        self.link.call("levels.subscribe")
        self.await_levels({"Guitar": (LEFT, RIGHT)})


class Economy(LevelCase):
    """Who does not ask gets nothing, and what does not change is not told."""

    def test_only_who_asks_and_only_changes(self):
        self.start("--arm", "Guitar")
        self.connect()
        other = self.hosted.link()
        other.subscribe()
        self.link.call("levels.subscribe")
        self.await_levels({"Guitar": (LEFT, RIGHT)})
        count = self.told()
        self.let_pass()
        self.assertEqual(count, self.told())
        self.link.call("levels.subscribe")
        self.await_levels({"Guitar": (LEFT, RIGHT)})
        eventually(lambda: self.link.call("ping") and self.told() == count + 1, "the levels once more")
        self.link.call("levels.unsubscribe")
        self.control.sound(track="Guitar", silent=True)
        self.let_pass()
        self.assertEqual(count + 1, self.told())
        other.call("ping")
        self.assertEqual(0, self.told(other))

    def test_levels_without_the_state(self):
        self.start("--arm", "Guitar")
        self.connect()
        alone = self.hosted.link()
        alone.call("levels.subscribe")
        self.await_levels({"Guitar": (LEFT, RIGHT)}, alone)
        self.control.arm(track="Bass", exclusive=True)
        self.await_levels({"Bass": (LEFT, RIGHT)}, alone)
        self.assertEqual({"levels.changed"}, set(event["method"] for event in alone.events))


class Track(object):
    """A track of Live that counts how often its meters are read."""

    def __init__(self):
        self.level = 0.5
        self.reads = 0

    @property
    def input_meter_left(self):
        self.reads += 1
        return self.level

    @property
    def input_meter_right(self):
        return self.level / 2


class Watcher(object):
    """A client."""

    def __init__(self):
        self.levels, self.levels_seen, self.gone, self.outbox_size = True, 0, False, 0
        self.sent = []

    def push(self, data):
        self.sent.append(json.loads(data.decode("ascii"))["params"]["tracks"])


class Bounds(unittest.TestCase):
    """How much is read and sent."""

    def setUp(self):
        self.records = [
            types.SimpleNamespace(id="t%d" % n, kind="audio", track=Track(), fields={"arm": True, "implicit_arm": False}) for n in range(100)
        ]
        self.model = types.SimpleNamespace(arming=1, order=self.records)
        self.take = None
        self.levels = levels.Levels(self.model, types.SimpleNamespace(last_take=lambda: self.take))
        self.watcher = Watcher()

    def test_about_fifteen_a_second(self):
        for tick in range(101):
            self.records[0].track.level = tick / 200.0
            self.levels.poll(tick / 100.0, [self.watcher])
        self.assertIn(len(self.watcher.sent), (14, 15, 16))
        self.assertEqual(len(self.watcher.sent), self.records[0].track.reads)

    def test_nobody_watches(self):
        self.watcher.levels = False
        self.assertFalse(self.levels.poll(1.0, [self.watcher]))
        self.assertEqual(0, sum(record.track.reads for record in self.records))

    def test_not_too_many_tracks(self):
        self.levels.poll(1.0, [self.watcher])
        self.assertEqual(levels.TRACKS_LIMIT, len(self.watcher.sent[0]))
        self.assertEqual({"id": "t0", "left": 0.5, "right": 0.25}, self.watcher.sent[0][0])
        self.assertEqual(levels.TRACKS_LIMIT, sum(record.track.reads for record in self.records))

    def test_only_armed_tracks_and_those_of_the_running_take(self):
        for record in self.records:
            record.fields["arm"] = False
        self.records[3].fields["implicit_arm"] = True
        self.records[9].fields = None
        self.take = {"phase": "recording", "tracks": [{"id": "t7"}, {"id": "t9"}]}
        self.levels.poll(1.0, [self.watcher])
        self.take["phase"] = "finished"
        self.levels.poll(2.0, [self.watcher])
        self.assertEqual([["t3", "t7"], ["t3"]], [[entry["id"] for entry in sent] for sent in self.watcher.sent])

    def test_a_client_that_does_not_read_gets_the_latest(self):
        self.levels.poll(1.0, [self.watcher])
        self.watcher.outbox_size = HOLD_EVENTS + 1
        for tick in range(2, 20):
            self.records[0].track.level = tick / 20.0
            self.levels.poll(float(tick), [self.watcher])
        self.assertEqual(1, len(self.watcher.sent))
        self.watcher.outbox_size = 0
        self.levels.poll(20.0, [self.watcher])
        self.levels.poll(21.0, [self.watcher])
        self.assertEqual(2, len(self.watcher.sent))
        self.assertEqual(0.95, self.watcher.sent[1][0]["left"])

    def test_meters_that_are_missing_or_mad(self):
        for track, wanted in (
            (types.SimpleNamespace(input_meter_level=0.4), (0.4, 0.4)),
            (types.SimpleNamespace(input_meter_left=0.4, input_meter_level=0.6), (0.6, 0.6)),
            (types.SimpleNamespace(input_meter_left=-1.0, input_meter_right=7.0), (0.0, 1.0)),
            (types.SimpleNamespace(input_meter_left=float("nan"), input_meter_right=0.1, input_meter_level=None), (0.0, 0.0)),
            (types.SimpleNamespace(), (0.0, 0.0)),
            (None, (0.0, 0.0)),
        ):
            self.assertEqual(wanted, levels.input_level(types.SimpleNamespace(kind="audio", track=track)))
        midi = types.SimpleNamespace(input_meter_left=0.9, input_meter_right=0.9, input_meter_level=0.3)
        self.assertEqual((0.3, 0.3), levels.input_level(types.SimpleNamespace(kind="midi", track=midi)))


if __name__ == "__main__":
    unittest.main()
