"""What recording into the Arrangement and into the Session have in common."""

import time

from . import lom, transport
from .recording import bar_seconds

CONFIRM_SECONDS = 5.0
STOP_SECONDS = 15.0
REPEAT_SECONDS = 1.0
COUNT_IN_BARS = (0, 1, 2, 4)


def count_in_seconds(song):
    """How long Live's count-in lasts now."""
    setting = lom.integer(song, "count_in_duration") or 0
    return COUNT_IN_BARS[min(max(setting, 0), 3)] * bar_seconds(song)


class Recorder(object):
    """Switches a recording on and off. Says `look()`: `counting`, `recording` or `off`."""

    in_arrangement = False

    def __init__(self, script):
        self._script = script
        self._song = script.host.song
        self._began = False
        self._began_at = 0.0
        self._started_transport = False
        self._planned = None
        self.stops_by_itself = False
        self.took_length = True

    def _begin(self):
        """Notes how things are right before the recording is switched on. From stop, Live starts at `start_time` (11.2+)."""
        self._began = True
        self._began_at = time.monotonic()
        self._started_transport = not transport.is_playing(self._script)
        if self._started_transport:
            self._planned = lom.number(self._song, "start_time")

    def _turns(self):
        """Whether the transport runs, or counts in."""
        return bool(lom.get(self._song, "is_playing", False) or lom.get(self._song, "is_counting_in", False))

    @property
    def knows_start(self):
        """Whether `start_beat` is exact."""
        return self._planned is not None

    def start_beat(self, seen):
        """Where the take starts, `seen` being the first song time that was read."""
        if self._planned is not None:
            beats_a_second = (lom.number(self._song, "tempo") or 120.0) / 60.0
            most = (time.monotonic() - self._began_at) * 1.2 * beats_a_second + 1.0
            if not self._planned <= seen <= self._planned + most:
                self._planned = None  # Live started somewhere else
        return seen if self._planned is None else self._planned

    def leave_playing(self):
        """Somebody stopped the recording in Live and let the song play on: so it plays on."""
        if lom.get(self._song, "is_playing", False):
            self._started_transport = False
