"""The file by which clients find this Live: links/<pid>.json in Takebar's config folder."""

import json
import os
import sys

PREFERRED_PORT = 43710


def config_folder(environ=None, platform=None):
    """Takebar's config folder on this system, as described in docs/protocol.md."""
    environ = os.environ if environ is None else environ
    platform = sys.platform if platform is None else platform
    if environ.get("TAKEBAR_HOME"):
        return environ["TAKEBAR_HOME"]
    home = environ.get("HOME") or os.path.expanduser("~")
    if platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "Takebar")
    if platform.startswith("win"):
        roaming = environ.get("APPDATA") or os.path.join(os.path.expanduser("~"), "AppData", "Roaming")
        return os.path.join(roaming, "Takebar")
    return os.path.join(environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "takebar")


class LinkFile(object):
    """One link file. It is written whole or not at all, and only its own writer removes it."""

    def __init__(self, folder=None, pid=None):
        self.pid = os.getpid() if pid is None else pid
        self.folder = os.path.join(config_folder() if folder is None else folder, "links")
        self.path = os.path.join(self.folder, "%d.json" % self.pid)
        self._token = None

    def write(self, content):
        """Writes the file; raises OSError where the folder does not allow it. `content` has a `token`."""
        os.makedirs(os.path.dirname(self.folder), mode=0o700, exist_ok=True)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        try:
            os.chmod(self.folder, 0o700)
        except OSError:
            pass  # somebody else's folder; the file itself is still ours alone
        temporary = "%s.%s.tmp" % (self.path, content["token"][:8])
        try:
            os.remove(temporary)
        except OSError:
            pass
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(json.dumps(content))
                out.write("\n")
            os.replace(temporary, self.path)
        except Exception:
            try:
                os.remove(temporary)
            except OSError:
                pass
            raise
        self._token = content["token"]

    def exists(self):
        """True while the file that was written is still there."""
        return self._token is not None and os.path.exists(self.path)

    def remove(self):
        """Removes the file if it is still the one that was written."""
        token, self._token = self._token, None
        if token is None:
            return
        try:
            with open(self.path, encoding="utf-8") as known:
                if json.load(known).get("token") != token:
                    return
            os.remove(self.path)
        except (OSError, ValueError, AttributeError):
            pass
