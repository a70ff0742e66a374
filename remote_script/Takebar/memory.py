"""What outlives one instance of the script.

Live calls `disconnect` and then `create_instance` on the same imported module whenever another set is opened. Ids must not be
given twice in one Live, and a finished take must be found after that, so both are kept here and nowhere else.
"""

import os
import time

KEPT_TAKES = 20


class Memory(object):
    """Counters and takes of one Live process."""

    def __init__(self):
        self.boot = "%x%s" % (int(time.time() * 1000), os.urandom(2).hex())
        self.takes = []  # dicts as in the protocol, oldest first
        self.active = None  # the script that serves now
        self._tracks = 0
        self._sets = 0
        self._takes = 0

    def new_track_id(self):
        """An id that no track of this process has had."""
        self._tracks += 1
        return "t%d" % self._tracks

    def new_set_id(self):
        """An id for a set. Every start of the script counts as a new set, because Live has no mark of its own for one."""
        self._sets += 1
        return "%s-%d" % (self.boot, self._sets)

    def new_take_id(self):
        """An id for a take whose client gave none."""
        while True:
            self._takes += 1
            take_id = "take-%s-%d" % (self.boot, self._takes)
            if self.find_take(take_id) is None:
                return take_id

    def add_take(self, take):
        """Keeps a take, forgetting the oldest of too many."""
        self.takes.append(take)
        del self.takes[:-KEPT_TAKES]

    def find_take(self, take_id):
        """The take of that id, or None."""
        for take in reversed(self.takes):
            if take["id"] == take_id:
                return take
        return None

    def last_take(self):
        """The newest take, or None."""
        return self.takes[-1] if self.takes else None


MEMORY = Memory()
