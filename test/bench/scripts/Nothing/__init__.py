"""Reference for the script's idle cost: a control surface that does nothing at all."""


class Nothing(object):
    """What Live calls on a control surface, answered with nothing."""

    def update_display(self):
        """Live's display tick."""

    def disconnect(self):
        """The set is closed."""


def create_instance(c_instance):
    """Called by Live."""
    return Nothing()
