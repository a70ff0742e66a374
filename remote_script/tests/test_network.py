"""Several clients, broken messages, floods, and clients that do not read."""

import json
import socket
import unittest

from .support import SharedCase, SimCase, eventually


def line(request_id, method, **params):
    message = {"jsonrpc": "2.0", "id": request_id, "method": method}
    if params:
        message["params"] = params
    return (json.dumps(message) + "\n").encode("utf-8")


class Messages(SharedCase):
    """What comes in a line, and what is said to it."""

    def said_to(self, data):
        """The next answer after this line, which has no id of ours."""
        self.link.send_raw(data)
        while True:
            message = self.link.read()
            if "method" not in message:
                return message

    def test_lines_that_are_no_requests(self):
        cases = (
            (b"nonsense\n", "parse_error", None),
            (b'{"jsonrpc":"2.0","id":5,"method":"ping"\n', "parse_error", None),
            (b"\xff\xfe\n", "parse_error", None),
            (b"[" * 100000 + b"\n", "parse_error", None),
            (b'{"jsonrpc":"2.0","id":1' + b"0" * 5000 + b',"method":"ping"}\n', "parse_error", None),
            (b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}\n', "parse_error", None),
            (b"[]\n", "invalid_request", None),
            (b"3\n", "invalid_request", None),
            (b'[{"jsonrpc":"2.0","id":5,"method":"ping"}]\n', "invalid_request", None),
            (b'{"id":5,"method":"ping"}\n', "invalid_request", 5),
            (b'{"jsonrpc":"1.0","id":"five","method":"ping"}\n', "invalid_request", "five"),
            (b'{"jsonrpc":"2.0","id":5}\n', "invalid_request", 5),
            (b'{"jsonrpc":"2.0","id":5,"method":7}\n', "invalid_request", 5),
            (b'{"jsonrpc":"2.0","id":[],"method":"ping"}\n', "invalid_request", None),
            (b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}\n', "invalid_request", None),
            (b'{"jsonrpc":"2.0","id":5,"method":"no.such"}\n', "method_not_found", 5),
            (b'{"jsonrpc":"2.0","id":5,"method":"__class__"}\n', "method_not_found", 5),
            (b'{"jsonrpc":"2.0","id":5,"method":"ping","params":[1]}\n', "invalid_params", 5),
            (b'{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":1}}\n', "invalid_params", 5),
            (b'{"jsonrpc":"2.0","id":5,"method":"ping","params":{"deadline":"soon"}}\n', "invalid_params", 5),
        )
        for data, code, request_id in cases:
            with self.subTest(data[:60]):
                said = self.said_to(data)
                self.assertEqual((code, request_id), (said["error"]["data"]["code"], said["id"]))
        self.assertIn("tick", self.link.call("ping"))

    def test_parameters(self):
        track = self.link.state["tracks"][0]["id"]
        cases = (
            ("track.arm", {}),
            ("track.arm", {"tracks": []}),
            ("track.arm", {"tracks": track}),
            ("track.arm", {"tracks": [1]}),
            ("track.arm", {"tracks": [track], "exclusive": "maybe"}),
            ("track.set_monitoring", {"track": track, "state": 3}),
            ("track.set_monitoring", {"track": track, "state": True}),
            ("track.set_monitoring", {"track": track, "state": 1.5}),
            ("track.rename", {"track": track, "name": ""}),
            ("track.rename", {"track": track, "name": "x" * 256}),
            ("track.set_input_routing", {"track": track}),
            ("track.set_input_routing", {"track": track, "category": "track"}),
            ("track.set_input_routing", {"track": track, "category": "nonsense"}),
            ("track.create_audio", {"index": -2}),
            ("track.create_audio", {"index": 1000}),
            ("transport.locate", {"time": -1}),
            ("transport.locate", {"time": "4"}),
            ("record.start", {"view": "mixer"}),
            ("take.start", {"source": "armed"}),
            ("take.start", {"source": {"kind": "track"}}),
            ("take.start", {"source": {"kind": "armed", "track": track}}),
            ("take.start", {"source": {"kind": "tracks"}}),
            ("take.start", {"length_beats": 0}),
            ("take.start", {"length_beats": 100001}),
            ("take.start", {"take": "no spaces"}),
            ("take.start", {"take": "x" * 65}),
            ("clip_slot.fire", {"track": track}),
            ("clip_slot.fire", {"track": track, "index": -1}),
            ("clip_slot.fire", {"track": track, "index": 0, "record_length": 0}),
            ("app.message", {"text": ""}),
        )
        for method, params in cases:
            with self.subTest(method=method, params=params):
                data = self.fails("invalid_params", method, **params)
                self.assertTrue(data["hint"])

    def test_names_and_null(self):
        track = self.link.state["tracks"][0]["id"]
        for method, params in (("track.rename", {"track": "t999", "name": "x"}), ("clip_slot.fire", {"track": track, "index": 9999})):
            self.fails("not_found", method, **params)
        self.assertIn("tick", self.link.call("ping", deadline=None))

    def test_carriage_returns_and_blank_lines(self):
        self.link.send_raw(b"\r\n\n" + line(70, "ping")[:-1] + b"\r\n")
        self.assertIn("result", self.link.answer(70))

    def test_without_id(self):
        self.link.send_raw(b'{"jsonrpc":"2.0","method":"app.message","params":{"text":"no answer, please"}}\n')
        self.control.wait("application.status_bar", equals="no answer, please")
        self.link.send_raw(b'{"jsonrpc":"2.0","method":"no.such"}\n' + line(71, "ping"))
        self.link.answer(71)
        self.assertEqual({}, self.link.answers)

    def test_half_a_line(self):
        data = line(72, "ping")
        for byte in range(len(data)):
            self.link.send_raw(data[byte : byte + 1])
        self.link.answer(72)
        other = self.hosted.link()
        other.send_raw(b'{"jsonrpc":"2.0","id":1,')
        self.assertIn("tick", self.link.call("ping"))
        other.close()
        self.assertIn("tick", self.link.call("ping"))

    def test_hundred_requests_in_one_packet(self):
        self.link.send_raw(b"".join(line(1000 + number, "ping") for number in range(100)))
        for number in range(100):
            self.assertIn("tick", self.link.answer(1000 + number)["result"])

    def test_thousands_of_requests_at_once(self):
        self.link.send_raw(b"".join(line(number, "ping") for number in range(10000, 13000)))
        for number in range(10000, 13000):
            self.assertIn("result", self.link.answer(number))

    def test_ten_megabytes_without_an_end(self):
        other = self.hosted.link()
        other.subscribe()
        part = b"x" * (1 << 20)
        self.link.send_raw(b'{"jsonrpc":')
        for _ in range(10):
            self.link.send_raw(part)
            self.assertIn("tick", other.call("ping"))
        self.link.send_raw(b"\n" + line(80, "ping"))
        messages = []
        while not messages or messages[-1].get("id") != 80:
            message = self.link.read()
            if "method" not in message:
                messages.append(message)
        self.assertEqual(["line_too_long", None], [message.get("error", {}).get("data", {}).get("code") for message in messages])
        self.assertIsNone(messages[0]["id"])
        other.close()

    def test_longest_line(self):
        padded = line(81, "app.message", text="x")[:-1]
        self.link.send_raw(padded + b" " * (1048576 - len(padded)) + b"\r\n")
        self.assertEqual({}, self.link.answer(81)["result"])
        self.link.send_raw(padded + b" " * (1048577 - len(padded)) + b"\n")
        self.assertEqual("line_too_long", self.link.answer(None)["error"]["data"]["code"])

    def test_clients_do_not_disturb_each_other(self):
        track = self.link.track("Bass")["id"]
        others = [self.hosted.link() for _ in range(5)]
        for other in others:
            other.subscribe()
        self.link.call("track.rename", track=track, name="Seen by all")
        for other in others:
            other.wait(lambda state: any(t["id"] == track and t["name"] == "Seen by all" for t in state["tracks"]))
        self.link.call("track.rename", track=track, name="Bass")
        for other in others:
            other.close()

    def test_end_of_sending_still_gets_its_answers(self):
        link = self.hosted.link()
        request = link.send("track.set_monitoring", track=self.link.track("Bass")["id"], state=0)
        link.sock.shutdown(socket.SHUT_WR)
        self.assertEqual({"current_monitoring_state": 0}, link.result(request))
        link.is_closed()
        link.close()


class Queue(SimCase):
    """256 requests of a client may wait."""

    def slow_busy(self):
        self.start("--routing-delay", "600", "--tracks", "2")
        link = self.connect()
        track = link.call("track.create_audio", name="New")["track"]
        link.send_raw(b"".join(line(1000 + n, "track.routings", track=track) for n in range(300)))

        def code(request):
            return link.answer(request).get("error", {}).get("data", {}).get("code")

        self.assertEqual(["busy"] * 44, [code(1000 + n) for n in range(256, 300)])
        self.assertEqual({}, link.answers)  # the first 256 wait
        self.control.delete(track="New")
        self.assertEqual(["not_found"] * 256, [code(1000 + n) for n in range(256)])
        self.assertIn("tick", link.call("ping"))


class SlowReader(SimCase):
    """A client that stops reading costs nobody else anything, and loses no change."""

    def test_merged_and_not_lost(self):
        self.start("--tracks", "200")
        slow = self.hosted.link()
        slow.subscribe()
        quick = self.connect()
        ids = [track["id"] for track in quick.state["tracks"] if track["kind"] == "audio"]
        for name in ("first", "second", "third", "fourth"):
            for track in ids:
                quick.send("track.rename", track=track, name="%s %s" % (name, track) + "." * 100)
            for request in range(quick._next - len(ids) + 1, quick._next + 1):
                quick.result(request)
        quick.wait(lambda state: all(t["name"].startswith("fourth") for t in state["tracks"] if t["kind"] == "audio"))
        before = len(slow.events)
        slow.wait(lambda state: all(t["name"].startswith("fourth") for t in state["tracks"] if t["kind"] == "audio"))
        self.assertLess(len(slow.events) - before, len(quick.events) + 1)
        self.assertEqual(quick.call("state.get")["state"]["tracks"], slow.state["tracks"])

    def slow_too_much_unread(self):
        self.start("--tracks", "500")
        quick = self.connect()
        slow = self.hosted.link()
        size = len(json.dumps(quick.state))
        for _ in range(60000000 // size):
            try:
                slow.send("state.get")
            except OSError:
                break
        eventually(lambda: [text for text in self.hosted.log() if "does not read" in text], "the end of the connection")
        self.assertIn("tick", quick.call("ping"))
        while slow.read() is not None:
            pass
        self.assertIn("tick", quick.call("ping"))


if __name__ == "__main__":
    unittest.main()
