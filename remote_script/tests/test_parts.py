"""The parts that need no Live: lines, changes, jobs, writes, the link file."""

import json
import os
import random
import shutil
import socket
import tempfile
import types
import unittest

from Takebar import clock, feed, jobs, link_file, listeners, lom, memory, params, server, wire
from Takebar.client import LINE_LIMIT, TOO_LONG, Client
from Takebar.confirm import Writes
from Takebar.errors import RpcError

from .support import apply_change, eventually


class Lines(unittest.TestCase):
    """Bytes become lines, in whatever pieces they come."""

    def setUp(self):
        self.mine, theirs = socket.socketpair()
        self.addCleanup(self.mine.close)
        self.client = Client(theirs, 0.0)
        self.addCleanup(theirs.close)

    def feed(self, pieces):
        """All lines of a client that sends these pieces."""
        lines = []
        for piece in pieces:
            while piece:
                sent = self.mine.send(piece[:60000])
                piece = piece[sent:]
                while self.client.receive():
                    pass
                while True:
                    line = self.client.next_line()
                    if line is None:
                        break
                    lines.append(line)
        return lines

    def test_any_pieces(self):
        random.seed(4)
        wanted = [bytes(random.randrange(32, 127) for _ in range(random.randrange(0, 200))) for _ in range(300)]
        data = b"".join(line + random.choice((b"\n", b"\r\n")) for line in wanted)
        for size in (1, 7, 64, 5000, len(data)):
            with self.subTest(size=size):
                self.assertEqual(wanted, self.feed(data[at : at + size] for at in range(0, len(data), size)))

    def test_too_long(self):
        limit = b"x" * LINE_LIMIT
        self.assertEqual([limit, b"a"], self.feed([limit + b"\r\n", b"a\n"]))
        self.assertEqual([TOO_LONG, b"a"], self.feed([limit + b"x\n", b"a\n"]))
        self.assertEqual([TOO_LONG, b"a"], self.feed([limit, limit, limit + b"x\n", b"a\n"]))
        self.assertEqual([TOO_LONG, TOO_LONG, b"a"], self.feed([limit + b"xx\n" + limit + b"xx\na\n"]))

    def test_memory_is_bounded(self):
        for _ in range(40):
            self.feed([b"x" * 100000])
            self.assertLessEqual(self.client.waiting_bytes(), LINE_LIMIT + 70000)

    def test_outbox_is_bounded(self):
        while not self.client.gone:
            self.client.push(b"x" * 100000)
            self.client.flush()
        self.assertTrue(self.client.overflowed)
        self.assertLessEqual(self.client.outbox_size, 4 * 1048576 + 100000)

    def test_events_come_before_the_answers_of_their_tick(self):
        self.client.answer(b"answer\n")
        self.client.push(b"event\n")
        self.client.flush()
        self.assertEqual(b"event\nanswer\n", self.mine.recv(100))


class Waiting(unittest.TestCase):
    """Asking all sockets at once, where there is no select.poll."""

    def test_without_poll(self):
        one, other = socket.socketpair()
        poller = server._Select()
        self.assertFalse(poller.poll(0))
        poller.register(one, 1)
        self.assertFalse(poller.poll(0))
        other.send(b"x")
        self.assertTrue(poller.poll(0))
        poller.unregister(one)
        self.assertFalse(poller.poll(0))
        with self.assertRaises(ValueError):
            poller.unregister(one)
        one.close()
        other.close()


class Port(unittest.TestCase):
    """Which port the script opens. The port is the test's own, so that no other Live on this machine matters."""

    def listen(self, preferred):
        listening = server.Server(clock.Clock(), None, None, None, lambda *_: None)
        listening.listen(preferred)
        self.addCleanup(listening.close, b"")
        return listening.port

    def test_preferred_port_taken(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", 0))
            taken.listen(1)
            preferred = taken.getsockname()[1]
            port = self.listen(preferred)
            self.assertNotEqual(preferred, port)
            with socket.create_connection(("127.0.0.1", port), 20):
                pass
        eventually(lambda: self.listen(preferred) == preferred, "the preferred port once it is free")


class Json(unittest.TestCase):
    """What is taken for a message, and what is sent."""

    def test_refused(self):
        for data in (b"", b"{", b"\xff", b"NaN", b"[Infinity]", b"[" * 50000, b"1" * 5000):
            with self.assertRaises(ValueError):
                wire.decode(data)

    def test_ascii_on_the_wire(self):
        sent = wire.answer("ü", {"name": "Löwe \U0001f981 \ud800"})
        self.assertTrue(all(byte < 128 for byte in sent))
        self.assertEqual("Löwe \U0001f981 \ud800", json.loads(sent.decode("ascii"))["result"]["name"])
        self.assertEqual(1, sent.count(b"\n"))

    def test_raw(self):
        self.assertEqual({"a": [1]}, json.loads(wire.answer(1, wire.Raw('{"a":[1]}')).decode("ascii"))["result"])

    def test_numbers(self):
        for value, good in ((1, True), (1.5, True), (True, False), (float("inf"), False), (10 ** 400, False), ("1", False), (None, False)):
            self.assertEqual(good, params.is_number(value), value)


class Changes(unittest.TestCase):
    """However changes are merged, a client ends with the same state."""

    def test_merging_loses_nothing(self):
        random.seed(11)
        for _ in range(200):
            start = {"transport": {"tempo": 0}, "tracks": [{"id": "t%d" % n, "kind": "audio", "index": n, "name": ""} for n in range(4)], "take": None}
            eager, lazy = json.loads(json.dumps(start)), json.loads(json.dumps(start))
            pending = None
            alive, number = ["t0", "t1", "t2", "t3"], 4
            for revision in range(30):
                delta = feed.Delta()
                self.assertFalse(delta)
                for _ in range(random.randrange(1, 4)):
                    what = random.randrange(5)
                    if what == 0:
                        delta.field("transport", "tempo", random.random())
                    elif what == 1 and alive:
                        delta.track(random.choice(alive), {"name": str(random.random())})
                    elif what == 2 and alive:
                        gone = alive.pop(random.randrange(len(alive)))
                        delta.remove(gone)
                    elif what == 3:
                        delta.track("t%d" % number, {"kind": "audio", "index": number, "name": "new"})
                        alive.append("t%d" % number)
                        number += 1
                    else:
                        delta.set_take({"id": random.random()})
                if not delta:
                    continue
                apply_change(eager, json.loads(json.dumps(delta.params(revision))))
                pending = pending or feed.Delta()
                pending.merge(delta)
                if random.random() < 0.3:
                    apply_change(lazy, json.loads(json.dumps(pending.params(revision))))
                    pending = None
            if pending is not None:
                apply_change(lazy, json.loads(json.dumps(pending.params(revision))))
            self.assertEqual(eager, lazy)


class Time(unittest.TestCase):
    """A stall of Live does not use up anybody's patience."""

    def test_long_steps_are_short(self):
        ticking = clock.Clock()
        begin = ticking.now
        ticking.advance(ticking.real + 0.01)
        self.assertAlmostEqual(0.01, ticking.now - begin)
        self.assertAlmostEqual(12.0, ticking.advance(ticking.real + 12.0))
        self.assertAlmostEqual(0.01 + clock.LONGEST_STEP, ticking.now - begin)


class Steps(unittest.TestCase):
    """Jobs and confirmed writes."""

    def setUp(self):
        self.clock = clock.Clock()
        self.defects = []
        self.jobs = jobs.Jobs(lambda what, exc: self.defects.append(exc))
        self.writes = Writes(self.clock)
        self.ended = []

    def start(self, steps):
        self.jobs.start(steps, lambda result, error: self.ended.append((result, error.name if error else None)))

    def turn(self, seconds=0.01):
        self.clock.advance(self.clock.real + seconds)
        self.jobs.step()

    def test_order_and_results(self):
        def job(name, turns):
            for _ in range(turns):
                yield
            return name

        for name, turns in (("a", 2), ("b", 1), ("c", 0), ("d", 2)):
            self.start(job(name, turns))
        for _ in range(3):
            self.turn()
        self.assertEqual([("c", None), ("b", None), ("a", None), ("d", None)], self.ended)

    def test_failures_stay_with_their_job(self):
        def broken():
            yield
            raise ZeroDivisionError()

        def refused():
            yield
            raise RpcError("not_found", "x")

        self.start(broken())
        self.start(refused())
        self.turn()
        self.assertEqual([(None, "internal_error"), (None, "not_found")], self.ended)
        self.assertEqual([ZeroDivisionError], [type(exc) for exc in self.defects])

    def test_a_job_may_begin_another(self):
        def inner():
            yield
            return "inner"

        def outer():
            self.start(inner())
            yield
            return "outer"

        self.start(outer())
        self.turn()
        self.turn()
        self.assertEqual(["inner", "outer"], sorted(result for result, _ in self.ended))

    def test_cancel_all(self):
        closed = []

        def job():
            try:
                while True:
                    yield
            finally:
                closed.append(True)

        self.start(job())
        self.jobs.cancel_all(RpcError("set_changed", "x"))
        self.assertEqual(([True], [(None, "set_changed")], 0), (closed, self.ended, len(self.jobs)))

    def test_write_is_confirmed_by_reading(self):
        slow = Slow(arm=False)

        def job():
            yield from self.writes.settle([self.writes.put(slow, "arm", True)])
            return slow.arm

        self.start(job())
        self.assertTrue(self.writes.value(slow, "arm"))
        self.turn()
        self.assertEqual([], self.ended)
        slow.show()
        self.turn()
        self.assertEqual([(True, None)], self.ended)
        self.assertIsNone(self.writes.put(slow, "arm", True))

    def test_write_that_never_shows(self):
        slow = Slow(arm=False)
        self.start(self.writes.settle([self.writes.put(slow, "arm", True)]))
        for _ in range(19):
            self.turn(0.25)
        self.assertEqual([], self.ended)
        self.turn(0.25)
        self.assertEqual([(None, "not_confirmed")], self.ended)
        self.assertFalse(self.writes.value(slow, "arm"))

    def test_newer_write_settles_the_older(self):
        slow = Slow(arm=False)
        self.start(self.writes.settle([self.writes.put(slow, "arm", True)]))
        self.start(self.writes.settle([self.writes.put(slow, "arm", False)]))
        slow.show()
        self.turn()
        self.assertEqual([(None, None)] * 2, self.ended)

    def test_refused_write(self):
        class Frozen(object):
            arm = property(lambda self: False)

        with self.assertRaises(RpcError) as caught:
            self.writes.put(Frozen(), "arm", True)
        self.assertEqual("live_refused", caught.exception.name)


class Slow(object):
    """Shows what was written only after `show()`."""

    def __init__(self, **values):
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_written", {})

    def __getattr__(self, name):
        if name in ("_live_ptr",) or name not in self._values:
            raise AttributeError(name)
        return self._values[name]

    def __setattr__(self, name, value):
        self._written[name] = value

    def show(self):
        self._values.update(self._written)


class Listening(unittest.TestCase):
    """The registry of listeners."""

    def test_once_and_taken_back(self):
        class Track(object):
            def __init__(self):
                self.callbacks = []

            def add_arm_listener(self, callback):
                if callback in self.callbacks:
                    raise RuntimeError("twice")
                self.callbacks.append(callback)

            def remove_arm_listener(self, callback):
                self.callbacks.remove(callback)

        said = []
        registry = listeners.Listeners(lambda key, text: said.append(text))
        track = Track()
        callback = lambda: None  # noqa: E731
        self.assertTrue(registry.add(track, "arm", callback))
        self.assertTrue(registry.add(track, "arm", callback))
        self.assertFalse(registry.add(track, "mute", callback))
        self.assertFalse(registry.add(None, "arm", callback))
        self.assertEqual([callback], track.callbacks)
        registry.clear()
        self.assertEqual(([], []), (track.callbacks, said))


class Objects(unittest.TestCase):
    """Access to what may be gone or missing."""

    def test_deleted(self):
        class Gone(object):
            def __eq__(self, other):
                return other is None

            def __ne__(self, other):
                return other is not None

            __hash__ = None

            def __getattr__(self, name):
                raise RuntimeError("gone")

        self.assertFalse(lom.alive(Gone()))
        self.assertFalse(lom.alive(None))
        self.assertTrue(lom.alive(types.SimpleNamespace()))
        self.assertEqual(7, lom.get(Gone(), "name", 7))
        self.assertEqual([], lom.sequence(Gone(), "clips"))

    def test_categories(self):
        self.assertEqual("resampling", lom.category(types.SimpleNamespace(category=2)))
        self.assertEqual("invalid", lom.category(types.SimpleNamespace(category=99)))
        self.assertEqual("track", lom.category(types.SimpleNamespace(category="RoutingTypeCategory.track")))
        self.assertIsNone(lom.routing(types.SimpleNamespace(category=0, display_name="")))


class LinkFile(unittest.TestCase):
    """links/<pid>.json"""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def test_folders(self):
        home = {"HOME": "/home/mia"}
        where = lambda environ, platform: link_file.config_folder(environ, platform).replace("\\", "/")  # noqa: E731
        self.assertEqual("/x", where({"TAKEBAR_HOME": "/x", "HOME": "/y"}, "linux"))
        self.assertEqual("/home/mia/.config/takebar", where(home, "linux"))
        self.assertEqual("/cfg/takebar", where(dict(home, XDG_CONFIG_HOME="/cfg"), "linux"))
        self.assertEqual("/home/mia/Library/Application Support/Takebar", where(home, "darwin"))
        self.assertEqual("C:/Users/mia/AppData/Roaming/Takebar", where({"APPDATA": "C:\\Users\\mia\\AppData\\Roaming"}, "win32"))

    def test_written_whole_and_removed(self):
        mine = link_file.LinkFile(self.folder, 7)
        self.assertFalse(mine.exists())
        mine.write({"token": "a" * 32, "port": 1})
        mine.write({"token": "a" * 32, "port": 2})
        self.assertEqual((True, ["7.json"]), (mine.exists(), os.listdir(mine.folder)))
        with open(mine.path) as content:
            self.assertEqual(2, json.load(content)["port"])
        mine.remove()
        self.assertEqual((False, []), (mine.exists(), os.listdir(mine.folder)))
        mine.remove()

    def test_somebody_elses_file_stays(self):
        mine, other = link_file.LinkFile(self.folder, 7), link_file.LinkFile(self.folder, 7)
        mine.write({"token": "a" * 32})
        other.write({"token": "b" * 32})
        mine.remove()
        self.assertEqual(["7.json"], os.listdir(mine.folder))


class Kept(unittest.TestCase):
    """What outlives one set."""

    def test_ids_are_never_given_twice(self):
        kept = memory.Memory()
        ids = [kept.new_track_id() for _ in range(100)] + [kept.new_set_id() for _ in range(100)] + [kept.new_take_id() for _ in range(100)]
        self.assertEqual(300, len(set(ids)))

    def test_last_twenty(self):
        kept = memory.Memory()
        for number in range(30):
            kept.add_take({"id": str(number)})
        self.assertEqual(20, len(kept.takes))
        self.assertIsNone(kept.find_take("9"))
        self.assertEqual("29", kept.last_take()["id"])


if __name__ == "__main__":
    unittest.main()
