"""The lists of a set: tracks, returns, scenes, locators; what changes in them and how that is undone."""

from . import tones
from .clip import ClipSlotNode
from .scene import CueNode, SceneNode
from .track import TrackNode


class SongLists(object):
    """Part of SongNode."""

    def new_track(self, kind, name):
        """A track with its slots, not yet in any list."""
        track = TrackNode(self.world, kind, name, self._number)
        self._number += 1
        if kind in ("audio", "midi"):
            track.tone_hz = tones.tone_hz(self._sounding_count)
            self._sounding_count += 1
        if kind in ("audio", "midi", "group"):
            track.slots = [ClipSlotNode(self.world, track) for _ in self.scenes]
        return track

    def add_track(self, kind, name=None, index=None):
        if name is None:
            number = len(self.tracks if kind != "return" else self.returns) + 1
            name = {"audio": "%d-Audio", "midi": "%d-MIDI", "group": "%d-Group", "return": "%d-Return"}[kind] % number
        track = self.new_track(kind, name)
        self.insert(track, index)
        return track

    def insert(self, track, index=None):
        where = self.returns if track.kind == "return" else self.tracks
        where.insert(len(where) if index is None else index, track)
        if track.kind != "return":
            after = where.index(track)
            # Inside a group when between two of its tracks.
            if track.group is None and 0 < after < len(where) - 1 and where[after + 1].group is not None:
                track.group = where[after + 1].group
        self._lists_changed(track)
        return track

    def _lists_changed(self, track):
        if track.kind == "return":
            self.notify("return_tracks")
        else:
            self.notify("tracks", "visible_tracks")
        for other in self.tracks:
            if other.listeners:
                other.notify("available_input_routing_types", "available_output_routing_types")
        self.world.recorder.mix_changed()

    def remove_track(self, track):
        """The track goes, a group with everything in it. Returns an undo function."""
        family = [track] + [other for other in self.tracks if self._inside(other, track)]
        where = self.returns if track.kind == "return" else self.tracks
        places = [(where.index(member), member) for member in family]
        for member in family:
            self.world.recorder.drop_track(member)
            member.session_take = member.arrangement_take = None
            where.remove(member)
        if self.selected_track in family:
            self.select(self.tracks[0] if self.tracks else self.main)
        sources = [other for other in self.tracks if other.input_route.track in family]
        for other in sources:
            other.route_input(type(other.input_route)("none", None, "No Input"))
        for member in family:
            member.die()
        self._lists_changed(track)
        self.arrangement_changed()
        return places

    @staticmethod
    def _inside(track, group):
        parent = track.group
        while parent is not None:
            if parent is group:
                return True
            parent = parent.group
        return False

    def restore_tracks(self, places):
        """Undo of remove_track. Returns the new track objects in the same shape."""
        twins = {}
        restored = []
        for index, old in places:
            twin = twins[old] = old.reborn()
            twin.group = twins.get(old.group, old.group)
            where = self.returns if twin.kind == "return" else self.tracks
            where.insert(min(index, len(where)), twin)
            while len(twin.slots) < len(self.scenes) and twin.slots:
                twin.slots.append(ClipSlotNode(self.world, twin))
            restored.append((index, twin))
        self._lists_changed(restored[0][1])
        self.arrangement_changed()
        return restored

    def undo_of_tracks(self, name, places, present):
        """An undo step for tracks that have come (present) or gone."""
        state = {"places": places}

        def bring():
            state["places"] = self.restore_tracks(state["places"])

        def take_away():
            state["places"] = self.remove_track(state["places"][0][1])

        back, forth = (take_away, bring) if present else (bring, take_away)
        self.world.undo.add(name, back, forth, merge=None)

    def add_scene(self, index=None, name=""):
        scene = SceneNode(self.world, name)
        index = len(self.scenes) if index is None else index
        self.scenes.insert(index, scene)
        for track in self.tracks:
            track.slots.insert(index, ClipSlotNode(self.world, track))
            track.notify("clip_slots")
        self.notify("scenes")
        return scene

    def remove_scene(self, scene):
        index = self.scenes.index(scene)
        self.scenes.remove(scene)
        if self.selected_scene is scene:
            self.selected_scene = self.scenes[min(index, len(self.scenes) - 1)]
            self.view.notify("selected_scene")
        for track in self.tracks:
            slot = track.slots.pop(index)
            for part in (slot.clip, slot):
                if part is not None:
                    part.die()
            track.notify("clip_slots")
        scene.die()
        self.notify("scenes")

    def scene_index(self, scene):
        return self.scenes.index(scene)

    def add_cue(self, time, name):
        cue = CueNode(self.world, time, name)
        self.cues.append(cue)
        self.cues.sort(key=lambda item: item.values["time"])
        self.notify("cue_points")
        return cue
