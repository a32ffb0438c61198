#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey by web chat through the real program: Chromium, the widget, peerdesk-node, the API.

usage: test_chat.py BIN_FOLDER [--pictures FOLDER] [TEST...]
"""
import argparse
import gzip
import hashlib
import http.server
import os
import shutil
import struct
import sys
import tempfile
import threading
import unittest
import urllib.request
import zlib

from office import SKIPPED, Office, wait_for  # first: it makes the chat's helpers importable
from chatpage import IN_CHAT, ChatPage
from webdriver import Browser

OPTIONS = None


def picture_bytes():
    """A PNG of 8 x 8 red dots."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xc0\x20\x20" * 8 for _ in range(8))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class StrictSite:
    """Somebody's web site with a hard content security policy and one script tag of ours."""

    def __init__(self, office, language, direction):
        chat = office.base.replace("http://", "")
        policy = (f"default-src 'none'; script-src http://{chat}; connect-src http://{chat} ws://{chat}; "
                  "img-src blob:; base-uri 'none'; form-action 'none'")
        page = (f"<!doctype html><html lang={language} dir={direction}><title>Shop</title><h1>Shop</h1>"
                f"<script src=\"{office.base}/chat/widget.js\" data-account=\"{office.account}\" "
                f"data-lang=\"{language}\" async></script></html>").encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://localhost:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ChatJourney(ChatPage, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="peerdesk-chat-")
        cls.addClassCleanup(cls.place.cleanup)
        folder = os.path.join(cls.place.name, "office")
        os.mkdir(folder)
        cls.office = Office(OPTIONS.programs, folder, agents=("Minh",))
        cls.addClassCleanup(cls.office.stop)
        cls.office.start()
        cls.browser = Browser(os.path.join(cls.place.name, "profile"))
        cls.addClassCleanup(cls.browser.close)
        cls.page = f"{cls.office.base}/chat/?account={cls.office.account}"

    def setUp(self):
        """Every test is a new visitor and an agent with free hands."""
        self.open_conversations = []
        self.office.set_activity("Minh", "Available")
        self.forget(self.page)

    def tearDown(self):
        if self.office.process.poll() is not None:
            self.office.start()
        for conversation in self.open_conversations:
            self.office.done_with(conversation)

    def forget(self, url):
        self.browser.open(url)
        self.browser.script("localStorage.clear(); sessionStorage.clear();")
        self.browser.open("about:blank")

    def at_a_person(self, first):
        """Asks for a person with `first`; gives the conversation after it was accepted."""
        self.say(first)
        self.expect(first)
        conversation = self.office.accept("Minh")
        self.open_conversations.append(conversation)
        return conversation

    def texts(self):
        return [text for text, _ in self.shown()]

    def test_bot_then_person_across_reload_and_kill(self):
        """M01 M05 M10 M56: bot, live agent, answer; reload and kill -9 mid-way lose and double nothing."""
        self.open_chat()
        self.say("Do you ship to Kyoto?")
        self.expect("Do you ship to Kyoto?")
        wait_for("the bot's answer", lambda: any("live agent" in t for t in self.texts()[1:]))
        self.assertEqual(self.office.offers("Minh"), [])
        conversation = self.at_a_person("LIVE  Agent, please")
        bot = self.texts()[1]
        self.office.say("Minh", conversation, "Minh here. Yes, we do.")
        self.expect("Minh here. Yes, we do.")
        self.assertIn("Minh", self.browser.script(IN_CHAT + "return [...r.querySelectorAll('.by')].pop().textContent"))
        wanted = ["Do you ship to Kyoto?", bot, "LIVE  Agent, please", "Minh here. Yes, we do."]
        self.assertEqual(self.texts(), wanted)
        self.picture("real-light.png")

        self.browser.reload()
        self.ready()
        wait_for("the history", lambda: self.texts() == wanted)
        self.say("Before the kill")
        self.office.kill()  # perhaps before the commit, perhaps after it
        self.say("While nobody listened")
        self.expect("While nobody listened", "sending")
        self.office.start()
        self.expect("Before the kill", seconds=60)
        self.expect("While nobody listened")
        self.office.say("Minh", conversation, "We are back.")
        self.expect("We are back.")
        wanted += ["Before the kill", "While nobody listened", "We are back."]
        self.assertEqual(self.texts(), wanted)
        self.assertEqual(self.office.texts(conversation), wanted)
        self.assertEqual(len(self.office.tasks(conversation)), 1)

    def test_journey_of_the_first_message_can_be_traced(self):
        """M07: trace shows ingest, flow, task, reservation, accept with times, in this order."""
        self.open_chat()
        conversation = self.at_a_person("live agent for the trace")
        first = self.office.messages(conversation)[0]["id"]
        steps = self.office.ask("GET", f"/messages/{first}/trace")["items"]
        names = [s["step"] for s in steps]
        self.assertEqual([s["at"] for s in steps], sorted(s["at"] for s in steps))
        for early, late in zip(("ingest", "flow", "task", "reservation"), ("flow", "task", "reservation", "accept")):
            self.assertLess(names.index(early), names.index(late), names)

    def test_typing_and_read_marks(self):
        """M56: the visitor sees that the agent types and has read, the agent that the visitor has read."""
        self.open_chat()
        conversation = self.at_a_person("live agent about reading")
        typing = f"/conversations/{conversation}/typing"
        self.office.ask("POST", typing, {"typing": True}, self.office.agents["Minh"])
        wait_for("typing is shown", lambda: self.text_of(".typing"))
        self.office.ask("POST", typing, {"typing": False}, self.office.agents["Minh"])
        wait_for("typing is over", lambda: not self.text_of(".typing"))

        def meta():
            return self.browser.script(IN_CHAT + "return r.querySelector('.visitor .meta').textContent")
        self.assertIn("Received", meta())
        self.office.ask("POST", f"/conversations/{conversation}/read", {}, self.office.agents["Minh"])
        wait_for("the read mark", lambda: "Read" in meta())
        self.office.kill()
        self.office.start()
        self.browser.reload()
        self.ready()
        wait_for("the read mark after a restart", lambda: "Read" in meta())

        self.browser.click("header .icon")  # closes the chat: nothing is read now
        message = self.office.say("Minh", conversation, "Have you read this?")
        wait_for("sent", lambda: self.office.state_of(message) == "sent")
        wait_for("the badge", lambda: self.text_of(".badge") == "1")
        self.assertEqual(self.office.state_of(message), "sent")
        self.browser.click(".launch")
        wait_for("the agent's read mark", lambda: self.office.state_of(message) == "read")

    def test_files_both_ways(self):
        """M34: files arrive byte for byte; too large ones are refused before upload, in words."""
        self.open_chat()
        conversation = self.at_a_person("live agent about files")
        name = os.path.join(self.place.name, "Rechnung März.txt")
        with open(name, "wb") as out:
            out.write(b"\x00\xff receipt" * 1000)
        self.browser.type("input[type=file]", name)
        wait_for("the upload", lambda: self.browser.script(IN_CHAT + "return !!r.querySelector('.chip:not(.busy)')"))
        self.say("here is my receipt")
        self.expect("here is my receipt")
        file = self.office.messages(conversation)[-1]["attachments"][0]
        self.assertEqual((file["name"], file["size"]), ("Rechnung März.txt", 10000))
        self.assertEqual(file["sha256"], hashlib.sha256(b"\x00\xff receipt" * 1000).hexdigest())
        self.assertEqual(self.download(file["sha256"]), b"\x00\xff receipt" * 1000)

        image = picture_bytes()
        stored = self.office.ask("POST", "/attachments", image, self.office.agents["Minh"])["sha256"]
        self.office.say("Minh", conversation, "like this?", attachments=[
            {"sha256": stored, "name": "shade.png", "mime_type": "image/png", "size": len(image)}])
        self.expect("like this?")
        loaded = IN_CHAT + "return r.querySelector('img.pic')?.naturalWidth"
        wait_for("the picture", lambda: self.browser.script(loaded) == 8)

        big = os.path.join(self.place.name, "big.bin")
        with open(big, "wb") as out:
            out.truncate(10 * 1024 * 1024 + 1)
        self.browser.type("input[type=file]", big)
        wait_for("the limit in words", lambda: "10 MB" in self.text_of(".note"))
        uploads = "return performance.getEntriesByType('resource').filter(e => e.name.includes('/upload')).length"
        self.assertEqual(self.browser.script(uploads), 1)
        huge = self.office.ask("POST", "/attachments", bytes(11 << 20), self.office.agents["Minh"])["sha256"]
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.office.say("Minh", conversation, "too big", attachments=[
                {"sha256": huge, "name": "huge.iso", "mime_type": "image/png", "size": 1}])
        self.assertIn("10 M", refused.exception.read().decode())

    def download(self, sha256):
        request = urllib.request.Request(f"{self.office.base}/api/v1/attachments/{sha256}", headers={
            "Authorization": "Bearer " + self.office.agents["Minh"]})
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.read()

    def test_form_when_nobody_is_there(self):
        """M56 M02: the form appears and goes as agents come and go; a typed address is not verified."""
        self.open_chat()
        shown = IN_CHAT + "return !r.querySelector('.contact').hidden"
        self.assertFalse(self.browser.script(shown))
        self.office.set_activity("Minh", "Break")
        wait_for("the form", lambda: self.browser.script(shown))
        self.picture("real-away.png")
        self.browser.type("input[name=name]", "Aiko Tanaka")
        self.browser.type("input[name=email]", "Aiko@Tanaka.example")
        self.say("live agent: please write to me")
        self.expect("live agent: please write to me")
        conversation = self.office.conversation_of("live agent: please write to me")
        self.open_conversations.append(conversation)
        customer = self.office.ask("GET", f"/conversations/{conversation}")["customer"]
        card = self.office.ask("GET", f"/customers/{customer}")
        self.assertEqual(card["name"], "Aiko Tanaka")
        evidence = {a["value"]: a["evidence"] for a in card["addresses"] if a["kind"] == "email"}
        self.assertEqual(evidence, {"aiko@tanaka.example": "typed"})
        self.office.set_activity("Minh", "Available")
        self.office.accept("Minh", conversation)

    def test_second_tab(self):
        """M56: two tabs of one visitor show the same and send once."""
        self.open_chat()
        conversation = self.at_a_person("live agent from the first tab")
        first = self.browser.do("GET", "/window")
        second = self.browser.do("POST", "/window/new", {"type": "tab"})["handle"]
        try:
            self.browser.do("POST", "/window", {"handle": second})
            self.open_chat()
            self.expect("live agent from the first tab")
            self.say("from the second tab")
            self.expect("from the second tab")
            self.browser.do("POST", "/window", {"handle": first})
            self.expect("from the second tab")
            self.office.say("Minh", conversation, "to both")
            self.expect("to both")
            self.browser.do("POST", "/window", {"handle": second})
            self.expect("to both")
        finally:
            self.browser.do("POST", "/window", {"handle": second})
            self.browser.do("DELETE", "/window")
            self.browser.do("POST", "/window", {"handle": first})
        self.assertEqual(self.office.texts(conversation),
                         ["live agent from the first tab", "from the second tab", "to both"])

    def test_strict_site_in_another_language(self):
        """M56: one script tag on a foreign site with a hard policy, German, right to left, hostile text."""
        site = StrictSite(self.office, "de", "rtl")
        try:
            self.open_chat(site.url)
            evil = "<img src=x onerror=window.hacked=1> live agent"
            conversation = self.at_a_person(evil)
            self.office.say("Minh", conversation, "<script>window.hacked=1</script> javascript:alert(1) https://ok.example/")
            wait_for("the answer", lambda: any("ok.example" in t for t in self.texts()))
            links = self.browser.script(IN_CHAT + "return [...r.querySelectorAll('.b a')].map(a => a.href)")
            self.assertEqual(links, ["https://ok.example/"])
            self.assertFalse(self.browser.script("return !!window.hacked"))
            self.assertEqual(self.browser.script(IN_CHAT + "return r.querySelector('textarea').placeholder"), "Nachricht schreiben…")
            customer = self.office.ask("GET", f"/conversations/{conversation}")["customer"]
            self.assertEqual(self.office.ask("GET", f"/customers/{customer}")["language"], "de")
            self.assertEqual(self.complaints(), [])
            self.picture("real-rtl.png")
        finally:
            self.browser.open("about:blank")
            site.close()

    def test_rich_content_is_drawn_and_what_is_chosen_comes_back_as_data(self):
        """M63 M68: a list, a form and an Adaptive Card on a site with a hard policy."""
        site = StrictSite(self.office, "en", "ltr")
        try:
            self.open_chat(site.url)
            conversation = self.at_a_person("live agent, I want tea")

            def send(rich, selector):
                self.office.say("Minh", conversation, "", rich=rich)
                wait_for(rich["kind"], lambda: self.browser.script(IN_CHAT + f"return !!r.querySelector({selector!r})"))

            def answered():
                found = [one for one in self.office.messages(conversation) if one["rich"].get("kind") == "answer"]
                return found[-1]["rich"] if found else None

            send({"kind": "list_picker", "text": "Which tea?", "options": [
                {"id": "g", "title": "Green", "description": "light"}, {"id": "b", "title": "Black"}]}, ".list button")
            self.picture("rich-list.png")
            self.browser.script(IN_CHAT + "r.querySelectorAll('.list button')[1].click()")
            wait_for("the choice", lambda: (answered() or {}).get("option") == "b")
            send({"kind": "form", "text": "Where to?", "fields": [
                {"id": "street", "label": "Street", "type": "text", "required": True},
                {"id": "gift", "label": "A gift", "type": "switch"}]}, ".list input")
            self.browser.script(IN_CHAT + "r.querySelector('.list .go').click()")  # the street is missing
            self.browser.script(IN_CHAT + "r.querySelector('.list input').value = 'Long Lane 1'")
            self.picture("rich-form.png")
            self.browser.script(IN_CHAT + "r.querySelector('.list .go').click()")
            wait_for("the form", lambda: (answered() or {}).get("values") == {"street": "Long Lane 1", "gift": False})
            send({"kind": "adaptive_card", "card": {"type": "AdaptiveCard", "version": "1.5", "body": [
                {"type": "TextBlock", "text": "Pay **now**?", "weight": "Bolder"},
                {"type": "FactSet", "facts": [{"title": "Sum", "value": "12 EUR"}]},
                {"type": "Hologram", "fallback": {"type": "TextBlock", "text": "No hologram here"}},
                {"type": "Input.Text", "id": "note", "label": "Note"}],
                "actions": [{"type": "Action.Submit", "title": "Pay", "data": {"act": "pay"}}]}}, ".card .quick button")
            card = self.browser.script(IN_CHAT + "return r.querySelector('.card').innerText")
            for text in ("Pay now?", "Sum", "12 EUR", "No hologram here", "Note"):
                self.assertIn(text, card)
            self.picture("rich-card.png")
            self.browser.script(IN_CHAT + "r.querySelector('.card .quick button').click()")
            wait_for("the card", lambda: (answered() or {}).get("values") == {"act": "pay", "note": ""})
            self.assertEqual(self.complaints(), [])
        finally:
            self.browser.open("about:blank")
            site.close()

    def test_dark(self):
        """M56: the widget follows the page's colour scheme."""
        self.open_chat()
        colour = IN_CHAT + "return getComputedStyle(r.querySelector('.panel')).backgroundColor"
        light = self.browser.script(colour)
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        try:
            wait_for("the dark colours", lambda: self.browser.script(colour) != light)
            self.picture("real-dark.png")
        finally:
            self.browser.cdp("Emulation.setEmulatedMedia", features=[])

    def test_keyboard_alone(self):
        """M56: open, write, close and hear of an answer without a mouse."""
        self.visit(self.page)
        focused = IN_CHAT + "return (r.activeElement?.className || '') + ' ' + (r.activeElement?.tagName || '')"
        for _ in range(12):
            self.browser.press("tab")
            if "launch" in self.browser.script(focused):
                break
        self.browser.press("enter")
        self.ready()
        self.assertIn("TEXTAREA", self.browser.script(focused))
        self.browser.press(*"live agent", "enter")
        self.expect("live agent")
        conversation = self.office.accept("Minh")
        self.open_conversations.append(conversation)
        self.browser.press("escape")
        wait_for("focus on the button", lambda: "launch" in self.browser.script(focused))
        self.office.say("Minh", conversation, "still there?")
        label = IN_CHAT + "return r.querySelector('.launch').getAttribute('aria-label')"
        wait_for("the count", lambda: "1 new message" in self.browser.script(label))

    def test_widget_is_small(self):
        """M56: what a site loads: one script, nothing else."""
        with urllib.request.urlopen(f"{self.office.base}/chat/widget.js", timeout=20) as reply:
            script = reply.read()
        self.assertLess(len(gzip.compress(script)), 16 * 1024)
        self.visit(self.page)
        hosts = self.browser.script("return performance.getEntriesByType('resource').map(e => e.name)")
        self.assertEqual([h for h in hosts if not h.startswith(self.office.base)], [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--pictures")
    OPTIONS, rest = parser.parse_known_args()
    ChatPage.pictures = OPTIONS.pictures
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        print("skipped: there is no Chromium here")
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, warnings="ignore")
