"""JSON as it goes over the link: one message a line, no surprises from either side."""

import json

_LONGEST_INTEGER = 400  # digits; Python 3.7 needs seconds for a number of a megabyte


class Raw(object):
    """Text that is JSON already."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text


def _integer(digits):
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError("a number is too long")
    return int(digits)


def _constant(name):
    raise ValueError("%s is not JSON" % name)


encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_decode = json.JSONDecoder(parse_int=_integer, parse_constant=_constant).decode


def decode(line):
    """The message in a line of bytes; ValueError where it is none."""
    try:
        return _decode(line.decode("utf-8"))
    except RecursionError:
        raise ValueError("the message is nested too deeply")


def answer(request_id, result):
    """An answer as bytes, with its line end."""
    body = result.text if isinstance(result, Raw) else encode(result)
    return ('{"jsonrpc":"2.0","id":%s,"result":%s}\n' % (encode(request_id), body)).encode("ascii")


def failure(request_id, error):
    """An error answer as bytes, with its line end."""
    return ('{"jsonrpc":"2.0","id":%s,"error":%s}\n' % (encode(request_id), encode(error.as_error()))).encode("ascii")


def event(method, params):
    """An event as bytes, with its line end."""
    body = params.text if isinstance(params, Raw) else encode(params)
    return ('{"jsonrpc":"2.0","method":"%s","params":%s}\n' % (method, body)).encode("ascii")
