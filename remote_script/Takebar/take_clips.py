"""What a recorded clip tells about itself."""

from . import lom
from .take import warn

LATE_SECONDS = 1.0


def file_path(clip):
    """The clip's audio file, or None while Live has not named it."""
    return lom.text(clip, "file_path") or None


def is_audio(clip, record):
    """Whether it is an audio clip."""
    known = lom.flag(clip, "is_audio_clip")
    return record.kind == "audio" if known is None else known


def describe(clip, record, start_sample, in_arrangement):
    """A clip in the shape of docs/protocol.md. `start_sample(clip, rate, frames)` gives the first frame of the take, or None."""
    audio = is_audio(clip, record)
    told = blank(record, "audio" if audio else "midi")
    told["clip_name"] = lom.text(clip, "name") or ""
    if in_arrangement:
        told["start_beat"] = lom.number(clip, "start_time")
        told["end_beat"] = lom.number(clip, "end_time")
    if audio:
        told["file_path"] = file_path(clip)
        told["sample_rate"] = lom.number(clip, "sample_rate") or None
        told["frames"] = lom.integer(clip, "sample_length") or None
        told["start_sample"] = start_sample(clip, told["sample_rate"], told["frames"])
        if told["start_sample"] is None:
            warn(
                told["warnings"],
                "start_sample_unknown",
                "Live does not say where in the file the take begins; there may be a short pre-roll.",
            )
    return told


def blank(record, kind):
    """A clip of which nothing is known yet."""
    return {
        "track": record.id,
        "track_name": record.name,
        "kind": kind,
        "clip_name": "",
        "file_path": None,
        "sample_rate": None,
        "frames": None,
        "start_sample": None,
        "start_beat": None,
        "end_beat": None,
        "warnings": [],
    }


def sample_at(clip, beat, tempo, rate, frames):
    """The frame of the clip's file at a beat after its start marker; None where Live cannot say.

    A warped clip knows: Clip.beat_to_sample_time. The start marker of an unwarped one is in seconds.
    """
    marker = lom.number(clip, "start_marker")
    if marker is None:
        return None
    sample = None
    if lom.flag(clip, "warping") is not False:
        try:
            sample = lom.finite(clip.beat_to_sample_time(marker + beat))
        except Exception:
            sample = None
    elif rate and tempo:
        sample = (marker + beat * 60.0 / tempo) * rate
    if sample is None:
        return None
    sample = int(round(sample))
    if sample < 0 or (frames is not None and sample > frames):
        return None
    return sample
