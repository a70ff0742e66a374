"""Set descriptions (JSON) and the sets built from them; docs/livesim.md lists the members."""

import json

from . import routing
from .clip import ClipNode
from .errors import CommandError

MONITORING = {"in": 0, "auto": 1, "off": 2}

DEMO = {
    "tracks": [
        {"name": "Drums", "kind": "audio"},
        {"name": "Bass", "kind": "audio"},
        {"name": "Guitar", "kind": "audio"},
        {"name": "Vocals", "kind": "audio"},
        {"name": "Keys", "kind": "midi", "clips": [{"name": "Intro", "start": 0, "length": 16}]},
        {"name": "Synth", "kind": "midi", "slots": [{"scene": 0, "name": "Riff", "length": 4}]},
        {"name": "Choir", "kind": "group"},
        {"name": "Choir Left", "kind": "audio", "group": "Choir"},
        {"name": "Choir Right", "kind": "audio", "group": "Choir"},
        {"name": "Strings", "kind": "audio", "frozen": True},
    ],
    "returns": ["A-Reverb", "B-Delay"],
    "locators": [{"time": 0, "name": "Intro"}, {"time": 16, "name": "Verse"}, {"time": 48, "name": "Chorus"}],
}

_SONG = ("tempo", "metronome", "exclusive_arm", "can_capture_midi", "punch_in", "punch_out")
_SET_KEYS = set(_SONG) | {"tracks", "returns", "locators", "scenes", "signature", "count_in", "loop", "selected", "name"}
_TRACK_KEYS = {"name", "kind", "color", "arm", "implicit_arm", "monitoring", "mute", "solo", "frozen", "folded",
               "group", "input", "output", "silent", "clipping", "level", "clips", "slots"}


def plain(audio, midi):
    """A set of numbered tracks."""
    tracks = [{"name": "%d-Audio" % (n + 1), "kind": "audio"} for n in range(audio)]
    tracks += [{"name": "%d-MIDI" % (audio + n + 1), "kind": "midi"} for n in range(midi)]
    return {"tracks": tracks, "returns": ["A-Reverb", "B-Delay"]}


def read(path):
    """The description in a file. CommandError with a sentence when it is no good."""
    try:
        with open(path, encoding="utf-8") as source:
            return json.load(source)
    except (OSError, ValueError) as error:
        raise CommandError("The set file %s cannot be read: %s" % (path, error))


def initial(options):
    """The set that the options ask for."""
    if options.set_file:
        description = dict(read(options.set_file))
    elif options.tracks is not None or options.midi_tracks is not None:
        description = plain(options.tracks or 0, options.midi_tracks or 0)
    else:
        description = dict(DEMO)
    description.setdefault("tempo", options.tempo)
    description.setdefault("count_in", options.count_in)
    return description


def check(description):
    """CommandError when a description has members that nobody reads or no tracks."""
    if not isinstance(description, dict):
        raise CommandError("A set description is a JSON object.")
    unknown = sorted(set(description) - _SET_KEYS)
    tracks = description.get("tracks")
    if not isinstance(tracks, list) or not tracks:
        raise CommandError("A set needs a list of tracks.")
    for track in tracks:
        unknown += sorted(set(track) - _TRACK_KEYS)
        if track.get("kind", "audio") not in ("audio", "midi", "group"):
            raise CommandError("Track kind '%s' is not audio, midi or group." % track["kind"])
    if unknown:
        raise CommandError("The set description has unknown members: %s." % ", ".join(unknown))


def build(world, song, description):
    """Fills an empty song."""
    check(description)
    for name in _SONG:
        if name in description:
            song.values[name] = type(song.values[name])(description[name])
    song.values["count_in_duration"] = int(description.get("count_in", 0))
    if "signature" in description:
        song.values["signature_numerator"], song.values["signature_denominator"] = description["signature"]
    loop = description.get("loop", {})
    song.values["loop"] = bool(loop.get("on", False))
    song.values["loop_start"] = float(loop.get("start", 0.0))
    song.values["loop_length"] = float(loop.get("length", 16.0))
    scenes = description.get("scenes", 8)
    for name in scenes if isinstance(scenes, list) else [""] * int(scenes):
        song.add_scene(name=name)
    by_name = {}
    for item in description["tracks"]:
        track = by_name[item.get("name")] = _track(world, song, item)
        if item.get("group"):
            if item["group"] not in by_name:
                raise CommandError("The group '%s' must come before its tracks." % item["group"])
            track.group = by_name[item["group"]]
        song.tracks.append(track)
    for name in description.get("returns", []):
        song.returns.append(song.new_track("return", name))
    song.main = song.new_track("main", song.main_word())
    for item in description["tracks"]:
        if "input" in item:
            connect(by_name[item.get("name")], item["input"], by_name)
        if "output" in item:
            disconnect(by_name[item.get("name")], item["output"])
    for locator in description.get("locators", []):
        song.add_cue(locator["time"], locator.get("name", ""))
    song.selected_track = by_name.get(description.get("selected"), song.tracks[0])
    song.selected_scene = song.scenes[0]


def _track(world, song, item):
    kind = item.get("kind", "audio")
    track = song.new_track(kind, item.get("name") or "%d-%s" % (
        len(song.tracks) + 1, {"audio": "Audio", "midi": "MIDI", "group": "Group"}[kind]))
    values = track.values
    for key, name in (("arm", "arm"), ("implicit_arm", "implicit_arm"), ("mute", "mute"), ("solo", "solo"),
                      ("frozen", "is_frozen"), ("folded", "fold_state")):
        values[name] = bool(item.get(key, False))
    if "color" in item:
        values["color"] = int(item["color"])
    if "monitoring" in item:
        values["current_monitoring_state"] = MONITORING[item["monitoring"]]
    track.silent = bool(item.get("silent", False))
    track.clipping = bool(item.get("clipping", False))
    track.level = float(item.get("level", 1.0))
    for clip in item.get("clips", []):
        node = ClipNode(world, track, None, kind == "audio", float(clip["start"]), float(clip["length"]),
                        name=clip.get("name", ""))
        node.path = clip.get("file", "")
        track.clips.append(node)
    for clip in item.get("slots", []):
        slot = track.slots[clip["scene"]]
        slot.clip = ClipNode(world, track, slot, kind == "audio", 0.0, float(clip["length"]), name=clip.get("name", ""))
        slot.clip.path = clip.get("file", "")
    return track


def disconnect(track, wish):
    """Sets an output: "external", or "nothing" for a MIDI track without an instrument."""
    if wish == "nothing":
        track.audible, track.silent = False, True
        return
    routes = [route for route in routing.output_types(track) if route.category == wish]
    if not routes:
        raise CommandError("'%s' has no output '%s'." % (track.values["name"], wish))
    track.set_output_routing_type(routing.make(track.world.RoutingType, track, "output", routes[0]))


def connect(track, wish, by_name):
    """Sets an input from {"type", "source", "channel"}; type is a category or a display name."""
    kind = wish.get("type", "external")
    source = by_name.get(wish.get("source"))
    for route in routing.input_types(track):
        if kind == "track" and route.category == "track" and route.track is not source:
            continue
        if kind in (route.category, route.display_name(track.world)):
            break
    else:
        raise CommandError("'%s' has no input '%s'." % (track.values["name"], kind))
    track.route_input(route)
    if "channel" in wish:
        for channel in routing.input_channels(track):
            if wish["channel"] in (channel[0], routing.word(track.world, channel[0])):
                track.input_channel = channel
                track.notify("input_routing_channel")
                return
        raise CommandError("'%s' has no input channel '%s'." % (track.values["name"], wish["channel"]))
