"""One connection: lines in, a bounded outbox out. Nothing here ever waits."""

import collections
import socket

from .feed import Delta

LINE_LIMIT = 1048576  # bytes, without the line end
HELLO_LIMIT = 4096  # bytes of the first line
OUTBOX_LIMIT = 4 * 1048576  # bytes of unread answers
HOLD_EVENTS = 65536  # with more unread bytes than this, events are merged instead of queued
RECEIVE = 65536
SEND_AT_ONCE = 262144

_SEND_FLAGS = getattr(socket, "MSG_NOSIGNAL", 0)
_SO_NOSIGPIPE = 0x1022  # macOS: a closed connection must not raise a signal that would end Live

TOO_LONG = object()  # what `next_line` gives once for a line over the limit


class Client(object):
    """A connected program."""

    __slots__ = (
        "sock", "said_hello", "name", "subscribed", "levels", "levels_seen", "pending", "waiting", "connected_at", "gone", "ended", "closing", "overflowed", "unwatched",
        "_buffer", "_start", "_scanned", "_skipping", "_outbox", "_answers", "outbox_size",
    )  # fmt: skip

    def __init__(self, sock, now):
        sock.setblocking(False)
        for level, option in ((socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, _SO_NOSIGPIPE)):
            if option == _SO_NOSIGPIPE and _SEND_FLAGS:
                continue
            try:
                sock.setsockopt(level, option, 1)
            except (OSError, ValueError):
                pass
        self.sock = sock
        self.said_hello = False
        self.name = ""
        self.subscribed = False
        self.levels = False  # wants input levels
        self.levels_seen = 0  # which of them it has
        self.pending = None  # Delta that could not be sent yet
        self.waiting = 0  # requests that were begun and not answered yet
        self.connected_at = now
        self.gone = False  # nothing can be sent or received any more
        self.ended = False  # the other side sends no more
        self.unwatched = False  # nobody asks any more whether it has something
        self.overflowed = False  # too much is unread
        self.closing = False  # to be closed as soon as the outbox is empty
        self._buffer = bytearray()
        self._start = 0
        self._scanned = 0
        self._skipping = False
        self._outbox = collections.deque()
        self._answers = []
        self.outbox_size = 0

    # receiving

    def receive(self):
        """Takes in what has arrived; returns the count of bytes, 0 where there is nothing."""
        if self.gone or self.ended:
            return 0
        try:
            data = self.sock.recv(RECEIVE)
        except BlockingIOError:
            return 0
        except OSError:
            self.gone = True
            return 0
        if not data:
            self.ended = True
            return 0
        if self._start:
            del self._buffer[: self._start]
            self._scanned -= self._start
            self._start = 0
        self._buffer += data
        return len(data)

    def next_line(self):
        """The next whole line without its line end, None where there is none, TOO_LONG once for one over the limit."""
        while True:
            end = self._buffer.find(b"\n", self._scanned)
            if end < 0:
                self._scanned = len(self._buffer)
                if self._skipping:
                    self._forget_all()
                elif self._scanned - self._start > LINE_LIMIT + 1:
                    self._skipping = True
                    self._forget_all()
                    return TOO_LONG
                return None
            start, self._start, self._scanned = self._start, end + 1, end + 1
            if self._skipping:
                self._skipping = False
                continue
            if end > start and self._buffer[end - 1] == 13:
                end -= 1
            if end - start > LINE_LIMIT:
                return TOO_LONG
            return bytes(self._buffer[start:end])

    def _forget_all(self):
        del self._buffer[:]
        self._start = self._scanned = 0

    def first_byte(self):
        """The first byte that waits, or None."""
        return self._buffer[self._start] if len(self._buffer) > self._start else None

    def waiting_bytes(self):
        """How many received bytes are not yet taken as lines."""
        return len(self._buffer) - self._start

    # sending

    def push(self, data):
        """Queues bytes in their place among all others."""
        self._outbox.append(data)
        self.outbox_size += len(data)

    def answer(self, data):
        """Queues an answer behind the events of this tick, so that whoever gets it has the state that belongs to it."""
        self._answers.append(data)

    def merge(self, delta):
        """Keeps changes for later."""
        if self.pending is None:
            self.pending = Delta()
        self.pending.merge(delta)

    def has_output(self):
        """Whether `flush` has something to do."""
        return bool(self._answers or self._outbox)

    def flush(self):
        """Sends as much as goes without waiting."""
        if self._answers:
            for data in self._answers:
                self.push(data)
            del self._answers[:]
        outbox = self._outbox
        while outbox and not self.gone:
            if len(outbox) > 1 and len(outbox[0]) < SEND_AT_ONCE:
                self._join()
            data = outbox[0]
            try:
                sent = self.sock.send(data, _SEND_FLAGS)
            except BlockingIOError:
                break
            except OSError:
                self.gone = True
                break
            self.outbox_size -= sent
            if sent < len(data):
                outbox[0] = memoryview(data)[sent:]
                break
            outbox.popleft()
        if self.outbox_size > OUTBOX_LIMIT:
            self.gone = self.overflowed = True

    def _join(self):
        parts = []
        size = 0
        while self._outbox and size < SEND_AT_ONCE:
            data = self._outbox.popleft()
            parts.append(data)
            size += len(data)
        self._outbox.appendleft(b"".join(parts))

    def close(self):
        """Sends what goes, then ends the connection so that the other side can still read it."""
        self.flush()
        self.gone = True
        try:
            for _ in range(16):  # unread bytes would turn the end into a reset, which loses what was sent
                if not self.sock.recv(RECEIVE):
                    break
        except OSError:
            pass
        for step in (lambda: self.sock.shutdown(socket.SHUT_RDWR), self.sock.close):
            try:
                step()
            except OSError:
                pass
