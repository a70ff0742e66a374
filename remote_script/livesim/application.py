"""Live.Application: versions, dialogs, CPU meter, status bar."""

from .lom import Node, boost_enum

Variants = boost_enum("Variants", "Application", SUITE=0)
_VIEWS = ("Browser", "Arranger", "Session", "Detail", "Detail/Clip", "Detail/DeviceChain")


class Dialog(object):
    def __init__(self, message, buttons):
        self.message, self.buttons = message, list(buttons)


class ApplicationNode(Node):
    """The running program; outlives all sets."""

    api = "Application"

    def __init__(self, world):
        Node.__init__(self, world, average_process_usage=8.0, peak_process_usage=12.0)
        self.dialogs = []
        self.pressed = []
        self.status_bar = ""
        self.view = ApplicationViewNode(world, self)

    def open_dialog(self, message, buttons):
        """A dialog opens, unless the same one is open already."""
        if any(dialog.message == message and dialog.buttons == list(buttons) for dialog in self.dialogs):
            return
        self.dialogs.append(Dialog(message, buttons))
        self.notify("open_dialog_count")

    def close_dialog(self, button=None):
        """Closes the dialog in front; remembers the button."""
        dialog = self.dialogs.pop()
        self.pressed.append(dialog.buttons[button] if button is not None else None)
        self.notify("open_dialog_count")

    def get_open_dialog_count(self):
        return len(self.dialogs)

    def get_current_dialog_message(self):
        return self.dialogs[-1].message if self.dialogs else ""

    def get_current_dialog_button_count(self):
        return len(self.dialogs[-1].buttons) if self.dialogs else 0

    def get_control_surfaces(self):
        return [self.world.host.surface]

    def get_view(self):
        return self.view

    def get_canonical_parent(self):
        return None

    def do_press_current_dialog_button(self, index):
        if not self.dialogs or not 0 <= index < len(self.dialogs[-1].buttons):
            raise RuntimeError("There is no dialog button %d" % index)
        dialog = self.dialogs[-1]
        self.world.engine.write(
            "Application.press_current_dialog_button",
            lambda: self.close_dialog(index) if self.dialogs and self.dialogs[-1] is dialog else None)

    def do_get_document(self):
        return self.world.song

    def do_get_major_version(self):
        return self.world.version[0]

    def do_get_minor_version(self):
        return self.world.version[1]

    def do_get_bugfix_version(self):
        return self.world.version[2]

    def do_get_version_string(self):
        return str(self.world.version)

    def do_get_build_id(self):
        return "livesim"

    def do_get_variant(self):
        return "Suite"

    def do_has_option(self, _name):
        return False


class ApplicationViewNode(Node):
    api = "Application.View"

    def __init__(self, world, application):
        Node.__init__(self, world, focused_document_view="Arranger")
        self.application = application

    def get_canonical_parent(self):
        return self.application

    def do_available_main_views(self):
        return list(_VIEWS)

    def do_is_view_visible(self, name, _main_window_only):
        self._known(name)
        return name == self.values["focused_document_view"]

    @staticmethod
    def _known(name):
        if name not in _VIEWS:
            raise RuntimeError("There is no view '%s'" % name)

    def do_show_view(self, name):
        self._known(name)
        if name in ("Arranger", "Session"):
            self.change("focused_document_view", name)

    do_focus_view = do_show_view

    def do_hide_view(self, name):
        self._known(name)
