"""One track as the link shows it: how each field is read, and which of Live's properties announces its change."""

from . import lom, wire

ARMABLE = ("audio", "midi")

# Property of Live whose listener tells, and the fields to read then. The first table holds for every track, the second for
# all but the main track, the third for audio and MIDI tracks.
_EVERY = (("name", ("name",)), ("color", ("color",)))
_NOT_MAIN = (("mute", ("mute",)), ("solo", ("solo",)))
_ARMABLE = (
    ("arm", ("arm",)),
    ("implicit_arm", ("implicit_arm",)),
    ("current_monitoring_state", ("current_monitoring_state",)),
    ("is_frozen", ("is_frozen", "can_be_armed", "arm", "implicit_arm")),
    ("can_be_armed", ("can_be_armed", "arm", "implicit_arm")),
    ("input_routing_type", ("input_routing_type", "input_routing_channel")),
    ("input_routing_channel", ("input_routing_channel",)),
)

PROPERTIES = {
    "audio": _EVERY + _NOT_MAIN + _ARMABLE,
    "midi": _EVERY + _NOT_MAIN + _ARMABLE,
    "group": _EVERY + _NOT_MAIN + (("is_frozen", ("is_frozen",)),),
    "return": _EVERY + _NOT_MAIN,
    "main": _EVERY,
}

FIELDS_OF = {prop: fields for prop, fields in _EVERY + _NOT_MAIN + _ARMABLE}

# Announced by another property too, so that it need not be polled where Live has no listener for it.
_IMPLIED = ("can_be_armed",)


def kind_of(track):
    """`audio`, `midi` or `group`. Returns and the main track are known by where they stand."""
    if lom.flag(track, "is_foldable"):
        return "group"
    if lom.flag(track, "has_audio_input"):
        return "audio"
    return "midi"


class TrackRecord(object):
    """A track of Live, its id, and its fields as they were last read."""

    __slots__ = ("id", "key", "track", "kind", "index", "born", "fields", "unheard", "_mark", "_text", "__weakref__")

    def __init__(self, track_id, track, kind, index, born):
        self.id = track_id
        self.key = lom.key(track)
        self.track = track
        self.kind = kind
        self.index = index
        self.born = born  # in seconds of the script's clock: a fresh track's routing must be left alone for a moment
        self.fields = None  # until it was read
        self.unheard = ()
        self._mark = None
        self._text = None

    @property
    def name(self):
        """The name that was last read."""
        return self.fields["name"] if self.fields else (lom.text(self.track, "name") or "")

    def text(self):
        """All fields as JSON."""
        if self._text is None:
            self._text = wire.encode(self.fields)
        return self._text

    def put(self, field, value):
        """Sets a field; True where that is a change."""
        if self.fields[field] == value:
            return False
        self.fields[field] = value
        self._text = None
        return True

    def read_all(self, group_track, selected):
        """Reads the track for the first time."""
        self.fields = {
            "id": self.id,
            "index": self.index,
            "name": None,
            "kind": self.kind,
            "color": 0,
            "can_be_armed": False,
            "arm": False,
            "implicit_arm": False,
            "current_monitoring_state": None,
            "mute": False,
            "solo": False,
            "group_track": group_track,
            "is_frozen": False,
            "input_routing_type": None,
            "input_routing_channel": None,
            "selected": selected,
        }
        for _, fields in PROPERTIES[self.kind]:
            for field in fields:
                self.fields[field] = self.read(field)

    def read(self, field):
        """What Live shows for a field now."""
        track = self.track
        if field == "name":
            return lom.text(track, "name") or ""
        if field == "color":
            return (lom.integer(track, "color") or 0) & 0xFFFFFF
        if field in ("mute", "solo", "is_frozen"):
            return bool(lom.get(track, field, False))
        if field == "current_monitoring_state":
            return lom.integer(track, field)
        if field == "input_routing_type":
            return lom.routing(lom.get(track, field))
        if field == "input_routing_channel":
            return lom.text(lom.get(track, field), "display_name") or None
        if field == "can_be_armed":
            return self.kind in ARMABLE and bool(lom.get(track, field, False)) and not lom.get(track, "is_frozen", False)
        if field in ("arm", "implicit_arm"):
            if self.kind not in ARMABLE or not lom.get(track, "can_be_armed", False):
                return False
            return bool(lom.get(track, field, False))
        raise KeyError(field)

    def listen(self, listeners, mark):
        """Starts to listen; `mark(record, property)` is called for what changed."""
        self._mark = mark
        unheard = []
        for prop, _ in PROPERTIES[self.kind]:
            if not listeners.add(self.track, prop, getattr(self, prop + "_changed")):
                if prop not in _IMPLIED and lom.has(self.track, prop):
                    unheard.append(prop)
        self.unheard = tuple(unheard)

    def forget(self, listeners):
        """Stops listening."""
        listeners.remove_all_of(self.key)
        self.unheard = ()


def _teller(prop):
    def changed(self):
        self._mark(self, prop)

    changed.__doc__ = "Called by Live when %s has changed. It only remembers that." % prop
    return changed


# One method for each property: Live calls listeners without saying what changed, and a set may have ten thousand of them.
for _prop in FIELDS_OF:
    setattr(TrackRecord, _prop + "_changed", _teller(_prop))
