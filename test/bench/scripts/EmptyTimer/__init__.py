"""Reference for the script's idle cost: one 10 ms timer whose callback does nothing."""

import Live


class EmptyTimer(object):
    """A control surface with a timer and nothing else."""

    def __init__(self):
        self._timer = Live.Base.Timer(self._tick, 10, True)
        self._timer.start()

    def _tick(self):
        pass

    def update_display(self):
        """Live's display tick."""

    def disconnect(self):
        """The set is closed."""
        self._timer.stop()


def create_instance(c_instance):
    """Called by Live."""
    return EmptyTimer()
