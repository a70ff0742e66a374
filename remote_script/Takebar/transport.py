"""Verbs on the transport: play, continue, stop, locate."""

import time

from . import lom
from .confirm import close_to


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
