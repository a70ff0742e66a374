"""The errors of the link: names, numbers and hints, as listed in docs/protocol.md."""

CODES = {
    "parse_error": -32700,
    "invalid_request": -32600,
    "method_not_found": -32601,
    "invalid_params": -32602,
    "internal_error": -32603,
    "incompatible": -32001,
    "line_too_long": -32002,
    "deadline_exceeded": -32003,
    "busy": -32004,
    "not_found": -32005,
    "set_changed": -32006,
    "not_supported": -32007,
    "live_refused": -32008,
    "not_confirmed": -32009,
    "nothing_armed": -32010,
    "not_armable": -32011,
    "take_running": -32012,
    "no_take": -32013,
    "already_recording": -32014,
    "routing_unavailable": -32015,
    "no_free_slot": -32016,
    "audio_off": -32017,
    "take_failed": -32018,
    "transport_running": -32019,
    "nothing_to_bounce": -32020,
}

HINTS = {
    "parse_error": "Send one JSON object a line, in UTF-8.",
    "invalid_request": "A request is {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"...\",\"params\":{...}} on one line.",
    "method_not_found": "An update of the Takebar script in Live may have it.",
    "invalid_params": "Compare the parameters with the protocol page.",
    "internal_error": "Live's Log.txt has the details.",
    "incompatible": "Update the Takebar script in Live, or the Takebar app.",
    "line_too_long": "Send shorter lines.",
    "deadline_exceeded": "Try again.",
    "busy": "Wait a moment, then try again.",
    "not_found": "It may have been deleted in Live. Look at the set, then try again.",
    "set_changed": "Look at the new set, then try again.",
    "not_supported": "A newer version of Live may be able to do it.",
    "live_refused": "Look at Live, then try again.",
    "not_confirmed": "Look at Live: a dialog or a menu may be open.",
    "nothing_armed": "Arm a track in Live, or choose another source, then record again.",
    "not_armable": "Choose an audio or MIDI track that is not frozen.",
    "take_running": "Stop the take first.",
    "no_take": "Start a take first.",
    "already_recording": "Stop the recording in Live, then try again.",
    "routing_unavailable": "Choose one of the inputs that Live offers for this track.",
    "no_free_slot": "Add a scene in Live, then record again.",
    "audio_off": "Check the audio device in Live's settings, then record again.",
    "take_failed": "Look at Live, then record again.",
    "transport_running": "Stop it, then try again.",
    "nothing_to_bounce": "Choose other tracks, or bounce the main output.",
}


class RpcError(Exception):
    """An answer that is an error. `name` is one of CODES; `data` adds members to the error's data."""

    def __init__(self, name, message, hint=None, **data):
        super(RpcError, self).__init__(message)
        self.name = name
        self.message = message
        self.hint = HINTS[name] if hint is None else hint
        self.data = data

    def as_error(self):
        """The `error` member of a JSON-RPC answer."""
        data = {"code": self.name, "hint": self.hint}
        data.update(self.data)
        return {"code": CODES[self.name], "message": self.message, "data": data}

    def as_take_error(self):
        """The `error` field of a take that failed."""
        return {"code": self.name, "message": self.message, "hint": self.hint}


def refused(exc):
    """What to answer when Live raised `exc`."""
    text = " ".join(str(exc).split()) or type(exc).__name__
    return RpcError("live_refused", "Live said: %s" % text[:300])
