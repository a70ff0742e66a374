"""The machinery between the true model (nodes) and what a script holds (handles).

A node is the true object. A handle is the small Python object that the script
gets: every access goes through Prop or Method, which check the thread, whether
the object still lives, and the rules for writing. Handles are made anew for each
access, as Boost does; they compare by node, so `is` never works and `==` does.

A script's write is checked at once and takes effect on a later turn.
"""

import itertools
import math
import threading
import weakref

from .errors import NOTIFICATION_TEXT, ArgumentError

_get_ident = threading.get_ident
_pointers = itertools.count(0x600000400000, 0x40)


class Node(object):
    """A true object of the set. `values` holds its plain properties by LOM name."""

    api = "LomObject"

    def __init__(self, world, **values):
        self.world = world
        self.ptr = next(_pointers)
        self.alive = True
        self.values = values
        self.listeners = {}

    def change(self, name, value):
        """Sets a plain property in the true state and tells listeners. True if it changed."""
        if self.values.get(name) == value:
            return False
        self.values[name] = value
        self.notify(name)
        return True

    def notify(self, *names):
        """Something that `names` show has changed: listeners are called in this or the next turn."""
        for name in names:
            self.world.engine.note(self, name)

    def die(self):
        """The object is gone: every handle to it raises from now on."""
        self.alive = False
        self.world.forget_listeners(self)


class ListenerRef(object):
    """Holds a listener the way Live does: weakly by default (keep your own reference)."""

    __slots__ = ("_ref",)

    def __init__(self, callback, strong):
        if strong:
            self._ref = lambda: callback
        elif hasattr(callback, "__self__") and hasattr(callback, "__func__"):
            self._ref = weakref.WeakMethod(callback)
        else:
            try:
                self._ref = weakref.ref(callback)
            except TypeError:
                self._ref = lambda: callback

    def get(self):
        return self._ref()


class Vector(object):
    """Live.Base.Vector: a read-only sequence that is neither list nor tuple."""

    __slots__ = ("_world", "_nodes")

    def __init__(self, world, nodes):
        self._world = world
        self._nodes = tuple(nodes)

    def _item(self, node):
        return self._world.wrap(node) if isinstance(node, Node) else node

    def __len__(self):
        self._world.check_thread("Vector.__len__")
        return len(self._nodes)

    def __getitem__(self, index):
        self._world.check_thread("Vector.__getitem__")
        if isinstance(index, slice):
            return [self._item(node) for node in self._nodes[index]]
        return self._item(self._nodes[index])

    def __iter__(self):
        self._world.check_thread("Vector.__iter__")
        for node in self._nodes:
            yield self._item(node)

    def __contains__(self, value):
        return any(item == value for item in self)


class LomObject(object):
    """Base of all handles."""

    __slots__ = ("_livesim_node", "__weakref__")

    def __init__(self, *_args, **_kwargs):
        raise RuntimeError("This class cannot be instantiated from Python")

    def __setattr__(self, name, value):
        attribute = getattr(type(self), name, None)
        world = self._livesim_node.world
        if isinstance(attribute, Prop):
            attribute.__set__(self, value)
            return
        world.check_thread("%s.%s" % (type(self).__name__, name))
        world.violations.record(
            "unknown-attribute", "%s has no '%s' to write" % (type(self).__name__, name)
        )
        raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))

    def __eq__(self, other):
        node = self._livesim_node
        node.world.check_thread("%s.__eq__" % type(self).__name__)
        if other is None:
            return not node.alive
        if isinstance(other, LomObject):
            return node is other._livesim_node
        return False

    def __ne__(self, other):
        return not self.__eq__(other)

    # Boost sets __eq__ after the type exists, so objects hash by identity: two handles of one track differ as keys.
    __hash__ = object.__hash__

    def __repr__(self):
        return "<%s.%s object at 0x%x>" % (
            type(self).__module__, type(self).__name__, self._livesim_node.ptr)


def make_handle(cls, node):
    handle = object.__new__(cls)
    object.__setattr__(handle, "_livesim_node", node)
    return handle


def enter(handle, name):
    """The checks that each access makes. Returns the live node."""
    node = handle._livesim_node
    world = node.world
    if _get_ident() != world.main_ident:
        world.check_thread("%s.%s" % (type(handle).__name__, name))
    if not node.alive:
        world.violations.record(
            "deleted", "%s.%s on an object that is gone" % (type(handle).__name__, name))
        raise ArgumentError(
            "Python argument types in\n    %s.%s(%s)\ndid not match C++ signature: the object is gone"
            % (type(handle).__name__, name, type(handle).__name__))
    return node


def refuse_in_listener(world, what):
    if world.engine.notifying:
        world.violations.record("listener-write", "%s inside a listener" % what)
        raise RuntimeError(NOTIFICATION_TEXT)


def _bad_argument(world, what, value):
    world.violations.record("argument", "%s does not take %s" % (what, type(value).__name__))
    return ArgumentError(
        "Python argument types in\n    None.None(%s, %s)\ndid not match C++ signature of %s"
        % (what.split(".")[0], type(value).__name__, what))


def convert(world, kind, value, what):
    """Converts like Boost: int where int, int or float where float, no guessing. "int?" takes None as well."""
    if kind.endswith("?"):
        if value is None:
            return None
        kind = kind[:-1]
    if kind == "bool":
        if value is None or isinstance(value, int):
            return bool(value)
    elif kind == "int":
        if isinstance(value, int):
            return int(value)
    elif kind == "float":
        if isinstance(value, (int, float)) and not math.isnan(value):
            return float(value)
    elif kind == "str":
        if isinstance(value, str):
            return value
    elif kind == "object":
        return value
    else:
        if isinstance(value, LomObject) and value._livesim_node.api == kind:
            if not value._livesim_node.alive:
                world.violations.record("deleted", "%s was given an object that is gone" % what)
                raise ArgumentError("%s was given an object that is gone" % what)
            return value._livesim_node
    raise _bad_argument(world, what, value)


class Prop(object):
    """A property of the API.

    kind: bool, int, float, str, object, the api name of a node, or "vector".
    rw: the script may write. listen: it has add_/remove_/X_has_listener.
    since: the first Live version that has it. The node may define get_X, check_X (raises at
    once) and set_X (runs when the write takes effect); else `values` is used.
    """

    def __init__(self, kind="bool", rw=False, listen=False, since=None, undo=False):
        self.kind = kind
        self.rw = rw
        self.listen = listen
        self.since = since
        self.undo = undo
        self.name = self.getter = self.checker = self.setter = self.owner = None

    def bound(self, owner, name, node_class):
        """A copy that knows its name and its node's functions."""
        copy = Prop(self.kind, self.rw, self.listen, self.since, self.undo)
        copy.name, copy.owner = name, owner
        copy.getter = getattr(node_class, "get_" + name, None)
        copy.checker = getattr(node_class, "check_" + name, None)
        copy.setter = getattr(node_class, "set_" + name, None)
        return copy

    def __get__(self, handle, _owner=None):
        if handle is None:
            return self
        node = enter(handle, self.name)
        value = self.getter(node) if self.getter else node.values[self.name]
        kind = self.kind
        if kind == "vector":
            return Vector(node.world, value)
        if isinstance(value, Node):
            return node.world.wrap(value)
        return value

    def __set__(self, handle, value):
        node = enter(handle, self.name)
        world = node.world
        what = "%s.%s" % (self.owner, self.name)
        if not self.rw:
            world.violations.record("read-only", "%s cannot be written" % what)
            raise AttributeError("can't set attribute '%s'" % self.name)
        refuse_in_listener(world, what)
        value = convert(world, self.kind, value, what)
        if self.checker:
            self.checker(node, value)
        world.engine.write(what, lambda: self.apply(node, value))

    def apply(self, node, value):
        """The write takes effect, if the object still lives."""
        if not node.alive:
            return
        old = self.getter(node) if self.getter else node.values.get(self.name)
        put = self.setter or (lambda target, item: target.change(self.name, item))
        put(node, value)
        if self.undo and old != value:
            node.world.undo.add(
                "Change %s" % self.name,
                lambda: put(node, old), lambda: put(node, value))


class Method(object):
    """A method of the API: args are kinds, `optional` how many may be left out, `names` for keywords.

    Calls node.do_X(*args) at once; the node decides what waits for a later turn.
    `late` queues the call instead, for commands whose effect shows on a later turn.
    """

    def __init__(self, *args, **options):
        self.args = args
        self.names = options.get("names", ())
        self.defaults = options.get("defaults", ())
        self.write = options.get("write", True)
        self.late = options.get("late", False)
        self.returns = options.get("returns")
        self.since = options.get("since")

    def function(self, owner, name, node_class):
        target = getattr(node_class, "do_" + name)
        spec, label = self, "%s.%s" % (owner, name)

        def call(handle, *args, **kwargs):
            node = enter(handle, name)
            world = node.world
            if spec.write:
                refuse_in_listener(world, label)
            values = spec.arguments(world, label, args, kwargs)
            if spec.late:
                world.engine.write(label, lambda: target(node, *values) if node.alive else None)
                return None
            result = target(node, *values)
            if spec.returns == "vector":
                return Vector(world, result)
            return world.wrap(result) if isinstance(result, Node) else result

        call.__name__ = call.__qualname__ = name
        return call

    def arguments(self, world, label, args, kwargs):
        values = list(args)
        for position in range(len(values), len(self.args)):
            name = self.names[position] if position < len(self.names) else None
            if name in kwargs:
                values.append(kwargs.pop(name))
            elif position >= len(self.args) - len(self.defaults):
                values.append(self.defaults[position - len(self.args)])
            else:
                break
        if kwargs or len(values) != len(self.args):
            world.violations.record("argument", "%s was called with wrong arguments" % label)
            raise ArgumentError("Python argument types in\n    %s(...)\ndid not match C++ signature" % label)
        return [convert(world, kind, value, label) for kind, value in zip(self.args, values)]


class Signal(Prop):
    """Something that can be listened to but not read, or whose reading is a Prop of its own."""

    def __init__(self, since=None):
        Prop.__init__(self, "object", listen=True, since=since)


def _listener_functions(owner, name):
    def add(handle, callback):
        node = enter(handle, "add_%s_listener" % name)
        node.world.add_listener(node, owner, name, callback)

    def remove(handle, callback):
        node = enter(handle, "remove_%s_listener" % name)
        node.world.remove_listener(node, owner, name, callback)

    def has(handle, callback):
        node = enter(handle, "%s_has_listener" % name)
        return node.world.has_listener(node, name, callback)

    return add, remove, has


def build_class(name, module, blueprint, node_class, version, bases=(LomObject,)):
    """The handle class for one Live version: members that this version lacks are not there."""
    namespace = {"__slots__": (), "__module__": module, "__doc__": blueprint.__doc__}
    for attribute, item in vars(blueprint).items():
        since = getattr(item, "since", None)
        if since is not None and version < since:
            continue
        if isinstance(item, Prop):
            if not isinstance(item, Signal):
                namespace[attribute] = item.bound(name, attribute, node_class)
            if item.listen:
                add, remove, has = _listener_functions(name, attribute)
                namespace["add_%s_listener" % attribute] = add
                namespace["remove_%s_listener" % attribute] = remove
                namespace["%s_has_listener" % attribute] = has
        elif isinstance(item, Method):
            namespace[attribute] = item.function(name, attribute, node_class)
        elif not attribute.startswith("__"):
            namespace[attribute] = item
    namespace["_live_ptr"] = Prop("int").bound(name, "_live_ptr", _PointerNode)
    return type(name, bases, namespace)


class _PointerNode(object):
    @staticmethod
    def get__live_ptr(node):
        return node.ptr


def boost_enum(name, module, **members):
    """An int type like boost.python.enum: named values, `.names` and `.values`."""
    cls = type(name, (int,), {
        "__module__": module, "names": {}, "values": {},
        "__repr__": lambda self: "%s.%s.%s" % (module, name, self.name),
        "__str__": lambda self: self.name,
    })
    for member, number in members.items():
        value = cls(number)
        value.name = member
        setattr(cls, member, value)
        cls.names[member] = value
        cls.values[number] = value
    return cls
