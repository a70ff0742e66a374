"""Work that takes many ticks.

A job is a generator: each `yield` waits for the next tick. It runs on Live's main thread like everything else.
"""

from . import lom
from .errors import RpcError


def until(clock, condition, seconds, *needed):
    """Waits (as a part of a job) until `condition()` is true and returns its value, or None after `seconds`.

    The condition is not asked in the tick in which the wait begins, because Live shows a change in a later one. It is not asked
    either once one of the `needed` objects of Live is gone: then this raises `not_found`.
    """
    end = clock.now + seconds
    while True:
        yield
        for obj in needed:
            if not lom.alive(obj):
                raise RpcError("not_found", "It was deleted in Live meanwhile.")
        value = condition()
        if value:
            return value
        if clock.now >= end:
            return None


class Jobs(object):
    """The running jobs, stepped in the order in which they began."""

    def __init__(self, log_defect):
        self._log_defect = log_defect
        self._running = []

    def __len__(self):
        return len(self._running)

    def start(self, steps, done):
        """Begins a job at once. `done(result, error)` is called when it ends; `error` is an RpcError or None."""
        if not self._step(steps, done):
            self._running.append((steps, done))

    def step(self):
        """One step of every job."""
        running = self._running
        self._running = []
        kept = [job for job in running if not self._step(job[0], job[1])]
        self._running = kept + self._running  # those begun meanwhile come last

    def cancel_all(self, error):
        """Ends every job with `error`."""
        running, self._running = self._running, []
        for steps, done in running:
            try:
                steps.close()
            except Exception as exc:
                self._log_defect("A job did not close", exc)
            done(None, error)

    def _step(self, steps, done):
        try:
            next(steps)
            return False
        except StopIteration as end:
            done(end.value, None)
        except RpcError as error:
            done(None, error)
        except Exception as exc:
            self._log_defect("A job failed", exc)
            done(None, RpcError("internal_error", "Something went wrong inside the Takebar script."))
        return True
