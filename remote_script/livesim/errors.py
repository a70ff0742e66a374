"""Exceptions as Live's API raises them, and sentences for the control channel."""

NOTIFICATION_TEXT = (
    "Changes cannot be triggered by notifications. You will need to defer your response."
)


class ArgumentError(TypeError):
    """Boost.Python's complaint about wrong or dead arguments."""


ArgumentError.__module__ = "Boost.Python"


class LimitationError(RuntimeError):
    """Live.Base.LimitationError: an index or a number is out of Live's limits."""


LimitationError.__module__ = "Live.Base"


class CommandError(Exception):
    """A control command that cannot be done; its text is the answer's `error`."""
