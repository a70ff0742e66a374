"""Live's Log.txt: one line each, with time and kind."""

import datetime
import sys
import threading

_KEEP = 20000


class Log(object):
    """Writes to a file or, without one, to stderr; keeps the lines for the control channel. Safe from any thread."""

    def __init__(self, path=None, stream=None):
        self._lock = threading.Lock()
        self._file = open(path, "a", encoding="utf-8") if path else stream  # noqa: SIM115 (open as long as the host runs)
        self.path = path
        self._lines = []
        self._dropped = 0

    def _write(self, kind, text):
        stamp = datetime.datetime.now().isoformat()
        with self._lock:
            for line in text.splitlines() or [""]:
                full = "%s: %s: %s" % (stamp, kind, line)
                self._lines.append(full)
                if self._file is not None:
                    self._file.write(full + "\n")
            if len(self._lines) > _KEEP:
                drop = len(self._lines) - _KEEP
                del self._lines[:drop]
                self._dropped += drop
            if self._file is not None:
                self._file.flush()

    def info(self, text):
        self._write("info", text)

    def message(self, text):
        self._write("info", "RemoteScriptMessage: " + text)

    def error(self, text):
        self._write("error", text)

    def script_error(self, text):
        for line in text.rstrip().splitlines():
            self._write("error", "RemoteScriptError: " + line)

    def since(self, number):
        """(lines from that number on, next number)."""
        with self._lock:
            start = max(0, number - self._dropped)
            return self._lines[start:], self._dropped + len(self._lines)


class LogStream(object):
    """What a script finds as sys.stdout or sys.stderr: lines go to the log."""

    encoding = "utf-8"

    def __init__(self, write):
        self._write_line = write
        self._rest = ""

    def write(self, text):
        self._rest += text
        while "\n" in self._rest:
            line, self._rest = self._rest.split("\n", 1)
            self._write_line(line)
        return len(text)

    def flush(self):
        pass

    @staticmethod
    def isatty():
        return False


def stderr_log():
    return Log(stream=sys.stderr)
