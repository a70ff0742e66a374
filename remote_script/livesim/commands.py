"""What the musician does in Live's window, for the control channel. All of it runs on the main thread and acts at once.

Each command is a function(world, params) that returns the answer's result (None for {}).
"""

from . import setfile
from .errors import CommandError, LimitationError
from .song import SongNode


def find_track(world, key, lists=("tracks", "returns", "main")):
    """A track by index, id or name."""
    song = world.song
    everything = {"tracks": song.tracks, "returns": song.returns, "main": [song.main]}
    if isinstance(key, bool) or key is None:
        raise CommandError("Which track? Give 'track': an index, an id or a name.")
    if isinstance(key, int):
        if 0 <= key < len(song.tracks):
            return song.tracks[key]
        raise CommandError("There is no track %d; there are %d tracks." % (key, len(song.tracks)))
    tracks = [track for name in lists for track in everything[name]]
    for track in tracks:
        if track.id == key:
            return track
    for track in tracks:
        if track.values["name"] == key:
            return track
    names = ", ".join(track.values["name"] for track in tracks[:20])
    raise CommandError("There is no track '%s'. Tracks: %s%s." % (key, names, ", ..." if len(tracks) > 20 else ""))


def find_scene(world, key):
    scenes = world.song.scenes
    if isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(scenes):
        return scenes[key]
    for scene in scenes:
        if isinstance(key, str) and scene.values["name"] == key:
            return scene
    raise CommandError("There is no scene %r; there are %d scenes." % (key, len(scenes)))


def _need(params, name, kinds, word):
    value = params.get(name)
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise CommandError("'%s' must be %s." % (name, word))
    return value


def number(params, name):
    return float(_need(params, name, (int, float), "a number"))


def text(params, name):
    return _need(params, name, str, "a text")


def _on(params, now):
    """The wished state; without `on` the other one."""
    value = params.get("on", not now)
    if not isinstance(value, bool):
        raise CommandError("'on' must be true or false.")
    return value


def _undoable(world, node, name, value, put=None):
    """Changes a property as a step of the undo history."""
    put = put or (lambda item: node.change(name, item))
    old = node.values[name]
    put(value)
    if old != value:
        world.undo.add("Change %s" % name, lambda: put(old), lambda: put(value), merge=None)


def arm(world, params):
    track = find_track(world, params.get("track"))
    on = _on(params, False) if "on" in params else True
    if not track.armable or (on and track.values["is_frozen"]):
        raise CommandError("'%s' cannot be armed." % track.values["name"])
    exclusive = params.get("exclusive", world.song.values["exclusive_arm"])
    if on and exclusive:
        for other in world.song.tracks:
            if other is not track and other.armable:
                other.change("arm", False)
    track.change("arm", on)


def disarm(world, params):
    if "track" in params:
        arm(world, {"track": params["track"], "on": False})
        return
    for track in world.song.tracks:
        if track.armable:
            track.change("arm", False)


def implicit_arm(world, params):
    track = find_track(world, params.get("track"))
    if not track.armable or track.values["is_frozen"]:
        raise CommandError("'%s' cannot be armed." % track.values["name"])
    track.change("implicit_arm", _on(params, track.values["implicit_arm"]))


def rename(world, params):
    track = find_track(world, params.get("track"))
    name = text(params, "name")
    if not name:
        raise CommandError("A track name cannot be empty.")
    _undoable(world, track, "name", name, track.set_name)


def color(world, params):
    _undoable(world, find_track(world, params.get("track")), "color", int(number(params, "color")))


def move(world, params):
    song = world.song
    track = find_track(world, params.get("track"), ("tracks",))
    index = int(number(params, "index"))
    family = [track] + [other for other in song.tracks if SongNode._inside(other, track)]
    rest = [other for other in song.tracks if other not in family]
    if not 0 <= index <= len(rest):
        raise CommandError("A track cannot be moved to %d." % index)
    before = list(song.tracks)
    track.group = None
    after = rest[:index] + family + rest[index:]
    if index and index < len(rest) and rest[index].group is not None:
        track.group = rest[index].group

    def put(order):
        song.tracks[:] = [other for other in order if other.alive]
        song.notify("tracks", "visible_tracks")

    put(after)
    world.undo.add("Move Track", lambda: put(before), lambda: put(after), merge=None)


def delete(world, params):
    track = find_track(world, params.get("track"), ("tracks", "returns"))
    try:
        world.song.delete(track)
    except RuntimeError as error:
        raise CommandError("%s." % error)


def _add(kind):
    def add(world, params):
        song = world.song
        where = song.returns if kind == "return" else song.tracks
        index = params.get("index", len(where))
        if not isinstance(index, int) or not 0 <= index <= len(where):
            raise CommandError("'index' must be from 0 to %d." % len(where))
        track = song.add_track(kind, params.get("name"), index)
        if kind != "return":
            song.select(track)
        song.undo_of_tracks("Insert Track", [(index, track)], present=True)
        return {"id": track.id, "index": index}
    return add


def group(world, params):
    song = world.song
    tracks = [find_track(world, key, ("tracks",)) for key in _need(params, "tracks", list, "a list of tracks")]
    places = sorted(song.tracks.index(track) for track in tracks)
    if not places or places != list(range(places[0], places[0] + len(places))):
        raise CommandError("Only adjacent tracks can be grouped.")
    parent = song.add_track("group", params.get("name", "Group"), places[0])
    parent.group = tracks[0].group
    for track in tracks:
        track.group = parent
    song.notify("tracks", "visible_tracks")
    return {"id": parent.id, "index": places[0]}


def select(world, params):
    if "track" in params:
        world.song.select(find_track(world, params["track"]))
    if "scene" in params:
        world.song.view.set_selected_scene(find_scene(world, params["scene"]))


def _switch(name):
    def switch(world, params):
        track = find_track(world, params.get("track"))
        if track.kind == "main":
            raise CommandError("The main track has no %s." % name)
        _undoable(world, track, name, _on(params, track.values[name]))
    return switch


def solo(world, params):
    track = find_track(world, params.get("track"))
    if track.kind == "main":
        raise CommandError("The main track has no solo.")
    on = _on(params, track.values["solo"])
    if on and params.get("exclusive", world.song.values["exclusive_solo"]):
        for other in world.song.tracks:
            if other is not track:
                other.change("solo", False)
    _undoable(world, track, "solo", on)


def freeze(world, params):
    track = find_track(world, params.get("track"))
    if not track.armable:
        raise CommandError("'%s' cannot be frozen." % track.values["name"])
    on = _on(params, track.values["is_frozen"])
    if on:
        track.change("arm", False)
        track.change("implicit_arm", False)
    track.change("is_frozen", on)


def fold(world, params):
    track = find_track(world, params.get("track"))
    if track.kind != "group":
        raise CommandError("'%s' is not a group." % track.values["name"])
    track.set_fold_state(_on(params, track.values["fold_state"]))


def monitor(world, params):
    track = find_track(world, params.get("track"))
    state = text(params, "state").lower()
    if not track.armable or state not in setfile.MONITORING:
        raise CommandError("Monitoring is 'in', 'auto' or 'off', on audio and MIDI tracks.")
    _undoable(world, track, "current_monitoring_state", setfile.MONITORING[state])


def set_input(world, params):
    track = find_track(world, params.get("track"))
    wish = {key: params[key] for key in ("type", "channel") if key in params}
    wish["source"] = "source"
    source = find_track(world, params["source"]) if "source" in params else None
    setfile.connect(track, wish, {"source": source})


def sound(world, params):
    track = find_track(world, params.get("track"))
    if "silent" in params:
        track.silent = bool(params["silent"])
    if "clipping" in params:
        track.clipping = bool(params["clipping"])
    world.recorder.mix_changed()


def play(world, _params):
    world.transport.start(world.song.values["start_time"])


def continue_playing(world, _params):
    if not world.transport.playing:
        world.transport.start(world.transport.resume_beat)


def stop(world, _params):
    world.transport.stop()


def locate(world, params):
    beat = number(params, "beat")
    if beat < 0:
        raise CommandError("'beat' cannot be negative.")
    world.song.move_start(beat)
    if world.transport.playing:
        world.transport.locate(beat)
    else:
        world.transport.stopped_beat = beat
        world.song.notify("current_song_time")


def record(world, params):
    """The Arrangement record button: pressing it in also starts the transport."""
    song = world.song
    on = _on(params, song.values["record_mode"])
    song.change("record_mode", on)
    if on and not world.transport.playing:
        world.transport.start(song.values["start_time"])


def session_record(world, _params):
    world.session.record_button()


def _slot(world, params):
    track = find_track(world, params.get("track"), ("tracks",))
    return track.slots[world.song.scene_index(find_scene(world, params.get("scene")))]


def fire_slot(world, params):
    world.session.fire(_slot(world, params))


def stop_slot(world, params):
    if "scene" in params:
        world.session.stop_slot(_slot(world, params))
    else:
        world.session.stop_track(find_track(world, params.get("track"), ("tracks",)))


def fire_scene(world, params):
    world.session.fire_scene(find_scene(world, params.get("scene")))


def stop_all_clips(world, _params):
    world.session.stop_all()


def tempo(world, params):
    bpm = number(params, "bpm")
    if not 20 <= bpm <= 999:
        raise CommandError("The tempo must be between 20 and 999.")
    _undoable(world, world.song, "tempo", bpm, world.transport.set_tempo)


def signature(world, params):
    numerator, denominator = int(number(params, "numerator")), int(number(params, "denominator"))
    if not 1 <= numerator <= 99 or denominator not in (1, 2, 4, 8, 16):
        raise CommandError("%d/%d is not a signature Live has." % (numerator, denominator))
    world.song.change("signature_numerator", numerator)
    world.song.change("signature_denominator", denominator)


def _song_switch(name):
    def switch(world, params):
        world.song.change(name, _on(params, world.song.values[name]))
    return switch


def count_in(world, params):
    value = int(number(params, "value"))
    if value not in (0, 1, 2, 3):
        raise CommandError("'value' is 0, 1, 2 or 3 (none, 1, 2, 4 bars).")
    world.song.change("count_in_duration", value)


def loop(world, params):
    song = world.song
    if "start" in params:
        song.change("loop_start", number(params, "start"))
    if "length" in params:
        length = number(params, "length")
        if length <= 0:
            raise CommandError("The loop needs a length.")
        song.change("loop_length", length)
    if "on" in params:
        song.change("loop", _on(params, False))


def punch(world, params):
    for key in ("in", "out"):
        if key in params:
            world.song.change("punch_" + key, _need(params, key, bool, "true or false"))


def add_scene(world, params):
    index = params.get("index", len(world.song.scenes))
    try:
        scene = world.song.do_create_scene(index)
    except (LimitationError, TypeError):
        raise CommandError("A scene cannot be inserted at %r." % (index,))
    scene.values["name"] = params.get("name", "")
    return {"index": index}


def add_locator(world, params):
    world.song.add_cue(number(params, "time"), params.get("name", ""))


def delete_clip(world, params):
    track = find_track(world, params.get("track"), ("tracks",))
    if "scene" in params:
        slot = _slot(world, params)
        if slot.clip is None:
            raise CommandError("The slot is empty.")
        track.remove_slot_clip(slot)
        return
    key = params.get("clip")
    for index, clip in enumerate(track.clips):
        if key in (index, clip.id):
            track.do_delete_clip(clip)
            return
    raise CommandError("'%s' has no clip %r." % (track.values["name"], key))


def undo(world, _params):
    return {"undone": world.undo.undo()}


def redo(world, _params):
    return {"redone": world.undo.redo()}


def load_set(world, params):
    if "file" in params:
        description = setfile.read(text(params, "file"))
    else:
        description = params.get("set", setfile.DEMO)
    setfile.check(description)
    name = params.get("name") or description.get("name") or "Another Song"
    return world.load_set(description, name, bool(params.get("saved", True)), params.get("project"),
                          bool(params.get("finish_recording", True)))


def save_as(world, params):
    world.save_as(text(params, "name"), params.get("project"))


def reload_script(world, _params):
    return world.reload_script()


def press_dialog(world, params):
    app = world.application
    button = int(number(params, "button"))
    if not app.dialogs or not 0 <= button < len(app.dialogs[-1].buttons):
        raise CommandError("There is no dialog with a button %d." % button)
    app.close_dialog(button)


TABLE = {
    "arm": arm, "disarm": disarm, "implicit_arm": implicit_arm, "rename": rename, "color": color, "move": move,
    "delete": delete, "add_audio_track": _add("audio"), "add_midi_track": _add("midi"),
    "add_return_track": _add("return"), "group": group, "select": select, "mute": _switch("mute"), "solo": solo,
    "freeze": freeze, "fold": fold, "monitor": monitor, "input": set_input, "sound": sound, "play": play,
    "continue": continue_playing, "stop": stop, "locate": locate, "record": record, "session_record": session_record,
    "fire_slot": fire_slot, "stop_slot": stop_slot, "fire_scene": fire_scene, "stop_all_clips": stop_all_clips,
    "tempo": tempo, "signature": signature, "metronome": _song_switch("metronome"),
    "overdub": _song_switch("overdub"), "arrangement_overdub": _song_switch("arrangement_overdub"),
    "exclusive_arm": _song_switch("exclusive_arm"), "count_in": count_in, "loop": loop, "punch": punch,
    "add_scene": add_scene, "add_locator": add_locator, "delete_clip": delete_clip, "undo": undo, "redo": redo,
    "load_set": load_set, "save_as": save_as, "reload_script": reload_script, "press_dialog": press_dialog,
}
