"""The set's smaller parts: selection, scenes, locators, positions in bars and beats."""

from .lom import Node


class BeatTime(object):
    """A position as bars, beats, sixteenths and ticks; the first bar is 1."""

    def __init__(self, beat, numerator, denominator):
        ticks = int(round(beat * 240))
        per_beat = 960 // denominator
        beats, rest = divmod(ticks, per_beat)
        self.bars, self.beats = beats // numerator + 1, beats % numerator + 1
        self.sub_division, self.ticks = rest // 60 + 1, rest % 60

    def __str__(self):
        return "%03d.%02d.%02d.%03d" % (self.bars, self.beats, self.sub_division, self.ticks)


class SongViewNode(Node):
    """What is selected."""

    api = "Song.View"

    def __init__(self, world, song):
        Node.__init__(self, world, follow_song=True, draw_mode=False)
        self.song = song

    def get_canonical_parent(self):
        return self.song

    def get_selected_track(self):
        return self.song.selected_track

    def set_selected_track(self, track):
        if track.alive:
            self.song.select(track)

    def get_selected_scene(self):
        return self.song.selected_scene

    def set_selected_scene(self, scene):
        if scene.alive and scene is not self.song.selected_scene:
            self.song.selected_scene = scene
            self.notify("selected_scene")

    def get_highlighted_clip_slot(self):
        track = self.song.selected_track
        if track is None or not track.slots:
            return None
        return track.slots[self.song.scene_index(self.song.selected_scene)]

    def set_highlighted_clip_slot(self, slot):
        if slot.alive:
            self.song.select(slot.track)
            self.set_selected_scene(self.song.scenes[slot.index()])

    def get_detail_clip(self):
        slot = self.get_highlighted_clip_slot()
        return slot.clip if slot is not None else None


class SceneNode(Node):
    api = "Scene"

    def __init__(self, world, name):
        Node.__init__(self, world, name=name, color=0)

    def get_clip_slots(self):
        index = self.world.song.scene_index(self)
        return [track.slots[index] for track in self.world.song.tracks]

    def get_is_empty(self):
        return all(slot.clip is None for slot in self.get_clip_slots())

    def get_is_triggered(self):
        return any(slot.triggered for slot in self.get_clip_slots())

    def get_canonical_parent(self):
        return self.world.song

    def do_fire(self, _force_legato, _can_select):
        self.world.engine.write("Scene.fire", lambda: self.world.session.fire_scene(self) if self.alive else None)


class CueNode(Node):
    api = "CuePoint"

    def __init__(self, world, time, name):
        Node.__init__(self, world, time=float(time), name=name)

    def get_canonical_parent(self):
        return self.world.song

    def do_jump(self):
        transport, song = self.world.transport, self.world.song
        if transport.playing:
            transport.locate(self.values["time"])
        else:
            song.move_start(self.values["time"])
            transport.stopped_beat = self.values["time"]
            song.notify("current_song_time")
