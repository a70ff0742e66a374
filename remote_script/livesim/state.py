"""The true state as plain values, for the control channel.

Reads the model only, so it may run on any thread while the main thread stands still.
"""

import os
import platform

PARTS = ("sim", "set", "song", "application", "tracks", "return_tracks", "main_track", "scenes", "cue_points", "takes",
         "violations")
MONITORING = ("in", "auto", "off")


class Missing(Exception):
    """A path leads nowhere; the text says where it ends."""


def _sim(world):
    options, engine, host = world.options, world.engine, world.host
    return {
        "live": str(world.version), "python": platform.python_version(), "pid": os.getpid(), "script": host.name,
        "script_loaded": host.surface is not None, "script_generation": host.generation, "script_errors": host.errors,
        "threads": options.threads, "speed": options.speed, "now": engine.clock.now(), "turn": engine.turn,
        "revision": world.revision, "stalled": engine.stalled_until is not None, "menu_open": engine.menu_open,
        "device_lost": world.transport.device_lost, "disk_full": world.recorder.disk_budget is not None,
        "read_only": world.recorder.read_only, "listeners": world.listener_count(),
        "display_ticks": engine.display_ticks,
        "timers": [{"id": timer.id, "interval_ms": timer.interval, "running": timer.running and not timer.silent,
                    "died": timer.died, "calls": timer.calls} for timer in list(world.timers) if not timer.gone()],
    }


def _set(world):
    song = world.song
    return {"id": song.set_id, "name": song.name if song.saved else "", "path": world.set_path(), "saved": song.saved,
            "project": song.project, "recorded": world.recorded_folder()}


_SONG = ("count_in_duration", "start_time", "tempo", "signature_numerator", "signature_denominator", "metronome", "loop",
         "loop_start", "loop_length", "punch_in", "punch_out", "record_mode", "session_record", "session_record_status",
         "exclusive_arm", "can_capture_midi", "overdub", "arrangement_overdub")


def _song(world):
    song, transport = world.song, world.transport
    state = {name: song.values[name] for name in _SONG}
    slot = song.view.get_highlighted_clip_slot()
    state.update({
        "is_playing": transport.playing, "is_counting_in": transport.counting_in,
        "current_song_time": transport.beat_at(transport.clock(world.engine.clock.now())),
        "last_event_time": song.get_last_event_time(), "song_length": song.get_song_length(),
        "recording": any(take.end_beat is None for take in world.recorder.active),
        "can_undo": world.undo.can_undo(), "can_redo": world.undo.can_redo(), "undo_steps": world.undo.names(),
        "selected_track": song.selected_track.id, "selected_scene": song.scene_index(song.selected_scene),
        "highlighted_clip_slot": {"track": slot.track.id, "scene": slot.index()} if slot is not None else None,
    })
    return state


def _application(world):
    app = world.application
    return {"open_dialog_count": len(app.dialogs), "current_dialog_message": app.get_current_dialog_message(),
            "current_dialog_button_count": app.get_current_dialog_button_count(),
            "dialog_buttons": app.dialogs[-1].buttons if app.dialogs else [],
            "pressed_buttons": list(app.pressed),
            "average_process_usage": app.values["average_process_usage"], "status_bar": app.status_bar}


def _route(route, world):
    return {"category": route.category, "name": route.display_name(world)}


def clip(node):
    """One clip."""
    audio = node.is_audio
    return {"id": node.id, "name": node.values["name"], "color": node.values["color"], "is_audio_clip": audio,
            "is_recording": node.values["is_recording"], "file_path": node.path if audio else None,
            "start_time": node.start, "end_time": node.get_end_time(), "start_marker": node.marker,
            "end_marker": node.get_end_marker(), "sample_length": node.get_sample_length() if audio else None,
            "sample_rate": node.rate if audio else None, "warping": node.warping,
            "take": node.take.id if node.take is not None else None}


def _slots(track):
    found = []
    for index, slot in enumerate(track.slots):
        if slot.clip is not None or slot.triggered:
            found.append({
                "scene": index, "has_clip": slot.clip is not None, "is_triggered": slot.triggered,
                "will_record_on_start": slot.will_record(), "is_playing": slot.get_is_playing(),
                "is_recording": slot.get_is_recording(), "clip": clip(slot.clip) if slot.clip is not None else None})
    return found


def track(node):
    """One track."""
    world, values = node.world, node.values
    song = world.song
    armable = node.armable
    where = {"return": song.returns, "main": []}.get(node.kind, song.tracks)
    has_slots = node.kind not in ("return", "main")
    return {
        "id": node.id, "index": where.index(node) if node in where else None, "name": values["name"],
        "kind": node.kind, "color": values["color"], "can_be_armed": armable,
        "arm": values["arm"] if armable else None, "implicit_arm": values["implicit_arm"] if armable else None,
        "monitoring": MONITORING[values["current_monitoring_state"]] if armable else None,
        "mute": values["mute"] if node.kind != "main" else None,
        "solo": values["solo"] if node.kind != "main" else None, "is_frozen": values["is_frozen"],
        "is_foldable": node.kind == "group", "fold_state": values["fold_state"] if node.kind == "group" else None,
        "is_grouped": node.group is not None, "group": node.group.id if node.group is not None else None,
        "selected": song.selected_track is node,
        "input_type": _route(node.input_route, world) if armable else None,
        "input_channel": node.input_channel[0] if armable else None,
        "output_type": _route(node.output_route, world), "output_channel": node.output_channel[0],
        "tone_hz": node.tone_hz or None, "silent": node.silent, "clipping": node.clipping,
        "recording": node.recording_count > 0,
        "playing_slot_index": values["playing_slot_index"] if has_slots else None,
        "fired_slot_index": values["fired_slot_index"] if has_slots else None,
        "clips": [clip(item) for item in list(node.clips)], "slots": _slots(node)}


def take(item):
    """One take."""
    layout = item.layout
    return {
        "id": item.id, "set": item.set_id, "track": item.track.id, "track_name": item.track_name, "view": item.view,
        "is_audio": item.is_audio, "path": item.path, "format": layout.kind if layout else None,
        "bits": layout.bits if layout else None, "float": layout.is_float if layout else None,
        "rate": layout.rate if layout else None, "channels": layout.channels if layout else None,
        "source": item.source, "tone_hz": item.source_hz,
        "tones": [{"hz": hz, "amplitude": amplitude} for hz, amplitude in item.first_tones],
        "pre_roll_frames": item.pre_roll if layout else None, "start_beat": item.start_beat, "end_beat": item.end_beat,
        "start_sample": item.start_sample, "frames": item.file.frames if item.file else (0 if layout else None),
        "finished": item.finished, "failed": item.failed,
        "clip": item.clip.id if item.clip is not None and item.clip.alive else None, "sha256": item.sha256}


_LISTS = {
    "tracks": (lambda world: world.song.tracks, track, lambda node: (node.id, node.values["name"])),
    "return_tracks": (lambda world: world.song.returns, track, lambda node: (node.id, node.values["name"])),
    "takes": (lambda world: world.recorder.takes, take, lambda item: (item.id, item.track_name)),
    "scenes": (lambda world: list(enumerate(world.song.scenes)),
               lambda pair: {"index": pair[0], "name": pair[1].values["name"]}, lambda pair: (None, pair[1].values["name"])),
    "cue_points": (lambda world: world.song.cues,
                   lambda cue: {"time": cue.values["time"], "name": cue.values["name"]},
                   lambda cue: (None, cue.values["name"])),
}
_OBJECTS = {"sim": _sim, "set": _set, "song": _song, "application": _application,
            "main_track": lambda world: track(world.song.main), "violations": lambda world: world.violations.count}


def part(world, name):
    """One part of the state."""
    if name in _OBJECTS:
        return _OBJECTS[name](world)
    if name in _LISTS:
        items, build, _keys = _LISTS[name]
        return [build(item) for item in list(items(world))]
    raise Missing("There is no '%s' in the state. Parts: %s." % (name, ", ".join(PARTS)))


def full(world, parts=None):
    return {name: part(world, name) for name in (parts or PARTS)}


def _index(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def _pick(items, key, names):
    """An element by index, id or name; names(item) gives (id, name)."""
    position = _index(key)
    if position is not None:
        if -len(items) <= position < len(items):
            return items[position]
        raise Missing("There is no element %d; there are %d." % (position, len(items)))
    for which in (0, 1):
        for item in items:
            if names(item)[which] == key:
                return item
    raise Missing("There is no element '%s'." % key)


def _plain_names(item):
    return (item.get("id"), item.get("name")) if isinstance(item, dict) else (None, None)


def lookup(world, path):
    """The value at a path; builds no more of the state than it needs."""
    steps = [step for step in path.split(".")] if isinstance(path, str) else [str(step) for step in path]
    head, rest = steps[0], steps[1:]
    if head in _LISTS and rest:
        items, build, names = _LISTS[head]
        items = list(items(world))
        if rest[0] == "length":
            value, rest = len(items), rest[1:]
        else:
            value, rest = build(_pick(items, rest[0], names)), rest[1:]
    else:
        value = part(world, head)
    for step in rest:
        if isinstance(value, dict):
            if step not in value:
                raise Missing("There is no '%s' in '%s'." % (step, path))
            value = value[step]
        elif isinstance(value, list):
            value = len(value) if step == "length" else _pick(value, step, _plain_names)
        else:
            raise Missing("'%s' goes on after a plain value." % (path,))
    return value
