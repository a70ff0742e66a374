"""One take: what is known about it, and how its frames, beats and seconds belong together."""

import re
import time

_FORBIDDEN = re.compile(r'[\x00-\x1f\\/:*?"<>|]')


def file_stem(track_name, number, when):
    """Live's name for a recording; characters that a file system refuses become '_'."""
    stamp = time.strftime("%Y-%m-%d %H%M%S", time.localtime(when))
    safe = _FORBIDDEN.sub("_", track_name).strip() or "_"
    while len(safe.encode("utf-8")) > 180:
        safe = safe[:-1]
    return "%s %04d [%s]" % (safe, number, stamp)


class Take(object):
    """One pass on one track."""

    def __init__(self, ident, track, view, clock, start_beat, tempo):
        self.id = ident
        self.set_id = track.world.song.set_id
        self.track = track
        self.track_name = track.values["name"]
        self.view = view
        self.is_audio = track.kind == "audio"
        self.clock = clock
        self.start_beat = start_beat
        self.end_beat = None
        self.pre_roll = 0
        self.start_sample = None
        self.layout = None
        self.file = None
        self.path = None
        self.source = None
        self.source_hz = None
        self.first_tones = ()
        self.segments = []
        self.end_frames = None
        self.finalize_at = None
        self.finished = False
        self.abandoned = False
        self.failed = ""
        self.sha256 = None
        self.clip = None
        self.slot = None
        # Song position against time: (beats since the take began, seconds since then), for tempo changes.
        self.tempo_map = [(0.0, 0.0)]
        self.tempo = tempo
        # Where the loop went back: (beats since the take began, the beat it went back to).
        self.passes = []

    def take_beats(self, clock):
        beats, seconds = self.tempo_map[-1]
        return beats + (clock - self.clock - seconds) * self.tempo / 60.0

    def frames_at(self, clock):
        return self.pre_roll + max(0, int(round((clock - self.clock) * self.layout.rate)))

    def frame_of_beat(self, beats):
        """Frame in the file for a position in beats since the take began (may lie before it)."""
        base_beats, base_seconds = self.tempo_map[0]
        bpm = self.tempo
        for index, (at, seconds) in enumerate(self.tempo_map):
            if index and beats < at:
                break
            base_beats, base_seconds = at, seconds
            if index + 1 < len(self.tempo_map):
                after, later = self.tempo_map[index + 1]
                bpm = (after - at) / (later - seconds) * 60.0 if later > seconds else self.tempo
            else:
                bpm = self.tempo
        return self.pre_roll + (base_seconds + (beats - base_beats) * 60.0 / bpm) * self.layout.rate
