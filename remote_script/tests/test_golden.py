"""The script, the protocol page and the golden messages say the same."""

import json
import os
import re
import unittest

from Takebar import params
from Takebar.errors import CODES, HINTS
from Takebar.methods import METHODS

from .support import DOCS, SharedCase, SimCase, golden


def page():
    with open(os.path.join(DOCS, "protocol.md"), encoding="utf-8") as text:
        return text.read()


class Page(unittest.TestCase):
    """The tables of the page against the tables of the script."""

    def test_methods(self):
        methods = page().split("## Methods")[1].split("## Limits")[0]
        named = set(re.findall(r"\*\*`([a-z_]+(?:\.[a-z_]+)?)`\*\*", methods))
        self.assertEqual(set(METHODS) | {"hello"}, named)

    def test_parameters_are_named(self):
        methods = page().split("## Methods")[1].split("## Limits")[0]
        for name, method in METHODS.items():
            text = methods.split("**`%s`**" % name)[1].split("**`")[0]
            for param in method.params:
                if (name, param) in (("record.start", "view"), ("take.start", "view")) or name.startswith("take.") or name in ("bounce.stop", "bounce.cancel", "bounce.get"):
                    continue
                self.assertIn("`%s`" % param, text.split("R `")[0] + text, "%s of %s" % (param, name))

    def test_errors(self):
        rows = dict((name, int(code)) for code, name in re.findall(r"\| (-32\d+) \| `([a-z_]+)`", page()))
        self.assertEqual(CODES, rows)
        self.assertEqual(set(CODES), set(HINTS))

    def test_examples_are_golden(self):
        shown = re.findall(r"^→ (.*)$", page(), re.M)
        self.assertGreater(len(shown), 25)
        requests = [line["request"] for line in golden() if "request" in line]
        for text in shown:
            self.assertIn(json.loads(text), requests)


class Coverage(unittest.TestCase):
    """Golden messages exist for everything."""

    def test_every_method_event_and_error(self):
        lines = golden()
        calls = set(line["name"] for line in lines if "result" in line.get("response", {}))
        errors = dict((line["name"], line["response"]["error"]) for line in lines if "error" in line.get("response", {}))
        events = set(line["name"] for line in lines if "event" in line)
        self.assertEqual(set(METHODS) | {"hello"}, calls)
        self.assertEqual({"state.changed", "levels.changed", "bye"}, events)
        self.assertEqual(set(CODES), set(errors))
        for name, error in errors.items():
            self.assertEqual((CODES[name], name), (error["code"], error["data"]["code"]))
            self.assertIn("hint", error["data"])

    def test_requests_pass_the_scripts_checks(self):
        for line in golden():
            if "result" in line.get("response", {}) and line["name"] != "hello":
                self.assertEqual(line["request"]["id"], line["response"]["id"])
                method = METHODS[line["name"]]
                params.check_all(line["name"], method.params, line["request"].get("params") or {})


def kind_of(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return {str: "string", list: "list", dict: "object"}[type(value)]


class Shape(object):
    """What golden messages allow at one place: kinds of values, members that are always or sometimes there, items."""

    def __init__(self):
        self.kinds = set()
        self.members = {}
        self.always = None
        self.item = None

    def learn(self, value):
        self.kinds.add(kind_of(value))
        if isinstance(value, dict):
            self.always = set(value) if self.always is None else self.always & set(value)
            for name, member in value.items():
                self.members.setdefault(name, Shape()).learn(member)
        if isinstance(value, list):
            for item in value:
                self.item = self.item or Shape()
                self.item.learn(item)
        return self

    def check(self, value, path, partly=False):
        """Problems of a value, as sentences."""
        kind = kind_of(value)
        if kind not in self.kinds and not (kind == "integer" and "number" in self.kinds):
            return ["%s is %s (%r), golden has %s" % (path, kind, value, sorted(self.kinds))]
        problems = []
        if isinstance(value, dict):
            missing = set() if partly else self.always - set(value)
            problems += ["%s lacks %s" % (path, name) for name in sorted(missing)]
            for name, member in value.items():
                if name not in self.members:
                    problems.append("%s has %s, golden has not" % (path, name))
                else:
                    problems += self.members[name].check(member, "%s.%s" % (path, name))
        if isinstance(value, list) and self.item is not None:
            for index, item in enumerate(value):
                problems += self.item.check(item, "%s[%d]" % (path, index))
        return problems


class Learned(object):
    """Shapes of all golden results and errors, the take and the state being the same wherever they show."""

    def __init__(self):
        self.results = {}
        self.error = Shape()
        self.take = Shape()
        self.state = Shape()
        self.levels = Shape()
        for line in golden():
            if line["name"] == "levels.changed":
                self.levels.learn(line["event"]["params"])
            response = line.get("response", {})
            if "error" in response:
                data = response["error"]["data"]
                self.error.learn(dict(response["error"], data={"code": data["code"], "hint": data["hint"]}))
            if "result" not in response:
                continue
            name, result = line["name"], response["result"]
            alone = name.startswith(("take.", "bounce."))
            for take in result.get("takes") or result.get("bounces") or ([result] if alone else []):
                self.take.learn(take)
            if name in ("state.get", "state.subscribe"):
                self.state.learn(result["state"])
                if result["state"]["take"]:
                    self.take.learn(result["state"]["take"])
                result = {"revision": result["revision"], "state": {}}
            self.results.setdefault(name, Shape()).learn(result)
        self.state.members["take"] = self.take
        self.take.kinds.add("null")
        self.results["state.get"].members["state"] = self.state
        self.results["state.subscribe"].members["state"] = self.state
        for name in ("start", "stop", "cancel", "get"):
            self.results["take." + name] = self.results["bounce." + name] = self.take
        self.results["bounce.list"].members["bounces"].item = self.take
        self.results["take.list"].members["takes"].item = self.take


class Answers(SimCase):
    """Each golden request, with this set's own ids in it, gets an answer of the golden shape."""

    def setUp(self):
        self.shapes = Learned()
        self.start("--arm", "Vocals", "--midi-tracks", "1", "--tracks", "3")
        self.connect()
        self.ids = {}

    def check_shape(self, name, result):
        self.assertEqual([], self.shapes.results[name].check(result, name))

    def ask(self, name, **changed):
        """Sends a golden request of that name and checks the answer."""
        line = next(line for line in golden() if line["name"] == name and "result" in line.get("response", {}))
        params = dict(line["request"].get("params") or {})
        params.update(changed)
        params.pop("deadline", None)
        result = self.link.call(name, **params)
        self.check_shape(name, result)
        return result

    def test_every_method(self):
        names = [track["name"] for track in self.link.state["tracks"]]
        first = self.link.track(names[0])["id"]
        second = self.link.track(names[1])["id"]
        self.check_shape("hello", self.link.greeting)
        self.ask("ping")
        self.ask("state.subscribe")
        self.ask("state.get")
        self.ask("track.arm", tracks=[first, second])
        self.ask("track.disarm", tracks=[first])
        self.ask("track.disarm_all")
        self.ask("track.set_monitoring", track=first)
        self.ask("track.routings", track=first)
        self.ask("track.set_input_routing", track=first)
        self.ask("track.create_audio")
        self.ask("track.rename", track=first)
        self.ask("track.select", track=first)
        self.ask("transport.play")
        self.ask("transport.continue")
        self.ask("transport.stop")
        self.ask("transport.locate")
        self.ask("transport.set_loop")
        self.ask("transport.cue_points")
        self.ask("transport.set_loop", loop=False)
        self.ask("transport.set_loop")
        self.ask("transport.cue_points")
        self.ask("track.arm", tracks=[second])
        self.ask("record.start")
        self.ask("record.stop")
        self.ask("transport.stop")
        self.ask("record.start", view="session")
        self.ask("record.stop")
        self.ask("transport.stop")
        taken = self.ask("take.start")
        self.ask("take.get")
        self.ask("take.stop", take=taken["id"])
        self.ask("take.start", view="session", take="two")
        self.ask("take.cancel")
        self.ask("take.list")
        self.ask("bounce.start", source={"kind": "stems", "tracks": [first, second]}, bounce="three")
        self.ask("bounce.stop", bounce="three")
        self.ask("bounce.get")
        self.ask("bounce.start", source={"kind": "main"}, bounce="four")
        self.ask("bounce.cancel")
        self.ask("bounce.list")
        self.ask("clip_slot.fire", track=first)
        self.ask("clip_slot.stop", track=first)
        self.ask("edit.undo")
        self.ask("edit.redo")
        self.ask("app.message")
        self.ask("app.dialog")
        self.ask("track.arm", tracks=[first])
        self.ask("levels.subscribe")
        self.ask("track.disarm_all")
        self.ask("levels.unsubscribe")
        self.ask("state.unsubscribe")
        self.ask("state.get")
        self.check_events()

    def check_events(self):
        self.assertGreater(len(self.link.events), 10)
        levels = [event for event in self.link.events if event["method"] == "levels.changed"]
        self.assertTrue(levels)
        for event in levels:
            self.assertEqual([], self.shapes.levels.check(event["params"], "levels"))
        for event in self.link.events:
            if event in levels:
                continue
            self.assertEqual("state.changed", event["method"])
            self.assertEqual({"revision", "changed"}, set(event["params"]))
            for section, fields in event["params"]["changed"].items():
                if section == "tracks":
                    self.assertLessEqual(set(fields), {"changed", "removed"})
                    for entry in fields.get("changed", ()):
                        self.assertIn("id", entry)
                        self.assertEqual([], self.shapes.state.members["tracks"].item.check(entry, "track", partly=True))
                else:
                    shape = self.shapes.state.members[section]
                    self.assertEqual([], shape.check(fields, section, partly=section != "take"))

    def test_errors_have_the_golden_shape(self):
        for method, wish in (("nonsense", {}), ("track.arm", {"trakcs": 1}), ("take.stop", {}), ("take.start", {"source": {"kind": "track", "track": "t99"}})):
            answer = self.link.answer(self.link.send(method, **wish))
            self.assertEqual([], self.shapes.error.check(answer["error"], method))


class OldLive(SimCase):
    """What an older Live lacks is null, and only that."""

    def test_shape_of_the_state(self):
        shapes = Learned()
        for live in ("11.0.0", "11.3.25", "12.0.5", "12.1.0"):
            with self.subTest(live=live):
                self.start("--live", live)
                self.connect()
                self.assertEqual([], shapes.state.check(self.link.state, live))
                self.assertEqual(live, self.link.state["link"]["live"])
                self.tearDown()
                self.hosted.stop()


class NotOffered(SharedCase):
    """A Live without Capture MIDI or names says so."""

    arguments = ("--live", "11.0.0")

    def test_capabilities(self):
        found = set(self.link.greeting["capabilities"])
        self.assertLessEqual({"takes", "session", "arrangement", "resampling"}, found)
        self.assertFalse({"set_name", "cpu"} & found)
        self.assertIsNone(self.link.state["set"]["name"])
        self.assertIsNone(self.link.state["set"]["path"])
        self.assertIsNone(self.link.state["app"]["average_process_usage"])


if __name__ == "__main__":
    unittest.main()
