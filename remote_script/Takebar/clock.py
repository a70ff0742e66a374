"""Time as the script counts it.

`now` stands still while Live's main thread does: a wait of five seconds means five seconds in which Live could have
done something. So nothing that Live did carry out is called a failure because Live was busy for long.
"""

import time

# The longest gap between two ticks that counts in full; the display tick comes every 100 ms.
LONGEST_STEP = 0.25


def unix_ms():
    """Unix time in milliseconds."""
    return int(time.time() * 1000)


class Clock(object):
    """Seconds in which Live's main thread turned."""

    def __init__(self):
        self.now = 0.0
        self.real = time.monotonic()

    def advance(self, real):
        """Moves on to the monotonic time `real`; returns the real seconds since the last call."""
        step = real - self.real
        self.real = real
        self.now += step if step < LONGEST_STEP else LONGEST_STEP
        return step
