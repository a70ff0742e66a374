"""A test script: runs Python that a test sends, inside the host, on the main thread.

Not a pattern for real scripts. PROBE_PORT_FILE names the file that gets its port; PROBE_BASE chooses the base class.
"""

import json
import os
import socket
import traceback

import Live

LOADED = []


def base_class():
    """The framework's ControlSurface, or a bare class that has what Live calls."""
    wanted = os.environ.get("PROBE_BASE", "")
    if wanted == "_Framework":
        from _Framework.ControlSurface import ControlSurface
        return ControlSurface
    if wanted == "ableton.v2":
        from ableton.v2.control_surface import ControlSurface
        return ControlSurface
    if wanted == "ableton.v3":
        from ableton.v3.control_surface import ControlSurface
        return ControlSurface
    return Bare


class Bare(object):
    def __init__(self, c_instance):
        self._c_instance = c_instance

    def song(self):
        return self._c_instance.song()

    def application(self):
        return Live.Application.get_application()

    def connect_script_instances(self, _scripts):
        pass

    suggest_input_port = suggest_output_port = lambda self: ""

    def can_lock_to_devices(self):
        return False

    def refresh_state(self):
        pass

    def build_midi_map(self, _handle):
        pass

    def update_display(self):
        pass

    def disconnect(self):
        pass


class Server(object):
    """Lines {"code": ...} in, {"result": ...} or {"error": ...} out; polled by a 10 ms timer."""

    def __init__(self, scope):
        self.scope = scope
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(4)
        self.listener.setblocking(False)
        self.clients = []
        path = os.environ["PROBE_PORT_FILE"]
        with open(path + ".tmp", "w") as target:
            target.write(str(self.listener.getsockname()[1]))
        os.replace(path + ".tmp", path)

    def poll(self):
        try:
            connection, _address = self.listener.accept()
            connection.setblocking(False)
            self.clients.append([connection, b""])
        except (BlockingIOError, OSError):
            pass
        for client in list(self.clients):
            try:
                data = client[0].recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                self.clients.remove(client)
                continue
            client[1] += data
            while b"\n" in client[1]:
                line, client[1] = client[1].split(b"\n", 1)
                client[0].sendall((json.dumps(self.run(json.loads(line.decode("utf-8"))["code"])) + "\n").encode("utf-8"))

    def run(self, code):
        try:
            exec(compile(code, "<probe>", "exec"), self.scope)
            return {"result": self.scope.pop("result", None)}
        except Exception as error:
            return {"error": "%s: %s" % (type(error).__name__, error), "trace": traceback.format_exc()}

    def close(self):
        for connection, _rest in self.clients:
            connection.close()
        self.listener.close()


def create_instance(c_instance):
    LOADED.append(c_instance)

    class Probe(base_class()):
        def __init__(self, instance):
            super(Probe, self).__init__(c_instance=instance)
            self.ticks = 0
            scope = {"Live": Live, "surface": self, "c_instance": instance, "keep": [], "seen": [], "loads": len(LOADED)}
            self.server = Server(scope)
            self.timer = Live.Base.Timer(callback=self.server.poll, interval=10, repeat=True)
            self.timer.start()

        def update_display(self):
            self.ticks += 1
            super(Probe, self).update_display()

        def disconnect(self):
            self.timer.stop()
            self.server.close()
            super(Probe, self).disconnect()

    return Probe(c_instance)
