"""Input and output routing: types by category, channels by source.

Display names are translated (`--language`), so a script that matches by name fails in another language; categories are
the same everywhere. A new track's lists hold one empty entry for a while.
"""

from .lom import boost_enum

CATEGORIES = ("external", "rewire", "resampling", "master", "track", "parent_group_track", "none", "invalid")
CHANNEL_TRACK = ("Pre FX", "Post FX", "Post Mixer")

_WORDS = {
    "de": {
        "Ext. In": "Ext. Eingang", "Ext. Out": "Ext. Ausgang", "Resampling": "Resampling-Aufnahme", "No Input": "Kein Eingang",
        "All Ins": "Alle Eingänge", "Computer Keyboard": "Computertastatur", "Sends Only": "Nur Sends",
        "Main": "Haupt", "Master": "Master-Spur", "Pre FX": "Vor FX", "Post FX": "Nach FX", "Post Mixer": "Nach Mixer",
        "All Channels": "Alle Kanäle",
    },
    "fr": {
        "Ext. In": "Entrée ext.", "Ext. Out": "Sortie ext.", "Resampling": "Rééchantillonnage", "No Input": "Aucune entrée",
        "All Ins": "Toutes les entrées", "Computer Keyboard": "Clavier d'ordinateur", "Sends Only": "Départs seulement",
        "Main": "Principal", "Master": "Général", "Pre FX": "Avant FX", "Post FX": "Après FX", "Post Mixer": "Après mixage",
        "All Channels": "Tous les canaux",
    },
}
LANGUAGES = ("en",) + tuple(sorted(_WORDS))

RoutingTypeCategory = boost_enum(
    "RoutingTypeCategory", "Track", **{name: number for number, name in enumerate(CATEGORIES)})
RoutingChannelLayout = boost_enum("RoutingChannelLayout", "Track", midi=0, mono=1, stereo=2)


def word(world, text):
    """A name of Live's in the host's language."""
    return _WORDS.get(world.options.language, {}).get(text, text)


class Route(object):
    """A source or destination: a category, a track for "track" and the group, or Live's own word."""

    __slots__ = ("category", "track", "label")

    def __init__(self, category, track=None, label=""):
        self.category, self.track, self.label = category, track, label

    def key(self):
        return (self.category, self.track, self.label)

    def __eq__(self, other):
        return isinstance(other, Route) and self.key() == other.key()

    def __hash__(self):
        return hash(self.key())

    def display_name(self, world):
        return self.track.values["name"] if self.track is not None else word(world, self.label)


EMPTY = Route("invalid")
NO_CHANNEL = ("", 2)


def input_types(track):
    """All sources of a track, in the menu's order."""
    song = track.world.song
    if track.kind not in ("audio", "midi"):
        return []
    midi = track.kind == "midi"
    found = [Route("external", None, "All Ins"), Route("external", None, "Computer Keyboard")] if midi else [
        Route("external", None, "Ext. In")]
    found += [Route("track", other) for other in song.tracks
              if other is not track and (not midi or other.kind == "midi")]
    if not midi:
        found += [Route("track", other) for other in song.returns]
        found += [Route("resampling", None, "Resampling"), Route("master", None, song.main_word())]
    return found + [Route("none", None, "No Input")]


def output_types(track):
    song = track.world.song
    if track.kind == "main":
        return [Route("external", None, "Ext. Out")]
    found = [Route("external", None, "Ext. Out"), Route("master", None, song.main_word())]
    if track.group is not None:
        found.append(Route("parent_group_track", track.group))
    found += [Route("track", other) for other in song.tracks
              if other is not track and other is not track.group and other.kind == "audio"]
    return found + [Route("none", None, "Sends Only")]


def input_channels(track):
    """(label, layout) pairs for the present input type."""
    route = track.input_route
    if route.category == "track":
        return [(label, 2) for label in CHANNEL_TRACK]
    if route.category == "external":
        if track.kind == "midi":
            return [("All Channels", 0)] + [("Ch. %d" % n, 0) for n in range(1, 17)]
        pairs = [("%d/%d" % (n, n + 1), 2) for n in range(1, 9, 2)]
        return pairs + [("%d" % n, 1) for n in range(1, 9)]
    return [NO_CHANNEL]


def output_channels(track):
    if track.output_route.category == "external":
        return [("%d/%d" % (n, n + 1), 2) for n in range(1, 9, 2)]
    return [NO_CHANNEL]


def default_channel(channels):
    """Post FX for a track, else the first."""
    labels = [label for label, _layout in channels]
    return channels[labels.index("Post FX")] if "Post FX" in labels else channels[0]


def classes():
    """The value types that scripts see; each belongs to the track and direction it came from."""

    class RoutingType(object):
        __slots__ = ("_livesim",)

        def __init__(self, *_args):
            raise RuntimeError("This class cannot be instantiated from Python")

        @property
        def display_name(self):
            track, _side, route = self._livesim
            track.world.check_thread("RoutingType.display_name")
            return route.display_name(track.world)

        @property
        def category(self):
            track, _side, route = self._livesim
            track.world.check_thread("RoutingType.category")
            return getattr(RoutingTypeCategory, route.category)

        @property
        def attached_object(self):
            track, _side, route = self._livesim
            track.world.check_thread("RoutingType.attached_object")
            return track.world.wrap(route.track) if route.track is not None else None

        def __eq__(self, other):
            return type(other) is type(self) and other._livesim == self._livesim

        def __ne__(self, other):
            return not self == other

        __hash__ = object.__hash__

    class RoutingChannel(object):
        __slots__ = ("_livesim",)

        def __init__(self, *_args):
            raise RuntimeError("This class cannot be instantiated from Python")

        @property
        def display_name(self):
            track, _side, channel = self._livesim
            track.world.check_thread("RoutingChannel.display_name")
            return word(track.world, channel[0])

        @property
        def layout(self):
            track, _side, channel = self._livesim
            track.world.check_thread("RoutingChannel.layout")
            return RoutingChannelLayout.values[channel[1]]

        def __eq__(self, other):
            return type(other) is type(self) and other._livesim == self._livesim

        def __ne__(self, other):
            return not self == other

        __hash__ = object.__hash__

    for cls in (RoutingType, RoutingChannel):
        cls.__module__ = "Track"
    return RoutingType, RoutingChannel


def make(cls, track, side, item):
    """A RoutingType or RoutingChannel for `item` of a track's "input" or "output"."""
    value = object.__new__(cls)
    value._livesim = (track, side, item)
    return value
