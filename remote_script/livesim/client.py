"""A client of livesim's control channel, and a way to start livesim. For tests and tools.

    with LiveSim(["--script", folder]) as live:
        live.control.arm(track="Guitar")
        live.control.wait("tracks.Guitar.arm", equals=True)
"""

import json
import os
import socket
import subprocess
import sys
import threading


class ControlError(Exception):
    """The host answered with an error; the text is its sentence."""


class Client(object):
    """One connection. `client.arm(track=0)` sends {"do": "arm", "track": 0} and returns the result."""

    def __init__(self, port, timeout=60.0):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self._socket.makefile("rb")
        self._next = 0
        self._lock = threading.Lock()
        self.last = None

    def call(self, do, **params):
        """Sends one request and waits for its answer; self.last is the whole answer."""
        with self._lock:
            self._next += 1
            request = dict(params, id=self._next, do=do)
            self._socket.sendall((json.dumps(request) + "\n").encode("utf-8"))
            while True:
                line = self._reader.readline()
                if not line:
                    raise ConnectionError("livesim closed the control channel")
                answer = json.loads(line.decode("utf-8"))
                if answer["id"] == self._next:
                    break
        self.last = answer
        if not answer["ok"]:
            raise ControlError(answer["error"])
        return answer["result"]

    def wait(self, path=None, timeout=10.0, **condition):
        """Waits until a condition on the true state holds; returns the value."""
        if path is not None:
            condition["path"] = path
        return self.call("wait", timeout=timeout, **condition)["value"]

    def get(self, path):
        return self.call("get", path=path)

    def fault(self, name, **params):
        return self.call("fault", name=name, **params)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **params: self.call(name, **params)

    def close(self):
        self._reader.close()
        self._socket.close()


class LiveSim(object):
    """Runs livesim as a process of its own."""

    def __init__(self, arguments=(), python=None, env=None):
        environment = dict(os.environ, **(env or {}))
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        environment["PYTHONPATH"] = here + os.pathsep + environment.get("PYTHONPATH", "")
        self.process = subprocess.Popen(
            [python or sys.executable, "-m", "livesim"] + list(arguments), env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("livesim ended with code %d before it was ready" % self.process.wait())
        self.ready = json.loads(line.decode("utf-8"))
        self.control = Client(self.ready["control_port"])

    def stop(self, timeout=20.0):
        """Ends it as Live ends; returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.control.close()
            self.process.stdin.close()
            self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.stop()
