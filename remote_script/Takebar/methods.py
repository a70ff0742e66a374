"""The table of methods: every name on the wire, its parameters, and the function that carries it out.

Nothing else on the wire names anything inside Live. hello is in rpc.py, because it comes before everything else.
"""

from . import bounce_sources, bounces, editing, params, recording, routing, session_slots, takes, tracks, transport, wire
from .clock import unix_ms
from .params import Param


class Method(object):
    """One method. `run(script, values, request)` returns the result, or a job (a generator) whose value is the result, or None
    where it has answered already. `alone` methods are refused while a take prepares or stops.
    """

    __slots__ = ("run", "params", "alone")

    def __init__(self, run, specs=None, alone=False):
        self.run = run
        self.params = specs or {}
        self.alone = alone


def ping(script, values, request):
    """Who is there?"""
    return {"time": unix_ms(), "tick": script.ticks}


def state_get(script, values, request):
    """The whole state, read to the end first. What does not fit into one line can be asked for next."""
    yield from script.ready()
    script.model.read_fields()
    return script.model.snapshot(values["from"])


def state_subscribe(script, values, request):
    """The whole state, and from then on what changes. The answer keeps its place among the events."""
    request.client.subscribed = False
    yield from script.ready()
    script.model.read_fields()
    script.publish()
    client = request.client
    client.subscribed = True
    client.pending = None
    state, events = script.model.snapshot_in_parts()
    request.end_in_place(state)
    for event in events:
        client.push(wire.event("state.changed", event))
    return None


def state_unsubscribe(script, values, request):
    """No more events."""
    request.client.subscribed = False
    request.client.pending = None
    return {}


def levels_subscribe(script, values, request):
    """Input levels from now on, beginning with all of them."""
    request.client.levels = True
    request.client.levels_seen = 0
    script.levels.due = 0.0
    return {}


def levels_unsubscribe(script, values, request):
    """No more levels."""
    request.client.levels = False
    return {}


_TRACK = Param(params.track_id, required=True)
_TRACKS = Param(params.track_ids, required=True)
_SLOT = {"track": _TRACK, "index": Param(params.integer(0, 1000000), required=True)}
_TAKE = {"take": Param(params.take_id)}
_BOUNCE = {"bounce": Param(params.take_id)}
_VIEW = Param(params.choice("arrangement", "session"), default="arrangement")

METHODS = {
    "ping": Method(ping),
    "state.get": Method(state_get, {"from": Param(params.integer(0, 1000000), default=0)}),
    "state.subscribe": Method(state_subscribe),
    "state.unsubscribe": Method(state_unsubscribe),
    "levels.subscribe": Method(levels_subscribe),
    "levels.unsubscribe": Method(levels_unsubscribe),
    "track.arm": Method(
        tracks.arm, {"tracks": _TRACKS, "exclusive": Param(params.choice("set", "yes", "no"), default="set")}, alone=True
    ),
    "track.disarm": Method(tracks.disarm, {"tracks": _TRACKS}, alone=True),
    "track.disarm_all": Method(tracks.disarm_all, alone=True),
    "track.set_monitoring": Method(
        tracks.set_monitoring, {"track": _TRACK, "state": Param(params.integer(0, 2), required=True)}, alone=True
    ),
    "track.routings": Method(routing.routings, {"track": _TRACK}),
    "track.set_input_routing": Method(
        routing.set_input,
        {
            "track": _TRACK,
            "category": Param(routing.category_param),
            "name": Param(params.text(1, 255)),
            "channel": Param(params.text(1, 255)),
        },
        alone=True,
    ),
    "track.create_audio": Method(
        tracks.create_audio,
        {"index": Param(params.integer(-1, 1000000), default=-1), "name": Param(params.text(1, 255))},
        alone=True,
    ),
    "track.rename": Method(tracks.rename, {"track": _TRACK, "name": Param(params.text(1, 255), required=True)}),
    "track.select": Method(tracks.select, {"track": _TRACK}),
    "transport.play": Method(transport.play, alone=True),
    "transport.continue": Method(transport.go_on, alone=True),
    "transport.stop": Method(transport.stop, alone=True),
    "transport.locate": Method(transport.locate, {"time": Param(params.position, required=True)}, alone=True),
    "transport.set_loop": Method(
        transport.set_loop,
        {"loop": Param(params.switch), "loop_start": Param(params.position), "loop_length": Param(params.length)},
        alone=True,
    ),
    "transport.cue_points": Method(transport.cue_points),
    "record.start": Method(recording.start, {"view": _VIEW}, alone=True),
    "record.stop": Method(recording.stop, alone=True),
    "take.start": Method(
        takes.start,
        {
            "source": Param(params.source, default={"kind": "armed"}),
            "view": _VIEW,
            "length_beats": Param(params.length),
            "name": Param(params.text(0, 255)),
            "take": Param(params.take_id),
        },
    ),
    "take.stop": Method(takes.stop, _TAKE),
    "take.cancel": Method(takes.cancel, _TAKE),
    "take.get": Method(takes.get, _TAKE),
    "take.list": Method(takes.list_all),
    "bounce.start": Method(
        bounces.start,
        {
            "source": Param(bounces.source, default={"kind": "main"}),
            "tap": Param(params.choice(*bounce_sources.TAPS), default="post_mixer"),
            "start": Param(params.position, default=0.0),
            "length": Param(params.length, required=True),
            "tail": Param(params.position, default=0.0),
            "tail_seconds": Param(params.position, default=0.0),
            "cuts": Param(bounces.cuts, default=()),
            "keep_tracks": Param(params.switch, default=False),
            "name": Param(params.text(0, 255)),
            "bounce": Param(params.take_id),
        },
    ),
    "bounce.stop": Method(bounces.stop, _BOUNCE),
    "bounce.cancel": Method(bounces.cancel, _BOUNCE),
    "bounce.get": Method(bounces.get, _BOUNCE),
    "bounce.list": Method(bounces.list_all),
    "bounce.tidy": Method(bounces.tidy, {"delete": Param(params.switch, default=False)}, alone=True),
    "bounce.leave_set": Method(bounces.leave_set, {"message": Param(params.text(1, 2000), required=True)}, alone=True),
    "clip_slot.fire": Method(session_slots.fire, dict(_SLOT, record_length=Param(params.length)), alone=True),
    "clip_slot.stop": Method(session_slots.stop, _SLOT, alone=True),
    "edit.undo": Method(editing.undo, alone=True),
    "edit.redo": Method(editing.redo, alone=True),
    "edit.capture_midi": Method(editing.capture_midi, alone=True),
    "app.message": Method(editing.message, {"text": Param(params.text(1, 255), required=True)}),
    "app.dialog": Method(editing.dialog),
}
