"""Faults on demand. Each is a function(world, params), run on the main thread; `crash` runs at once on any thread."""

import os
import signal

from . import commands, setfile
from .errors import CommandError


def _on(params):
    value = params.get("on", True)
    if not isinstance(value, bool):
        raise CommandError("'on' must be true or false.")
    return value


def _not_negative(params, name):
    value = commands.number(params, name)
    if value < 0:
        raise CommandError("'%s' cannot be negative." % name)
    return value


def stall(world, params):
    world.engine.stall(_not_negative(params, "seconds"))


def menu(world, params):
    world.engine.menu_open = _on(params)
    world.touch()


def dialog(world, params):
    buttons = params.get("buttons", ["OK"])
    if isinstance(buttons, int) and not isinstance(buttons, bool):
        buttons = ["Button %d" % (n + 1) for n in range(buttons)]
    if not isinstance(buttons, list):
        raise CommandError("'buttons' is a list of labels or a number.")
    world.application.open_dialog(params.get("message", ""), [str(label) for label in buttons])


def close_dialog(world, params):
    app = world.application
    if not app.dialogs:
        raise CommandError("No dialog is open.")
    button = params.get("button")
    if button is not None and not 0 <= button < len(app.dialogs[-1].buttons):
        raise CommandError("The dialog has no button %d." % button)
    app.close_dialog(button)


def read_only(world, params):
    world.recorder.read_only = _on(params)
    world.touch()


def disk_full(world, params):
    world.recorder.disk_budget = int(params.get("after_bytes", 0)) if _on(params) else None
    world.touch()


def device_lost(world, params):
    world.transport.advance(world.engine.now)
    world.transport.set_device(lost=_on(params))
    world.recorder.device_changed()
    world.touch()


def set_closed(world, params):
    return world.load_set(setfile.DEMO, "Another Song", True, None, bool(params.get("finish_recording", True)))


def crash(_world, _params):
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(137)


def stop_timer(world, params):
    wanted = params.get("timer")
    states = [state for state in world.held_timers() if state.running and wanted in (None, state.id)]
    if not states:
        raise CommandError("No such timer is running.")
    for state in states:
        if params.get("lying", False):
            state.silent = True
        else:
            state.stop()
    world.touch()


def clip_delay(world, params):
    world.recorder.clip_delay = _not_negative(params, "seconds")


def finalize_delay(world, params):
    world.recorder.finalize_delay = _not_negative(params, "seconds")


def routing_delay(world, params):
    world.routing_delay = _not_negative(params, "seconds")


def write_latency(world, params):
    turns = int(commands.number(params, "turns"))
    if turns < 1:
        raise CommandError("'turns' is at least 1.")
    world.engine.write_latency = turns


def refuse_fire_arguments(world, params):
    world.refuse_fire_arguments = _on(params)


def cpu(world, params):
    world.application.change("average_process_usage", _not_negative(params, "percent"))


def can_capture_midi(world, params):
    world.song.change("can_capture_midi", _on(params))


TABLE = {
    "stall": stall, "menu": menu, "dialog": dialog, "close_dialog": close_dialog, "read_only": read_only,
    "disk_full": disk_full, "device_lost": device_lost, "track_deleted": commands.delete, "set_closed": set_closed,
    "crash": crash, "stop_timer": stop_timer, "clip_delay": clip_delay, "finalize_delay": finalize_delay,
    "routing_delay": routing_delay, "write_latency": write_latency, "refuse_fire_arguments": refuse_fire_arguments,
    "cpu": cpu, "can_capture_midi": can_capture_midi,
}
