"""The script of one set: owns everything else, and turns it with Live's timers.

Live calls two things: a 10 ms timer, which runs only while somebody is connected or a take runs, and the display tick every 100 ms,
which accepts connections, watches over the timer, and serves in its place where Live gives none.
"""

import os
import time
import traceback

from . import lom, version, wire
from .client import HOLD_EVENTS, LINE_LIMIT
from .clock import Clock, unix_ms
from .confirm import Writes
from .errors import RpcError, refused
from .host import Host
from .jobs import Jobs
from .levels import Levels
from .link_file import LinkFile
from .listeners import Listeners
from .memory import MEMORY
from .methods import METHODS
from .rpc import QUEUE_LIMIT, Rpc
from .server import CLIENT_LIMIT, Server
from .state import Model

TIMER_MS = 10
DISPLAY_SECONDS = 0.1
BUDGET_SECONDS = 0.004
RETRY_SECONDS = 5.0
IDLE_SECONDS = 1.0
RESTING_TICKS = 4  # display ticks left out between two looks for a new client, once nobody has been there for a second
IDLE_TURN_SECONDS = 0.1
SLOW_TICK_SECONDS = 0.05
STALL_SECONDS = 1.0


class Script(object):
    """Everything that lives from `create_instance` to `disconnect`."""

    def __init__(self, surface, c_instance, memory=MEMORY):
        self.host = Host(surface, c_instance)
        self.memory = memory
        self.clock = Clock()
        self.started = unix_ms()
        self.ticks = 0
        self.take_job = None
        self.closed = False
        self._in_tick = False
        self._listening = False  # somebody has subscribed
        self._quiet = False  # nothing to do until `_due`, or until news come
        self._due = 0.0
        self._resting = False  # nobody is there: display ticks have nothing to do either
        self._rests_left = 0
        self._tick_end = 0.0
        self._timer = None
        self._timer_on = False
        self._ticks_seen = 0
        self._silent_displays = 0
        self._display_seen = time.monotonic()
        self._next_chore = 0.0
        self._idle_since = None
        self._link_trouble = None
        self._token = os.urandom(16).hex()
        self.listeners = Listeners(self.host.log)
        self.writes = Writes(self.clock)
        self.jobs = Jobs(self.log_defect)
        self._link_file = LinkFile()
        try:
            self.model = Model(self.host, self.listeners, memory, self.clock, self._link_file.pid, self.started)
        except Exception:
            self.listeners.clear()
            raise
        self.levels = Levels(self.model, memory)
        self.rpc = Rpc(self, METHODS, self.jobs, self._token, self.host.log, self.log_defect)
        self.server = Server(self.clock, self.rpc.greet, self.rpc.handle, self.rpc.too_long, self.host.log)
        self._open()
        self._timer = self.host.timer(self._on_timer, TIMER_MS)
        self._start_timer()

    # the link

    def _open(self):
        """Opens the port and writes the link file; what fails is tried again later."""
        try:
            if not self.server.is_listening:
                self.server.listen()
        except OSError as exc:
            self._trouble("Takebar cannot open a port on this computer: %s" % exc)
            return
        content = {
            "protocol": version.PROTOCOLS[-1],
            "port": self.server.port,
            "token": self._token,
            "pid": self._link_file.pid,
            "live": self.host.live,
            "script": version.SCRIPT,
            "started": self.started,
        }
        try:
            self._link_file.write(content)
        except OSError as exc:
            self._trouble(
                "Takebar cannot write its link file into %s (%s). Make that folder writable."
                % (self._link_file.folder, exc.strerror or exc)
            )
            return
        self._link_trouble = None
        self.host.log(
            "ready",
            "link is up on port %d (script %s, Live %s, Python %s)"
            % (self.server.port, version.SCRIPT, self.host.live, self.host.python),
        )
        self.host.show("Takebar: link is up")

    def _trouble(self, text):
        if text != self._link_trouble:
            self._link_trouble = text
            self.host.log("link", text)
            self.host.show(text)

    def greeting(self, protocol):
        """The result of hello."""
        return {
            "protocol": protocol,
            "script": version.SCRIPT,
            "live": self.host.live,
            "python": self.host.python,
            "pid": self._link_file.pid,
            "capabilities": self.host.capabilities(),
            "limits": {"line": LINE_LIMIT, "clients": CLIENT_LIMIT, "queue": QUEUE_LIMIT},
        }

    # time

    def _on_timer(self):
        """Live's timer. An exception out of here would end it for good. Mostly there is nothing to do, which must cost next to nothing."""
        try:
            if self._quiet and not (self.model.touched and self._listening):
                if time.monotonic() < self._due and not self.server.has_news(0):
                    self.ticks += 1
                    return
            self.tick()
        except Exception as exc:
            self.log_defect("A tick failed", exc)

    def display(self):
        """Live's display tick. Returns how many of the next ones it does not need."""
        try:
            if self._resting:
                self._rests_left -= 1
                if self._rests_left > 0 and not self.model.touched and not self.server.has_news(0):
                    return RESTING_TICKS
            if not self.closed:
                self._display()
        except Exception as exc:
            self.log_defect("A display tick failed", exc)
        return 0

    def _display(self):
        real = time.monotonic()
        stalled = real - self._display_seen > 3 * DISPLAY_SECONDS  # then the timer had no chance to call either
        self._display_seen = real
        self._resting = False
        if self.ticks == self._ticks_seen:
            self.server.accept()  # otherwise the timer does it
        if self.server.clients or len(self.jobs):
            self._idle_since = None
            if not self._timer_on:
                self._start_timer()
                self.tick()
            elif self.ticks == self._ticks_seen:
                self._silent_displays += 1
                if not stalled:
                    self._look_after_timer()
                self.tick()
            else:
                self._silent_displays = 0
        else:
            self._rest()
        self._ticks_seen = self.ticks
        self._chores(real)

    def _rest(self):
        """With nobody there, reads the set in peace and stops the timer."""
        self.clock.advance(time.monotonic())
        if self.model.touched:
            self.model.sync(time.monotonic() + BUDGET_SECONDS)
            self.model.collect()
        if self._timer_on:
            if self._idle_since is None:
                self._idle_since = self.clock.now
            if self.clock.now - self._idle_since <= IDLE_SECONDS:
                return
            self._timer.stop()
            self._timer_on = False
        self._resting = not self.model.touched
        self._rests_left = int(RETRY_SECONDS / DISPLAY_SECONDS / (RESTING_TICKS + 1))

    def _chores(self, real):
        if real < self._next_chore:
            return
        self._next_chore = real + RETRY_SECONDS
        if self._link_trouble is not None or not self._link_file.exists():
            self._open()

    def _start_timer(self):
        if self._timer is None:
            return
        try:
            self._timer.start()
            self._timer_on = True
        except Exception as exc:
            self.host.log("timer", "The timer could not be started: %s" % exc)
            self._timer = None

    def _look_after_timer(self):
        """The timer has not called since the last display tick: Live has stopped it, or is slow."""
        stopped = lom.get(self._timer, "running", None) is False
        if not stopped and self._silent_displays < 2:
            return
        self.host.log("timer", "The timer stood still; it is started again.")
        try:
            self._timer.stop()
            if self._silent_displays > 3:  # starting it again did not help
                self._timer = self.host.timer(self._on_timer, TIMER_MS)
        except Exception as exc:
            self.host.log("timer", "The timer could not be stopped: %s" % exc)
            self._timer = self.host.timer(self._on_timer, TIMER_MS)
        self._timer_on = False
        self._start_timer()

    def tick(self):
        """One turn: jobs, requests, state, sending."""
        if self.closed or self._in_tick:
            return
        self._in_tick = True
        try:
            self._turn()
        finally:
            self._in_tick = False

    def _turn(self):
        real = time.monotonic()
        self.ticks += 1
        step = self.clock.advance(real)
        if step > STALL_SECONDS and self.server.clients:
            self.host.log("stall", "Live's main thread stood still for %.1f s." % step)
        end = self._tick_end = real + BUDGET_SECONDS
        self._quiet = False
        if len(self.jobs):
            self.jobs.step()
        server = self.server
        server.accept()
        watched = False
        if server.clients:
            server.receive(end)
            self._publish(real, end)
            watched = self.levels.poll(real, server.clients)
            server.flush()
        self._quiet = not len(self.jobs) and server.is_quiet()
        self._due = real + IDLE_TURN_SECONDS
        if watched and self.levels.due < self._due:
            self._due = self.levels.due
        spent = time.monotonic() - real
        if spent > SLOW_TICK_SECONDS:
            self.host.log("lag", "A tick took %d ms." % (spent * 1000))

    def _publish(self, real, end):
        self._listening = False
        for client in self.server.clients:
            if client.subscribed and not client.gone:
                self._listening = True
                self.model.poll(real)
                break
        if self.model.touched:
            self.model.sync(end)
        self.publish()

    def publish(self):
        """Sends what changed to everybody who subscribed; merges it for those who read slowly."""
        delta = self.model.collect()
        lines = None
        for client in self.server.clients:
            if not client.subscribed or client.gone:
                continue
            if client.pending is None and client.outbox_size <= HOLD_EVENTS:
                if delta is not None:
                    if lines is None:
                        lines = self._lines(delta)
                    for line in lines:
                        client.push(line)
                continue
            if delta is not None:
                client.merge(delta)
            if client.outbox_size <= HOLD_EVENTS:
                for line in self._lines(client.pending):
                    client.push(line)
                client.pending = None

    def _lines(self, delta):
        """The events that tell of a change, as bytes."""
        return [wire.event("state.changed", params) for params in self.model.events(delta)]

    # for the verbs

    def ready(self):
        """Waits (as a part of a job) until the model shows the set as it is."""
        self.model.refresh_unheard()
        while True:
            if self.model.sync(self._tick_end):
                return
            yield

    def take_job_allows(self, method):
        """Raises RpcError while a take prepares or stops, which must not be disturbed."""
        job = self.take_job
        if job is not None and job.is_delicate:
            raise RpcError("busy", "A take is %s just now." % job.take["phase"].replace("_", " "))

    def call(self, obj, method, *args):
        """Calls a method of Live; an exception becomes `live_refused`."""
        try:
            return getattr(obj, method)(*args)
        except Exception as exc:
            raise refused(exc)

    def log_defect(self, what, exc):
        """Writes a defect of the script to Live's log, with the place where it happened."""
        lines = traceback.format_exception(type(exc), exc, exc.__traceback__)
        self.host.log((what, type(exc).__name__), "%s: %s" % (what, "".join(lines[-4:]).strip()))

    # the end

    def close(self):
        """Live closes the set, or the user chose another control surface."""
        if self.closed:
            return
        self.closed = True
        steps = (
            self._close_take,
            lambda: self.jobs.cancel_all(RpcError("set_changed", "Another set was loaded meanwhile.")),
            lambda: self.server.close(wire.event("bye", {"reason": "set_closed"})),
            self._link_file.remove,
            self._close_timer,
            self.listeners.clear,
        )
        for step in steps:
            try:
                step()
            except Exception as exc:
                self.log_defect("Closing", exc)
        self.host.log("closed", "link is closed")

    def _close_take(self):
        if self.take_job is not None:
            self.take_job.set_closed()

    def _close_timer(self):
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._timer_on = False
