"""Loads the script folder and calls it as Live does."""

import importlib
import os
import re
import sys


class CInstance(object):
    """What create_instance() gets."""

    def __init__(self, world, name):
        self.__world = world
        self.__name = name

    def song(self):
        self.__world.check_thread("c_instance.song")
        return self.__world.wrap(self.__world.song)

    def log_message(self, message):
        self.__world.check_thread("c_instance.log_message")
        self.__world.log.message(message if message.startswith("(") else "(%s) %s" % (self.__name, message))

    def show_message(self, message):
        self.__world.check_thread("c_instance.show_message")
        self.__world.application.status_bar = str(message)
        self.__world.touch()

    def instance_identifier(self):
        self.__world.check_thread("c_instance.instance_identifier")
        return 0

    def handle(self):
        return 0

    def request_rebuild_midi_map(self):
        self.__world.check_thread("c_instance.request_rebuild_midi_map")

    def send_midi(self, _midi_bytes):
        self.__world.check_thread("c_instance.send_midi")

    def set_session_highlight(self, *_args):
        self.__world.check_thread("c_instance.set_session_highlight")

    def update_locks(self):
        pass

    def toggle_lock(self):
        pass

    def preferences(self, _key):
        return ""

    def set_feedback_channels(self, _channels):
        pass

    def set_pad_translation(self, _translation):
        pass


class Host(object):
    """One control surface slot of Live's settings, with one script in it."""

    def __init__(self, world, folder):
        self.world = world
        self.folder = os.path.abspath(folder) if folder else None
        self.name = os.path.basename(self.folder) if folder else ""
        self.module = None
        self.surface = None
        self.generation = 0
        self.errors = 0
        self._missing = set()

    def load(self):
        """Imports the folder and creates the script. False: the entry is not in Live's menu."""
        if self.folder is None:
            return False
        if not re.match(r"^[A-Za-z_][A-Za-z0-9_]*$", self.name):
            self.world.log.error("The folder name '%s' is not an identifier; Live does not list it" % self.name)
            return False
        if not os.path.isfile(os.path.join(self.folder, "__init__.py")):
            self.world.log.error("%s has no __init__.py; Live does not list it" % self.folder)
            return False
        sys.path.insert(0, os.path.dirname(self.folder))
        ok, self.module = self.world.engine.call_script("import", importlib.import_module, self.name)
        if not ok:
            return False
        loaded = getattr(self.module, "__file__", None) or ""
        if os.path.dirname(os.path.abspath(loaded)) != self.folder:
            self.world.log.error("Another module is called '%s': %s" % (self.name, loaded))
            self.module = None
            return False
        return self.create()

    def create(self):
        """create_instance() on the module that is already imported."""
        if self.module is None:
            return False
        self.generation += 1
        instance = CInstance(self.world, self.name)
        ok, surface = self.world.engine.call_script("create_instance", self._create_instance, instance)
        self._missing = set()
        if not ok or surface is None:
            return False
        self.surface = surface
        self.world.touch()
        self.world.log.info("Control surface %s created" % self.name)
        self._call("connect_script_instances", [surface])
        self._call("suggest_input_port")
        self._call("suggest_output_port")
        self._call("can_lock_to_devices")
        self._call("refresh_state")
        self._call("build_midi_map", 0)
        return True

    def _create_instance(self, instance):
        return self.module.create_instance(instance)

    def _call(self, name, *args):
        """Calls a method of the script's object; a missing one is logged once."""
        if self.surface is None:
            return
        method = getattr(self.surface, name, None)
        if method is None:
            if name not in self._missing:
                self._missing.add(name)
                self.world.log.script_error(
                    "AttributeError: '%s' object has no attribute '%s'" % (type(self.surface).__name__, name))
            return
        self.world.engine.call_script(name, method, *args)

    def update_display(self):
        self._call("update_display")

    def disconnect(self):
        """The script is told to go; what it leaves behind is a violation."""
        if self.surface is None:
            return
        self._call("disconnect")
        self.surface = None
        self.world.touch()
        left = self.world.listener_count()
        if left:
            self.world.violations.record("listener-left", "%d listeners were still there after disconnect()" % left)
        running = [state for state in self.world.timers if state.running and not state.gone()]
        if running:
            self.world.violations.record("timer-left", "%d timers were still running after disconnect()" % len(running))
        self.world.log.info("Control surface %s disconnected" % self.name)
