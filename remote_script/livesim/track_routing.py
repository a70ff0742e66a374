"""The routing and the meters of a track."""

import math

from . import routing, tones


class TrackRouting(object):
    """Part of TrackNode."""

    # routing

    def _side(self, side):
        if side == "input" and self.kind not in ("audio", "midi"):
            return []
        types = routing.input_types(self) if side == "input" else routing.output_types(self)
        return types if self.routing_ready() else [routing.EMPTY]

    def _types(self, side):
        return [routing.make(self.world.RoutingType, self, side, route) for route in self._side(side)]

    def _channels(self, side):
        if side == "input" and self.kind not in ("audio", "midi"):
            return []
        channels = routing.input_channels(self) if side == "input" else routing.output_channels(self)
        if not self.routing_ready():
            channels = [routing.NO_CHANNEL]
        return [routing.make(self.world.RoutingChannel, self, side, channel) for channel in channels]

    def get_available_input_routing_types(self):
        return self._types("input")

    def get_available_input_routing_channels(self):
        return self._channels("input")

    def get_available_output_routing_types(self):
        return self._types("output")

    def get_available_output_routing_channels(self):
        return self._channels("output")

    def _has_input(self):
        if self.kind not in ("audio", "midi"):
            raise RuntimeError("The track '%s' has no input routing" % self.values["name"])

    def get_input_routing_type(self):
        self._has_input()
        return routing.make(self.world.RoutingType, self, "input",
                            self.input_route if self.routing_ready() else routing.EMPTY)

    def get_input_routing_channel(self):
        self._has_input()
        return routing.make(self.world.RoutingChannel, self, "input",
                            self.input_channel if self.routing_ready() else routing.NO_CHANNEL)

    def get_output_routing_type(self):
        return routing.make(self.world.RoutingType, self, "output", self.output_route)

    def get_output_routing_channel(self):
        return routing.make(self.world.RoutingChannel, self, "output", self.output_channel)

    def _check_type(self, side, value):
        if side == "input":
            self._has_input()
        if type(value) is not self.world.RoutingType or value._livesim[:2] != (self, side) or (
                value._livesim[2].category == "invalid" or value._livesim[2] not in self._side(side)):
            self._foreign("%s_routing_type" % side)

    def _check_channel(self, side, value):
        if side == "input":
            self._has_input()
        if not self.routing_ready():
            self.world.violations.record(
                "routing-early", "%s_routing_channel of '%s' set right after the track was created; Live may crash"
                % (side, self.values["name"]))
        if type(value) is not self.world.RoutingChannel or value._livesim[:2] != (self, side) or (
                value not in self._channels(side)):
            self._foreign("%s_routing_channel" % side)

    def _foreign(self, what):
        self.world.violations.record(
            "routing-foreign", "%s of '%s' was given something that is not in its list" % (what, self.values["name"]))
        raise ValueError("The given %s is not available" % what)

    def check_input_routing_type(self, value):
        self._check_type("input", value)

    def check_output_routing_type(self, value):
        self._check_type("output", value)

    def check_input_routing_channel(self, value):
        self._check_channel("input", value)

    def check_output_routing_channel(self, value):
        self._check_channel("output", value)

    def set_input_routing_type(self, value):
        self.route_input(value._livesim[2])

    def route_input(self, route, channel=None):
        """Another input; the channel goes to the source's default."""
        self.input_route = route
        self.input_channel = channel or routing.default_channel(routing.input_channels(self))
        self.notify("input_routing_type", "available_input_routing_channels", "input_routing_channel")
        self.world.recorder.mix_changed()

    def set_input_routing_channel(self, value):
        self.input_channel = value._livesim[2]
        self.notify("input_routing_channel")

    def set_output_routing_type(self, value):
        self.output_route = value._livesim[2]
        self.output_channel = routing.default_channel(routing.output_channels(self))
        self.notify("output_routing_type", "available_output_routing_channels", "output_routing_channel")

    def set_output_routing_channel(self, value):
        self.output_channel = value._livesim[2]
        self.notify("output_routing_channel")

    def get_input_routings(self):
        return [route.display_name(self.world) for route in self._side("input")]

    def get_current_input_routing(self):
        self._has_input()
        return self.input_route.display_name(self.world)

    # meters: what the tones make of them. Outputs, and inputs that come from inside Live, show 0 while nothing plays

    def _level(self, right=False):
        if not self.world.transport.playing or self.world.transport.device_lost:
            return 0.0
        song = self.world.song
        if self.kind in ("audio", "midi"):
            heard = [self] if self.sounds(song.any_solo()) else []
        elif self.kind == "group":
            heard = [track for track in song.sounding() if track.group is self]
        else:
            heard = song.sounding() if self.kind == "main" else []
        return _meter([tone for track in heard for tone in track.own_tone()], right)

    def get_output_meter_left(self):
        return self._level()

    def get_output_meter_right(self):
        return self._level(True)

    def get_output_meter_level(self):
        return self._level()

    def _input_level(self, right=False):
        """What this track would record now."""
        transport = self.world.transport
        if not self.armable or self.values["is_frozen"] or transport.device_lost:
            return 0.0
        if not transport.playing and self.source_kind() != "external":
            return 0.0
        return _meter(self.world.recorder.tones_of(self), right and self.input_channels() == 2)

    def get_input_meter_level(self):
        return self._input_level()

    def get_input_meter_left(self):
        if self.kind != "audio":
            raise RuntimeError("Only audio tracks have an audio input meter")
        return self._input_level()

    def get_input_meter_right(self):
        self.get_input_meter_left()
        return self._input_level(True)

    def get_performance_impact(self):
        return 0.0


def _meter(sound, right=False):
    """The peak of (hz, amplitude) pairs on the scale of a meter: 60 dB from 0 to 1, where 1 is full scale."""
    peak = min(1.0, sum(amplitude for _hz, amplitude in sound) * (tones.RIGHT if right else 1.0))
    return max(0.0, 1.0 + math.log10(peak) / 3.0) if peak > 0 else 0.0
