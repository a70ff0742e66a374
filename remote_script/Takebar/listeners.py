"""Everything that the script listens to in Live, so that all of it can be taken back.

Live keeps no strong reference to a callback and refuses to register one twice, so the registry holds them, one for
each object and property.
"""

from . import lom


class Listeners(object):
    """Registry of listeners, keyed by (object key, property)."""

    def __init__(self, log):
        self._log = log
        self._entries = {}

    def __len__(self):
        return len(self._entries)

    def add(self, obj, prop, callback):
        """Calls `callback` whenever `prop` of `obj` changes. False where Live offers no listener for it."""
        entry = (lom.key(obj), prop)
        known = self._entries.get(entry)
        if known is not None:
            if lom.alive(known[0]):
                return True
            del self._entries[entry]  # a new object where a deleted one has been
        listen = lom.get(obj, "add_%s_listener" % prop)
        if listen is None:
            return False
        try:
            listen(callback)
        except Exception as exc:
            self._log("listener", "Could not listen to %s: %s" % (prop, exc))
            return False
        self._entries[entry] = (obj, callback)
        return True

    def remove_all_of(self, obj_key, props):
        """Stops listening to these properties of one object, which may be gone already."""
        for prop in props:
            self._remove((obj_key, prop))

    def clear(self):
        """Stops listening to anything."""
        for entry in list(self._entries):
            self._remove(entry)

    def _remove(self, entry):
        known = self._entries.pop(entry, None)
        if known is None:
            return
        obj, callback = known
        if not lom.alive(obj):
            return
        try:
            getattr(obj, "remove_%s_listener" % entry[1])(callback)
        except Exception as exc:
            self._log("listener", "Could not stop listening to %s: %s" % (entry[1], exc))
