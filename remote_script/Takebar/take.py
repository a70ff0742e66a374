"""The take as clients see it: a plain dict in the shape of docs/protocol.md, and the small things done to it."""

from .clock import unix_ms

ENDED = ("finished", "cancelled", "failed")


def new_take(take_id, values, source):
    """A take that was just asked for."""
    return {
        "id": take_id,
        "phase": "preparing",
        "source": source,
        "view": values["view"],
        "name": values["name"],
        "length_beats": values["length_beats"],
        "requested_at": unix_ms(),
        "started_at": None,
        "stopped_at": None,
        "start_beat": None,
        "stop_beat": None,
        "tempo": None,
        "signature_numerator": None,
        "signature_denominator": None,
        "set": None,
        "tracks": [],
        "midi_only": False,
        "clips": [],
        "warnings": [],
        "error": None,
        "restored": None,
    }


def stamp(take, model):
    """Notes tempo, signature and set, as they are when the take starts."""
    model.read_fields()
    take["tempo"] = model.sections["transport"]["tempo"]
    take["signature_numerator"] = model.sections["transport"]["signature_numerator"]
    take["signature_denominator"] = model.sections["transport"]["signature_denominator"]
    take["set"] = dict(model.sections["set"])


def has_ended(take):
    """Whether nothing more will happen to it."""
    return take["phase"] in ENDED


def warn(warnings, code, message):
    """Adds a warning to a list of them, once for each code."""
    if all(known["code"] != code for known in warnings):
        warnings.append({"code": code, "message": message})
        return True
    return False
