"""What the suites share: the real script, hosted by livesim, and a client of the link that waits for conditions."""

import json
import os
import shutil
import socket
import tempfile
import time
import unittest

from livesim.client import LiveSim

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(os.path.dirname(HERE), "Takebar")
DOCS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs")

# So that tests need not wait for what Live takes its time for.
QUICK = ("--clip-delay", "0.03", "--reload-seconds", "0.2", "--no-hash", "--exit-when-stdin-closes")
PATIENCE = 20.0


def golden():
    """The golden messages, in order."""
    with open(os.path.join(DOCS, "golden", "messages.jsonl"), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Failure(Exception):
    """The script answered with an error."""

    def __init__(self, error):
        super(Failure, self).__init__("%s: %s" % (error["data"]["code"], error["message"]))
        self.error = error
        self.code = error["data"]["code"]
        self.data = error["data"]


class Link(object):
    """One connection to the script."""

    def __init__(self, info, hello=True):
        self.info = info
        self.sock = socket.create_connection(("127.0.0.1", info["port"]), PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.longest = 0  # bytes of the longest line so far
        self._next = 0
        self.answers = {}
        self.events = []
        self.state = None
        if hello:
            self.greeting = self.call("hello", token=info["token"], client="tests", version="1", protocol=[1])

    def send_raw(self, data):
        self.sock.sendall(data)

    def send(self, method, **params):
        """Sends a request; returns its id."""
        self._next += 1
        message = {"jsonrpc": "2.0", "id": self._next, "method": method}
        if params:
            message["params"] = params
        self.send_raw((json.dumps(message) + "\n").encode("utf-8"))
        return self._next

    def read(self, timeout=PATIENCE):
        """The next message; None at the end of the connection."""
        end = time.monotonic() + timeout
        while b"\n" not in self._received:
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError("nothing came within %g s" % timeout)
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(1 << 20)
            except socket.timeout:
                continue
            except OSError:
                data = b""
            if not data:
                return None
            self._received += data
        line, self._received = self._received.split(b"\n", 1)
        self.longest = max(self.longest, len(line))
        message = json.loads(line.decode("utf-8"))
        if "method" in message:
            self.events.append(message)
            if message["method"] == "state.changed" and self.state is not None:
                apply_change(self.state, message["params"])
        return message

    def answer(self, request_id, timeout=PATIENCE):
        """The whole answer to a request."""
        end = time.monotonic() + timeout
        while request_id not in self.answers:
            message = self.read(max(0.01, end - time.monotonic()))
            if message is None:
                raise AssertionError("the connection ended before the answer came")
            if "id" in message:
                self.answers[message["id"]] = message
        return self.answers.pop(request_id)

    def result(self, request_id, timeout=PATIENCE):
        """The result of a request; raises Failure."""
        answer = self.answer(request_id, timeout)
        if "error" in answer:
            raise Failure(answer["error"])
        return answer["result"]

    def call(self, method, **params):
        return self.result(self.send(method, **params))

    def subscribe(self):
        """Subscribes; `state` is kept up to date from then on."""
        self.state = None
        self.state = self.call("state.subscribe")["state"]
        return self.state

    def wait(self, condition, what="the state", timeout=PATIENCE):
        """Reads events until `condition(state)` is true."""
        end = time.monotonic() + timeout
        while not condition(self.state):
            left = end - time.monotonic()
            if left <= 0 or self.read(left) is None:
                raise AssertionError("%s did not come true; the take is %r" % (what, self.state["take"]))
        return self.state

    def wait_take(self, *phases, **kwargs):
        """Reads events until the take is in one of these phases."""
        self.wait(lambda state: state["take"] is not None and state["take"]["phase"] in phases, "phase %s" % (phases,), **kwargs)
        return self.state["take"]

    def is_closed(self, timeout=PATIENCE):
        """Waits until the other side ends the connection; returns what it said before."""
        messages = []
        while True:
            message = self.read(timeout)
            if message is None:
                return messages
            messages.append(message)

    def track(self, name):
        """The track of that name, as last told."""
        return next(track for track in self.state["tracks"] if track["name"] == name)

    def close(self):
        self.sock.close()


def apply_change(state, params):
    """What a client does with state.changed."""
    changed = params["changed"]
    for section, fields in changed.items():
        if section == "tracks":
            known = dict((track["id"], track) for track in state["tracks"])
            for track_id in fields.get("removed", ()):
                known.pop(track_id)
            for entry in fields.get("changed", ()):
                known.setdefault(entry["id"], {}).update(entry)
            rank = {"return": 1, "main": 2}
            state["tracks"] = sorted(known.values(), key=lambda track: (rank.get(track["kind"], 0), track["index"]))
        elif section == "take":
            state["take"] = fields
        else:
            state[section].update(fields)


class Hosted(object):
    """livesim with the real script in it, in a home of its own."""

    def __init__(self, *arguments, **options):
        self.home = tempfile.mkdtemp(prefix="takebar-test-")
        self.takebar_home = options.get("takebar_home") or os.path.join(self.home, "config")
        arguments = list(QUICK) + ["--script", SCRIPT, "--project", os.path.join(self.home, "Project")] + list(arguments)
        self.sim = LiveSim(arguments, env={"TAKEBAR_HOME": self.takebar_home, "PYTHONDONTWRITEBYTECODE": "1"})
        self.control = self.sim.control
        self.links = []

    @property
    def link_path(self):
        return os.path.join(self.takebar_home, "links", "%d.json" % self.sim.process.pid)

    def info(self, other_than=None):
        """The content of the link file, once it is there."""
        def read():
            try:
                with open(self.link_path, encoding="utf-8") as content:
                    found = json.load(content)
            except OSError:
                return None
            return found if found["token"] != other_than else None
        return eventually(read, "a link file")

    def link(self, **kwargs):
        link = Link(self.info(), **kwargs)
        self.links.append(link)
        return link

    def log(self):
        return self.control.log()["lines"]

    def stop(self):
        for link in self.links:
            link.close()
        try:
            return self.sim.stop()
        finally:
            shutil.rmtree(self.home, ignore_errors=True)


def eventually(condition, what, timeout=PATIENCE):
    """Waits until `condition()` is true; returns its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError("%s did not come true within %g s" % (what, timeout))
        time.sleep(0.005)


class SimCase(unittest.TestCase):
    """A test with a Live of its own: `self.start()`. At its end the script must have broken none of Live's rules."""

    maxDiff = None
    allowed_violations = ()

    def start(self, *arguments, **options):
        self.hosted = Hosted(*arguments, **options)
        self.addCleanup(self.hosted.stop)
        self.control = self.hosted.control
        return self.hosted

    def connect(self):
        self.link = self.hosted.link()
        self.link.subscribe()
        return self.link

    def tearDown(self):
        hosted = getattr(self, "hosted", None)
        if hosted is not None and hosted.sim.process.poll() is None:
            check_rules(self, hosted, self.allowed_violations)

    def fails(self, code, method, **params):
        """The error data of a request that must fail with this code."""
        return failing(self, self.link, code, method, **params)


class SharedCase(unittest.TestCase):
    """Tests that share one Live, because they leave it as it was or do not mind."""

    maxDiff = None
    arguments = ()
    allowed_violations = ()

    @classmethod
    def setUpClass(cls):
        cls.hosted = Hosted(*cls.arguments)
        cls.control = cls.hosted.control

    @classmethod
    def tearDownClass(cls):
        try:
            check_rules(cls("run"), cls.hosted, cls.allowed_violations)
        finally:
            cls.hosted.stop()

    def setUp(self):
        self.link = self.hosted.link()
        self.link.subscribe()
        self.addCleanup(self.link.close)

    def fails(self, code, method, **params):
        return failing(self, self.link, code, method, **params)


def failing(case, link, code, method, **params):
    with case.assertRaises(Failure) as caught:
        link.call(method, **params)
    case.assertEqual(code, caught.exception.code, caught.exception.error)
    case.assertTrue(caught.exception.error["message"])
    return caught.exception.data


def check_rules(case, hosted, allowed=()):
    """None of Live's rules broken, no traceback in Live's log."""
    broken = [item for item in hosted.control.violations() if item["rule"] not in allowed]
    case.assertEqual([], broken)
    bad = [line for line in hosted.log() if "RemoteScriptError" in line or "Traceback" in line or "went wrong" in line]
    case.assertEqual([], bad)
