"""The listening socket and its clients: accepts, reads lines, hands them on, sends. Nothing here ever waits.

`handle(client, line)` gets each line of a client that said hello, `greet(client, line)` the first one of a new client.
"""

import errno
import select
import socket
import sys
import time

from . import link_file
from .client import HELLO_LIMIT, TOO_LONG, Client

CLIENT_LIMIT = 16
NEWCOMER_LIMIT = 16
HELLO_SECONDS = 10.0
LINES_A_TURN = 16
RECEIVES_A_TURN = 4
OPEN_BRACE = 0x7B


class _Select(object):
    """select.poll for systems without it."""

    def __init__(self):
        self._sockets = []

    def register(self, sock, _events):
        self._sockets.append(sock)

    def unregister(self, sock):
        self._sockets.remove(sock)

    def poll(self, _timeout):
        return select.select(self._sockets, (), (), 0)[0] if self._sockets else ()


class Server(object):
    """All connections of one script."""

    def __init__(self, clock, greet, handle, too_long, log):
        self._clock = clock
        self._greet = greet
        self._handle = handle
        self._too_long = too_long
        self._log = log
        self._listener = None
        self._turn = 0
        self._poller = select.poll() if hasattr(select, "poll") else _Select()
        self.has_news = self._poller.poll  # has_news(0): connections or bytes wait. Far cheaper than asking each socket
        self.clients = []
        self.port = None

    def listen(self, preferred=link_file.PREFERRED_PORT):
        """Opens the port: the preferred one, else any free one. Raises OSError where there is none."""
        error = None
        for port in (preferred, 0):
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                if sys.platform.startswith("win"):
                    # There, SO_REUSEADDR would let two programs share the port.
                    listener.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", -5), 1)
                else:
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", port))
                listener.listen(64)
                listener.setblocking(False)
            except OSError as exc:
                listener.close()
                error = exc
                if port and exc.errno not in (errno.EADDRINUSE, errno.EACCES):
                    self._log("port", "Port %d cannot be used: %s" % (port, exc))
                continue
            self._listener = listener
            self._watch(listener)
            self.port = listener.getsockname()[1]
            return
        raise error

    def _watch(self, sock):
        self._poller.register(sock, getattr(select, "POLLIN", 1))

    def _unwatch(self, sock):
        try:
            self._poller.unregister(sock)
        except (KeyError, ValueError, OSError):
            pass  # it was left alone already

    @property
    def is_listening(self):
        """Whether the port is open."""
        return self._listener is not None

    def accept(self):
        """Takes in new connections."""
        listener = self._listener
        if listener is None:
            return
        for _ in range(2 * NEWCOMER_LIMIT):
            try:
                sock, _ = listener.accept()
            except BlockingIOError:
                return
            except OSError as exc:
                self._log("accept", "A connection could not be accepted: %s" % exc)
                return
            client = Client(sock, self._clock.now)
            self.clients.append(client)
            self._watch(sock)
            self._read_newcomer(client)
            if not client.gone and not client.said_hello:
                self._limit_newcomers()

    def _limit_newcomers(self):
        newcomers = [client for client in self.clients if not client.said_hello and not client.gone]
        for client in newcomers[:-NEWCOMER_LIMIT]:
            client.gone = True

    def count_friends(self):
        """How many clients have said hello."""
        return sum(1 for client in self.clients if client.said_hello and not client.gone)

    def receive(self, end):
        """Reads and hands on lines, turn by turn so that no client has to wait for another, until monotonic time `end`."""
        clients = self.clients
        count = len(clients)
        if count > 1:
            self._turn = (self._turn + 1) % count
            clients = clients[self._turn :] + clients[: self._turn]
        while True:
            more = False
            for client in clients:
                if client.gone:
                    continue
                if not client.said_hello:
                    self._read_newcomer(client)
                elif self._read_lines(client, end):
                    more = True
                    if time.monotonic() >= end:
                        return
            if not more:
                return

    def _read_newcomer(self, client):
        """Until hello was said, anything else ends the connection without a word."""
        client.receive()
        first = client.first_byte()
        if first is not None and first != OPEN_BRACE:
            client.gone = True
            return
        line = client.next_line() if first is not None else None
        if line is None:
            late = self._clock.now - client.connected_at > HELLO_SECONDS
            if late or client.ended or client.waiting_bytes() > HELLO_LIMIT:
                client.gone = True
        elif line is TOO_LONG or len(line) > HELLO_LIMIT:
            client.gone = True
        else:
            self._greet(client, line)

    def _read_lines(self, client, end):
        """Hands on some lines; True where there may be more."""
        receives = 0
        for _ in range(LINES_A_TURN):
            line = client.next_line()
            while line is None:
                if receives == RECEIVES_A_TURN:
                    return True
                receives += 1
                if not client.receive():
                    return False
                line = client.next_line()
            if line is TOO_LONG:
                self._too_long(client)
            elif line:
                self._handle(client, line)
            if client.gone or client.closing:
                return False
            if time.monotonic() >= end:
                return True
        return True

    def flush(self):
        """Sends what waits, and lets go of connections that ended."""
        ended = False
        for client in self.clients:
            if client.has_output():
                client.flush()
            if client.ended and not client.unwatched:
                client.unwatched = True
                self._unwatch(client.sock)
            if client.gone:
                ended = True
            elif (client.ended and not client.waiting and not client.waiting_bytes()) or client.closing:
                if not client.has_output():
                    client.gone = ended = True
        if ended:
            for client in self.clients:
                if client.gone:
                    self._unwatch(client.sock)
                    client.close()
                    if client.overflowed:
                        self._log("overflow", "%s does not read; its connection is closed." % client.name)
            self.clients = [client for client in self.clients if not client.gone]

    def is_quiet(self):
        """Whether nothing is left to do until news come."""
        for client in self.clients:
            if client.has_output() or client.waiting_bytes() or client.gone or client.ended or client.pending is not None:
                return False
        return True

    def close(self, farewell):
        """Ends all connections; those who said hello get `farewell`."""
        for client in self.clients:
            if client.said_hello:
                client.flush()
                client.push(farewell)
            self._unwatch(client.sock)
            client.close()
        self.clients = []
        if self._listener is not None:
            self._unwatch(self._listener)
            self._listener.close()
            self._listener = None
