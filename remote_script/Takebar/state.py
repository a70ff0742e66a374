"""What the link shows of Live: read once, then kept up to date.

Listeners only mark what changed; the reading happens in a tick, within the tick's budget. So a set of a thousand tracks is
read over several ticks, and one change in it costs one read.
"""

import collections
import itertools
import time

from . import lom, version, wire
from .feed import Delta
from .track_record import FIELDS_OF, PROPERTIES, TrackRecord, kind_of

FAST_POLL_SECONDS = 0.1
SLOW_POLL_SECONDS = 1.0
UNHEARD_PER_POLL = 20
PART_BYTES = 900000  # of tracks, sections and take in one line; a line has 1,048,576 at most
SWEEP_POLLS = 5  # every fifth fast poll one track is read again, in case Live did not tell

_FLAG, _INTEGER, _NUMBER, _TEXT = lom.flag, lom.integer, lom.number, lom.text


def _path(obj, name):
    return lom.text(obj, name) or None  # Live has "" for a set that was never saved


# section, field, where it is read, how, and whether Live announces changes of it
_FIELDS = (
    ("set", "name", "song", _TEXT, False),
    ("set", "path", "song", _path, False),
    ("transport", "is_playing", "song", _FLAG, True),
    ("transport", "is_counting_in", "song", _FLAG, True),
    ("transport", "current_song_time", "song", _NUMBER, False),
    ("transport", "tempo", "song", _NUMBER, True),
    ("transport", "signature_numerator", "song", _INTEGER, True),
    ("transport", "signature_denominator", "song", _INTEGER, True),
    ("transport", "loop", "song", _FLAG, True),
    ("transport", "loop_start", "song", _NUMBER, True),
    ("transport", "loop_length", "song", _NUMBER, True),
    ("transport", "punch_in", "song", _FLAG, True),
    ("transport", "punch_out", "song", _FLAG, True),
    ("transport", "metronome", "song", _FLAG, True),
    ("transport", "count_in_duration", "song", _INTEGER, True),
    ("transport", "last_event_time", "song", _NUMBER, False),
    ("transport", "can_undo", "song", _FLAG, False),
    ("transport", "can_redo", "song", _FLAG, False),
    ("transport", "can_capture_midi", "song", _FLAG, False),
    ("record", "record_mode", "song", _FLAG, True),
    ("record", "session_record", "song", _FLAG, True),
    ("record", "session_record_status", "song", _INTEGER, True),
    ("record", "exclusive_arm", "song", _FLAG, True),
    ("app", "average_process_usage", "app", _NUMBER, False),
    ("app", "open_dialog_count", "app", _INTEGER, True),
    ("app", "current_dialog_message", "app", _TEXT, False),
)

_ATTRIBUTE = {"path": "file_path"}


class _Field(object):
    """One field of a section."""

    __slots__ = ("section", "name", "attribute", "obj", "convert", "announced", "model", "__weakref__")

    def __init__(self, model, section, name, obj, convert, announced):
        self.model = model
        self.section = section
        self.name = name
        self.attribute = _ATTRIBUTE.get(name, name)
        self.obj = obj
        self.convert = convert
        self.announced = announced

    def changed(self):
        """Called by Live."""
        self.model.touched = True
        self.model.dirty_fields[self] = True
        if self.name == "open_dialog_count":
            self.model.dirty_fields[self.model.dialog_message] = True

    def read(self):
        """What Live shows now."""
        return None if self.obj is None else self.convert(self.obj, self.attribute)


class Model(object):
    """The state of one set. `pid` is the process id of Live, `started` Unix ms."""

    def __init__(self, host, listeners, memory, clock, pid, started):
        self._host = host
        self._listeners = listeners
        self._memory = memory
        self._clock = clock
        self.revision = 1
        self.touched = True  # may be dirty
        self.arming = 0  # counts what may have changed which tracks are armed
        self.changes = Delta()
        self.sections = {
            "link": {
                "live": host.live,
                "python": host.python,
                "script": version.SCRIPT,
                "protocol": version.PROTOCOLS[-1],
                "pid": pid,
                "started": started,
            },
            "set": {"id": memory.new_set_id()},
            "transport": {},
            "record": {},
            "app": {},
        }
        self.records = {}
        self.by_id = {}
        self.order = []
        self.dirty_fields = {}
        self.dialog_message = None
        self._fields = []
        self._polled_fields = []
        self._dirty_records = {}
        self._unread = collections.deque()
        self._unheard = collections.deque()
        self._structure_dirty = True
        self._structure_heard = False
        self._selection_dirty = True
        self._selection_heard = False
        self._selected = None
        self._next_fast = 0.0
        self._next_slow = 0.0
        self._refreshed = None
        self._polls = 0
        self._sweep = 0
        self._listen_to_song()

    # what Live calls

    def _structure_changed(self):
        self.touched = self._structure_dirty = True

    def _selection_changed(self):
        self.touched = self._selection_dirty = True

    def _mark(self, record, prop):
        self.touched = True
        self._dirty_records.setdefault(record, set()).update(FIELDS_OF[prop])

    # building

    def _listen_to_song(self):
        sources = {"song": self._host.song, "app": self._host.app}
        for section, name, source, convert, announced in _FIELDS:
            field = _Field(self, section, name, sources[source], convert, announced)
            self._fields.append(field)
            self.sections[section][name] = None
            if name == "current_dialog_message":
                self.dialog_message = field
            if name == "current_song_time":
                self._polled_fields.append(field)
        for field in self._fields:
            if field.announced and not self._listeners.add(field.obj, field.attribute, field.changed):
                self._polled_fields.append(field)
        song = self._host.song
        heard = [self._listeners.add(song, prop, self._structure_changed) for prop in ("tracks", "return_tracks")]
        self._structure_heard = all(heard)
        self._selection_heard = self._listeners.add(self._host.view, "selected_track", self._selection_changed)
        self.read_fields()
        self.changes = Delta()

    def read_fields(self):
        """Reads all fields of all sections again."""
        for field in self._fields:
            self._read_field(field)
        self.dirty_fields.clear()

    def _read_field(self, field):
        value = field.read()
        known = self.sections[field.section]
        before = known[field.name]
        if value == before:
            return
        if field.name == "average_process_usage" and None not in (value, before) and abs(value - before) < 1.0:
            return
        known[field.name] = value
        self.changes.field(field.section, field.name, value)

    def _scan(self):
        """Compares the set's list of tracks with the known ones."""
        self._structure_dirty = False
        song = self._host.song
        main = lom.get(song, "master_track")
        places = [("", index, track) for index, track in enumerate(lom.sequence(song, "tracks"))]
        places += [("return", index, track) for index, track in enumerate(lom.sequence(song, "return_tracks"))]
        if lom.alive(main):
            places.append(("main", 0, main))
        known = self.records
        records = {}
        order = []
        fresh = []
        for kind, index, track in places:
            key = lom.key(track)
            record = known.get(key)
            if record is None or not lom.alive(record.track):
                record = TrackRecord(
                    self._memory.new_track_id(), track, kind or kind_of(track), index, self._clock.now
                )
                fresh.append(record)
            elif record.index != index:
                record.index = index
                if record.fields is not None and record.put("index", index):
                    self.changes.track(record.id, {"index": index})
            records[key] = record
            order.append(record)
        for key, record in known.items():
            if records.get(key) is not record:
                self._drop(record)
        self.arming += 1
        self.records = records
        self.order = order
        self.by_id = {record.id: record for record in order}
        self._unread.extend(fresh)
        for record in order:
            if record.fields is not None and record.kind not in ("return", "main"):
                self._dirty_records.setdefault(record, set()).add("group_track")
        self._selection_dirty = True

    def _drop(self, record):
        record.forget(self._listeners)
        self._dirty_records.pop(record, None)
        if record.fields is not None:
            self.changes.remove(record.id)
        record.fields = record.fields or {"name": ""}

    def _group_of(self, record):
        if record.kind in ("return", "main") or not lom.get(record.track, "is_grouped", False):
            return None
        parent = lom.get(record.track, "group_track")
        parent = self.records.get(lom.key(parent)) if lom.alive(parent) else None
        return parent.id if parent is not None else None

    def _read_new(self, record):
        if self.by_id.get(record.id) is not record:
            return  # gone before it was read
        if not lom.alive(record.track):
            self._structure_dirty = True
            return
        record.listen(self._listeners, self._mark)
        record.read_all(self._group_of(record), record.key == self._selected)
        self.arming += 1
        record.text()  # now, within the tick's budget, so that a snapshot has only to join
        self._unheard.extend((record, prop) for prop in record.unheard)
        self.changes.track(record.id, record.fields)

    def _read_again(self, record, fields):
        if self.by_id.get(record.id) is not record or record.fields is None:
            return
        if not lom.alive(record.track):
            self._structure_dirty = True
            return
        changed = {}
        for field in fields:
            value = self._group_of(record) if field == "group_track" else record.read(field)
            if record.put(field, value):
                changed[field] = value
        if changed:
            self.changes.track(record.id, changed)
        if "arm" in changed or "implicit_arm" in changed:
            self.arming += 1

    def _read_selection(self):
        self._selection_dirty = False
        track = lom.get(self._host.view, "selected_track")
        selected = lom.key(track) if lom.alive(track) else None
        before, self._selected = self._selected, selected
        for key in (before, selected):
            record = self.records.get(key)
            if record is not None and record.fields is not None and record.put("selected", key == selected):
                self.changes.track(record.id, {"selected": key == selected})

    # keeping up to date

    def is_dirty(self):
        """Whether `sync` has something to read."""
        return bool(
            self._structure_dirty or self._unread or self._dirty_records or self.dirty_fields or self._selection_dirty
        )

    def sync(self, end=None):
        """Reads what changed, until the monotonic time `end`. True when nothing is left to read."""
        if self._structure_dirty:
            self._scan()
        if self.dirty_fields:
            fields, self.dirty_fields = self.dirty_fields, {}
            for field in fields:
                self._read_field(field)
        if self._selection_dirty:
            self._read_selection()
        while self._unread:
            self._read_new(self._unread.popleft())
            if end is not None and time.monotonic() >= end:
                return not self.is_dirty()
        while self._dirty_records:
            record, fields = self._dirty_records.popitem()
            self._read_again(record, fields)
            if end is not None and time.monotonic() >= end:
                break
        self.touched = self.is_dirty()
        return not self.touched

    def poll(self, real):
        """Reads what Live does not announce, some of it ten times and all of it once a second."""
        if real < self._next_fast:
            return
        self._next_fast = real + FAST_POLL_SECONDS - 0.002
        for field in self._polled_fields:
            self._read_field(field)
        if not self._selection_heard:
            self._selection_dirty = True
        self._poll_tracks()
        if real >= self._next_slow:
            self._next_slow = real + SLOW_POLL_SECONDS
            self.read_fields()
            if not self._structure_heard:
                self._structure_dirty = True

    def _poll_tracks(self):
        for _ in range(min(UNHEARD_PER_POLL, len(self._unheard))):
            record, prop = self._unheard.popleft()
            if self.by_id.get(record.id) is record:
                self._mark(record, prop)
                self._unheard.append((record, prop))
        self._polls += 1
        if self._polls % SWEEP_POLLS == 0 and self.order:
            self._sweep = (self._sweep + 1) % len(self.order)
            record = self.order[self._sweep]
            if record.fields is not None:
                for prop, _ in PROPERTIES[record.kind]:
                    self._mark(record, prop)

    def refresh_unheard(self):
        """Marks all that Live does not announce as changed, for a reader that needs the truth now; once a tick is enough."""
        if self._refreshed == self._clock.real:
            return
        self._refreshed = self._clock.real
        for record, prop in self._unheard:
            if self.by_id.get(record.id) is record:
                self._mark(record, prop)
        if not self._structure_heard:
            self._structure_dirty = True
        if not self._selection_heard:
            self._selection_dirty = True

    def take_changed(self):
        """The take to show has changed."""
        self.changes.set_take(self._memory.last_take())

    def collect(self):
        """The changes since the last call, with a new revision; None where nothing changed."""
        if not self.changes:
            return None
        delta, self.changes = self.changes, Delta()
        self.revision += 1
        return delta

    def _run(self, first, room):
        """Texts of the tracks from place `first` on, as many as fit into `room` bytes, at least one."""
        texts = []
        for record in itertools.islice(self.order, first, None):
            text = record.text()
            room -= len(text) + 1
            if room < 0 and texts:
                break
            texts.append(text)
        return texts

    def _state(self, first):
        """The state with its tracks from `first` on, as far as they fit into one line, as JSON; and the place of the next track."""
        sections = ",".join('"%s":%s' % (name, wire.encode(fields)) for name, fields in self.sections.items())
        take = wire.encode(self._memory.last_take())
        tracks = self._run(first, PART_BYTES - len(sections) - len(take))
        return '{%s,"tracks":[%s],"take":%s}' % (sections, ",".join(tracks), take), first + len(tracks)

    def snapshot(self, first=0):
        """The whole state with its revision, as JSON; where that is too long for one line, `next` is the place to go on from."""
        state, at = self._state(first)
        more = ',"next":%d' % at if at < len(self.order) else ""
        return wire.Raw('{"revision":%d,"state":%s%s}' % (self.revision, state, more))

    def snapshot_in_parts(self):
        """The whole state with its revision, as JSON, and a list of the params of the events that have the tracks which did not fit. Each of
        them has a revision of its own.
        """
        first = self.revision
        state, at = self._state(0)
        events = []
        while at < len(self.order):
            tracks = self._run(at, PART_BYTES)
            at += len(tracks)
            self.revision += 1
            events.append(wire.Raw('{"revision":%d,"changed":{"tracks":{"changed":[%s]}}}' % (self.revision, ",".join(tracks))))
        more = ',"parts":%d' % len(events) if events else ""
        return wire.Raw('{"revision":%d,"state":%s%s}' % (first, state, more)), events

    def events(self, delta):
        """The params of the events that tell of a change: one, or more where it would be too long for one line. Each has a revision of its own,
        the last one the model's.
        """
        parts = delta.split(PART_BYTES)
        self.revision += len(parts) - 1
        first = self.revision - len(parts) + 1
        return [part.params(first + number) for number, part in enumerate(parts)]

    # for the verbs

    def armed(self):
        """Ids of the tracks whose arm button is on, in the set's order."""
        return [record.id for record in self.order if record.fields and record.fields["arm"]]

    def selected(self):
        """The record of the track selected in Live, or None."""
        return self.records.get(self._selected)
