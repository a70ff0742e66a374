"""The Live that hosts the script: its song and application, its log, status bar and timers.

Live 11 and 12 ship several generations of base classes that reach these in different ways; here is the one place that
tries them.
"""

import sys
import time

from . import lom

try:
    import Live
except Exception:  # a host without it still gets a script that answers on the display tick
    Live = None

LOG_PREFIX = "(Takebar) "
LOG_EVERY_SECONDS = 10.0


def _call_or_value(owner, name):
    member = lom.get(owner, name)
    if callable(member):
        try:
            return member()
        except Exception:
            return None
    return member


class Host(object):
    """Access to the hosting Live. `surface` is the control surface object, `c_instance` what Live gave it."""

    def __init__(self, surface, c_instance):
        self._surface = surface
        self._c_instance = c_instance
        self._logged = {}
        self.app = self._find_app()
        self.song = self._find_song()
        self.view = lom.get(self.song, "view")
        self.version = self._find_version()
        self.live = self._version_text()
        self.python = "%d.%d.%d" % sys.version_info[:3]

    # Live's objects

    def _find_app(self):
        app = _call_or_value(self._surface, "application")
        if not lom.alive(app):
            get_application = lom.get(lom.get(Live, "Application"), "get_application")
            app = None
            if get_application is not None:
                try:
                    app = get_application()
                except Exception as exc:
                    self.log("application", "Live gave no application object: %s" % exc)
        return app if lom.alive(app) else None

    def _find_song(self):
        for owner, name in ((self._surface, "song"), (self._c_instance, "song"), (self.app, "get_document")):
            song = _call_or_value(owner, name)
            if lom.alive(song):
                return song
        return None

    def _find_version(self):
        parts = []
        for name in ("get_major_version", "get_minor_version", "get_bugfix_version"):
            try:
                parts.append(int(getattr(self.app, name)()))
            except Exception:
                break
        return tuple(parts)

    def _version_text(self):
        if len(self.version) == 3:
            return "%d.%d.%d" % self.version
        text = _call_or_value(self.app, "get_version_string")
        return str(text) if text else ".".join(str(part) for part in self.version)

    # what the user sees

    def log(self, key, text):
        """A line in Live's Log.txt. The same `key` is written once in ten seconds, so that a fault cannot flood it."""
        now = time.monotonic()
        last, missed = self._logged.get(key, (None, 0))
        if last is not None and now - last < LOG_EVERY_SECONDS:
            self._logged[key] = (last, missed + 1)
            return
        if len(self._logged) > 500:
            self._logged.clear()
        self._logged[key] = (now, 0)
        if missed:
            text += " (and %d more like this)" % missed
        for owner in (self._c_instance, self._surface):
            write = lom.get(owner, "log_message")
            if write is not None:
                try:
                    write(LOG_PREFIX + text)
                    return
                except Exception:
                    continue

    def show(self, text):
        """A message in Live's status bar; False where this host has none."""
        for owner in (self._surface, self._c_instance):
            write = lom.get(owner, "show_message")
            if write is not None:
                try:
                    write(text)
                    return True
                except Exception:
                    continue
        return False

    # time

    def timer(self, callback, interval_ms):
        """A stopped, repeating timer, or None where the host has none."""
        make = lom.get(lom.get(Live, "Base"), "Timer")
        if make is None:
            return None
        try:
            return make(callback, interval_ms, True)
        except Exception as first:
            try:
                return make(callback=callback, interval=interval_ms, repeat=True)
            except Exception:
                self.log("timer", "Live gave no timer: %s" % first)
                return None

    def no_quantization(self):
        """Live's value for launching at once."""
        return lom.get(lom.get(lom.get(Live, "Song"), "Quantization"), "q_no_q", 0)

    # capabilities

    def capabilities(self):
        """What this Live can do, as listed in docs/protocol.md."""
        found = ["takes", "session", "arrangement", "levels"]
        if lom.has(lom.get(lom.get(Live, "Track"), "RoutingTypeCategory"), "resampling") or self._routes_by_category():
            found.append("resampling")
            found.append("bounce")
        if lom.has(self.song, "capture_midi"):
            found.append("capture_midi")
        if lom.has(self.song, "name") and lom.has(self.song, "file_path"):
            found.append("set_name")
        if lom.has(self.app, "average_process_usage"):
            found.append("cpu")
        if lom.has(self.app, "open_dialog_count"):
            found.append("dialogs")
        return found

    def _routes_by_category(self):
        for track in lom.sequence(self.song, "tracks"):
            for routing_type in lom.sequence(track, "available_input_routing_types"):
                if lom.has(routing_type, "category"):
                    return True
        return False
