"""Careful access to Live's objects.

An object that Live has deleted raises on any access but compares equal to None, so `is None` cannot tell. Members that
a version of Live does not have raise too. These few functions are the only place that knows.
"""

CATEGORIES = ("external", "rewire", "resampling", "master", "track", "parent_group_track", "none", "invalid")

_MISSING = object()


def alive(obj):
    """True while Live still has this object."""
    if obj is None:
        return False
    try:
        return bool(obj != None)  # noqa: E711  (Live's objects answer != themselves)
    except Exception:
        return False


def get(obj, name, default=None):
    """A member, or `default` where this Live, or this object, does not have it."""
    try:
        return getattr(obj, name)
    except Exception:
        return default


def has(obj, name):
    """True where the object has the member, whatever its value."""
    return get(obj, name, _MISSING) is not _MISSING


def value_of(obj, name, default=None):
    """Like `get`, but calls the member where this Live has a method instead of a property."""
    member = get(obj, name, default)
    if callable(member):
        try:
            return member()
        except Exception:
            return default
    return member


def key(obj):
    """What identifies a Live object while it lives. Keep the object itself as long as the key is kept."""
    ptr = get(obj, "_live_ptr")
    return ("id", id(obj)) if ptr is None else ptr


def flag(obj, name):
    """A boolean member; None where it is missing."""
    value = value_of(obj, name)
    return None if value is None else bool(value)


def integer(obj, name):
    """An integer member; None where it is missing."""
    try:
        return int(value_of(obj, name))
    except Exception:
        return None


def number(obj, name):
    """A finite float member; None where it is missing."""
    return finite(value_of(obj, name))


def finite(value):
    """The value as a float, or None where it is none that JSON can carry."""
    try:
        value = float(value)
    except Exception:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return value


def text(obj, name):
    """A text member; None where it is missing."""
    value = get(obj, name)
    return None if value is None else str(value)


def sequence(obj, name):
    """A list member as a new list; empty where it is missing."""
    try:
        return list(getattr(obj, name))
    except Exception:
        return []


def category(routing_type):
    """The category of a routing type by its name in the protocol. Display names are translated, categories are not."""
    value = get(routing_type, "category")
    try:
        return CATEGORIES[int(value)]
    except Exception:
        name = str(value).rsplit(".", 1)[-1]
        return name if name in CATEGORIES else "invalid"


def routing(routing_type):
    """A routing type as the protocol spells it; None for no type, and for the placeholder of a new track."""
    name = text(routing_type, "display_name")
    if not name:
        return None
    return {"display_name": name, "category": category(routing_type)}
