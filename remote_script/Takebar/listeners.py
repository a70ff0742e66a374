"""Everything that the script listens to in Live, so that all of it can be taken back.

Live keeps no strong reference to a callback and refuses to register one twice, so the registry holds them, one for
each object and property.
"""

from . import lom


class Listeners(object):
    """Registry of listeners, by the key of their object and then by property."""

    def __init__(self, log):
        self._log = log
        self._known = {}  # key -> (object, {property: callback})

    def add(self, obj, prop, callback):
        """Calls `callback` whenever `prop` of `obj` changes. False where Live offers no listener for it."""
        key = lom.key(obj)
        known = self._known.get(key)
        if known is not None and not lom.alive(known[0]):
            known = None  # a new object where a deleted one has been
        if known is not None and prop in known[1]:
            return True
        listen = lom.get(obj, "add_%s_listener" % prop)
        if listen is None:
            return False
        try:
            listen(callback)
        except Exception as exc:
            self._log("listener", "Could not listen to %s: %s" % (prop, exc))
            return False
        if known is None:
            known = self._known[key] = (obj, {})
        known[1][prop] = callback
        return True

    def remove_all_of(self, key):
        """Stops listening to an object, which may be gone already."""
        obj, callbacks = self._known.pop(key, (None, {}))
        if not lom.alive(obj):
            return
        for prop, callback in callbacks.items():
            try:
                getattr(obj, "remove_%s_listener" % prop)(callback)
            except Exception as exc:
                self._log("listener", "Could not stop listening to %s: %s" % (prop, exc))

    def clear(self):
        """Stops listening to anything."""
        for key in list(self._known):
            self.remove_all_of(key)
