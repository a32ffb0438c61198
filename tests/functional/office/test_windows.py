#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three PCs with their windows, one office: the PC that routes is killed in the middle of a conversation.

usage: test_windows.py PEERDESK_NODE PCWINDOW [FOLDER FOR PICTURES]
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from pc import Pc, until
from load import Frames  # noqa: E402  # in the folder that pc.py adds

NODE = WINDOW = PICTURES = ""
SKIPPED = 77
SCREEN = "1980x1300"
PLACES = {"Front desk": "0,0,980,640", "Back office": "1000,0,980,640", "Attic": "0,660,980,640"}


class Display:
    """An X server without a screen, as long as this object is entered."""

    def __enter__(self):
        ours, theirs = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-screen", "0", SCREEN + "x24", "-nolisten", "tcp"],
            pass_fds=[theirs], stderr=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ours) as number:
            return {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":" + number.readline().strip()}

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


class WindowPc(Pc):
    """A PC whose node has a window; somebody sits there."""

    def __init__(self, folder, name, agent, display):
        super().__init__(NODE, folder, name)
        self.agent, self.display = agent, display

    def spawn(self):
        self.process = subprocess.Popen(
            [WINDOW, "--http", f"127.0.0.1:{self.port}", "--agent", self.agent, "--place", PLACES[self.name],
             *self.common], env=dict(self.environment, **self.display), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, args=(self.process.stderr,), daemon=True).start()
        self.ready = threading.Event()
        threading.Thread(target=self._await_ready, args=(self.process, self.ready), daemon=True).start()

    def _await_ready(self, process, ready):
        if json.loads(process.stdout.readline() or "{}").get("ready"):
            ready.set()

    def do(self, words):
        """What the person at this PC does; the window's answer."""
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def lines(self):
        return [line for line in self.do("seen")["lines"] if line]

    def status(self):
        return self.ask("GET", "/status")


class Visitor:
    """A customer on the office's web site, whose browser finds another PC by itself."""

    def __init__(self, account):
        self.account, self.token, self.frames, self.heard, self.number = account, None, None, [], 0

    def come(self, pc):
        if self.frames:
            self.frames.close()
        self.frames = Frames(pc.port, self.account)
        self.frames.send(dict({"type": "hello", "lang": "en", "page": "https://shop.test/"},
                              **({"token": self.token} if self.token else {})))
        welcome = self.await_frame("welcome")
        self.token = welcome["token"]
        self.heard = [line["text"] for line in welcome["history"] if line.get("from") == "agent"]

    def await_frame(self, kind, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            frame = self.frames.receive(end - time.monotonic())
            if not frame:
                break
            if frame["type"] == "message" and frame.get("from") == "agent":
                self.heard.append(frame["text"])
            if frame["type"] == kind:
                return frame
        raise AssertionError(f"no {kind} within {seconds} s")

    def say(self, text):
        self.number += 1
        self.frames.send({"type": "message", "seq": self.number, "text": text, "name": "Anna"})
        self.await_frame("ack")

    def hear(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.heard and time.monotonic() < end:
            self.await_frame("message", end - time.monotonic())


class Windows(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="peerdesk-windows-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        display = Display()
        screen = display.__enter__()  # pylint: disable=unnecessary-dunder-call  # ends with the test
        self.addCleanup(display.__exit__)
        self.front, self.back, self.attic = (
            WindowPc(self.folder, name, agent, screen)
            for name, agent in zip(PLACES, ("Linh", "Minh", "Sofia")))
        self.pcs = [self.front, self.back, self.attic]
        front = self.front
        front.admin = front.verb("office", "create", "--name", "Harbor Shop", "--admin", "Linh")["admin_token"]
        for agent in ("Minh", "Sofia"):
            front.verb("agent", "add", agent)
        self.account = front.verb("channel", "add", "webchat", "--name", "Website", "--flow", "To a person",
                                  "--queue", "Everyone")["channel"]
        front.start()
        self.addCleanup(self.stop)
        for pc in self.pcs[1:]:
            self.take_in(pc)
        until(lambda: all(self.is_settled(pc) for pc in self.pcs), 40, "three PCs that all vote")

    def stop(self):
        for pc in self.pcs:
            if pc.is_on:
                pc.kill()

    def take_in(self, pc):
        """A PC with a window lets others in as it is."""
        def where():
            status = self.front.status()
            return next(one for one in status["members"] if one["node"] == status["node"])["addresses"]
        via = until(where, 20, "where the first PC is")[0]
        code = self.front.verb("office", "invite")["code"]
        pc.verb("office", "join", code, "--name", pc.name, "--via", via)
        pc.admin = self.front.admin
        pc.start()

    def is_settled(self, pc):
        status = pc.status()
        roles = [member["role"] for member in status["members"]]
        return sorted(roles) == ["leader", "voter", "voter"] and all(m["online"] for m in status["members"])

    def picture(self, name):
        """Once nobody says any more that something waits."""
        for pc in (one for one in self.pcs if one.is_on):
            until(lambda pc=pc: "Waiting" not in pc.do("seen")["status"], 10, "everything is sent")
        path = os.path.join(PICTURES or self.folder, name + ".png")
        self.assertTrue(self.back.do("picture " + path)["done"])
        self.assertGreater(os.path.getsize(path), 20_000)

    def test_the_router_dies_and_the_conversation_goes_on(self):
        """M22, M03 and row 1: three windows, one office; the PC that routes and runs the chat is killed."""
        router = until(lambda: next((pc for pc in self.pcs if pc.status()["role"] == "leader"), None), 10, "a router")
        self.assertIs(router, self.front)
        self.assertTrue(self.back.do("available")["done"])
        anna = Visitor(self.account)
        anna.come(self.front)
        anna.say("Hello! Is the blue one still there?")
        until(lambda: self.back.do("seen")["offer"], 20, "the offer is shown at the second PC")
        self.assertTrue(self.back.do("accept")["done"])
        until(lambda: any("blue one" in line for line in self.back.lines()), 20, "the conversation is open")
        self.back.do("say Good morning, I am having a look.")
        anna.hear("Good morning, I am having a look.")
        until(lambda: any("sent" in line.lower() for line in self.back.lines()), 10, "it is shown as sent")
        self.attic.do("section office")
        self.picture("before")

        self.front.kill()
        began = time.monotonic()
        self.back.do("say Yes, two of them are left. Shall I put one aside?")
        until(lambda: "2 of 3 PCs" in self.back.do("seen")["status"], 20, "the window says who is on")
        heir = until(self.runs_chat, 20, "another PC runs the chat")
        print(f"the chat runs again {time.monotonic() - began:.1f} s after its PC was killed")
        anna.come(heir)  # as the widget does
        anna.hear("Yes, two of them are left. Shall I put one aside?")
        anna.say("Yes please!")
        until(lambda: any("Yes please!" in line for line in self.back.lines()), 20, "the agent reads on")
        self.back.do("say Done. It is kept until Friday.")
        anna.hear("Done. It is kept until Friday.")
        until(lambda: "Done." in self.back.lines()[-1] and "sent" in self.back.lines()[-1].lower(), 10, "it is sent")
        self.picture("after")
        shown = self.back.do("seen")
        self.assertNotIn("Front desk", shown["status"])  # another one routes
        self.assertEqual(shown["banner"], "")
        for text in ("I am having a look", "two of them are left", "kept until Friday", "blue one", "Yes please"):
            self.assertEqual(sum(text in line for line in shown["lines"]), 1, text)
        for text in set(anna.heard):
            self.assertEqual(anna.heard.count(text), 1, text)

    def runs_chat(self):
        for pc in (self.back, self.attic):
            shown = pc.ask("GET", f"/channels/{self.account}")
            if shown["state"] == "connected" and shown["owner_node"] == pc.status()["node"]:
                return pc
        return None


if __name__ == "__main__":
    NODE, WINDOW, *rest = sys.argv[1:]
    if rest:
        PICTURES = rest[0]
        pathlib.Path(PICTURES).mkdir(parents=True, exist_ok=True)
    if not shutil.which("Xvfb"):
        print("Xvfb is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0]], verbosity=2)
