"""Reference for round trips: a 10 ms timer that echoes lines, with nothing around it.

Its port is written to the file named by the environment variable TIMER_ECHO_PORT_FILE.
"""

import os
import socket

import Live


class TimerEcho(object):
    """Echoes every line of one connection at the next call of its timer."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(1)
        self._listener.setblocking(False)
        self._peer = None
        with open(os.environ["TIMER_ECHO_PORT_FILE"], "w") as port_file:
            port_file.write("%d\n" % self._listener.getsockname()[1])
        self._timer = Live.Base.Timer(self._tick, 10, True)
        self._timer.start()

    def _tick(self):
        try:
            if self._peer is None:
                self._peer, _ = self._listener.accept()
                self._peer.setblocking(False)
                self._peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            data = self._peer.recv(65536)
            if data:
                self._peer.sendall(data)
        except OSError:
            pass

    def update_display(self):
        """Live's display tick."""

    def disconnect(self):
        """The set is closed."""
        self._timer.stop()


def create_instance(c_instance):
    """Called by Live."""
    return TimerEcho()
