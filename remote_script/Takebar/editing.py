"""Verbs that are not about tracks or the transport: undo, redo, capture MIDI, messages, dialogs."""

from . import lom
from .errors import RpcError


def _one_step(script, possible, method, nothing):
    song = script.host.song
    if lom.flag(song, possible) is False:
        raise RpcError("live_refused", nothing, "There is nothing to do.")
    if not lom.has(song, method):
        raise RpcError("not_supported", "This version of Live has no %s." % method.replace("_", " "))
    script.call(song, method)
    yield


def undo(script, values, request):
    """edit.undo"""
    yield from _one_step(script, "can_undo", "undo", "There is nothing to undo.")
    return {"can_undo": lom.flag(script.host.song, "can_undo"), "can_redo": lom.flag(script.host.song, "can_redo")}


def redo(script, values, request):
    """edit.redo"""
    yield from _one_step(script, "can_redo", "redo", "There is nothing to redo.")
    return {"can_undo": lom.flag(script.host.song, "can_undo"), "can_redo": lom.flag(script.host.song, "can_redo")}


def capture_midi(script, values, request):
    """edit.capture_midi"""
    if not lom.has(script.host.song, "capture_midi"):
        raise RpcError("not_supported", "This version of Live has no Capture MIDI.", "Live 12 can do it.")
    yield from _one_step(
        script, "can_capture_midi", "capture_midi", "There is no played MIDI to capture."
    )
    return {}


def message(script, values, request):
    """app.message"""
    if not script.host.show(values["text"]):
        raise RpcError("not_supported", "This Live has no status bar for messages.", "")
    return {}


def dialog(script, values, request):
    """app.dialog"""
    app = script.host.app
    return {
        "open_dialog_count": lom.integer(app, "open_dialog_count"),
        "current_dialog_message": lom.text(app, "current_dialog_message"),
        "current_dialog_button_count": lom.integer(app, "current_dialog_button_count"),
    }
