"""Takebar: the end of the link that lives inside Ableton Live.

Live imports this package and calls `create_instance` for the control surface that the user chose. Everything else is
imported from there, so that a mistake in it is written to Live's Log.txt and the entry in Live's menu stays.
"""


def create_instance(c_instance):
    """Live's entry point: the control surface object for `c_instance`."""
    from .surface import create_surface

    return create_surface(c_instance)
