"""The whole simulated Live: everything hangs off one World."""

import gzip
import os
import tempfile
import threading
import time

from . import livemodule, setfile
from .application import ApplicationNode
from .clip import ClipNode
from .engine import Engine, Later
from .errors import ArgumentError, CommandError
from .gate import Gate
from .host import Host
from .lom import ListenerRef, make_handle
from .recorder import Recorder
from .session import Session
from .song import SongNode
from .transport import Transport
from .undo import Undo
from .violations import Violations

_METERS = ("input_meter_left", "input_meter_right", "input_meter_level", "output_meter_left", "output_meter_right")


class World(object):
    """Built on the thread that is to be Live's main thread."""

    def __init__(self, options, log, clock=None):
        self.options = options
        self.log = log
        self.version = options.live
        self.main_ident = threading.get_ident()
        self.violations = Violations()
        self.revision = 0
        self.timers = []
        self.refuse_fire_arguments = options.refuse_fire_arguments
        self.routing_delay = options.routing_delay
        self.reload_seconds = options.reload_seconds
        self._ids = {}
        self._set_number = 0
        self._home = None
        self._listening = set()
        self._metered = set()
        self.song = None
        self.application = None
        self.undo = Undo(self)
        self.gate = Gate(options.threads == "strict")
        self.engine = Engine(self, clock)
        self.transport = Transport(self)
        self.recorder = Recorder(self)
        self.session = Session(self)
        self.engine.after_writes.append(self.recorder.refresh_mix)
        self.live, self.handles = livemodule.build(self)
        self.host = Host(self, options.script)
        self.application = ApplicationNode(self)
        self.new_song(setfile.initial(options), options.set_name, not options.unsaved, options.project)
        for track in self.song.tracks:
            if track.values["name"] in options.arm and track.armable:
                track.values["arm"] = True

    # small things that all parts use

    def next_id(self, prefix):
        self._ids[prefix] = self._ids.get(prefix, 0) + 1
        return "%s%d" % (prefix, self._ids[prefix])

    def wrap(self, node):
        return make_handle(self.handles[node.api], node)

    def touch(self):
        self.revision += 1

    @staticmethod
    def wall_time():
        return time.time()

    def check_thread(self, what):
        if threading.get_ident() != self.main_ident:
            self.violations.record("thread", "%s used off Live's main thread" % what)
            raise RuntimeError("%s was used off the main thread; Live would crash here sooner or later" % what)

    def host_log(self, text):
        self.check_thread("Base.log")
        self.log.message(text)

    def script_error(self, _what, text):
        self.host.errors += 1
        self.log.script_error(text)
        self.touch()

    # listeners

    def add_listener(self, node, owner, name, callback):
        if not callable(callback):
            self.violations.record("argument", "add_%s_listener needs a callable" % name)
            raise ArgumentError("add_%s_listener needs a callable" % name)
        if name == "output_meter_level":
            self.violations.record("hanging-listener", "an output_meter_level listener is known to hang Live; use left/right")
        if self.has_listener(node, name, callback):
            self.violations.record("listener-twice", "%s.add_%s_listener: already added" % (owner, name))
            raise RuntimeError("Observer already connected")
        node.listeners.setdefault(name, []).append(
            ListenerRef(callback, self.options.listener_refs == "strong"))
        self._listening.add(node)
        if name in _METERS:
            self._metered.add(node)

    def remove_listener(self, node, owner, name, callback):
        for ref in node.listeners.get(name, ()):
            if ref.get() == callback:
                node.listeners[name].remove(ref)
                return
        self.violations.record("listener-unknown", "%s.remove_%s_listener: not added" % (owner, name))
        raise RuntimeError("Observer not connected")

    @staticmethod
    def has_listener(node, name, callback):
        return any(ref.get() == callback for ref in node.listeners.get(name, ()))

    def forget_listeners(self, node):
        node.listeners = {}
        self._listening.discard(node)
        self._metered.discard(node)

    def listener_count(self):
        return sum(1 for node in list(self._listening) for refs in list(node.listeners.values())
                   for ref in list(refs) if ref.get() is not None)

    def call_listeners(self, node, name):
        for ref in list(node.listeners.get(name, ())):
            callback = ref.get()
            if callback is not None:
                self.engine.call_script("listener of %s" % name, callback)
            elif ref in node.listeners.get(name, ()):
                node.listeners[name].remove(ref)
                self.violations.record(
                    "listener-lost", "a listener of %s was garbage; keep a reference to your callbacks" % name)

    # the clockwork

    def held_timers(self):
        """The timers that the script still holds. Those that it let go are forgotten here, not in each tick, which is to cost nothing."""
        self.timers = [state for state in self.timers if not state.gone()]
        return self.timers

    def display_tick(self):
        if self.transport.playing:
            self.song.notify("current_song_time")
        for node in list(self._metered):
            for name in _METERS:
                if node.listeners.get(name):
                    self._meter(node, name)
        self.host.update_display()

    @staticmethod
    def _meter(node, name):
        level = getattr(node, "get_" + name)()
        if node.values.get(name) != level:
            node.values[name] = level
            node.notify(name)

    # sets

    def new_song(self, description, name, saved, project):
        """Builds a set and makes it the open one."""
        self._set_number += 1
        self.undo.clear()
        self.song = SongNode(self, "set%d" % self._set_number, name, saved, self._project(name, saved, project))
        setfile.build(self, self.song, description)
        self.undo.clear()
        if saved:
            self.write_set()
        self.touch()

    def _project(self, name, saved, project):
        """The project folder; without a wish beside the first one. An unsaved set records into a Temp Project of its own."""
        wish = os.path.abspath(project) if project else None
        if self._home is None:
            self._home = os.path.dirname(wish) if wish else tempfile.mkdtemp(prefix="livesim-")
        if saved:
            return wish or os.path.join(self._home, "%s Project" % name)
        stamp = time.strftime("%Y-%m-%d %H%M%S", time.localtime(self.wall_time()))
        return os.path.join(wish or self._home, "Live Recordings", "%s Temp Project" % stamp)

    def write_set(self):
        """Leaves an .als, so that a path names a file."""
        os.makedirs(self.song.project, exist_ok=True)
        with gzip.open(self.set_path(), "wb") as document:
            document.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<Ableton Creator="livesim"/>\n')

    def set_path(self):
        if not self.song.saved:
            return ""
        return os.path.join(self.song.project, self.song.name + ".als")

    def recorded_folder(self):
        return os.path.join(self.song.project, "Samples", "Recorded")

    def load_set(self, description, name, saved, project, finish_recording):
        """Another set: disconnect, pause, create_instance. Answers when the script is there again."""
        later = Later()
        self.recorder.close_set(finish_recording)
        self.transport.stop()
        self.host.disconnect()
        self.song.die()
        self.transport.reset()
        self.new_song(description, name, saved, project)
        self._reload(later)
        return later

    def reload_script(self):
        later = Later()
        self.host.disconnect()
        self._reload(later)
        return later

    def _reload(self, later):
        def create():
            self.host.create()
            later.finish({"set": self.song.set_id, "script_loaded": self.host.surface is not None})
        self.engine.after(self.reload_seconds, create)

    def save_as(self, name, project):
        """The set gets a name and, when it had none, a project; recordings so far move along as Live's "collect" would."""
        if self.recorder.active:
            raise CommandError("Stop recording before the set is saved under another name.")
        self.song.name, self.song.saved = name, True
        self.song.project = self._project(name, True, project)
        self.write_set()
        self.touch()

    def capture_midi(self):
        """What was played before becomes a MIDI clip on the selected track."""
        track = self.song.selected_track
        if track is None or track.kind != "midi":
            tracks = [other for other in self.song.tracks if other.kind == "midi"]
            if not tracks:
                return
            track = tracks[0]
        slots = [slot for slot in track.slots if slot.clip is None]
        if slots:
            clip = ClipNode(self, track, slots[0], False, 0.0, 4.0, name="Captured")
            slots[0].set_clip(clip)
            track.clip_undo("Capture MIDI", slots[0], clip)
        self.song.change("can_capture_midi", False)

    def shut_down(self):
        """Live quits: the script is told, files are finished."""
        self.host.disconnect()
        self.recorder.close()
