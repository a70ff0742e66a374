"""The main loop: turns, ticks, timers, and what runs when.

One turn: commands of the control channel, the song clock, what is due, the script's writes that are due, listeners,
then the script's timers and the display tick. A write made in one turn shows in a later one. Turns happen only
when there is something to do, and are at least `turn_seconds` apart while writes are waiting.

Only the main thread runs turns. `call` and `wake` may be used from any thread.
"""

import collections
import heapq
import itertools
import random
import threading
import time
import traceback

DISPLAY_SECONDS = 0.1
TIMER_FLOOR_MS = 10
# A signal that comes just before the main thread falls asleep does not wake it (Python runs the handler afterwards).
_LONGEST_SLEEP = 0.25


class SystemClock(object):
    """Monotonic time of this machine; tests hand in a clock of their own."""

    @staticmethod
    def now():
        return time.monotonic()


class Moment(object):
    """Now, on both clocks."""

    def __init__(self):
        self.at, self.unix_ns = time.monotonic(), int(time.time() * 1e9)


class Job(object):
    """A function that another thread wants run between two turns."""

    def __init__(self, function):
        self.function = function
        self.done = threading.Event()
        self.result = self.error = self.moment = None
        self.started = False
        self.cancelled = False

    def finish(self, result=None, error=None):
        self.result, self.error, self.moment = result, error, Moment()
        self.done.set()


class Later(object):
    """Returned by a job's function when its answer comes in a later turn: call finish()."""

    def __init__(self):
        self.job = None
        self.answer = None

    def finish(self, result=None, error=None):
        self.answer = (result, error)
        if self.job is not None:
            self.job.finish(result, error)


class Engine(object):
    """Runs the simulated main thread."""

    def __init__(self, world, clock=None):
        options = world.options
        self.world = world
        self.clock = clock or SystemClock()
        self.turn_seconds = options.turn_ms / 1000.0
        self.write_latency = options.write_latency
        self.now = self.clock.now()
        self.turn = 0
        self.display_ticks = 0
        self.notifying = 0
        self.script_depth = 0
        self.stalled_until = None
        self.menu_open = False
        self.quitting = False
        self.jitter = random.Random(11) if options.timer_jitter else None
        self._next_display = self.now + DISPLAY_SECONDS
        self._writes = collections.deque()
        self._notes = collections.OrderedDict()
        self._timers = []
        self._later = []
        self._order = itertools.count()
        self._jobs = collections.deque()
        self._bell = threading.Lock()
        self._bell.acquire()
        self.after_writes = []

    # what the model asks for

    def write(self, label, apply):
        """Queues a script's write; it takes effect `write_latency` turns from now."""
        self._writes.append((self.turn + self.write_latency, label, apply))

    def note(self, node, name):
        """A property changed: its listeners run in the next listener phase, once."""
        self.world.revision += 1
        if node.listeners.get(name):
            self._notes[(node, name)] = None

    def after(self, seconds, function):
        """Runs function on the main loop after so many seconds, even while the menu is open."""
        heapq.heappush(self._later, (self.now + seconds, next(self._order), function))

    def add_timer(self, timer):
        heapq.heappush(self._timers, (timer.due, next(self._order), timer))

    # what other threads may call

    def wake(self):
        try:
            self._bell.release()
        except RuntimeError:
            pass

    def call(self, function):
        job = Job(function)
        self._jobs.append(job)
        self.wake()
        return job

    def stop(self):
        """Ends the loop after this turn, or at once when stalled."""
        self.quitting = True
        self.stalled_until = None
        self.wake()

    # the loop

    def run(self):
        while not self.quitting:
            self._sleep_until(self.next_due())
            if not self.quitting:
                self.step()

    def _sleep_until(self, due):
        while not self.quitting:
            wait = due - self.clock.now()
            if wait <= 0 or self._bell.acquire(True, min(wait, _LONGEST_SLEEP)):
                return

    def next_due(self):
        """When the next turn has something to do; never before the turn's minimum distance."""
        if self._jobs:
            return self.now
        due = self.world.transport.next_event()
        if self._later:
            due = min(due, self._later[0][0])
        if not self.menu_open:
            due = min(due, self._next_display)
            if self._timers:
                due = min(due, self._timers[0][0])
        if self._writes or self._notes:
            due = min(due, self.now + self.turn_seconds)
        return due

    def step(self):
        """One turn."""
        self.now = self.clock.now()
        self.turn += 1
        self._run_jobs()
        if self.stalled_until is not None:
            self._stall()
        world = self.world
        world.transport.advance(self.now)
        while self._later and self._later[0][0] <= self.now:
            heapq.heappop(self._later)[2]()
        self._apply_writes()
        for function in self.after_writes:
            function()
        self._call_listeners()
        if not self.menu_open:
            self._run_timers()
            if self.now >= self._next_display:
                self._display_tick()
        # Once more for what the script has done at once (new tracks, undo).
        for function in self.after_writes:
            function()

    def _run_jobs(self):
        while self._jobs and self.stalled_until is None:
            job = self._jobs.popleft()
            if job.cancelled:
                continue
            job.started = True
            try:
                result = job.function()
            except Exception as error:  # a command that fails must not end the host
                job.finish(error=error)
                continue
            if isinstance(result, Later):
                result.job = job
                if result.answer is not None:
                    job.finish(*result.answer)
                continue
            # The effect counts as done when the listeners have heard of it.
            self._call_listeners()
            job.finish(result)

    def _stall(self):
        """The main thread stands still. Other threads (audio, control) run on."""
        while True:
            until = self.stalled_until  # once: other threads and signals end a stall
            if until is None:
                break
            wait = until - self.clock.now()
            if wait <= 0:
                break
            self._bell.acquire(True, min(wait, _LONGEST_SLEEP))
        self.stalled_until = None
        self.now = self.clock.now()

    def stall(self, seconds):
        self.stalled_until = self.clock.now() + seconds

    def unstall(self):
        """From any thread."""
        self.stalled_until = None
        self.wake()

    def _apply_writes(self):
        while self._writes and self._writes[0][0] <= self.turn:
            _due, label, apply = self._writes.popleft()
            try:
                apply()
            except Exception as error:
                self.world.log.error("%s failed: %s" % (label, error))
            self.world.revision += 1

    def _call_listeners(self):
        if not self._notes:
            return
        notes, self._notes = self._notes, collections.OrderedDict()
        self.notifying += 1
        try:
            for node, name in notes:
                self.world.call_listeners(node, name)
        finally:
            self.notifying -= 1

    def _run_timers(self):
        timers = self._timers
        while timers and timers[0][0] <= self.now:
            due, _order, timer = heapq.heappop(timers)
            if timer.is_due(due):
                timer.fire(self.now)

    def timer_delay(self, interval_ms):
        """Seconds to a timer's next call: never under 10 ms, a little late, seldom very late (22 ms)."""
        delay = max(TIMER_FLOOR_MS, interval_ms) / 1000.0
        if self.jitter is not None:
            delay += self.jitter.uniform(0.00005, 0.00045)
            if self.jitter.random() < 0.003:
                delay += self.jitter.uniform(0.003, 0.011)
        return delay

    def _display_tick(self):
        self._next_display += DISPLAY_SECONDS
        if self._next_display <= self.now:
            self._next_display = self.now + DISPLAY_SECONDS
        self.display_ticks += 1
        self.world.display_tick()

    # entering the script

    def call_script(self, what, function, *args):
        """Calls into the script. Returns (True, result), or (False, None) after logging the traceback."""
        self.script_depth += 1
        self.world.gate.open()
        try:
            return True, function(*args)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            self.world.script_error(what, traceback.format_exc())
            return False, None
        finally:
            self.script_depth -= 1
            if self.script_depth == 0:
                self.world.gate.close()
