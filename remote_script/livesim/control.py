"""The control channel: JSON lines on the loopback address.

Commands run on the main thread between two turns. Reading works while the main thread stands still, and then runs on the
connection's own thread. `wait` never holds up other requests.
"""

import json
import queue
import socket
import sys
import threading
import time

from . import commands, faults, state
from .engine import Job, Moment
from .errors import CommandError
from .gate import OwnThread

MAX_LINE = 1 << 20
_READ_PATIENCE = 0.25
_WATCH_SECONDS = 0.02
_CONDITIONS = {
    "equals": lambda value, wish: value == wish and isinstance(value, bool) == isinstance(wish, bool),
    "not_equals": lambda value, wish: value != wish,
    "at_least": lambda value, wish: value is not None and value >= wish,
    "at_most": lambda value, wish: value is not None and value <= wish,
    "contains": lambda value, wish: value is not None and wish in value,
}


class Condition(object):
    """One or several comparisons on the true state."""

    def __init__(self, params):
        items = params.get("all", [params])
        if not isinstance(items, list) or not items:
            raise CommandError("'all' is a list of conditions.")
        self._tests = [self._test(item) for item in items]
        self.value = None

    @staticmethod
    def _test(item):
        if not isinstance(item, dict) or not item.get("path"):
            raise CommandError("A condition needs a 'path'.")
        found = [name for name in list(_CONDITIONS) + ["exists"] if name in item]
        if len(found) != 1:
            raise CommandError("A condition needs one of equals, not_equals, at_least, at_most, contains, exists.")
        return item["path"], found[0], item[found[0]]

    def holds(self, world):
        """True when all comparisons hold; `value` is the last value looked at."""
        for path, name, wish in self._tests:
            try:
                self.value, there = state.lookup(world, path), True
            except state.Missing:
                self.value, there = None, False
            if name == "exists":
                if there != bool(wish):
                    return False
            elif not there:
                return False
            else:
                try:
                    if not _CONDITIONS[name](self.value, wish):
                        return False
                except TypeError:
                    return False
        return True


class Waiter(object):
    """A `wait` request that has not been answered."""

    def __init__(self, condition, deadline, answer):
        self.condition, self.deadline, self.answer = condition, deadline, answer
        self.started = time.monotonic()


class Control(object):
    """Serves one World."""

    def __init__(self, world, port):
        self.world = world
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform != "win32":
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(16)
        self.port = self._listener.getsockname()[1]
        self._waiters = []
        self._lock = threading.Lock()
        self._waiting = threading.Event()
        self._seen = -1
        self._outbox = queue.Queue()
        world.engine.after_writes.append(self._changed)

    def start(self):
        OwnThread(self._accept, "control").start()
        OwnThread(self._watch, "control-wait").start()
        OwnThread(self._send, "control-send").start()

    def _accept(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            OwnThread(Connection(self, connection).run, "control-client").start()

    def close(self):
        self._listener.close()

    # waiting for conditions

    def wait(self, params, answer):
        condition = Condition(params)
        timeout = params.get("timeout", 10)
        if not isinstance(timeout, (int, float)) or isinstance(timeout, bool) or timeout < 0:
            raise CommandError("'timeout' is a number of seconds.")
        waiter = Waiter(condition, time.monotonic() + timeout, answer)
        try:
            already = condition.holds(self.world)
        except RuntimeError:
            already = False  # a list changed while it was read; _watch looks again
        if already:
            answer(result={"value": condition.value, "waited": 0.0, "already": True})
            return
        with self._lock:
            self._waiters.append(waiter)
        self._waiting.set()
        self.world.engine.wake()

    def _check(self):
        with self._lock:
            waiters = list(self._waiters)
        now = time.monotonic()
        for waiter in waiters:
            if waiter.condition.holds(self.world):
                self._done(waiter, result={
                    "value": waiter.condition.value, "waited": now - waiter.started, "already": False})
            elif now >= waiter.deadline:
                self._done(waiter, error="The condition did not come true in time; the last value was %s."
                           % json.dumps(waiter.condition.value))

    def _done(self, waiter, **outcome):
        with self._lock:
            if waiter not in self._waiters:
                return
            self._waiters.remove(waiter)
            if not self._waiters:
                self._waiting.clear()
        # Not sent from here: a client that does not read must not hold up the main thread.
        self._outbox.put((waiter.answer, Moment(), outcome))

    def _send(self):
        while True:
            answer, moment, outcome = self._outbox.get()
            answer(moment=moment, **outcome)

    def _changed(self):
        """On the main thread, so that the moment is exact."""
        if self._waiters and self._seen != self.world.revision:
            self._seen = self.world.revision
            self._check()

    def _watch(self):
        """For what changes without a turn: song time, files, and everything while the main thread stands still."""
        while True:
            self._waiting.wait()
            try:
                self._check()
            except RuntimeError:
                pass  # a list changed while it was read; the next look is 20 ms away
            time.sleep(_WATCH_SECONDS)

    # requests

    def read(self, function):
        """Runs function on the main thread, or here when that stands still."""
        engine = self.world.engine
        if engine.stalled_until is None:
            job = engine.call(function)
            if job.done.wait(_READ_PATIENCE) or job.started:
                job.done.wait()
                return job
            job.cancelled = True
        for _ in range(50):
            job = Job(function)
            try:
                job.finish(function())
            except RuntimeError:
                continue  # the main thread changed a list meanwhile
            except Exception as error:  # reported as the answer
                job.finish(error=error)
            return job
        job = Job(function)
        job.finish(error=CommandError("The state changes too fast to be read; ask again."))
        return job

    def run(self, request, answer):
        """Carries out one request. answer(result=, error=, moment=) may be called later and from another thread."""
        name = request.get("do")
        world = self.world
        if name == "wait":
            self.wait(request, answer)
        elif name == "unstall":
            world.engine.unstall()
            answer(result={})
        elif name == "fault" and request.get("name") == "crash":
            faults.crash(world, request)
        elif name == "quit" or (name == "fault" and request.get("name") == "quit"):
            answer(result={})  # first: afterwards the process is gone
            world.engine.stop()
        elif name in READERS:
            _answer_job(self.read(lambda: READERS[name](world, request)), answer)
        elif name == "fault":
            fault = faults.TABLE.get(request.get("name"))
            if fault is None:
                raise CommandError("There is no fault %r. Faults: %s." % (
                    request.get("name"), ", ".join(sorted(faults.TABLE))))
            self._on_main(lambda: fault(world, request), answer)
        elif name in commands.TABLE:
            self._on_main(lambda: commands.TABLE[name](world, request), answer)
        else:
            raise CommandError("There is no command %r; 'help' lists them." % name)

    def _on_main(self, function, answer):
        job = self.world.engine.call(function)

        def finish():
            job.done.wait()
            _answer_job(job, answer)

        if job.done.wait(_READ_PATIENCE):
            finish()
        else:
            OwnThread(finish, "control-late").start()


def _answer_job(job, answer):
    if job.error is not None:
        answer(error=job.error, moment=job.moment)
    else:
        answer(result={} if job.result is None else job.result, moment=job.moment)


def _get(world, request):
    if not request.get("path"):
        raise CommandError("'get' needs a 'path'.")
    return state.lookup(world, request["path"])


def _log(world, request):
    start = request.get("from", 0)
    if not isinstance(start, int):
        raise CommandError("'from' is a line number.")
    lines, following = world.log.since(start)
    return {"lines": lines, "next": following}


def _options(world, _request):
    options = dict(vars(world.options))
    options["live"] = str(world.version)
    return options


READERS = {
    "ping": lambda world, _request: {"pid": state.os.getpid(), "stalled": world.engine.stalled_until is not None},
    "state": lambda world, request: state.full(world, request.get("parts")),
    "get": _get,
    "violations": lambda world, request: world.violations.items(bool(request.get("clear", False))),
    "log": _log,
    "options": _options,
    "help": lambda _world, _request: {
        "commands": sorted(list(commands.TABLE) + list(READERS) + ["wait", "unstall", "fault", "quit"]),
        "faults": sorted(list(faults.TABLE) + ["quit"])},
}


class Connection(object):
    """One client."""

    def __init__(self, control, sock):
        self._control = control
        self._socket = sock
        self._send_lock = threading.Lock()

    def run(self):
        rest = b""
        try:
            while True:
                data = self._socket.recv(65536)
                if not data:
                    return
                rest += data
                while b"\n" in rest:
                    line, rest = rest.split(b"\n", 1)
                    if line.strip() and not self._handle(line):
                        return
                if len(rest) > MAX_LINE:
                    return
        except OSError:
            return
        finally:
            self._socket.close()

    def _handle(self, line):
        """False for a line that is not a JSON object: the connection ends."""
        try:
            request = json.loads(line.decode("utf-8"))
        except ValueError:
            return False
        if not isinstance(request, dict):
            return False
        answer = self._answerer(request.get("id"), request.get("do"))
        try:
            self._control.run(request, answer)
        except CommandError as error:
            answer(error=error)
        except Exception as error:  # whatever goes wrong is answered
            answer(error=error)
        return True

    def _answerer(self, ident, command):
        def answer(result=None, error=None, moment=None):
            message = {"id": ident, "ok": error is None}
            if error is None:
                message["result"] = result
            else:
                message["error"] = str(error) if isinstance(error, (CommandError, state.Missing, str)) else (
                    "'%s' cannot be done with these parameters (%s: %s)." % (command, type(error).__name__, error))
            moment = moment or Moment()
            message["at"], message["unix_ns"] = moment.at, moment.unix_ns
            data = (json.dumps(message, ensure_ascii=False) + "\n").encode("utf-8")
            try:
                with self._send_lock:
                    self._socket.sendall(data)
            except OSError:
                pass
        return answer
