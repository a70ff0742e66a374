"""What parameters a method takes, and sentences about those that are wrong."""

from . import lom
from .errors import RpcError

LONGEST_BEATS = 100000.0
_ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class Param(object):
    """One parameter. `check(name, value)` returns the value to use or raises RpcError."""

    __slots__ = ("check", "required", "default")

    def __init__(self, check, required=False, default=None):
        self.check = check
        self.required = required
        self.default = default


def wrong(name, wish):
    """The error for a parameter that is not as it should be."""
    return RpcError("invalid_params", "\"%s\" must be %s." % (name, wish))


def check_all(method, specs, given, also=("deadline",)):
    """The parameters of a request, checked and completed. `given` is what the client sent."""
    names = sorted(set(specs) | set(also))
    hint = "%s takes: %s." % (method, ", ".join(names)) if names else "%s takes no parameters." % method
    for name in given:
        if name not in names:
            raise RpcError("invalid_params", "Unknown parameter \"%s\"." % str(name)[:80], hint)
    values = {}
    for name, spec in specs.items():
        value = given.get(name)
        if value is None:
            if spec.required:
                raise RpcError("invalid_params", "The parameter \"%s\" is missing." % name, hint)
            values[name] = spec.default
        else:
            values[name] = spec.check(name, value)
    return values


def is_number(value):
    """A JSON number that can be used; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and lom.finite(value) is not None


def text(shortest, longest):
    """A text of so many characters."""

    def check(name, value):
        if not isinstance(value, str) or not shortest <= len(value) <= longest:
            raise wrong(name, "a text of %d to %d characters" % (shortest, longest))
        return value

    return check


def integer(lowest, highest):
    """A whole number in a range."""

    def check(name, value):
        if not is_number(value) or int(value) != value or not lowest <= value <= highest:
            raise wrong(name, "a whole number from %d to %d" % (lowest, highest))
        return int(value)

    return check


def choice(*allowed):
    """One of some words."""

    def check(name, value):
        if not isinstance(value, str) or value not in allowed:
            raise wrong(name, " or ".join("\"%s\"" % word for word in allowed))
        return value

    return check


def position(name, value):
    """A position in the song, in beats."""
    if not is_number(value) or not 0 <= value <= LONGEST_BEATS:
        raise wrong(name, "a number of beats from 0 to %d" % LONGEST_BEATS)
    return float(value)


def length(name, value):
    """A length in beats."""
    if not is_number(value) or not 0 < value <= LONGEST_BEATS:
        raise wrong(name, "a number of beats over 0, at most %d" % LONGEST_BEATS)
    return float(value)


def switch(name, value):
    """On or off."""
    if not isinstance(value, bool):
        raise wrong(name, "true or false")
    return value


def track_id(name, value):
    """The id of a track."""
    if not isinstance(value, str) or not value:
        raise wrong(name, "the id of a track")
    return value


def track_ids(name, value):
    """A list of ids of tracks, each once."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise wrong(name, "a list of ids of tracks")
    return list(dict.fromkeys(value))


def take_id(name, value):
    """The id of a take."""
    if not isinstance(value, str) or not 1 <= len(value) <= 64 or not _ID_CHARACTERS.issuperset(value):
        raise wrong(name, "1 to 64 of A-Z a-z 0-9 - _")
    return value


def source(name, value):
    """What a take records."""
    if not isinstance(value, dict):
        raise wrong(name, "an object such as {\"kind\":\"armed\"}")
    kind = choice("armed", "selected", "track", "main")("source.kind", value.get("kind"))
    allowed = ("kind", "track") if kind == "track" else ("kind",)
    for member in value:
        if member not in allowed:
            raise RpcError("invalid_params", "\"source\" of kind \"%s\" takes no \"%s\"." % (kind, str(member)[:80]))
    if kind == "track":
        return {"kind": kind, "track": track_id("source.track", value.get("track"))}
    return {"kind": kind}


def protocols(name, value):
    """The protocol versions that a client speaks."""
    if not isinstance(value, list) or not value or not all(isinstance(v, int) and not isinstance(v, bool) for v in value):
        raise wrong(name, "a list of protocol versions")
    return value
