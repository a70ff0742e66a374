"""Finding Live, the first line of a connection, and everybody who does not belong there."""

import json
import os
import socket
import stat
import tempfile
import unittest

from .support import PATIENCE, Link, SharedCase, SimCase, eventually


def hello(token, **params):
    message = {"jsonrpc": "2.0", "id": 1, "method": "hello", "params": dict({"token": token, "protocol": [1]}, **params)}
    return (json.dumps(message) + "\n").encode("utf-8")


class Handshake(SharedCase):
    """Only a hello with the right token is answered."""

    def stranger(self, data):
        """What the script says to a connection that begins so."""
        link = Link(self.hosted.info(), hello=False)
        try:
            link.send_raw(data)
            return link.is_closed()
        finally:
            link.close()

    def test_greeting(self):
        greeting = self.link.greeting
        info = self.hosted.info()
        self.assertEqual(1, greeting["protocol"])
        self.assertEqual({"line": 1048576, "clients": 16, "queue": 256}, greeting["limits"])
        self.assertEqual((info["pid"], info["live"], info["script"]), (greeting["pid"], greeting["live"], greeting["script"]))

    def test_closed_without_an_answer(self):
        token = self.hosted.info()["token"]
        first = b'{"jsonrpc":"2.0","id":1,"method":'
        cases = {
            "wrong token": hello("0" * 32),
            "shorter token": hello(token[:-1]),
            "no token": b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":[1]}}\n',
            "no params": first + b'"hello"}\n',
            "another method": first + b'"ping"}\n',
            "not json": b"{nonsense\n",
            "empty line": b"\n",
            "a web page": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200\r\n\r\n" + hello(token),
            "tls": b"\x16\x03\x01\x02\x00\x01",
            "blank first": b" " + hello(token),
            "long first line": b'{"jsonrpc":"2.0","pad":"' + b"x" * 5000,
            "long first line with its end": hello(token, client="x" * 5000),
            "a megabyte at once": b"{" + b"x" * (1 << 20),
            "binary": bytes(range(256)),
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.assertEqual([], self.stranger(data))
        self.assertIn("tick", self.link.call("ping"))

    def test_no_common_protocol(self):
        said = self.stranger(hello(self.hosted.info()["token"], protocol=[7, 8]))
        self.assertEqual(1, len(said))
        self.assertEqual("incompatible", said[0]["error"]["data"]["code"])
        self.assertEqual([1], said[0]["error"]["data"]["protocol"])

    def test_newer_client(self):
        link = Link(self.hosted.info(), hello=False)
        link.send_raw(hello(self.hosted.info()["token"], protocol=[2, 1, 9]))
        self.assertEqual(1, link.read()["result"]["protocol"])
        link.close()

    def test_mistakes_of_a_friend_are_told(self):
        token = self.hosted.info()["token"]
        for params in ({"protocol": "1"}, {"protocol": []}, {"colour": 1}, {"client": 7}):
            said = self.stranger(hello(token, **params))
            self.assertEqual("invalid_params", said[0]["error"]["data"]["code"], params)

    def test_deadline_of_hello(self):
        said = self.stranger(hello(self.hosted.info()["token"], deadline=1))
        self.assertEqual("deadline_exceeded", said[0]["error"]["data"]["code"])

    def test_hello_twice(self):
        self.fails("invalid_request", "hello", token=self.hosted.info()["token"], protocol=[1])

    def test_hello_in_two_pieces(self):
        link = Link(self.hosted.info(), hello=False)
        data = hello(self.hosted.info()["token"])
        link.send_raw(data[:20])
        self.link.call("ping")
        link.send_raw(data[20:] + b'{"jsonrpc":"2.0","id":2,"method":"ping"}\n')
        self.assertEqual(1, link.read()["id"])
        self.assertEqual(2, link.read()["id"])
        link.close()

    def test_sixteen_clients(self):
        links = [self.hosted.link() for _ in range(15)]
        self.assertFalse(self._one_more())
        for link in links:
            self.assertIn("tick", link.call("ping"))
        links[0].close()
        eventually(self._one_more, "room for one more")
        for link in links[1:]:
            link.close()

    def _one_more(self):
        link = Link(self.hosted.info(), hello=False)
        try:
            link.send_raw(hello(self.hosted.info()["token"]))
            said = link.read()
            if "error" in said:
                self.assertEqual("busy", said["error"]["data"]["code"])
                self.assertIsNone(link.read())
            return "result" in said
        finally:
            link.close()

    def test_silent_strangers_keep_nobody_out(self):
        port = self.hosted.info()["port"]
        strangers = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(60)]
        friend = self.hosted.link()
        self.assertIn("tick", friend.call("ping"))
        friend.close()
        for stranger in strangers:
            stranger.close()


class Silence(SimCase):
    """A connection that says nothing is closed after ten seconds of Live's time."""

    def slow_closed(self):
        hosted = self.start()
        link = Link(hosted.info(), hello=False)
        self.assertEqual([], link.is_closed(timeout=30))
        link.close()


class LinkFile(SimCase):
    """links/<pid>.json"""

    def test_content_and_modes(self):
        hosted = self.start()
        info = hosted.info()
        self.assertEqual({"protocol", "port", "token", "pid", "live", "script", "started"}, set(info))
        self.assertEqual((1, hosted.sim.process.pid, "12.3.6"), (info["protocol"], info["pid"], info["live"]))
        self.assertRegex(info["token"], "^[0-9a-f]{32}$")
        if os.name == "posix":
            self.assertEqual(0o600, stat.S_IMODE(os.stat(hosted.link_path).st_mode))
            self.assertEqual(0o700, stat.S_IMODE(os.stat(os.path.dirname(hosted.link_path)).st_mode))
        self.assertEqual([os.path.basename(hosted.link_path)], os.listdir(os.path.dirname(hosted.link_path)))
        ready = [line for line in hosted.log() if "link is up on port %d" % info["port"] in line and "script 1." in line]
        self.assertEqual(1, len(ready))
        self.assertEqual("Takebar: link is up", self.control.get(path="application.status_bar"))

    def test_goes_with_live(self):
        hosted = self.start()
        link = hosted.link()
        self.assertTrue(os.path.exists(hosted.link_path))
        self.control.quit()
        self.assertEqual("bye", link.is_closed()[-1]["method"])
        hosted.sim.process.wait(PATIENCE)
        self.assertFalse(os.path.exists(hosted.link_path))

    def test_two_lives_at_once(self):
        first = self.start()
        other = self.__class__("test_two_lives_at_once")
        second = other.start(takebar_home=first.takebar_home)
        try:
            self.assertEqual(2, len(os.listdir(os.path.dirname(first.link_path))))
            self.assertNotEqual(first.info()["port"], second.info()["port"])
            self.assertNotEqual(first.info()["token"], second.info()["token"])
            for hosted in (first, second):
                self.assertEqual(hosted.sim.process.pid, hosted.link().greeting["pid"])
        finally:
            second.stop()

    def test_removed_file_comes_back(self):
        hosted = self.start()
        before = hosted.info()
        os.remove(hosted.link_path)
        self.assertEqual(before, hosted.info())

    @unittest.skipUnless(os.name == "posix", "a file in place of a folder")
    def test_folder_cannot_be_written(self):
        folder = tempfile.mkdtemp()
        blocked = os.path.join(folder, "config")
        with open(blocked, "w"):
            pass
        hosted = self.start(takebar_home=blocked)
        self.control.wait("application.status_bar", contains="cannot write its link file")
        self.assertTrue([line for line in hosted.log() if "Make that folder writable" in line])
        os.remove(blocked)
        self.assertIn("tick", hosted.link().call("ping"))
        self.control.wait("application.status_bar", equals="Takebar: link is up")


if __name__ == "__main__":
    unittest.main()
