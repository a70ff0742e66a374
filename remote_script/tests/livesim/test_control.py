"""The control channel, against a host process."""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from livesim import options, setfile
from livesim.client import Client, ControlError, LiveSim
from tests.livesim.harness import ROOT, SCRIPTS, ProcessTest


class Starting(ProcessTest):
    def test_ready_line_and_control_file(self):
        target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "control.tmp.json")
        self.addCleanup(lambda: os.path.exists(target) and os.remove(target))
        self.start("--live", "12.1", "--control-file", target, "--set", "Lied")
        self.assertTrue(self.sim.ready["ready"] and self.sim.ready["script_loaded"])
        with open(target) as source:
            self.assertEqual(json.load(source), self.sim.ready)
        self.assertEqual(self.sim.ready["live"], "12.1.0")
        self.assertEqual(self.sim.ready["pid"], self.sim.process.pid)
        self.assertEqual(self.control.get("set.path"), os.path.join(self.sim.ready["project"], "Lied.als"))
        self.assertEqual(self.sim.stop(), 0)
        self.assertFalse(os.path.exists(target))

    def test_sigterm_disconnects_the_script_and_finishes_files(self):
        self.start()
        self.control.arm(track="Guitar")
        self.control.record()
        self.control.wait("takes.0.frames", at_least=20000)
        path = self.control.get("takes.0.path")
        self.assertEqual(self.sim.stop(), 0)
        with open(self.sim.ready["log"]) as source:
            self.assertIn("Control surface Probe disconnected", source.read())
        with open(path, "rb") as source:
            self.assertNotEqual(source.read(8)[4:], b"\0\0\0\0")

    def test_quit(self):
        self.start()
        self.control.quit()
        self.assertEqual(self.sim.process.wait(20), 0)

    def test_exit_when_stdin_closes(self):
        self.start("--exit-when-stdin-closes")
        self.sim.process.stdin.close()
        self.assertEqual(self.sim.process.wait(20), 0)

    def test_mistakes_on_the_command_line(self):
        env = dict(os.environ, PYTHONPATH=ROOT)
        for arguments, word in ((["--script", "/no/such/folder"], "no script folder"), (["--live", "9.0"], "11.0"),
                                (["--rate", "44056"], "multiple of 100"), (["--frameworks", "ableton.v9"], "no framework"),
                                (["--set-file", "/no/such/file"], "cannot be read"), (["--tracks", "0"], "at least one")):
            done = subprocess.run([sys.executable, "-m", "livesim"] + arguments, env=env, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(word, done.stderr.decode("utf-8"))
            self.assertEqual(done.stdout, b"")

    def test_it_runs_from_another_place(self):
        self.start()
        away = os.path.join(self.folder, "extracted")
        shutil.copytree(os.path.join(ROOT, "livesim"), os.path.join(away, "livesim"),
                        ignore=shutil.ignore_patterns("__pycache__"))
        process = subprocess.Popen([sys.executable, "-m", "livesim", "--project", os.path.join(self.folder, "P")], cwd=away,
                                   env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            ready = json.loads(process.stdout.readline().decode("utf-8"))
            self.assertTrue(ready["ready"])
            client = Client(ready["port"])
            client.quit()
            client.close()
            self.assertEqual(process.wait(20), 0)
        finally:
            process.stdin.close()
            process.stdout.close()


class Protocol(ProcessTest):
    def test_answers_carry_id_and_time(self):
        control = self.start()
        before = time.monotonic()
        control.call("ping")
        self.assertTrue(control.last["ok"])
        self.assertEqual(control.last["id"], 1)
        self.assertTrue(before <= control.last["at"] <= time.monotonic())
        self.assertLess(abs(control.last["unix_ns"] / 1e9 - time.time()), 60)

    def test_errors_are_sentences(self):
        control = self.start()
        for call, word in (
                (lambda: control.arm(track="Gitarre"), "There is no track 'Gitarre'. Tracks: Drums"),
                (lambda: control.arm(track="Choir"), "cannot be armed"), (lambda: control.arm(track="Strings"), "cannot be armed"),
                (control.arm, "Which track?"), (lambda: control.arm(track=99), "There is no track 99"),
                (lambda: control.call("dance"), "There is no command 'dance'"), (lambda: control.fault("gremlin"), "no fault"),
                (lambda: control.get("song.nonsense"), "nonsense"), (lambda: control.get("takes.0"), "no element"),
                (lambda: control.tempo(bpm="fast"), "'bpm' must be a number"), (lambda: control.tempo(bpm=5), "between"),
                (lambda: control.monitor(track=0, state="loud"), "'in', 'auto' or 'off'"),
                (lambda: control.wait("song.tempo"), "needs one of"), (lambda: control.load_set(set={"tracks": []}), "tracks"),
                (lambda: control.load_set(set={"tracks": [{"name": "A", "flavour": 1}]}), "flavour"),
                (lambda: control.delete(track="Main"), "no track 'Main'"), (lambda: control.move(track=0, index=77), "moved")):
            with self.assertRaises(ControlError) as caught:
                call()
            self.assertIn(word, str(caught.exception))

    def test_what_is_no_json_object_ends_the_connection(self):
        self.start()
        for line in (b"POST / HTTP/1.1\r\n\r\n", b"[1]\n", b"{\"do\": \n", b"x" * ((1 << 20) + 10)):
            connection = socket.create_connection(("127.0.0.1", self.sim.ready["port"]), 20)
            try:
                connection.sendall(line)
                self.assertEqual(connection.recv(100), b"")
            except ConnectionError:
                pass
            finally:
                connection.close()
        self.assertEqual(self.control.ping()["pid"], self.sim.process.pid)

    def test_a_wait_does_not_hold_up_other_requests(self):
        self.start()
        connection = socket.create_connection(("127.0.0.1", self.sim.ready["port"]), 30)
        reader = connection.makefile("r")
        connection.sendall(b'{"id":"w","do":"wait","path":"song.metronome","equals":true,"timeout":30}\n'
                           b'{"id":"g","do":"get","path":"song.tempo"}\n')
        self.assertEqual(json.loads(reader.readline())["id"], "g")
        connection.sendall(b'{"id":"m","do":"metronome","on":true}\n')
        answers = {answer["id"]: answer for answer in (json.loads(reader.readline()) for _ in range(2))}
        self.assertEqual(answers["w"]["result"]["value"], True)
        self.assertFalse(answers["w"]["result"]["already"])
        connection.close()

    def test_wait_gives_the_moment(self):
        control = self.start()
        results = []
        other = Client(self.sim.ready["port"])

        def waiting():
            other.wait("song.record_mode", equals=True, timeout=30)
            results.append(other.last["at"])

        thread = threading.Thread(target=waiting)
        thread.start()
        before = time.monotonic()
        self.probe("surface.song().record_mode = True")
        thread.join(30)
        self.assertTrue(before < results[0] <= time.monotonic())
        other.close()
        self.assertEqual(control.wait("song.record_mode", equals=True), True)
        self.assertTrue(control.last["result"]["already"])
        with self.assertRaises(ControlError) as caught:
            control.wait("song.record_mode", equals=False, timeout=0.05)
        self.assertIn("last value was true", str(caught.exception))

    def test_conditions(self):
        control = self.start()
        control.wait("song.tempo", at_least=120)
        control.wait("song.tempo", at_most=120)
        control.wait("takes.length", equals=0)
        control.wait("tracks.Guitar.name", contains="uit")
        control.wait("tracks.Nobody", exists=False)
        control.wait(all=[{"path": "song.tempo", "not_equals": 100}, {"path": ["tracks", "Guitar", "arm"], "equals": False}])
        with self.assertRaises(ControlError):
            control.wait("song.loop", equals=0, timeout=0)

    def test_paths(self):
        control = self.start()
        guitar = control.get("tracks.Guitar")
        self.assertEqual(control.get("tracks." + guitar["id"]), guitar)
        self.assertEqual(control.get("tracks.2"), guitar)
        self.assertEqual(control.get("tracks.-1.name"), "Strings")
        self.assertEqual(control.get("tracks.length"), 10)
        self.assertEqual(control.get("cue_points.Verse.time"), 16.0)
        self.assertEqual(control.get("main_track.name"), "Main")
        self.assertEqual(control.get("tracks.Keys.clips.length"), 1)

    def test_state_has_all_parts(self):
        control = self.start()
        whole = control.state()
        self.assertEqual(sorted(whole), sorted([
            "sim", "set", "song", "application", "tracks", "return_tracks", "main_track", "scenes", "cue_points", "takes",
            "violations"]))
        self.assertEqual(control.state(parts=["song"])["song"]["tempo"], 120.0)
        kinds = [track["kind"] for track in whole["tracks"] + whole["return_tracks"] + [whole["main_track"]]]
        self.assertEqual(sorted(set(kinds)), ["audio", "group", "main", "midi", "return"])
        with open(os.path.join(os.path.dirname(ROOT), "docs", "livesim.md"), encoding="utf-8") as source:
            documented = source.read()
        for part in [whole["sim"], whole["set"], whole["song"], whole["application"], whole["tracks"][0], whole["tracks"][4]["clips"][0]]:
            for name in part:
                self.assertTrue("`%s`" % name in documented, name)
        for name in control.help()["commands"] + control.help()["faults"]:
            self.assertTrue("`%s`" % name in documented, name)


    def test_nonsense_is_answered_and_harms_nothing(self):
        control = self.start("--speed", "5")
        pool = [None, True, False, 0, -1, 3, 1e300, "", "Guitar", "t3", "Choir", "Main", [], ["Guitar"], {}, {"a": 1}]
        choose = random.Random(5)
        keep_out = ("load_set", "reload_script", "quit", "wait", "unstall", "fault", "save_as")
        names = [name for name in control.help()["commands"] if name not in keep_out]
        faults = [name for name in control.help()["faults"] if name not in ("crash", "quit", "stall", "set_closed", "track_deleted")]
        keys = ("track", "on", "name", "index", "scene", "state", "type", "source", "channel", "bpm", "beat", "value", "start",
                "length", "time", "clip", "button", "path", "parts", "from", "tracks", "numerator", "denominator", "color",
                "exclusive", "seconds", "percent", "turns", "buttons", "message", "after_bytes", "id_")
        done = refused = 0
        for _ in range(600):
            params = {key: choose.choice(pool) for key in choose.sample(keys, 6)}
            if choose.random() < 0.3:
                params["name"] = choose.choice(faults)
                name = "fault"
            else:
                name = choose.choice(names)
            try:
                control.call(name, **params)
                done += 1
            except ControlError as error:
                refused += 1
                self.assertTrue(str(error))
        self.assertGreater(min(done, refused), 100)
        control.stop()
        self.assertEqual(control.ping()["pid"], self.sim.process.pid)
        self.assertTrue(control.state()["tracks"])
        self.assertEqual(self.sim.stop(), 0)

    def test_a_client_that_does_not_read_holds_up_nobody(self):
        control = self.start()
        deaf = socket.create_connection(("127.0.0.1", self.sim.ready["port"]), 30)
        self.addCleanup(deaf.close)
        deaf.setblocking(False)
        flood = b'{"do":"state"}\n' * 400
        sent = 0
        try:
            while sent < 40:
                deaf.send(flood)
                sent += 1
        except BlockingIOError:
            pass
        ticks = control.get("sim.display_ticks")
        control.wait("sim.display_ticks", at_least=ticks + 3)
        control.rename(track=0, name="Alive")
        self.assertEqual(control.get("tracks.0.name"), "Alive")


class Document(unittest.TestCase):
    """docs/livesim.md says what the code does."""

    def setUp(self):
        with open(os.path.join(os.path.dirname(ROOT), "docs", "livesim.md"), encoding="utf-8") as source:
            self.text = source.read()

    def test_every_option_is_described(self):
        for action in options.parser()._actions:
            for name in action.option_strings:
                if name not in ("-h", "--help"):
                    self.assertTrue("`%s" % name in self.text, name)

    def test_every_rule_is_described(self):
        found = set()
        folder = os.path.join(ROOT, "livesim")
        for name in os.listdir(folder):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), encoding="utf-8") as source:
                    found |= set(re.findall(r'violations\.record\(\s*"([a-z-]+)"', source.read()))
        self.assertGreater(len(found), 12)
        for rule in found:
            self.assertTrue("`%s`" % rule in self.text, rule)

    def test_the_set_file_of_the_document_is_good(self):
        part = self.text[self.text.index("## Set files"):]
        example = "\n".join(line for line in part[:part.index("Track members")].splitlines() if line.startswith("    "))
        setfile.check(json.loads(example))


class Musician(ProcessTest):
    def test_exclusive_arm(self):
        control = self.start()
        control.arm(track="Guitar")
        control.arm(track="Bass")
        armed = [track["name"] for track in control.state()["tracks"] if track["arm"]]
        self.assertEqual(armed, ["Bass"])
        control.arm(track="Guitar", exclusive=False)
        control.exclusive_arm(on=False)
        control.arm(track="Drums")
        armed = [track["name"] for track in control.state()["tracks"] if track["arm"]]
        self.assertEqual(armed, ["Drums", "Bass", "Guitar"])
        control.disarm(track="Bass")
        control.disarm()
        self.assertFalse(any(track["arm"] for track in control.state()["tracks"]))

    def test_listeners_of_the_script_have_run_when_a_command_answers(self):
        control = self.start()
        self.probe("""
guitar = list(surface.song().tracks)[2]
def heard(): seen.append([guitar.arm, guitar.name, guitar.mute])
keep.append(heard)
guitar.add_arm_listener(heard); guitar.add_name_listener(heard); guitar.add_mute_listener(heard)
""")
        control.arm(track="Guitar")
        control.rename(track="Guitar", name="Gitarre")
        control.mute(track="Gitarre")
        self.assertEqual(self.probe("result = seen"),
                         [[True, "Guitar", False], [True, "Gitarre", False], [True, "Gitarre", True]])

    def test_everything_in_the_window(self):
        control = self.start()
        ident = control.add_audio_track(name="New", index=1)["id"]
        self.assertEqual(control.get("tracks.1.id"), ident)
        control.move(track=ident, index=3)
        self.assertEqual(control.get("tracks.3.id"), ident)
        control.color(track=ident, color=255)
        control.monitor(track=ident, state="off")
        control.input(track=ident, type="resampling")
        control.solo(track=ident, on=True)
        control.sound(track=ident, silent=True)
        control.freeze(track=ident, on=True)
        track = control.get("tracks." + ident)
        self.assertEqual((track["color"], track["monitoring"], track["input_type"]["category"], track["solo"], track["silent"],
                          track["is_frozen"]), (255, "off", "resampling", True, True, True))
        control.input(track="Guitar", type="track", source="Bass", channel="Pre FX")
        self.assertEqual(control.get("tracks.Guitar.input_channel"), "Pre FX")
        control.fold(track="Choir")
        control.select(track="Bass", scene=2)
        control.add_midi_track()
        control.add_return_track(name="C-Room")
        control.group(tracks=["Drums", "Bass"], name="Rhythm")
        self.assertEqual(control.get("tracks.Bass.group"), control.get("tracks.Rhythm.id"))
        control.add_scene(name="End")
        control.add_locator(time=64, name="Outro")
        control.tempo(bpm=90)
        control.signature(numerator=3, denominator=4)
        control.metronome(on=True)
        control.count_in(value=2)
        control.loop(on=True, start=8, length=4)
        control.punch(**{"in": True, "out": True})
        control.implicit_arm(track="Vocals", on=True)
        song = control.state()["song"]
        self.assertEqual((song["tempo"], song["signature_numerator"], song["metronome"], song["count_in_duration"], song["loop"],
                          song["loop_start"], song["loop_length"], song["punch_in"], song["punch_out"]),
                         (90.0, 3, True, 2, True, 8.0, 4.0, True, True))
        self.assertEqual(control.get("song.highlighted_clip_slot.scene"), 2)
        control.delete_clip(track="Keys", clip=0)
        self.assertEqual(control.undo()["undone"], "Delete Clip")
        self.assertEqual(control.get("tracks.Keys.clips.length"), 1)
        control.delete(track=ident)
        control.wait("tracks." + ident, exists=False)
        control.undo()
        control.wait("tracks." + ident, exists=True)
        control.redo()
        control.wait("tracks." + ident, exists=False)
        self.assertEqual(control.violations(), [])

    def test_transport(self):
        control = self.start("--speed", "20")
        control.locate(beat=16)
        control.play()
        control.wait("song.current_song_time", at_least=30)
        control.locate(beat=0)
        control.stop()
        self.assertFalse(control.get("song.is_playing"))
        control.call("continue")
        control.arm(track="Guitar")
        control.record(on=True)
        control.wait("song.recording", equals=True)
        control.stop()
        control.wait("takes.0.sha256", not_equals=None)
        self.assertEqual(control.get("takes.0.tone_hz"), 300)
        control.fire_slot(track="Synth", scene=0)
        control.wait("tracks.Synth.playing_slot_index", equals=0)
        control.stop_slot(track="Synth")
        control.wait("tracks.Synth.playing_slot_index", equals=-1)
        control.fire_scene(scene=0)
        control.wait("tracks.Synth.playing_slot_index", equals=0)
        control.stop_all_clips()
        control.wait("tracks.Synth.playing_slot_index", equals=-1)
        control.session_record()
        control.wait("tracks.Guitar.slots.0.is_recording", equals=True)
        control.stop()
        control.wait("takes.-1.finished", equals=True)
        self.assertEqual(control.get("takes.-1.view"), "session")


class Hosting(ProcessTest):
    def sim_with(self, name, *arguments):
        folder = tempfile.mkdtemp(prefix="livesim-test-")
        self.addCleanup(shutil.rmtree, folder, True)
        sim = LiveSim(["--script", os.path.join(SCRIPTS, name), "--project", os.path.join(folder, "P")] + list(arguments))
        self.addCleanup(sim.stop)
        return sim

    def log(self, sim):
        return "\n".join(sim.control.call("log")["lines"])

    def test_a_script_that_cannot_be_imported_is_absent(self):
        sim = self.sim_with("Broken")
        self.assertFalse(sim.ready["script_loaded"])
        self.assertIn("RemoteScriptError: ImportError: no such thing", self.log(sim))
        self.assertEqual(sim.control.get("sim.script_errors"), 1)

    def test_a_script_that_fails_to_start_is_tried_again_after_a_reload(self):
        sim = self.sim_with("Nothing", "--reload-seconds", "0")
        self.assertFalse(sim.ready["script_loaded"])
        sim.control.reload_script()
        self.assertEqual(self.log(sim).count("RemoteScriptError: ValueError: cannot start"), 2)

    def test_a_folder_name_must_be_an_identifier(self):
        sim = self.sim_with("NotAnIdentifier-1")
        self.assertFalse(sim.ready["script_loaded"])
        self.assertIn("not an identifier", self.log(sim))

    def test_what_a_script_leaves_behind(self):
        sim = self.sim_with("Leaky", "--reload-seconds", "0")
        self.assertTrue(sim.ready["script_loaded"])
        log = self.log(sim)
        self.assertIn("RemoteScriptMessage: (Leaky) hello", log)
        self.assertIn("RemoteScriptMessage: printed", log)
        self.assertEqual(log.count("has no attribute 'build_midi_map'"), 1)
        sim.control.load_set(name="Next")
        rules = [item["rule"] for item in sim.control.violations()]
        self.assertEqual(rules[:2], ["listener-left", "timer-left"])
        sim.control.wait("violations", at_least=3)
        self.assertIn("deleted", [item["rule"] for item in sim.control.violations()])

    def test_frameworks(self):
        for base, kind in (("_Framework", "method"), ("ableton.v2", "Song"), ("ableton.v3", "Song"), ("", "method")):
            with self.subTest(base=base):
                self.start(PROBE_BASE=base)
                self.assertEqual(self.probe("result = type(surface.song).__name__"), kind)
                self.assertEqual(self.probe("""
song = surface.song() if callable(surface.song) else surface.song
app = surface.application() if callable(surface.application) else surface.application
result = [song == app.get_document(), song.tempo]"""), [True, 120.0])
                if base:
                    self.probe("""
surface.schedule_message(2, lambda: seen.append(surface.ticks))
surface.schedule_message(1, seen.append, "p")
surface.log_message("Hallo", 1)
surface.show_message("Hi")
keep.append(surface.ticks)""")
                    seen = self.probe_until("result = [seen, keep[0]] if len(seen) == 2 else None")
                    self.assertEqual(seen[0][0], "p")
                    self.assertEqual(seen[0][1], seen[1] + 2)
                    self.assertIn("RemoteScriptMessage: (Probe) Hallo 1", "\n".join(self.control.call("log")["lines"]))
                    self.assertEqual(self.control.get("application.status_bar"), "Hi")
                    self.assertIn("AssertionError", self.probe("""
try:
    surface.schedule_message(0, len)
except AssertionError as error:
    result = repr(error)"""))
                self.assertEqual(self.sim.stop(), 0)

    def test_no_frameworks(self):
        self.start("--frameworks", "none")
        self.assertEqual(self.probe("""
result = []
for name in ("_Framework", "ableton", "ableton.v2", "Live.Base"):
    try:
        __import__(name)
    except ImportError as error:
        result.append(type(error).__name__)"""), ["ModuleNotFoundError"] * 4)

    def test_one_framework_only(self):
        self.start("--frameworks", "ableton.v2", PROBE_BASE="ableton.v2")
        self.assertTrue(self.probe("""
try:
    import ableton.v3
except ImportError:
    result = True"""))

    def test_another_set(self):
        control = self.start("--reload-seconds", "0.2")
        self.probe("old = surface.song(); track = old.tracks[0]; Live.kept = (old, track)")
        control.load_set(name="Second", set={"tracks": [{"name": "Solo", "arm": True}], "tempo": 77})
        self.assertEqual(control.last["result"]["script_loaded"], True)
        state = control.state()
        self.assertEqual((state["set"]["id"], state["set"]["name"], state["sim"]["script_generation"]), ("set2", "Second", 2))
        self.assertEqual(self.probe("result = [loads, surface.song().tempo, [t.name for t in surface.song().tracks], "
                                    "Live.kept[0] == None, Live.kept[1] == None]"), [2, 77.0, ["Solo"], True, True])
        self.assertEqual(control.violations(), [])

    def test_a_reload_keeps_the_set(self):
        self.start("--reload-seconds", "0.2")
        connection = socket.create_connection(("127.0.0.1", self.sim.ready["port"]), 30)
        reader = connection.makefile("r")
        connection.sendall(b'{"id":"w","do":"wait","path":"sim.script_loaded","equals":false}\n{"id":"r","do":"reload_script"}\n')
        answers = {answer["id"]: answer for answer in (json.loads(reader.readline()) for _ in range(2))}
        connection.close()
        self.assertTrue(answers["w"]["ok"], answers)
        self.assertLess(answers["w"]["at"], answers["r"]["at"])
        self.assertEqual(answers["r"]["result"], {"set": "set1", "script_loaded": True})

    def test_set_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as target:
            json.dump({"tempo": 101, "signature": [6, 8], "scenes": ["A", "B"], "exclusive_arm": False, "count_in": 1, "tracks": [
                {"name": "G", "kind": "group", "folded": True},
                {"name": "In", "group": "G", "arm": True, "monitoring": "off", "input": {"type": "external", "channel": "3"}},
                {"name": "Mix", "input": {"type": "resampling"}, "silent": True},
                {"name": "Tap", "input": {"type": "track", "source": "In", "channel": "Pre FX"}, "color": 7},
                {"name": "Cold", "frozen": True}], "returns": [], "locators": [{"time": 4}], "selected": "Mix"}, target)
        self.addCleanup(os.remove, target.name)
        control = self.start("--set-file", target.name)
        state = control.state()
        self.assertEqual([(track["name"], track["arm"], track["input_channel"]) for track in state["tracks"]],
                         [("G", None, None), ("In", True, "3"), ("Mix", False, ""), ("Tap", False, "Pre FX"), ("Cold", False, "1/2")])
        self.assertEqual((state["song"]["tempo"], state["song"]["signature_numerator"], state["song"]["count_in_duration"],
                          state["song"]["exclusive_arm"], state["scenes"], len(state["cue_points"])),
                         (101.0, 6, 1, False, [{"index": 0, "name": "A"}, {"index": 1, "name": "B"}], 1))
        self.assertEqual(state["song"]["selected_track"], state["tracks"][2]["id"])

    def test_save_as(self):
        control = self.start("--unsaved")
        self.assertEqual(control.get("set.name"), "")
        project = os.path.join(self.folder, "Kept Project")
        control.save_as(name="Kept", project=project)
        self.assertTrue(os.path.exists(os.path.join(project, "Kept.als")))
        self.assertEqual(self.probe("result = surface.song().file_path"), os.path.join(project, "Kept.als"))
        self.assertEqual(control.get("set.id"), "set1")

    def test_a_thousand_tracks(self):
        control = self.start("--tracks", "1000")
        self.assertEqual(control.get("tracks.length"), 1000)
        self.assertEqual(len(control.state()["tracks"]), 1000)
        control.arm(track=999)
        self.assertEqual(self.probe("result = [t.name for t in surface.song().tracks if t.arm]"), ["1000-Audio"])

    def test_arm_from_the_start(self):
        control = self.start("--arm", "Guitar", "--arm", "Keys")
        self.assertEqual([track["name"] for track in control.state()["tracks"] if track["arm"]], ["Guitar", "Keys"])


class Threads(ProcessTest):
    def counts(self, mode):
        folder = tempfile.mkdtemp(prefix="livesim-test-")
        self.addCleanup(shutil.rmtree, folder, True)
        sim = LiveSim(["--script", os.path.join(SCRIPTS, "Threads"), "--project", os.path.join(folder, "P"), "--threads", mode])
        self.addCleanup(sim.stop)
        control = sim.control
        control.wait("sim.timers.0.calls", at_least=3)
        pairs = []
        for _ in range(5):
            calls = control.get("sim.timers.0.calls")
            control.wait("sim.timers.0.calls", at_least=calls + 1)
            pairs.append([int(part) for part in control.get("application.status_bar").split()])
        return control, pairs

    def test_strict_threads_run_only_inside_callbacks(self):
        control, pairs = self.counts("strict")
        for name in (0, 1):
            # Between two callbacks of the host at most the line that was under way may end.
            between = [later[name] - earlier[name + 2] for earlier, later in zip(pairs, pairs[1:])]
            self.assertLessEqual(min(between), 1)
            self.assertGreater(pairs[-1][name + 2], pairs[0][name], "inside callbacks they do run")
        control.wait("violations", at_least=1)
        found = [item for item in control.violations() if item["rule"] == "thread"]
        self.assertEqual(found[0]["thread"], "toucher")
        self.assertIn("Threads", found[0]["where"])

    def test_a_callback_may_wait_for_a_thread(self):
        with LiveSim(["--script", os.path.join(SCRIPTS, "Joins"), "--log", os.devnull]) as sim:
            self.assertEqual(sim.control.get("application.status_bar"), "wave")
            shutil.rmtree(os.path.dirname(sim.ready["project"]))

    def test_free_threads_run_on(self):
        _control, pairs = self.counts("free")
        self.assertGreater(max(later[0] - earlier[2] for earlier, later in zip(pairs, pairs[1:])), 50)


if __name__ == "__main__":
    unittest.main()
