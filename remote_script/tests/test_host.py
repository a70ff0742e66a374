"""The script inside its host: base classes, timers, reloads, idle behaviour, and hosts that have less than Live."""

import json
import os
import shutil
import tempfile
import types
import unittest

from Takebar import create_instance

from .support import Link, SimCase, eventually


class BaseClasses(SimCase):
    """Each generation of Live's own base classes, and none."""

    def slow_each(self):
        for frameworks in ("_Framework", "ableton.v2", "ableton.v3", "none"):
            for live in ("11.0.0", "12.3.6"):
                with self.subTest(frameworks=frameworks, live=live):
                    self.start("--frameworks", frameworks, "--live", live)
                    link = self.connect()
                    link.call("track.arm", tracks=[link.track("Guitar")["id"]])
                    self.assertTrue(self.control.get(path="tracks.Guitar.arm"))
                    link.call("app.message", text="hello")
                    self.assertEqual("hello", self.control.get(path="application.status_bar"))
                    token = link.info["token"]
                    self.control.reload_script()
                    self.hosted.info(other_than=token)
                    self.tearDown()
                    self.hosted.stop()


class Timers(SimCase):
    """The timer runs while somebody is there, and is brought back when Live stopped it."""

    def running(self):
        return [timer for timer in self.control.get(path="sim.timers") if timer["running"]]

    def calls(self):
        return sum(timer["calls"] for timer in self.control.get(path="sim.timers"))

    def slow_rests_without_clients(self):
        self.start()
        eventually(lambda: not self.running(), "a resting timer")
        link = self.connect()
        self.assertEqual([10], [timer["interval_ms"] for timer in self.running()])
        link.call("ping")
        link.close()
        eventually(lambda: not self.running(), "a resting timer")
        self.assertIn("tick", self.connect().call("ping"))

    def test_stopped_timer(self):
        self.start()
        link = self.connect()
        for _ in range(3):
            self.control.fault("stop_timer")
            calls = self.calls()
            self.assertIn("tick", link.call("ping"))
            eventually(lambda before=calls: self.calls() > before, "a running timer")

    def test_timer_that_lies(self):
        """It says that it runs, and does not call."""
        self.start()
        link = self.connect()
        self.control.fault("stop_timer", lying=True)
        calls = self.calls()
        self.assertIn("tick", link.call("ping"))
        eventually(lambda: self.calls() > calls, "a running timer")

    def test_timer_that_is_dead_for_good(self):
        """A new one takes its place."""
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        mortal = os.path.join(folder, "Mortal")
        os.makedirs(mortal)
        with open(os.path.join(mortal, "__init__.py"), "w") as script:
            script.write(MORTAL % os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self.start("--script", mortal)
        link = self.connect()
        self.assertTrue(self.running())
        self.control.fault("dialog", message="die")
        eventually(lambda: any(timer["died"] for timer in self.control.get(path="sim.timers")), "a dead timer")
        self.assertIn("tick", link.call("ping"))
        eventually(self.running, "a new timer")
        self.died = True

    def tearDown(self):
        if not getattr(self, "died", False):  # the traceback of the dead timer is in the log
            super(Timers, self).tearDown()

    def test_nothing_left_behind(self):
        """livesim counts listeners and timers after disconnect as violations; check_rules looks."""
        self.start()
        self.connect()
        self.assertGreater(self.control.get(path="sim.listeners"), 50)
        self.control.reload_script()
        self.assertEqual([], self.control.violations())
        self.assertEqual(1, len([timer for timer in self.control.get(path="sim.timers")][-1:]))


class TwoSlots(SimCase):
    """The user chose Takebar in two slots of Live's settings: one of them serves."""

    def slow_newer_serves(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        twice = os.path.join(folder, "Twice")
        os.makedirs(twice)
        with open(os.path.join(twice, "__init__.py"), "w") as script:
            script.write(TWICE % os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        hosted = self.start("--script", twice)
        link = self.connect()
        self.assertIn("tick", link.call("ping"))
        self.assertEqual(1, len(os.listdir(os.path.dirname(hosted.link_path))))
        self.control.wait("sim.display_ticks", at_least=15)
        link.is_closed()
        link.close()
        eventually(lambda: os.path.exists(hosted.link_path), "the other one")
        again = Link(hosted.info(other_than=link.info["token"]))
        self.assertIn("tick", again.call("ping"))
        again.close()


MORTAL = '''
import sys
sys.path.insert(0, %r)


def create_instance(c_instance):
    """Takebar, whose timer callback raises once, as a defect would, when a dialog is open."""
    from Takebar import create_instance, script
    before = script.Script._on_timer
    deaths = []

    def mortal(self):
        before(self)
        if not deaths and self.host.app.open_dialog_count:
            deaths.append(True)
            raise RuntimeError("a defect")

    script.Script._on_timer = mortal
    return create_instance(c_instance)
'''


TWICE = '''
import sys
sys.path.insert(0, %r)


class Both(object):
    """Two surfaces; the newer one is disconnected after some ticks."""

    def __init__(self, c_instance):
        from Takebar import create_instance
        self.surfaces = [create_instance(c_instance), create_instance(c_instance)]
        self.ticks = 0

    def update_display(self):
        self.ticks += 1
        if self.ticks == 12 and len(self.surfaces) == 2:
            self.surfaces.pop().disconnect()
        for surface in self.surfaces:
            surface.update_display()

    def disconnect(self):
        for surface in self.surfaces:
            surface.disconnect()

    def __getattr__(self, name):
        return getattr(self.surfaces[0], name)


def create_instance(c_instance):
    return Both(c_instance)
'''


class Poor(unittest.TestCase):
    """A host with hardly anything: missing members are null or not_supported, never a crash."""

    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home)
        before = os.environ.get("TAKEBAR_HOME")
        os.environ["TAKEBAR_HOME"] = self.home
        self.addCleanup(lambda: os.environ.pop("TAKEBAR_HOME") if before is None else os.environ.update(TAKEBAR_HOME=before))
        self.lines = []

    def serve(self, surface, link, request):
        """Turns the display tick until the answer is there."""
        def turn():
            surface.update_display()
            link.sock.settimeout(0.02)
            try:
                link._received += link.sock.recv(1 << 20)
            except OSError:
                pass
            return b"\n" in link._received
        eventually(turn, "an answer")
        return link.answer(request)

    def surface(self, song):
        c_instance = types.SimpleNamespace(song=lambda: song, log_message=self.lines.append)
        surface = create_instance(c_instance)
        self.addCleanup(surface.disconnect)
        return surface

    def ask(self, surface, *calls):
        with open(os.path.join(self.home, "links", "%d.json" % os.getpid())) as content:
            link = Link(json.load(content), hello=False)
        self.addCleanup(link.close)
        hello = link.send("hello", token=link.info["token"], protocol=[1])
        answers = [self.serve(surface, link, hello)]
        for method, params in calls:
            answers.append(self.serve(surface, link, link.send(method, **params)))
        return answers

    def test_no_song(self):
        surface = self.surface(None)
        hello, state, arm, play, take = self.ask(
            surface,
            ("state.get", {}),
            ("track.arm", {"tracks": ["t1"]}),
            ("transport.play", {}),
            ("take.start", {}),
        )
        self.assertEqual(["takes", "session", "arrangement", "levels"], hello["result"]["capabilities"])
        self.assertEqual([], state["result"]["state"]["tracks"])
        self.assertIsNone(state["result"]["state"]["transport"]["tempo"])
        self.assertEqual("not_found", arm["error"]["data"]["code"])
        self.assertEqual("live_refused", play["error"]["data"]["code"])
        self.assertEqual("nothing_armed", take["error"]["data"]["code"])
        self.assertFalse([line for line in self.lines if "Traceback" in line or "went wrong" in line], self.lines)

    def test_start_that_fails_is_tried_again(self):
        from Takebar import surface as module

        real, failures = module.Script, []

        def failing(*arguments):
            if len(failures) < 2:
                failures.append(True)
                raise OSError("not yet")
            return real(*arguments)

        module.Script = failing
        self.addCleanup(setattr, module, "Script", real)
        surface = self.surface(None)
        self.assertEqual(1, len([line for line in self.lines if "could not start" in line]))
        for _ in range(3 * module.RETRY_TICKS):
            surface.update_display()
        self.assertEqual("takes", self.ask(surface)[0]["result"]["capabilities"][0])

    def test_one_plain_track(self):
        track = types.SimpleNamespace(name="Only", has_audio_input=True, can_be_armed=True, arm=False)
        song = types.SimpleNamespace(tracks=[track], tempo=100.0, is_playing=False, record_mode=False)
        surface = self.surface(song)
        hello, state = self.ask(surface, ("state.get", {}))
        only = state["result"]["state"]["tracks"][0]
        self.assertEqual(("Only", "audio", False, None, None), tuple(only[n] for n in ("name", "kind", "arm", "input_routing_type", "group_track")))
        self.assertEqual(100.0, state["result"]["state"]["transport"]["tempo"])
        answers = self.ask(
            surface,
            ("state.get", {}),
            ("track.arm", {"tracks": [only["id"]]}),
            ("track.routings", {"track": only["id"]}),
            ("track.set_monitoring", {"track": only["id"], "state": 1}),
            ("edit.undo", {}),
            ("edit.capture_midi", {}),
            ("app.message", {"text": "x"}),
            ("app.dialog", {}),
            ("clip_slot.fire", {"track": only["id"], "index": 0}),
            ("state.get", {}),
        )
        told = [answer.get("error", {}).get("data", {}).get("code") for answer in answers]
        self.assertEqual(
            [None, None, None, "not_supported", "not_supported", "not_supported", "not_supported", "not_supported", None, "not_supported", None],
            told,
        )
        self.assertEqual({"armed": [only["id"]]}, answers[2]["result"])
        self.assertTrue(answers[-1]["result"]["state"]["tracks"][0]["arm"])
        self.assertFalse([line for line in self.lines if "Traceback" in line or "went wrong" in line], self.lines)


if __name__ == "__main__":
    unittest.main()
