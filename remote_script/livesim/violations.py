"""The list of rules that a script broke, whether or not it swallowed the exception."""

import os
import sys
import threading
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
_KEEP = 1000


def script_place():
    """"file:line in function" of the innermost frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None:
        filename = frame.f_code.co_filename
        if os.path.dirname(os.path.abspath(filename)) != _HERE:
            return "%s:%d in %s" % (filename, frame.f_lineno, frame.f_code.co_name)
        frame = frame.f_back
    return "unknown place"


class Violations(object):
    """Counts all violations and keeps the first thousand; safe from any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._items = []
        self.count = 0

    def record(self, rule, message):
        item = {
            "rule": rule,
            "message": message,
            "where": script_place(),
            "thread": threading.current_thread().name,
            "at": time.monotonic(),
        }
        with self._lock:
            self.count += 1
            if len(self._items) < _KEEP:
                self._items.append(item)

    def items(self, clear=False):
        with self._lock:
            items = list(self._items)
            if clear:
                self._items = []
                self.count = 0
        return items
