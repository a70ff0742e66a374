"""One bounce: a take whose tracks are made for it and go with it.

Temporary audio tracks get the main output or other tracks as input, record the wished range in one pass, and are deleted (or kept, muted). The rest is as
in every take, so whoever shows, stops or lands takes needs to know no more.
"""

from . import bounce_sources, lom
from .bounce_sources import Source
from .confirm import close_to
from .errors import RpcError
from .jobs import until
from .take import has_ended, warn
from .take_arrangement import ArrangementRecorder
from .take_clips import sample_at
from .take_job import TakeJob
from .take_sources import MONITORING_OFF
from .tracks import armed_records, create_track

DELETE_SECONDS = 3.0
PLACE_SECONDS = 3.0
OFF_FOR_BOUNCE = ("loop", "punch_in", "punch_out", "metronome")


class BounceRecorder(ArrangementRecorder):
    """Records the temporary tracks from a place that is known exactly."""

    def __init__(self, script, records, length, start):
        super(BounceRecorder, self).__init__(script, records, length)
        self._start = start

    def _begin(self):
        super(BounceRecorder, self)._begin()
        self._planned = self._start

    def leave_playing(self):
        """The transport ran for the bounce only, so it stops with it."""


class BounceJob(TakeJob):
    """The bounce that runs."""

    def __init__(self, script, bounce_id, values, request):
        self._sources, unfit = bounce_sources.check(script, values["source"])
        self._wish = values
        tempo = lom.number(script.host.song, "tempo") or 120.0
        self._tail = values["tail"] + values["tail_seconds"] * tempo / 60.0
        values = dict(values, view="arrangement", length_beats=values["length"] + self._tail)
        super(BounceJob, self).__init__(script, bounce_id, values, request)
        self._place = None
        self._selected = None
        self.take["bounce"] = {
            "kind": values["source"]["kind"],
            "tap": values["tap"],
            "start": values["start"],
            "length": values["length"],
            "tail": self._tail,
            "cuts": list(values["cuts"]),
            "keep_tracks": values["keep_tracks"],
            "sources": [source.told() for source in self._sources],
            "skipped": [],
            "partial": False,
        }
        for source, reason in unfit:
            self._skip(source, reason)

    def _check(self, script, values):
        return {"kind": "bounce"}, []

    def _skip(self, source, reason):
        self.take["bounce"]["skipped"].append(dict(source.told(), reason=reason))
        said = self.take["bounce"]["skipped"]
        self.take["warnings"] = [known for known in self.take["warnings"] if known["code"] != "source_skipped"]
        text = "; ".join("%s: %s" % (skipped["name"], skipped["reason"]) for skipped in said)
        warn(self.take["warnings"], "source_skipped", "Not bounced: %s." % text)

    # until it records

    def _prepare(self):
        script, song = self.script, self.script.host.song
        selected = lom.get(script.host.view, "selected_track")
        self._selected = selected if lom.alive(selected) else None
        self._place = (lom.number(song, "start_time"), lom.number(song, "current_song_time"))
        for source in self._sources:
            source.twin = yield from create_track(script, None, bounce_sources.temporary_name(source.name))
        yield from self._connect()
        self._records = [source.twin for source in self._sources]
        yield from script.writes.settle(self._switches())
        yield from script.writes.settle(self._place_writes(self._wish["start"], self._wish["start"]))
        self._recorder = BounceRecorder(script, self._records, self.take["length_beats"], self._wish["start"])
        yield from self._recorder.prepare()
        self._stamp()
        self.take["tracks"] = [{"id": s.twin.id, "name": s.name, "kind": "audio"} for s in self._sources]
        self._warn_ahead()

    def _connect(self):
        good = []
        for source in self._sources:
            try:
                yield from bounce_sources.connect(self.script, source, self._wish["tap"])
            except RpcError as error:
                if error.name != "routing_unavailable":
                    raise
                self._skip(source, error.message.rstrip("."))
                yield from self._delete(source)
            else:
                good.append(source)
        self._sources = good
        self.take["bounce"]["sources"] = [source.told() for source in good]
        if not good:
            raise RpcError("nothing_to_bounce", "Live offers the sound of none of these tracks as an input.")

    def _switches(self):
        """Everything that has to be on or off; returns what to wait for."""
        script = self.script
        writes = []
        for record in armed_records(script):
            if any(record is source.twin for source in self._sources):
                continue
            for prop in ("arm", "implicit_arm"):
                if bool(script.writes.value(record.track, prop, False)):
                    writes.append(self._changes.put(record.track, prop, False, "arm of %s" % record.name))
        for prop in OFF_FOR_BOUNCE:
            if lom.get(script.host.song, prop, False):
                writes.append(self._changes.put(script.host.song, prop, False, prop.replace("_", " ")))
        for source in self._sources:
            writes.append(script.writes.put(source.twin.track, "current_monitoring_state", MONITORING_OFF))
            writes.append(script.writes.put(source.twin.track, "arm", True))
        return writes

    def _place_writes(self, start, shown):
        script, song = self.script, self.script.host.song
        writes = []
        if shown is not None:
            writes.append(script.writes.put(song, "current_song_time", shown, close_to))
        if start is not None and lom.has(song, "start_time"):
            writes.append(script.writes.put(song, "start_time", start, close_to))
        return writes

    # while it records

    def _advance(self, last, time, seconds):
        """A bounce neither loops nor jumps, so beats are counted as they are, however fast they come."""
        self._span = (min(self._span[0], time), max(self._span[1], time))
        return max(0.0, time - last)

    def _peek(self):
        """Shows the growing files too: if Live crashes, they tell where the range begins in what is left."""
        known = len(self._peeked)
        goes_on = super(BounceJob, self)._peek()
        if len(self._peeked) != known:
            self.take["clips"] = list(self._peeked.values())
            self._show()
        return goes_on

    # when it stops

    def set_closed(self):
        if not has_ended(self.take):
            self.take["clips"] = []  # the growing ones; what the set can still tell comes instead
        super(BounceJob, self).set_closed()

    def _source_of(self, record):
        return next((source for source in self._sources if source.twin is record), Source(None))

    def _describe(self, clip, record):
        told = super(BounceJob, self)._describe(clip, record)
        told["track_name"] = self._source_of(record).name
        start = told["start_beat"]
        told["cuts"] = []
        for beat in [self._wish["start"]] + self.take["bounce"]["cuts"] + [self._end_beat()]:
            frame = None
            if start is not None:
                frame = sample_at(clip, max(0.0, beat - start), self.take["tempo"], told["sample_rate"], None)
            told["cuts"].append(frame)
        return told

    def _end_beat(self):
        return self._wish["start"] + self.take["length_beats"]

    def _tell(self, pairs):
        super(BounceJob, self)._tell(pairs)
        names = dict((source.twin.id, source.name) for source in self._sources)
        for told in self.take["clips"]:
            told["track_name"] = names.get(told["track"], told["track_name"])
        whole = len(self.take["clips"]) >= len(self._sources)
        for told in self.take["clips"]:
            end = told.get("cuts", [None])[-1]
            whole = whole and end is not None and told["frames"] is not None and told["frames"] >= end
        self.take["bounce"]["partial"] = not whole

    def _take_back(self, clips):
        """The clips go with their tracks."""
        return True
        yield  # a part of a job like the one that it stands for

    def _put_back(self, phase):
        """Everything as it was (as a part of a job). Returns the labels of what could not be put back."""
        failed = []
        for source in reversed(self._sources):
            if source.twin is None or not lom.alive(source.twin.track):
                continue
            if phase == "finished" and self._wish["keep_tracks"]:
                failed += yield from self._keep(source)
            elif not (yield from self._delete(source)):
                failed.append("the new track Bounce %s" % source.name)
        failed += yield from self._changes.restore()
        failed += yield from self._restore_place()
        return failed

    def _keep(self, source):
        writes = self.script.writes
        try:
            yield from writes.settle(
                [writes.put(source.twin.track, "arm", False), writes.put(source.twin.track, "mute", True)]
            )
        except RpcError:
            return ["arm and mute of the track Bounce %s" % source.name]
        return []

    def _delete(self, source):
        return delete_track(self.script, source.twin)

    def _restore_place(self):
        """Song position and selection."""
        script, failed = self.script, []
        if self._place is None:
            return failed
        song, view = script.host.song, script.host.view
        if not lom.get(song, "is_playing", False):
            try:
                yield from script.writes.settle(self._place_writes(*self._place), PLACE_SECONDS)
            except RpcError as error:
                script.host.log("restore", error.message)
                failed.append("song position")
        wanted = self._selected
        if wanted is None or not lom.alive(wanted):
            return failed

        def same(read, target):
            return lom.alive(read) and lom.key(read) == lom.key(target)

        if not same(lom.get(view, "selected_track"), wanted):
            try:
                yield from script.writes.settle([script.writes.put(view, "selected_track", wanted, same)], PLACE_SECONDS)
            except RpcError as error:
                script.host.log("restore", error.message)
                failed.append("selected track")
        return failed

    def _left_changed(self):
        made = ["the new track Bounce %s" % s.name for s in self._sources if s.twin is not None and lom.alive(s.twin.track)]
        return super(BounceJob, self)._left_changed() + made


def delete_track(script, record):
    """Deletes a temporary track (as a part of a job). False where it is still there."""
    song, key = script.host.song, record.key

    def index():
        for place, track in enumerate(lom.sequence(song, "tracks")):
            if lom.key(track) == key:
                return place
        return None

    place = index()
    if place is None or not lom.alive(record.track):
        return True
    try:
        song.delete_track(place)
    except Exception as exc:
        script.host.log("delete", "Live did not delete %s: %s" % (record.name, exc))
        return False
    yield from until(script.clock, lambda: index() is None, DELETE_SECONDS)
    return index() is None
