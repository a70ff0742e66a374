"""The base classes that Live's own packages give to scripts, as far as a script without hardware needs them.

_Framework: `song()` and `application()` are methods. ableton.v2 and ableton.v3: `song` and `application` are properties.
"""

import contextlib
import types

NAMES = ("_Framework", "ableton.v2", "ableton.v3")


class _Scheduled(object):
    def __init__(self, ticks, callback, parameter):
        self.ticks, self.callback, self.parameter = ticks, callback, parameter


class SurfaceBase(object):
    """What all three generations share."""

    def __init__(self, c_instance=None, *_args, **_kwargs):
        assert c_instance is not None, "ControlSurface needs the c_instance"
        super(SurfaceBase, self).__init__()
        self._c_instance = c_instance
        self._scheduled_messages = []
        self._guard_depth = 0
        self._enabled = True

    def disconnect(self):
        self._scheduled_messages = []
        self._c_instance = None

    def log_message(self, *parts):
        text = "(%s) %s" % (type(self).__name__, " ".join(str(part) for part in parts))
        if self._c_instance:
            self._c_instance.log_message(text)

    def show_message(self, message):
        self._c_instance.show_message(message)

    def instance_identifier(self):
        return self._c_instance.instance_identifier()

    def schedule_message(self, delay_in_ticks, callback, parameter=None):
        """Runs callback so many display ticks (100 ms each) from now; at least one."""
        assert delay_in_ticks > 0, "a message cannot be scheduled for the running tick"
        assert callable(callback)
        self._scheduled_messages.append(_Scheduled(delay_in_ticks, callback, parameter))

    def update_display(self):
        with self.component_guard():
            due = []
            for message in self._scheduled_messages:
                message.ticks -= 1
                if message.ticks <= 0:
                    due.append(message)
            self._scheduled_messages = [m for m in self._scheduled_messages if m.ticks > 0]
            for message in due:
                if message.parameter is not None:
                    message.callback(message.parameter)
                else:
                    message.callback()

    @contextlib.contextmanager
    def component_guard(self):
        self._guard_depth += 1
        try:
            yield
        finally:
            self._guard_depth -= 1

    @contextlib.contextmanager
    def setting_listener_caller(self):
        yield

    def can_lock_to_devices(self):
        return False

    def suggest_input_port(self):
        return ""

    def suggest_output_port(self):
        return ""

    def suggest_map_mode(self, *_args):
        return -1

    def supports_pad_translation(self):
        return False

    def connect_script_instances(self, instantiated_scripts):
        pass

    def request_rebuild_midi_map(self):
        self._c_instance.request_rebuild_midi_map()

    def build_midi_map(self, midi_map_handle):
        pass

    def receive_midi(self, midi_bytes):
        pass

    def receive_midi_chunk(self, midi_chunk):
        pass

    def port_settings_changed(self):
        pass

    def refresh_state(self):
        pass

    def _send_midi(self, midi_event_bytes, *_args):
        self._c_instance.send_midi(tuple(midi_event_bytes))
        return True


def install(world, live, names, modules):
    """Puts the chosen packages into `modules` (sys.modules). Unknown names raise ValueError."""
    for name in names:
        if name not in NAMES:
            raise ValueError("livesim has no framework '%s'; it has %s" % (name, ", ".join(NAMES)))
    def song_of(self):
        return self._c_instance.song()

    def application_of(_self):
        return live.Application.get_application()

    def package(path):
        if path not in modules or getattr(modules[path], "__file__", None):
            module = types.ModuleType(path)
            module.__path__ = []
            modules[path] = module
            if "." in path:
                parent, _dot, child = path.rpartition(".")
                setattr(package(parent), child, module)
        return modules[path]

    def surface(**extra):
        return type("ControlSurface", (SurfaceBase,), extra)

    def liveobj_valid(obj):
        return obj != None  # noqa: E711 (a deleted object equals None)

    if "_Framework" in names:
        package("_Framework")
        package("_Framework.ControlSurface").ControlSurface = surface(song=song_of, application=application_of)
    for version in ("v2", "v3"):
        if "ableton." + version not in names:
            continue
        extra = {"song": property(song_of), "application": property(application_of)}
        if version == "v3":
            def init(self, specification=None, *args, **kwargs):
                SurfaceBase.__init__(self, kwargs.pop("c_instance", None), *args, **kwargs)
                self.specification = specification
            extra["__init__"] = init
            extra["setup"] = lambda self: None
        package("ableton.%s.control_surface" % version).ControlSurface = surface(**extra)
        helpers = package("ableton.%s.%s" % (version, "base" if version == "v2" else "live"))
        helpers.liveobj_valid = liveobj_valid
        package("ableton.%s.base" % version).liveobj_valid = liveobj_valid
