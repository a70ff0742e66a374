"""Input levels of the tracks that record or would record, for clients that ask for them.

Live's meters cost Live something even when only listened to, so nothing here listens: the few tracks of interest are read, about fifteen
times a second, and only while somebody watches.
"""

from . import lom, wire
from .client import HOLD_EVENTS
from .take import has_ended

INTERVAL_SECONDS = 0.066
TRACKS_LIMIT = 64
DIGITS = 3  # smaller changes nobody sees


class Levels(object):
    """The input meters of one set. `model` knows the tracks, `memory` the takes."""

    def __init__(self, model, memory):
        self._model = model
        self._memory = memory
        self._records = ()
        self._chosen_by = None  # what `_records` goes by
        self._shown = []  # as sent last
        self._number = 0  # of `_shown`; 0 has been sent to nobody
        self._message = None
        self.due = 0.0  # when they are to be read next, in monotonic time

    def poll(self, real, clients):
        """Reads and sends, where somebody wants levels and it is time. True while somebody does."""
        watchers = [client for client in clients if client.levels and not client.gone]
        if not watchers:
            return False
        if real >= self.due:
            self.due = real + INTERVAL_SECONDS - 0.002
            self._read()
            for client in watchers:
                # A client that does not read gets the latest once it reads again; nothing piles up.
                if client.levels_seen != self._number and client.outbox_size <= HOLD_EVENTS:
                    client.levels_seen = self._number
                    client.push(self._message)
        return True

    def _read(self):
        self._choose()
        shown = []
        for record in self._records:
            left, right = input_level(record)
            shown.append({"id": record.id, "left": left, "right": right})
        if shown != self._shown or not self._number:
            self._shown = shown
            self._number += 1
            self._message = wire.event("levels.changed", {"tracks": shown})

    def _choose(self):
        """The armed tracks and those of the running take, in the set's order. Looked for again only where that may have changed."""
        take = self._memory.last_take()
        running = () if take is None or has_ended(take) else tuple(track["id"] for track in take["tracks"])
        chosen_by = (self._model.arming, running)
        if chosen_by == self._chosen_by:
            return
        self._chosen_by = chosen_by
        records = []
        for record in self._model.order:
            fields = record.fields
            if fields and (fields["arm"] or fields["implicit_arm"] or record.id in running):
                records.append(record)
        self._records = records[:TRACKS_LIMIT]


def input_level(record):
    """What the input meter of a track shows, left and right, 0 to 1. MIDI tracks have one meter, shown on both sides."""
    track = record.track
    if not lom.alive(track):
        return 0.0, 0.0
    if record.kind == "audio":
        left, right = lom.number(track, "input_meter_left"), lom.number(track, "input_meter_right")
        if left is not None and right is not None:
            return _rounded(left), _rounded(right)
    level = _rounded(lom.number(track, "input_meter_level") or 0.0)
    return level, level


def _rounded(level):
    return round(min(1.0, max(0.0, level)), DIGITS)
