"""Live versions and what they lack."""

import re


class Version(tuple):
    """(major, minor, bugfix); compares like a tuple, prints like Live's own."""

    __slots__ = ()

    def __str__(self):
        return "%d.%d.%d" % self


def parse(text):
    """Version from "12", "12.3" or "12.3.6"; missing parts count as 0."""
    match = re.match(r"^(\d+)(?:\.(\d+))?(?:\.(\d+))?$", text.strip())
    if not match:
        raise ValueError("'%s' is not a Live version; use for example 12.3.6" % text)
    version = Version(int(part or 0) for part in match.groups())
    if version < (11, 0, 0):
        raise ValueError("livesim knows Live 11.0 and newer, not %s" % text)
    return version


def embedded_python(version):
    """The Python that this Live embeds: 3.7.3 up to 12.0.x, 3.11.6 from 12.1."""
    return "3.11.6" if version >= (12, 1, 0) else "3.7.3"


def main_track_word(version):
    """Live 12 renamed the Master track to Main."""
    return "Main" if version >= (12, 0, 0) else "Master"
