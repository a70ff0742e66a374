"""Script threads run only while the main thread is inside the script.

Live's main thread keeps the interpreter except while it runs Python, so a thread of a script moves only during the
script's own callbacks. Here the host is Python too and must not hold the interpreter, so each line of a script thread first asks this gate, which is
open during callbacks only. Blocking calls in C (accept, recv, sleep) run out and then wait at the next line, as in Live.
"""

import _thread
import os
import sys
import threading

_HERE = os.path.dirname(os.path.abspath(__file__))
# A thread must not be held inside these: they hold locks that the host needs as well.
_NEVER_HELD = ("<frozen importlib", threading.__file__)


class Gate(object):
    """strict=False lets script threads run freely."""

    def __init__(self, strict):
        self.strict = strict
        self._event = threading.Event()

    def install(self):
        """From now on new threads are held at the gate, except those of OwnThread."""
        if not self.strict:
            return
        threading.settrace(self._trace)
        start = _thread.start_new_thread

        def start_new_thread(function, args, kwargs=None):
            def run():
                sys.settrace(self._trace)
                function(*args, **(kwargs or {}))
            return start(run, ())

        _thread.start_new_thread = start_new_thread

    def open(self):
        """The main thread enters the script."""
        if self.strict:
            self._event.set()

    def close(self):
        """The main thread has left the script."""
        if self.strict:
            self._event.clear()

    def _trace(self, frame, _event, _arg):
        if isinstance(threading.current_thread(), OwnThread):
            sys.settrace(None)
            return None
        filename = frame.f_code.co_filename
        if os.path.dirname(filename) == _HERE or filename.startswith(_NEVER_HELD):
            return None
        if not self._event.is_set():
            self._event.wait()
        return self._trace


class OwnThread(threading.Thread):
    """A thread of the host itself: never held."""

    def __init__(self, target, name):
        threading.Thread.__init__(self, target=target, name="livesim-" + name)
        self.daemon = True
