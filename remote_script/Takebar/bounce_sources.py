"""What a bounce records: which tracks, and how a temporary audio track gets the sound of each.

A temporary track takes its input by category. The category `track` is offered once for each other track; which entry is the source tells
its attached object where Live has that, else its name.
"""

from . import lom, routing, tracks
from .errors import RpcError
from .jobs import until
from .take_sources import MONITORING_OFF

MAIN_NAME = "Main"
TAPS = ("post_mixer", "post_fx")
_CHANNEL_PLACE = {"post_fx": 1, "post_mixer": 2}  # Live's order: Pre FX, Post FX, Post Mixer
_CHANNEL_NAME = {"post_fx": "Post FX", "post_mixer": "Post Mixer"}
CHANNELS_SECONDS = 15.0


class Source(object):
    """One thing to bounce. `origin` is the record of its track, None for the main output."""

    def __init__(self, origin):
        self.origin = origin
        self.name = origin.name if origin is not None else MAIN_NAME
        self.kind = origin.kind if origin is not None else "main"
        self.twin = None  # the record of the temporary track

    def told(self):
        """As in docs/protocol.md."""
        return {"track": self.origin.id if self.origin is not None else None, "name": self.name, "kind": self.kind}


def check(script, wish):
    """The sources of a bounce, and what cannot be bounced as (Source, reason) pairs. Changes nothing."""
    if wish["kind"] == "main":
        return [Source(None)], []
    if wish["kind"] == "selected":
        record = script.model.selected()
        if record is None:
            raise RpcError("not_found", "No track is selected.", "Select a track in Live, then bounce again.")
        wanted = [record]
    elif wish.get("tracks"):
        wanted = [tracks.find(script, track_id) for track_id in wish["tracks"]]
    else:
        wanted = [record for record in script.model.order if record.kind in ("audio", "midi", "return")]
        left = leftovers(script)
        wanted = [record for record in wanted if not _prints_the_mix(record) and record not in left]
    good, bad = [], []
    for record in wanted:
        reason = why_not(record)
        if reason is None:
            good.append(Source(record))
        else:
            bad.append((Source(record), reason))
    if not good:
        text = "; ".join("%s: %s" % (source.name, reason) for source, reason in bad) or "the set has no tracks"
        raise RpcError("nothing_to_bounce", "No track can be bounced (%s)." % text)
    return good, bad


def _prints_the_mix(record):
    return record.kind == "audio" and lom.category(lom.get(record.track, "input_routing_type")) == "resampling"


def temporary_name(name):
    """What a temporary track is called."""
    return ("Bounce %s" % name)[:255]


def leftovers(script):
    """Records of temporary tracks that a bounce could not delete, because its set was closed or Live crashed. They are known by all that a bounce gives a
    track: name, input, monitoring, nothing on it but its own recordings. Muted ones were kept on purpose.
    """
    return [record for record in script.model.order if record.kind == "audio" and _is_leftover(record)]


def _is_leftover(record):
    track, name = record.track, record.name
    if not name.startswith(temporary_name("")) or lom.get(track, "mute", False) or len(lom.sequence(track, "devices")) > 0:
        return False
    if lom.category(lom.get(track, "input_routing_type")) not in ("resampling", "track"):
        return False
    if lom.integer(track, "current_monitoring_state") != MONITORING_OFF:
        return False
    if any(lom.get(slot, "has_clip", False) for slot in lom.sequence(track, "clip_slots")):
        return False
    begins = "".join("_" if letter in '<>:"/\\|?*' else letter for letter in name)
    for clip in lom.sequence(track, "arrangement_clips"):
        path = (lom.text(clip, "file_path") or "").replace("\\", "/")
        if not path.rsplit("/", 1)[-1].startswith(begins):
            return False
    return True


def why_not(record):
    """Why a track cannot be bounced, as a part of a sentence; None where it can."""
    track = record.track
    if record.kind == "main":
        return "bounce the main output without naming it"
    if lom.flag(track, "has_audio_output") is False:
        return "it has no audio output"
    if record.kind == "group" and lom.get(track, "is_frozen", False):
        return "it is a frozen group"
    output = lom.get(track, "output_routing_type")
    if output is not None and lom.category(output) == "external":
        return "its output goes to the audio interface, not to the main track"
    return None


def choose_input(script, source, offered):
    """The routing type that carries the sound of a source; None where Live does not offer it."""
    if source.origin is None:
        return routing.choose_type(None, offered, "resampling")
    candidates = [kind for kind in offered if lom.category(kind) == "track"]
    for kind in candidates:
        attached = lom.get(kind, "attached_object")
        if attached is not None and lom.alive(attached) and lom.key(attached) == source.origin.key:
            return kind
    named = [kind for kind in candidates if _names(lom.text(kind, "display_name"), source.origin)]
    twins = [record for record in script.model.order if record.name == source.origin.name]
    place = twins.index(source.origin) if source.origin in twins else 0
    if len(named) == 1:
        return named[0]
    return named[place] if place < len(named) == len(twins) else None


def _names(shown, record):
    return shown == record.name or shown == "%d-%s" % (record.index + 1, record.name)


def connect(script, source, tap):
    """Gives the temporary track of a source its input (as a part of a job). Raises RpcError where that is not possible."""
    twin = source.twin
    offered = yield from routing.await_types(script, twin)
    kind = choose_input(script, source, offered)
    if kind is None and source.origin is not None:
        # A list that is not complete yet, as in a set that Live has just changed.
        yield from until(script.clock, lambda: choose_input(script, source, routing.types_of(twin)) is not None, 1.0, twin.track)
        kind = choose_input(script, source, routing.types_of(twin))
    if kind is None:
        raise RpcError("routing_unavailable", "Live does not offer its sound as an input", "")
    yield from script.writes.settle([script.writes.put(twin.track, "input_routing_type", kind, routing.same_routing)])
    if source.origin is not None:
        yield from _tap(script, twin, tap)


def _tap(script, twin, tap):
    ready_at = twin.born + routing.FRESH_SECONDS

    def find():
        if script.clock.now < ready_at:
            return None
        channels = routing.channels_of(twin)
        for channel in channels:
            if lom.text(channel, "display_name") == _CHANNEL_NAME[tap]:
                return channel
        return channels[_CHANNEL_PLACE[tap]] if len(channels) == 3 else None

    channel = yield from until(script.clock, find, CHANNELS_SECONDS, twin.track)
    if channel is None:
        raise RpcError("routing_unavailable", "Live does not offer it %s" % _CHANNEL_NAME[tap], "")
    yield from script.writes.settle([script.writes.put(twin.track, "input_routing_channel", channel, routing.same_channel)])
