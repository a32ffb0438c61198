#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile visitors of the chat, against the real program: floods, junk, other people's conversations, files.

usage: test_hostile.py BIN_FOLDER [TEST...]
"""
import hashlib
import json
import os
import struct
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from office import Chat, Office, Visitor, wait_for

PROGRAMS = ""


def behind(address):
    """As a proxy on this PC names the visitor: the program's own address is not limited."""
    return f"X-Forwarded-For: {address}\r\n"


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="peerdesk-hostile-")
        cls.addClassCleanup(cls.place.cleanup)
        folder = os.path.join(cls.place.name, "office")
        os.mkdir(folder)
        cls.office = Office(PROGRAMS, folder, agents=("Minh",))
        cls.addClassCleanup(cls.office.stop)
        cls.office.start()
        cls.account = cls.office.account

    def tearDown(self):
        """Whatever was done: the office answers an honest visitor at once."""
        honest = Visitor(self.office, self.account)
        honest.say("an honest question")
        self.assertEqual(honest.heard()[0], "bot")

    def closed_with(self, chat):
        """The code with which the server ends the connection."""
        try:
            while True:
                head, size = chat.take(2)
                size &= 0x7F
                size = struct.unpack(">H", chat.take(2))[0] if size == 126 else size
                data = chat.take(size)
                if head & 0x0F == 8:
                    return struct.unpack(">H", data[:2])[0]
        except (EOFError, ConnectionError):
            return None

    def test_flood_of_one_visitor(self):
        """M56: above the burst the visitor is told to slow down and when to come again; the same message then goes through."""
        visitor = Visitor(self.office, self.account)
        for number in range(1, 31):
            visitor.send({"type": "message", "seq": number, "text": f"flood {number}"})
        acknowledged, refused = set(), {}
        while len(acknowledged) + len(refused) < 30:
            frame = visitor.receive_any("ack", "error")
            if frame["type"] == "ack":
                acknowledged.add(frame["seq"])
            else:
                self.assertEqual((frame["code"], frame["permanent"]), ("slow_down", False))
                refused[frame["seq"]] = frame["retry_after"]
        self.assertGreaterEqual(len(acknowledged), 10)
        self.assertGreaterEqual(len(refused), 15)
        self.assertTrue(all(0 < wait <= 60 for wait in refused.values()), refused)
        conversation = self.office.conversation_of("flood 1")
        kept = [t for t in self.office.texts(conversation) if t.startswith("flood")]
        self.assertEqual(len(kept), len(acknowledged))  # acknowledged = kept, refused = not kept
        again = min(refused, key=int)

        def goes_through():
            visitor.send({"type": "message", "seq": int(again), "text": f"flood {again}"})
            return visitor.receive_any("ack", "error")["type"] == "ack"
        wait_for("a place", goes_through, 20)
        self.assertEqual(self.office.texts(conversation).count(f"flood {again}"), 1)

    def test_flood_of_one_address(self):
        """M56: many new visitors from one address are held up in words; other addresses are not."""
        refused = None
        for _ in range(40):
            chat = Chat(self.office.port, self.account, behind("203.0.113.7"))
            chat.send({"type": "hello"})
            frame = chat.receive_any("welcome", "error")
            if frame["type"] == "error":
                refused = frame
                self.assertEqual(self.closed_with(chat), 4013)
                break
            chat.socket.close()
        self.assertEqual((refused["code"], refused["permanent"]), ("slow_down", False))
        self.assertGreater(refused["retry_after"], 0)
        Visitor(self.office, self.account, behind("203.0.113.8")).say("from elsewhere")

    def test_messages_of_one_address(self):
        """M56: visitors of one address share its allowance for messages."""
        visitors = [Visitor(self.office, self.account, behind("198.51.100.9")) for _ in range(10)]
        codes = []
        for number in range(1, 11):
            for visitor in visitors:
                visitor.send({"type": "message", "seq": number, "text": "one of many"})
        for visitor in visitors:
            for _ in range(10):
                codes.append(visitor.receive_any("ack", "error").get("code", "ack"))
        self.assertIn("slow_down", codes)
        self.assertGreaterEqual(codes.count("ack"), 50)

    def test_malformed_frames(self):
        """M56: junk is answered or ends that connection only."""
        junk = [b"{", b"[]", b"null", b'"x"', b'{"type":5}', b'{"type":"message"}', b'{"type":"nobody"}',
                b'{"type":"message","seq":1e99,"text":"x"}', b'{"type":"message","seq":"../../x","text":"x"}',
                b'{"type":"message","seq":1,"text":{"a":1}}', b"[" * 20000, b"\xff\xfe\x00", b'{"type":"hello"}']
        for first in (True, False):
            for data in junk:
                with self.subTest(data[:30], first=first):
                    chat = Chat(self.office.port, self.account) if first else Visitor(self.office, self.account)
                    for _ in range(6):
                        try:
                            chat.send_bytes(data)
                        except OSError:
                            break
                    if not (first and data == b'{"type":"hello"}') and b'"seq":1,' not in data:
                        self.assertIn(self.closed_with(chat), (1002, 1003, 1007, 1008, None))
                    chat.socket.close()
        chat = Visitor(self.office, self.account)
        chat.send_bytes(b'{"type":"message","seq":1,"text":"' + b"x" * 70000 + b'"}')
        self.assertEqual(chat.receive("error")["code"], "too_long")
        chat.send_bytes(b'{"type":"message","seq":1,"text":"' + b"x" * 300000 + b'"}')
        self.assertEqual(self.closed_with(chat), 1009)
        chat = Visitor(self.office, self.account)
        chat.send({"type": "message", "seq": 1, "text": "y" * 4001})
        frame = chat.receive_any("error", "ack")
        self.assertEqual((frame["code"], frame["permanent"]), ("too_long", True))
        chat.send({"type": "message", "seq": 2, "text": "mail", "email": "a@b\r\nBcc: x@y"})
        self.assertEqual(chat.receive_any("error", "ack")["code"], "bad_email")
        chat.send({"type": "message", "seq": 3, "text": " \n "})
        self.assertEqual(chat.receive_any("error", "ack")["code"], "empty")

    def test_nobody_reads_another_conversation(self):
        """M56 M34: neither a changed, a foreign nor a guessed token opens a conversation or its files."""
        alice = Visitor(self.office, self.account)
        sha = self.upload(alice, b"private photo", "photo.png")["sha256"]
        alice.say("my card number", attachments=[{"sha256": sha, "name": "photo.png"}])
        alice.receive("message")
        token = alice.welcome["token"]
        other_chat = self.office.add_chat("Other shop", self.office.named("flows", "Reference"))
        wait_for("the chat", lambda: self.office.channel(other_chat)["state"] == "connected")
        mallory = Visitor(self.office, self.account)
        changed = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
        for account, wrong in ((self.account, changed), (self.account, token[:-4]), (self.account, ""),
                               (self.account, alice.welcome["visitor"]), (other_chat, token)):
            guest = Visitor(self.office, account, token=wrong)
            self.assertEqual(guest.welcome["history"], [])
            self.assertNotEqual((account, guest.welcome["visitor"]), (self.account, alice.welcome["visitor"]))
        back = Visitor(self.office, self.account, token=token)
        self.assertIn("my card number", [m["text"] for m in back.welcome["history"]])
        self.assertEqual(self.file_status(token, sha), 200)
        for wrong in (mallory.welcome["token"], changed, "", "x"):
            self.assertIn(self.file_status(wrong, sha), (401, 403, 404))
        mallory.send({"type": "message", "seq": 1, "text": "mine now", "attachments": [{"sha256": sha, "name": "p.png"}]})
        self.assertEqual(mallory.receive_any("error", "ack")["code"], "upload_gone")
        mallory.send({"type": "read", "up_to": back.welcome["history"][-1]["id"]})  # not hers: ignored
        mallory.say("still here")
        self.assertEqual(mallory.heard()[0], "bot")  # and only what is hers is pushed to her

    def url(self, path, query=""):
        return f"{self.office.base}/chat/{path}?account={self.account}{query}"

    def upload(self, visitor, data, name):
        request = urllib.request.Request(self.url("upload", f"&name={name}"), data=data, method="POST", headers={
            "Authorization": "Bearer " + visitor.welcome["token"], "Content-Type": "application/octet-stream"})
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.load(reply)

    def file_status(self, token, sha):
        request = urllib.request.Request(self.url("file/" + sha), headers={"Authorization": "Bearer " + token})
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_files_over_the_limits(self):
        """M34: size, type and number are refused by the server too, whatever the page says."""
        visitor = Visitor(self.office, self.account)
        self.assertEqual(visitor.welcome["limits"]["file_bytes"], 10 << 20)
        self.assertEqual(self.upload_status(visitor, b"x" * ((10 << 20) + 1), "big.bin"), 413)
        self.assertEqual(self.upload_status(visitor, b"MZ", "run.exe"), 415)
        for number in range(3):
            self.assertIn(self.upload_status(visitor, bytes([number]) * (10 << 20), f"part{number}.bin"), (200, 201))
        self.assertIn(self.upload_status(visitor, b"one more", "more.bin"), (413, 429, 507))
        files = [{"sha256": hashlib.sha256(bytes([n])).hexdigest(), "name": f"{n}"} for n in range(6)]
        visitor.send({"type": "message", "seq": 1, "text": "six", "attachments": files})
        self.assertEqual(visitor.receive_any("error", "ack")["code"], "too_many_files")

    def upload_status(self, visitor, data, name):
        try:
            self.upload(visitor, data, name)
            return 200
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, ConnectionError):
            return 413  # refused by its length while we were still writing


if __name__ == "__main__":
    PROGRAMS = sys.argv.pop(1)
    unittest.main(verbosity=2, warnings="ignore")
