"""What the tests of livesim share: a host in this process with a clock of our own, and a host process with the Probe script."""

import json
import os
import shutil
import socket
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SCRIPTS = os.path.join(HERE, "scripts")
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from livesim import options as options_module  # noqa: E402
from livesim.client import LiveSim  # noqa: E402
from livesim.log import Log  # noqa: E402
from livesim.world import World  # noqa: E402


class FakeClock(object):
    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time


class HostTest(unittest.TestCase):
    """A World on a clock of its own: time moves only when the test says so, and no thread writes files."""

    arguments = ()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="livesim-test-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.host()

    def host(self, *arguments):
        """(Re)builds the host."""
        wanted = ["--project", os.path.join(self.folder, "Song Project"), "--timer-jitter", "off"]
        parsed = options_module.parse(wanted + list(self.arguments) + list(arguments))
        parsed.audio_thread = False
        self.clock = FakeClock()
        self.log = Log()
        self.world = World(parsed, self.log, self.clock)
        self.engine = self.world.engine
        self.song = self.world.wrap(self.world.song)
        self.app = self.world.live.Application.get_application()
        self.live = self.world.live
        return self.world

    def turn(self, count=1):
        """So many turns, a millisecond apart."""
        for _ in range(count):
            self.clock.time += 0.001
            self.engine.step()

    def run_for(self, seconds):
        """Runs the main loop for so long, jumping from one due moment to the next; files are filled as well."""
        end = self.clock.time + seconds
        while True:
            due = max(self.engine.next_due(), self.clock.time)
            if due > end:
                break
            self.clock.time = due
            self.engine.step()
        self.clock.time = end
        self.engine.step()
        self.world.recorder.pump(end)

    def track(self, name):
        for track in self.song.tracks:
            if track.name == name:
                return track
        raise AssertionError("no track %s" % name)

    def node(self, name):
        return next(track for track in self.world.song.all_tracks() if track.values["name"] == name)

    def rules(self):
        return [item["rule"] for item in self.world.violations.items()]

    def record(self, seconds, *names):
        """An Arrangement take on the named tracks; returns the takes."""
        for name in names:
            self.track(name).arm = True
        self.song.record_mode = True
        self.song.start_playing()
        self.turn()
        self.run_for(seconds)
        self.song.stop_playing()
        self.turn()
        self.world.recorder.pump(self.clock.time)
        self.run_for(1.0)
        return self.world.recorder.takes


class ProcessTest(unittest.TestCase):
    """A livesim process with the Probe script."""

    def start(self, *arguments, **environment):
        folder = tempfile.mkdtemp(prefix="livesim-test-")
        self.addCleanup(shutil.rmtree, folder, True)
        self.folder = folder
        self.port_file = os.path.join(folder, "probe-port")
        env = dict(environment, PROBE_PORT_FILE=self.port_file)
        wanted = ["--script", os.path.join(SCRIPTS, "Probe"), "--project", os.path.join(folder, "Song Project")]
        self.sim = LiveSim(wanted + list(arguments), env=env)
        self.addCleanup(self.sim.stop)
        self.control = self.sim.control
        return self.control

    def probe(self, code):
        """Runs code inside the script; what it leaves in `result` comes back."""
        with open(self.port_file) as source:
            port = int(source.read())
        connection = socket.create_connection(("127.0.0.1", port), 30)
        try:
            connection.sendall((json.dumps({"code": code}) + "\n").encode("utf-8"))
            answer = json.loads(connection.makefile("r").readline())
        finally:
            connection.close()
        if "error" in answer:
            raise AssertionError(answer["error"] + "\n" + answer["trace"])
        return answer["result"]

    def probe_until(self, code, timeout=20.0):
        """Runs code inside the script until `result` is true."""
        deadline = time.monotonic() + timeout
        while True:
            value = self.probe(code)
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError("never true in the script: %s" % code)
