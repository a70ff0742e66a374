"""JSON-RPC: from a line to a begun request, and from its end to an answer."""

from . import params, version, wire
from .client import LINE_LIMIT
from .clock import unix_ms
from .errors import RpcError
from .params import Param
from .server import CLIENT_LIMIT

QUEUE_LIMIT = 256

HELLO = {
    "token": Param(params.text(1, 256), required=True),
    "client": Param(params.text(0, 255), default=""),
    "version": Param(params.text(0, 255), default=""),
    "protocol": Param(params.protocols, required=True),
}


class Request(object):
    """One request, until it is answered. Without an id there is nobody to answer."""

    __slots__ = ("client", "id", "wants_answer", "method", "deadline", "_counted")

    def __init__(self, client, message):
        self.client = client
        self.id = message.get("id")
        self.wants_answer = "id" in message
        self.method = message["method"]
        self.deadline = None
        self._counted = False

    def begin(self):
        """Counts the request as one that its client waits for."""
        self._counted = True
        self.client.waiting += 1

    def end(self, result, error):
        """Answers it, once."""
        if self._leave() and not self.client.gone:
            if error is not None:
                self.client.answer(wire.failure(self.id, error))
                return
            data = wire.answer(self.id, result)
            if len(data) > LINE_LIMIT:
                error = RpcError("line_too_long", "It was done; the answer would be longer than %d bytes." % LINE_LIMIT, "Read the state instead.")
                data = wire.failure(self.id, error)
            self.client.answer(data)

    def end_in_place(self, result):
        """Answers it before the events of this tick, which tell what happened after `result`."""
        if self._leave() and not self.client.gone:
            self.client.push(wire.answer(self.id, result))

    def _leave(self):
        if self._counted:
            self._counted = False
            self.client.waiting -= 1
        first, self.wants_answer = self.wants_answer, False
        return first

    def check_deadline(self):
        """Raises RpcError once the request's deadline has passed."""
        if self.deadline is not None and unix_ms() > self.deadline:
            raise RpcError(
                "deadline_exceeded", "Live was busy until after the request's deadline; nothing was done."
            )


class Rpc(object):
    """Understands lines, and begins what they ask for. `script` is handed to the methods."""

    def __init__(self, script, methods, jobs, token, log, log_defect):
        self._script = script
        self._methods = methods
        self._jobs = jobs
        self._token = token.encode("ascii")
        self._log = log
        self._log_defect = log_defect

    # the first line of a connection

    def greet(self, client, line):
        """Reads the first line of a connection. What is not a hello with the right token gets no answer."""
        try:
            message = wire.decode(line)
        except ValueError:
            client.gone = True
            return
        given = message.get("params") if isinstance(message, dict) else None
        if (
            _malformed(message) is not None
            or message["method"] != "hello"
            or not isinstance(given, dict)
            or not self._is_token(given.get("token"))
        ):
            client.gone = True
            return
        request = Request(client, message)
        try:
            result = self._welcome(request, given)
        except RpcError as error:
            client.closing = True
            request.end(None, error)
            return
        client.said_hello = True
        request.end(result, None)

    def _is_token(self, given):
        if not isinstance(given, str):
            return False
        given = given.encode("utf-8", "replace")
        if len(given) != len(self._token):
            return False
        difference = 0
        for mine, theirs in zip(self._token, given):  # as long for a wrong token as for the right one
            difference |= mine ^ theirs
        return difference == 0

    def _welcome(self, request, given):
        request.deadline = _deadline(given)
        values = params.check_all("hello", HELLO, given)
        request.check_deadline()
        common = [number for number in version.PROTOCOLS if number in values["protocol"]]
        if not common:
            mine = ", ".join(str(number) for number in version.PROTOCOLS)
            theirs = ", ".join(str(number) for number in values["protocol"][:8])
            raise RpcError(
                "incompatible",
                "This script speaks protocol %s; the client speaks %s." % (mine, theirs),
                protocol=list(version.PROTOCOLS),
            )
        if self._script.server.count_friends() >= CLIENT_LIMIT:
            raise RpcError("busy", "%d clients are connected already." % CLIENT_LIMIT, "Close one of them.")
        client = request.client
        client.name = ("%s %s" % (values["client"], values["version"])).strip() or "a client"
        self._log("hello", "%s is connected." % client.name)
        return self._script.greeting(common[-1])

    # all other lines

    def too_long(self, client):
        """A line over the limit."""
        error = RpcError("line_too_long", "A line was longer than %d bytes and was skipped." % LINE_LIMIT)
        client.answer(wire.failure(None, error))

    def handle(self, client, line):
        """Begins what a line asks for."""
        try:
            message = wire.decode(line)
        except ValueError as exc:
            error = RpcError("parse_error", "The line is not JSON: %s" % str(exc)[:200])
            client.answer(wire.failure(None, error))
            return
        problem = _malformed(message)
        if problem is not None:
            client.answer(wire.failure(_usable_id(message), RpcError("invalid_request", problem)))
            return
        request = Request(client, message)
        try:
            self._begin(request, message.get("params"))
        except RpcError as error:
            request.end(None, error)
        except Exception as exc:
            self._log_defect("%s failed" % request.method, exc)
            request.end(None, RpcError("internal_error", "Something went wrong inside the Takebar script."))

    def _begin(self, request, given):
        name = request.method
        method = self._methods.get(name)
        if method is None:
            if name == "hello":
                raise RpcError("invalid_request", "hello was said already.")
            raise RpcError("method_not_found", "There is no method \"%s\"." % name[:80])
        if given is None:
            given = {}
        if not isinstance(given, dict):
            raise RpcError("invalid_params", "\"params\" must be an object.")
        request.deadline = _deadline(given)
        values = params.check_all(name, method.params, given)
        if request.client.waiting >= QUEUE_LIMIT:
            raise RpcError("busy", "%d requests of this client wait already." % QUEUE_LIMIT)
        request.check_deadline()
        if method.alone:
            self._script.take_job_allows(name)
        result = method.run(self._script, values, request)
        if hasattr(result, "send"):
            request.begin()
            self._jobs.start(result, request.end)
        elif result is not None:
            request.end(result, None)


def _malformed(message):
    if not isinstance(message, dict):
        return "A request must be a JSON object; there are no batches."
    if message.get("jsonrpc") != "2.0":
        return "\"jsonrpc\" must be \"2.0\"."
    if not isinstance(message.get("method"), str):
        return "\"method\" must be a text."
    if "id" in message and not _is_id(message["id"]):
        return "\"id\" must be a text or a number."
    return None


def _is_id(value):
    return value is None or isinstance(value, str) or params.is_number(value)


def _usable_id(message):
    value = message.get("id") if isinstance(message, dict) else None
    return value if _is_id(value) else None


def _deadline(given):
    deadline = given.get("deadline")
    if deadline is not None and not params.is_number(deadline):
        raise params.wrong("deadline", "a number: Unix time in milliseconds")
    return deadline
