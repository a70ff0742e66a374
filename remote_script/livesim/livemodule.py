"""Puts the module `Live` together for one version of Live."""

import types

from . import api, application, clip, lom, mixer, routing, scene, song, timers, track
from .errors import LimitationError

# api name -> (module attribute of Live, class name, blueprint, node class)
_TABLE = (
    ("Application", "Application", "Application", api.ApplicationApi, application.ApplicationNode),
    ("Application.View", "Application", "View", api.ApplicationViewApi, application.ApplicationViewNode),
    ("Song", "Song", "Song", api.SongApi, song.SongNode),
    ("Song.View", "Song", "View", api.SongViewApi, scene.SongViewNode),
    ("CuePoint", "Song", "CuePoint", api.CueApi, scene.CueNode),
    ("Scene", "Scene", "Scene", api.SceneApi, scene.SceneNode),
    ("Track", "Track", "Track", api.TrackApi, track.TrackNode),
    ("Track.View", "Track", "View", api.TrackViewApi, mixer.TrackViewNode),
    ("TakeLane", "TakeLane", "TakeLane", api.TakeLaneApi, mixer.TakeLaneNode),
    ("MixerDevice", "MixerDevice", "MixerDevice", api.MixerApi, mixer.MixerNode),
    ("DeviceParameter", "DeviceParameter", "DeviceParameter", api.ParameterApi, mixer.ParameterNode),
    ("Clip", "Clip", "Clip", api.ClipApi, clip.ClipNode),
    ("ClipSlot", "ClipSlot", "ClipSlot", api.ClipSlotApi, clip.ClipSlotNode),
)


def build(world):
    """Returns (module Live, {api name: handle class}).

    As in Live the parts are attributes, not modules of their own: `import Live.Base` fails.
    """
    version = world.version
    live = types.ModuleType("Live", "Stand-in for Live's Python API.")
    handles = {}

    def part(name):
        if not hasattr(live, name):
            setattr(live, name, types.ModuleType(name))
        return getattr(live, name)

    part("LomObject").LomObject = lom.LomObject
    for path, module, name, blueprint, node_class in _TABLE:
        if path == "TakeLane" and version < (12, 2, 0):
            continue
        cls = lom.build_class(name, module, blueprint, node_class, version)
        if path == "ClipSlot":
            cls.fire = clip.fire_method(world)
        handles[path] = cls
        if "." in path:
            setattr(handles[path.split(".")[0]], name, cls)
        else:
            setattr(part(module), name, cls)
    world.RoutingType, world.RoutingChannel = routing.classes()
    tracks = part("Track")
    tracks.RoutingType, tracks.RoutingChannel = world.RoutingType, world.RoutingChannel
    tracks.RoutingTypeCategory = routing.RoutingTypeCategory
    tracks.RoutingChannelLayout = routing.RoutingChannelLayout
    handles["Track"].monitoring_states = lom.boost_enum("monitoring_states", "Track", IN=0, AUTO=1, OFF=2)
    songs = part("Song")
    songs.Quantization = song.Quantization
    songs.SessionRecordStatus = lom.boost_enum("SessionRecordStatus", "Song", off=0, on=1, transition=2)
    songs.CaptureDestination = lom.boost_enum("CaptureDestination", "Song", auto=0, session=1, arrangement=2)
    part("ClipSlot").ClipSlotPlayingState = lom.boost_enum(
        "ClipSlotPlayingState", "ClipSlot", stopped=0, started=1, recording=2)
    base = part("Base")
    base.Timer = timers.timer_class(world)
    base.Vector = lom.Vector
    base.LimitationError = LimitationError
    base.log = world.host_log
    apps = part("Application")
    apps.Variants = application.Variants

    def get_application():
        world.check_thread("Application.get_application")
        return world.wrap(world.application)

    apps.get_application = get_application
    return live, handles
