"""The clips of a track: what a recording leaves, and what undo does with them."""

from .clip import ClipNode


class TrackClips(object):
    """Part of TrackNode."""

    def finished_take(self, take, beats):
        """A recording is done: the clip appears (Arrangement) or gets its file (Session)."""
        if take.view == "session":
            slot, clip = take.slot, take.clip
            if clip is None or not clip.alive:
                return
            clip.recorded(take, beats)
            self.clip_undo("Record", slot, clip)
            return
        name = take.path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] if take.path else take.track_name
        clip = ClipNode(self.world, self, None, take.is_audio, take.start_beat, beats, name=name)
        clip.recorded(take, beats)
        removed = self.insert_clip(clip)
        state = {"clip": clip, "removed": removed}

        def back():
            self.remove_clip(state["clip"])
            state["removed"] = [self._put(old.reborn(self, None)) for old in state["removed"]]

        def forth():
            for old in state["removed"]:
                self.remove_clip(old)
            state["clip"] = self._put(state["clip"].reborn(self, None))

        self.world.undo.add("Record", back, forth, merge="record")

    def _put(self, clip):
        self.clips.append(clip)
        self.clips.sort(key=lambda item: item.start)
        self.notify("arrangement_clips")
        self.world.song.arrangement_changed()
        return clip

    def insert_clip(self, clip):
        """Puts a clip into the Arrangement; clips it covers go, clips it touches are cut. Returns those that went."""
        removed = []
        for other in list(self.clips):
            end = other.start + other.length
            if other.start >= clip.start and end <= clip.start + clip.length:
                removed.append(other)
                self.remove_clip(other)
            elif other.start < clip.start < end:
                other.length = clip.start - other.start
                other.notify("end_time", "end_marker")
        self._put(clip)
        return removed

    def remove_clip(self, clip):
        if clip in self.clips:
            self.clips.remove(clip)
            clip.die()
            self.notify("arrangement_clips")
            self.world.song.arrangement_changed()

    def remove_slot_clip(self, slot):
        clip = slot.clip
        slot.set_clip(None)
        holder = {"clip": clip}

        def back():
            holder["clip"] = holder["clip"].reborn(self, slot)
            slot.set_clip(holder["clip"])

        self.world.undo.add("Delete Clip", back, lambda: slot.set_clip(None))

    def clip_undo(self, name, slot, clip):
        """An undo step for a clip that has come into a slot."""
        holder = {"clip": clip}

        def forth():
            holder["clip"] = holder["clip"].reborn(self, slot)
            slot.set_clip(holder["clip"])

        self.world.undo.add(name, lambda: slot.set_clip(None), forth, merge="record" if name == "Record" else None)
