"""One take, from the click to the clips: a job over many ticks.

    preparing -> counting_in -> recording -> stopping -> finished | cancelled | failed

It needs no client: whoever asks later finds the take in the script's memory. What it changed in the set it puts back, whichever way it ends.
"""

from . import lom, take_clips, take_sources
from .clock import unix_ms
from .errors import RpcError
from .take import has_ended, new_take, stamp, warn
from .take_arrangement import ArrangementRecorder
from .take_changes import Changes
from .take_session import SessionRecorder
from .take_undo import delete_empty_track, undo_clips

STILL_SECONDS = 2.0  # song time that does not move for so long is standing still
OFF_SECONDS = 0.3  # so long a recording that was on may look switched off before it is
CLIP_SECONDS = 15.0
PEEK_SECONDS = 1.0
LOOK_SECONDS = 0.03
BUSY_PER_CENT = 75.0
OFFSET_VERSIONS = ((12, 0, 0), (12, 2, 4))


class _CalledOff(Exception):
    """The take ends before it has recorded."""


class TakeJob(object):
    """The take that runs. Its client speaks to it through `ask`."""

    def __init__(self, script, take_id, values, request):
        source, records = self._check(script, values)
        self.script = script
        self.take = new_take(take_id, values, source)
        self._records = records
        self._request = request
        self._song = script.host.song
        self._changes = Changes(script)
        self._recorder = None
        self._created = None
        self._want = None
        self._span = None
        self._wrapped = False
        self._peeked = {}
        self._stop_confirmed = False
        self._late = None
        self._calling_off = False
        stamp(self.take, script.model)

    # what a bounce does otherwise

    def _check(self, script, values):
        """The source as the take shows it, and its records."""
        return take_sources.check(script, values["source"])

    def _stamp(self):
        stamp(self.take, self.script.model)

    def _take_back(self, clips):
        """Undoes the clips (as a part of a job). False where that was not possible."""
        return undo_clips(self.script, self._recorder, clips)

    def _put_back(self, phase):
        """Puts everything back (as a part of a job). Returns the labels of what could not be."""
        failed = yield from self._changes.restore()
        if self._created is not None and phase != "finished":
            deleted = yield from delete_empty_track(self.script, self._created)
            if not deleted:
                failed.append("the new track %s" % self._created.name)
        return failed

    def _left_changed(self):
        """What stays changed when the set is closed, in words."""
        return self._changes.labels()

    # for the verbs

    def ask(self, what):
        """`stop` or `cancel`; cancel wins."""
        if self._want != "cancel":
            self._want = what

    @property
    def is_delicate(self):
        """While it prepares, or stops and puts things back, nobody else should change the set."""
        phase = self.take["phase"]
        if self._calling_off:
            return True
        if phase == "stopping":
            return not self._stop_confirmed or self._want == "cancel" or len(self._changes) > 0
        return phase == "preparing"

    # the job

    def run(self):
        """All steps (a job)."""
        self._show()
        try:
            yield from self._until_recording()
        except _CalledOff:
            yield from self._call_off("cancelled", None)
        except RpcError as error:
            yield from self._call_off("failed", error)
        except Exception as exc:
            self.script.log_defect("A take failed", exc)
            yield from self._call_off("failed", _defect())
        else:
            try:
                yield from self._recording()
                yield from self._stopping()
            except Exception as exc:
                self.script.log_defect("A take failed", exc)
                yield from self._end("failed", _defect())
        finally:
            if not has_ended(self.take):
                self._finish("failed", _defect())

    def _show(self):
        self.script.model.take_changed()

    def _phase(self, phase):
        self.take["phase"] = phase
        self._show()

    def _warn(self, code, message):
        if warn(self.take["warnings"], code, message):
            self._show()

    def _listening(self, steps):
        """Runs steps, and calls the take off as soon as somebody asks for it."""
        for _ in steps:
            if self._want is not None:
                steps.close()
                raise _CalledOff()
            yield

    # until it records

    def _until_recording(self):
        yield from self._listening(self._prepare())
        self._request.check_deadline()
        if self._want is not None:
            raise _CalledOff()
        yield from self._listening(self._recorder.switch_on())
        if not self._recorder.took_length:
            self._warn("fire_without_length", "This Live fires clips without a length; the script stops the take itself.")
        yield from self._await_sound()

    def _prepare(self):
        if self.take["source"]["kind"] == "main":
            yield from self._prepare_main()
        elif self.take["source"]["kind"] == "track":
            yield from take_sources.prepare_track(self.script, self._changes, self._records[0])
        recorder = ArrangementRecorder if self.take["view"] == "arrangement" else SessionRecorder
        self._recorder = recorder(self.script, self._records, self.take["length_beats"])
        yield from self._recorder.prepare()
        stamp(self.take, self.script.model)
        self.take["tracks"] = [{"id": r.id, "name": r.name, "kind": r.kind} for r in self._records]
        self._warn_ahead()

    def _prepare_main(self):
        record = take_sources.find_main(self.script)
        if record is None:
            record = yield from take_sources.create_main(self.script)
            self._created = record
        self._records = [record]
        self.take["source"] = {"kind": "main", "track": record.id}
        yield from take_sources.prepare_main(self.script, self._changes, record, record is self._created)
        yield from self.script.ready()

    def _warn_ahead(self):
        midi = [record.name for record in self._records if record.kind == "midi"]
        if len(midi) == len(self._records):
            self.take["midi_only"] = True
            self._warn("midi_only", "Only MIDI tracks record: there will be no audio file.")
        elif midi:
            self._warn("midi_skipped", "MIDI tracks record notes, not an audio file: %s." % ", ".join(midi))
        if self.take["view"] == "arrangement" and lom.get(self._song, "loop", False):
            self._warn("overdub_loop", "The loop is on: only its last pass stays visible.")
        first, last = OFFSET_VERSIONS
        if first <= self.script.host.version <= last and any(_resamples(record) for record in self._records):
            self._warn("resampling_offset", "Live 12.0 to 12.2.4 shifts resampled recordings a little in time.")
        self._warn_around()

    def _warn_around(self):
        app = self.script.host.app
        if (lom.number(app, "average_process_usage") or 0.0) > BUSY_PER_CENT:
            self._warn("cpu_high", "Live's CPU load is above %d %%: the recording may have dropouts." % BUSY_PER_CENT)
        if (lom.integer(app, "open_dialog_count") or 0) > 0:
            message = lom.text(app, "current_dialog_message") or "a dialog"
            self._warn("dialog_open", "Live shows a dialog: %s" % message)

    def _await_sound(self):
        """Waits until song time moves, through a count-in where there is one."""
        clock, recorder = self.script.clock, self._recorder
        off_since = still_since = clock.now
        counting_until = clock.now + recorder.patience()
        first = last = None
        while True:
            look = recorder.look()
            time = lom.number(self._song, "current_song_time")
            if look == "counting":
                if self.take["phase"] == "preparing":
                    self._phase("counting_in")
                still_since = clock.now
                first = last = None
                if clock.now >= counting_until:
                    raise _audio_off()
            elif look == "recording":
                first = time if first is None else first
                if last is not None and time != last:
                    break
                last = time
                if clock.now - still_since >= STILL_SECONDS:
                    raise _audio_off()
            elif self.take["phase"] == "counting_in":
                self._warn("stopped_in_live", "The count-in was stopped in Live.")
                raise _CalledOff()
            elif clock.now - off_since >= OFF_SECONDS:
                raise self._switched_off()
            if look != "off":
                off_since = clock.now
            yield
            if self._want is not None:
                raise _CalledOff()
        self.take["started_at"] = unix_ms()
        self.take["start_beat"] = recorder.start_beat(first)
        self._span = (first, time)
        self._phase("recording")

    def _switched_off(self):
        said = lom.text(self.script.host.app, "current_dialog_message")
        return RpcError("take_failed", "Live switched the recording off again." + (" It says: %s" % said if said else ""))

    # while it records

    def _recording(self):
        song, clock, recorder = self._song, self.script.clock, self._recorder
        length = self.take["length_beats"]
        played = 0.0
        last = self._span[1]
        if last is not None:
            played = max(0.0, last - self.take["start_beat"])
        real = clock.real
        still_since = clock.now
        next_peek = clock.now
        while self._want is None:
            look = recorder.look()
            if look != "recording":
                if not (recorder.stops_by_itself and played >= length - 0.5):
                    self._warn("stopped_in_live", "The recording was stopped in Live.")
                    recorder.leave_playing()
                break
            time = lom.number(song, "current_song_time")
            if time != last:
                played += self._advance(last, time, clock.real - real)
                last, real, still_since = time, clock.real, clock.now
            elif clock.now - still_since >= STILL_SECONDS:
                self._warn("audio_lost", "Song time stood still: Live's audio device was lost. The take ends here.")
                break
            if length is not None and not recorder.stops_by_itself and played >= length:
                break
            if clock.now >= next_peek:
                next_peek = clock.now + PEEK_SECONDS
                self._warn_around()
                if not self._peek():
                    break
            yield

    def _advance(self, last, time, seconds):
        """Beats from `last` to `time`, over a loop or a jump."""
        self._span = (min(self._span[0], time), max(self._span[1], time))
        beats = time - last
        if beats < 0:
            self._wrapped = True
            beats += lom.number(self._song, "loop_length") or 0.0
        most = seconds * 1.5 * (lom.number(self._song, "tempo") or 120.0) / 60.0 + 0.5
        return beats if 0 <= beats <= most else min(max(beats, 0.0), most / 1.5)

    def _peek(self):
        """Notes what is known of the growing clips, in case their tracks go. False when all tracks have gone."""
        for record in self._records:
            if not lom.alive(record.track):
                self._warn("track_deleted", "A recording track was deleted in Live: %s." % record.name)
        alive = [record for record in self._records if lom.alive(record.track)]
        if all(record.id in self._peeked for record in alive):
            return len(alive) > 0
        for record, clips in self._recorder.found(None):
            for clip in clips[:1]:
                if record.id not in self._peeked and take_clips.file_path(clip):
                    self._peeked[record.id] = dict(self._describe(clip, record), frames=None, end_beat=None)
        return True

    # when it stops

    def _stopping(self):
        self.take["stopped_at"] = unix_ms()
        self.take["stop_beat"] = lom.number(self._song, "current_song_time")
        self._phase("stopping")
        try:
            yield from self._recorder.switch_off()
        except RpcError as error:
            self.script.host.log("stop", error.message)
            yield from self._end("failed", error)
            return
        self._stop_confirmed = True
        clips = yield from self._await_clips()
        self._tell(clips)
        if self._want == "cancel":
            gone = yield from self._take_back(clips)
            if not gone:
                self._warn("undo_incomplete", "Live could not undo all of the take: look at the set.")
            yield from self._end("cancelled", None)
        elif self.take["clips"]:
            yield from self._end("finished", None)
        else:
            yield from self._end("failed", self._why_nothing())

    def _why_nothing(self):
        if all(not lom.alive(record.track) for record in self._records):
            return RpcError("take_failed", "Every track of the take was deleted while it recorded.")
        return RpcError(
            "take_failed", "Live shows no recorded clip.", "Look whether the tracks had an input and whether punch was on."
        )

    def _await_clips(self):
        """Waits until every track has its clip with its file. Returns (record, clip) pairs."""
        clock = self.script.clock
        began = clock.now
        end = began + CLIP_SECONDS
        while True:
            pairs, complete = self._collect()
            if complete or clock.now >= end:
                break
            next_look = clock.now + LOOK_SECONDS
            while clock.now < next_look:
                yield
        late = clock.now - began
        self._late = late if late >= take_clips.LATE_SECONDS else None
        return pairs

    def _collect(self):
        pairs = []
        complete = True
        for record, clips in self._recorder.found(self._span):
            if not lom.alive(record.track):
                continue
            if not clips:
                complete = False
            for clip in clips:
                pairs.append((record, clip))
                unnamed = take_clips.is_audio(clip, record) and not take_clips.file_path(clip)
                if unnamed or lom.get(clip, "is_recording", False):
                    complete = False
        return pairs, complete

    def _describe(self, clip, record):
        start_sample = self._recorder.start_sample(self._wrapped, self.take["tempo"])
        return take_clips.describe(clip, record, start_sample, self._recorder.in_arrangement)

    def _tell(self, pairs):
        """Fills in the take's clips, and warns of those that are missing."""
        told = []
        for record, clip in pairs:
            clip_told = self._describe(clip, record)
            if clip_told["kind"] == "audio" and clip_told["file_path"] is None:
                warn(clip_told["warnings"], "late_file_path", "Live has not named the file within %d s." % CLIP_SECONDS)
            elif clip_told["kind"] == "audio" and self._late is not None:
                warn(clip_told["warnings"], "late_file_path", "Live named the file %.1f s after the stop." % self._late)
            told.append(clip_told)
        found = set(clip_told["track"] for clip_told in told)
        for record in self._records:
            if record.id in found:
                continue
            gone = not lom.alive(record.track)
            if gone:
                self._warn("track_deleted", "A recording track was deleted in Live: %s." % record.name)
            known = self._peeked.get(record.id)
            if known is not None:
                if gone:
                    warn(known["warnings"], "track_deleted", "The track was deleted while it recorded.")
                else:
                    warn(known["warnings"], "clip_missing", "The clip has gone from the set.")
                told.append(known)
            elif not gone:
                self._warn("clip_missing", "Live shows no recorded clip on %s." % record.name)
        self.take["clips"] = told
        self._correct_beats(told)

    def _correct_beats(self, told):
        """The clips know to the sample where the take began and ended."""
        starts = [clip["start_beat"] for clip in told if clip["start_beat"] is not None]
        ends = [clip["end_beat"] for clip in told if clip["end_beat"] is not None]
        if starts and not self._wrapped and not self._recorder.knows_start:
            self.take["start_beat"] = min(starts)
        if ends and not self._wrapped:
            self.take["stop_beat"] = max(ends)

    # ends

    def _call_off(self, phase, error):
        """Ends a take that has not recorded: everything is put back as if it had not been asked for."""
        self._calling_off = True
        if self._recorder is not None:
            try:
                yield from self._recorder.switch_off()
            except RpcError as stuck:
                self._warn("not_restored", stuck.message)
        yield from self._end(phase, error)

    def _end(self, phase, error):
        """Puts everything back, then shows how it ended."""
        failed = yield from self._put_back(phase)
        if failed:
            self._warn("not_restored", "Could not be put back: %s." % ", ".join(failed))
        self.take["restored"] = not any(known["code"] == "not_restored" for known in self.take["warnings"])
        self._finish(phase, error)

    def _finish(self, phase, error):
        if error is not None:
            self.take["error"] = error.as_take_error()
        if self.script.take_job is self:
            self.script.take_job = None
        self._phase(phase)

    def set_closed(self):
        """Live closes the set while the take runs: what is known by now is all there will be."""
        if has_ended(self.take):
            return
        recorded = self.take["phase"] in ("recording", "stopping")
        self._warn("set_closed", "The set was closed while the take ran.")
        if self.take["started_at"] is not None and self.take["stopped_at"] is None:
            self.take["stopped_at"] = unix_ms()
        if recorded and not self.take["clips"]:
            self._late = None
            try:
                self._tell(self._collect()[0])
            except Exception as exc:
                self.script.log_defect("Closing a take", exc)
                self.take["clips"] = list(self._peeked.values())
        left = self._left_changed()
        if left:
            self._warn("not_restored", "Could not be put back: %s." % ", ".join(left))
        self.take["restored"] = not left
        if self._want == "cancel":
            if recorded:
                self._warn("undo_incomplete", "The set was closed before the take could be undone.")
            self._finish("cancelled", None)
        elif any(clip["file_path"] or clip["kind"] == "midi" for clip in self.take["clips"]):
            self._finish("finished", None)
        else:
            self._finish(
                "failed",
                RpcError(
                    "take_failed",
                    "The set was closed before the take had a clip.",
                    "Look for the audio file in Samples/Recorded of the set's project.",
                ),
            )


def _resamples(record):
    return lom.category(lom.get(record.track, "input_routing_type")) == "resampling"


def _audio_off():
    return RpcError("audio_off", "Song time stands still: Live's audio device is off or lost.")


def _defect():
    return RpcError("internal_error", "Something went wrong inside the Takebar script.")
