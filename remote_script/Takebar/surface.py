"""The control surface object that Live holds: the thin skin between Live's calls and the script.

Live's own base class is used where one can be had, because Live may ask a control surface for more than is written down
anywhere; without one, a plain class answers what Live is known to call.
"""

from . import lom
from .memory import MEMORY
from .script import Script

RETRY_TICKS = 50  # display ticks of 100 ms


def _framework():
    from _Framework.ControlSurface import ControlSurface

    return ControlSurface, {}


def _v2():
    from ableton.v2.control_surface import ControlSurface

    return ControlSurface, {}


def _v3():
    from ableton.v3.control_surface import ControlSurface, ControlSurfaceSpecification

    return ControlSurface, {"specification": ControlSurfaceSpecification}


class PlainSurface(object):
    """What Live calls on a control surface, where Live ships no base class."""

    def __init__(self, c_instance):
        self._c_instance = c_instance

    def log_message(self, text):
        """Writes to Live's Log.txt."""
        self._c_instance.log_message(text)

    def show_message(self, text):
        """Writes to Live's status bar."""
        self._c_instance.show_message(text)

    def disconnect(self):
        """The set is closed."""

    def update_display(self):
        """Called every 100 ms."""

    def refresh_state(self):
        """Called when the hardware is to be lit again; there is none."""

    def build_midi_map(self, midi_map_handle):
        """Called when MIDI is to be mapped; there is none."""

    def receive_midi(self, midi_bytes):
        """Called for MIDI; there is none."""

    def receive_midi_chunk(self, midi_chunk):
        """Called for MIDI; there is none."""

    def port_settings_changed(self):
        """Called when the user chose other ports."""

    def connect_script_instances(self, instantiated_scripts):
        """Called with the other control surfaces."""

    def toggle_lock(self):
        """Called when a device is locked to the surface."""

    def lock_to_device(self, device):
        """Called when a device is locked to the surface."""

    def unlock_from_device(self, device):
        """Called when it is unlocked."""

    def restore_bank(self, bank_index):
        """Called with a bank of device parameters."""

    def set_appointed_device(self, device):
        """Called when the appointed device changed."""

    def can_lock_to_devices(self):
        """No."""
        return False

    def suggest_input_port(self):
        """None."""
        return ""

    def suggest_output_port(self):
        """None."""
        return ""

    def suggest_map_mode(self, cc_no, channel):
        """Absolute, Live's default."""
        return 0

    def suggest_needs_takeover(self, cc_no, channel):
        """Yes, Live's default."""
        return True

    def supports_pad_translation(self):
        """No."""
        return False

    def instance_identifier(self):
        """A number for this object."""
        return lom.value_of(self._c_instance, "instance_identifier", id(self))


def _surface_class(base):
    class Takebar(base):
        """Takebar as a control surface."""

        def start_link(self, c_instance):
            """Brings the link up. Never raises."""
            self._takebar_c_instance = c_instance
            self._takebar = None
            self._takebar_gone = False
            self._takebar_retry = 0
            self._takebar_rest = 0  # display ticks to let pass
            self._start()

        def _start(self):
            before = MEMORY.active
            if before is not None:  # chosen in two slots of Live's settings: the newer one serves
                before.close()
            MEMORY.active = None
            try:
                self._takebar = Script(self, self._takebar_c_instance)
                MEMORY.active = self._takebar
            except Exception as exc:
                self._takebar = None
                _log(self._takebar_c_instance, "(Takebar) the script could not start: %r" % (exc,))

        def update_display(self):
            """Live's display tick, every 100 ms. The base classes only serve there what was scheduled with them, which is nothing, and
            that costs more than all that a resting script does.
            """
            if self._takebar_rest:
                self._takebar_rest -= 1
            elif self._takebar is not None and not self._takebar.closed:
                self._takebar_rest = self._takebar.display()
            elif MEMORY.active is None and not self._takebar_gone:
                self._takebar_retry -= 1
                if self._takebar_retry < 0:  # the one that took over has gone, or the last start failed
                    self._takebar_retry = RETRY_TICKS
                    self._start()

        def disconnect(self):
            """The set is closed, or the user chose something else."""
            self._takebar_gone = True
            script, self._takebar = self._takebar, None
            if script is not None:
                script.close()
                if MEMORY.active is script:
                    MEMORY.active = None
            try:
                super(Takebar, self).disconnect()
            except Exception as exc:
                _log(self._takebar_c_instance, "(Takebar) disconnect of the base class failed: %r" % (exc,))

    return Takebar


def _log(c_instance, text):
    try:
        c_instance.log_message(text)
    except Exception:
        pass  # there is nowhere else to say it


def create_surface(c_instance):
    """A control surface on the best base class that this Live has, with the link up."""
    surface = None
    for find in (_framework, _v2, _v3):
        try:
            base, extra = find()
        except Exception:
            continue
        try:
            made = _surface_class(base)
            surface = made(c_instance=c_instance, **extra) if extra else made(c_instance)
            break
        except Exception as exc:
            _log(c_instance, "(Takebar) %s cannot be used: %r" % (base, exc))
    if surface is None:
        surface = _surface_class(PlainSurface)(c_instance)
    surface.start_link(c_instance)
    return surface
