"""The one place that says which script this is."""

SCRIPT = "1.0.0"

# Protocol versions that the script speaks, highest last. See docs/protocol.md.
PROTOCOLS = (1,)
