"""Verbs on the transport: play, continue, stop, locate, the loop brace, locators."""

import time

from . import lom
from .confirm import close_to, equal


def is_playing(script):
    """Whether Live plays, once it has taken over what was asked for."""
    return bool(script.writes.value(script.host.song, "is_playing", False))


def _await_playing(script, method, playing):
    song = script.host.song
    script.call(song, method)
    yield from script.writes.settle([script.writes.expect(song, "is_playing", playing)])
    return {"is_playing": bool(lom.get(song, "is_playing", False))}


def play(script, values, request):
    """transport.play"""
    return _await_playing(script, "start_playing", True)


def go_on(script, values, request):
    """transport.continue"""
    return _await_playing(script, "continue_playing", True)


def stop(script, values, request):
    """transport.stop. Stopping twice would send Live back to the start, so it is not done."""
    if not is_playing(script):
        return {"is_playing": False}
    return _await_playing(script, "stop_playing", False)


def locate(script, values, request):
    """transport.locate. While stopped, Live continues from start_time, not from current_song_time: so that is set too."""
    song = script.host.song
    wanted = values["time"]
    if not is_playing(script):
        writes = [script.writes.put(song, "current_song_time", wanted, close_to)]
        if lom.has(song, "start_time"):
            writes.append(script.writes.put(song, "start_time", wanted, close_to))
    else:
        begun = time.monotonic()

        def played_from(read, target):
            tempo = lom.number(song, "tempo") or 120.0
            played = (time.monotonic() - begun) * tempo / 60.0
            return target - 1e-3 < read < target + 1.2 * played + 0.5

        writes = [script.writes.put(song, "current_song_time", wanted, played_from, always=True)]
    yield from script.writes.settle(writes)
    return {"current_song_time": lom.number(song, "current_song_time")}


def set_loop(script, values, request):
    """transport.set_loop. What is not named stays as it is."""
    song = script.host.song
    writes = [
        script.writes.put(song, name, values[name], close_to if name != "loop" else equal)
        for name in ("loop_start", "loop_length", "loop")
        if values[name] is not None
    ]
    yield from script.writes.settle(writes)
    return {
        "loop": bool(lom.get(song, "loop", False)),
        "loop_start": lom.number(song, "loop_start"),
        "loop_length": lom.number(song, "loop_length"),
    }


def cue_points(script, values, request):
    """transport.cue_points, in order of time: Live keeps them in the order of their making."""
    found = []
    for cue in lom.get(script.host.song, "cue_points", ()) or ():
        if lom.alive(cue):
            found.append({"time": lom.number(cue, "time"), "name": str(lom.get(cue, "name", ""))})
    return {"cue_points": sorted(found, key=lambda cue: cue["time"] or 0.0)}
