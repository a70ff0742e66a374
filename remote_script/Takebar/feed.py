"""What changed, gathered so that it can be merged for a client that reads slowly, and never be lost."""

from . import wire

SPLIT_TRACKS = 500  # fewer tracks than this fit into one line, whatever their names


def _entry(track_id, fields):
    entry = {"id": track_id}
    entry.update(fields)
    return entry


class Delta(object):
    """Changes of the state since some revision, in the shape of `state.changed`."""

    __slots__ = ("sections", "tracks", "removed", "take", "has_take")

    def __init__(self):
        self.sections = {}
        self.tracks = {}
        self.removed = []
        self.take = None
        self.has_take = False

    def __bool__(self):
        return bool(self.sections or self.tracks or self.removed or self.has_take)

    def field(self, section, name, value):
        """A field of a section has a new value."""
        self.sections.setdefault(section, {})[name] = value

    def track(self, track_id, fields):
        """Fields of a track have new values."""
        self.tracks.setdefault(track_id, {}).update(fields)

    def remove(self, track_id):
        """A track is gone. One that came and went unseen is not worth a word; only a new track tells its kind."""
        if "kind" not in self.tracks.pop(track_id, ()):
            self.removed.append(track_id)

    def set_take(self, take):
        """The take is another one, or has changed."""
        self.take = take
        self.has_take = True

    def merge(self, newer):
        """Takes over what happened after this."""
        for section, fields in newer.sections.items():
            self.sections.setdefault(section, {}).update(fields)
        for track_id in newer.removed:
            self.remove(track_id)
        for track_id, fields in newer.tracks.items():
            self.track(track_id, fields)
        if newer.has_take:
            self.set_take(newer.take)

    def split(self, most):
        """Itself, or several that amount to the same, so that none has more than about `most` bytes of tracks."""
        if len(self.tracks) < SPLIT_TRACKS:
            return [self]
        parts = [Delta()]
        room = most
        for track_id, fields in self.tracks.items():
            size = len(wire.encode(fields)) + 20
            if size > room and parts[-1].tracks:
                parts.append(Delta())
                room = most
            room -= size
            parts[-1].tracks[track_id] = fields
        parts[-1].sections, parts[-1].removed = self.sections, self.removed
        parts[-1].take, parts[-1].has_take = self.take, self.has_take
        return parts

    def params(self, revision):
        """The parameters of the event."""
        changed = dict(self.sections)
        if self.tracks or self.removed:
            tracks = {}
            if self.tracks:
                tracks["changed"] = [_entry(track_id, fields) for track_id, fields in self.tracks.items()]
            if self.removed:
                tracks["removed"] = self.removed
            changed["tracks"] = tracks
        if self.has_take:
            changed["take"] = self.take
        return {"revision": revision, "changed": changed}
