"""What hangs on a track: take lanes, its view, its mixer."""

from .lom import Node


class TakeLaneNode(Node):
    api = "TakeLane"

    def __init__(self, world, track, name):
        Node.__init__(self, world, name=name)
        self.track = track

    def get_canonical_parent(self):
        return self.track

    def get_arrangement_clips(self):
        return ()


class TrackViewNode(Node):
    api = "Track.View"

    def __init__(self, world, track):
        Node.__init__(self, world, is_collapsed=False)
        self.track = track

    def get_canonical_parent(self):
        return self.track


class ParameterNode(Node):
    """A mixer knob."""

    api = "DeviceParameter"

    def __init__(self, world, parent, name, value, low, high):
        Node.__init__(self, world, name=name, value=value, min=low, max=high)
        self.parent = parent

    def check_value(self, value):
        if not self.values["min"] <= value <= self.values["max"]:
            raise RuntimeError("Invalid value. Check the parameters range with min/max")

    def get_is_enabled(self):
        return True

    def get_canonical_parent(self):
        return self.parent


class MixerNode(Node):
    api = "MixerDevice"

    def __init__(self, world, track):
        Node.__init__(self, world)
        self.track = track
        self._volume = self._panning = None

    def get_volume(self):
        if self._volume is None:
            self._volume = ParameterNode(self.world, self, "Track Volume", 0.85, 0.0, 1.0)
        return self._volume

    def get_panning(self):
        if self._panning is None:
            self._panning = ParameterNode(self.world, self, "Track Panning", 0.0, -1.0, 1.0)
        return self._panning

    def get_canonical_parent(self):
        return self.track

    def die(self):
        for part in (self._volume, self._panning):
            if part is not None:
                part.die()
        Node.die(self)
