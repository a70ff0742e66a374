"""Live.Base.Timer.

A timer lives as long as the script holds it. An exception in its callback stops it for good: it cannot be started again.
"""

import itertools
import weakref

from .errors import ArgumentError

_ids = itertools.count(1)


class TimerState(object):
    """The engine's side of a timer; outlives the script's object by at most one turn."""

    def __init__(self, world, handle, callback, interval, repeat):
        self.world = world
        self.id = next(_ids)
        self._handle = weakref.ref(handle)
        self.callback = callback
        self.interval = interval
        self.repeat = repeat
        self.running = False
        self.died = False
        self.silent = False
        self.calls = 0
        self.due = 0.0

    def start(self):
        if self.died or (self.running and not self.silent):
            return
        self.running, self.silent = True, False
        self._schedule()

    def stop(self):
        self.running = self.silent = False

    def _schedule(self):
        self.due = self.world.engine.clock.now() + self.world.engine.timer_delay(self.interval)
        self.world.engine.add_timer(self)

    def is_due(self, due):
        """False for queue entries that a stop, restart or the end of the object has made stale."""
        if self._handle() is None:
            self.running = False
            return False
        return self.running and not self.silent and due == self.due

    def gone(self):
        return self._handle() is None

    def fire(self, _now):
        self.calls += 1
        if not self.repeat:
            self.running = False
        ok, _ = self.world.engine.call_script("timer", self.callback)
        if not ok:
            self.running, self.died = False, True
        elif self.repeat and self.running and not self.silent and self.due <= self.world.engine.now:
            self._schedule()


def timer_class(world):
    """The Timer type for Live.Base."""

    class Timer(object):
        """Calls `callback` on the main thread every `interval` milliseconds (10 at least)."""

        __slots__ = ("_state", "__weakref__")

        def __init__(self, callback, interval, repeat=False, start=False):
            world.check_thread("Timer.__init__")
            if not callable(callback) or not isinstance(interval, int):
                world.violations.record("argument", "Timer needs a callable and whole milliseconds")
                raise ArgumentError("Timer(callback, interval): a callable and an int are needed")
            self._state = TimerState(world, self, callback, interval, bool(repeat))
            world.held_timers().append(self._state)
            if start:
                self._state.start()

        def start(self):
            world.check_thread("Timer.start")
            self._state.start()

        def stop(self):
            world.check_thread("Timer.stop")
            self._state.stop()

        def restart(self):
            world.check_thread("Timer.restart")
            self._state.stop()
            self._state.start()

        @property
        def running(self):
            world.check_thread("Timer.running")
            return self._state.running

    Timer.__module__ = "Base"
    return Timer
