# SPDX-License-Identifier: GPL-3.0-or-later
"""The chat widget in a real browser (M10 and M56 from the visitor's side, M34 both ways).
usage: test_chat.py CHATSERVER [--pictures FOLDER]"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

from chatpage import IN_CHAT, ChatPage
from webdriver import Browser, free_port, wait_until

OPTIONS = None


class Office:
    """The server program: killed and started again on the same port and journal."""

    def __init__(self, folder, port=None, other=""):
        self.port = port or free_port()
        self.other = other
        self.journal = os.path.join(folder, "journal")
        self.start()

    def start(self):
        self.process = subprocess.Popen([OPTIONS.server, str(self.port), self.journal, self.other], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().startswith("listening")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        self.process.stdout.close()

    def ask(self, verb, **query):
        url = f"http://127.0.0.1:{self.port}/test/{verb}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=20) as reply:
            return json.load(reply)

    def texts(self):
        return [m["content"]["text"] for m in self.ask("messages")]


class ChatTest(ChatPage, unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="chat-test-")
        self.office = Office(self.folder)
        self.browser = Browser(os.path.join(self.folder, "profile"))
        self.page = f"http://127.0.0.1:{self.office.port}/chat/"

    def tearDown(self):
        self.browser.close()
        self.office.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def test_the_tick_means_commit_and_the_answer_comes(self):
        self.open_chat()
        self.office.ask("hold", on=1)
        self.say("My basil has brown spots. Can I talk to a live agent?")
        self.expect("My basil has brown spots. Can I talk to a live agent?", "sending")
        self.office.ask("hold", on=0)
        self.expect("My basil has brown spots. Can I talk to a live agent?")
        self.office.ask("read")
        self.office.ask("reply", text="Hello, this is Thuy. Is it in the sun all day?", choices="All day,Only in the morning")
        self.expect("Hello, this is Thuy. Is it in the sun all day?")
        self.office.ask("typing", on=1)
        self.picture("widget-light.png")
        wait_until(lambda: self.ours("Is it in the sun")["state"] == "read", "read mark is committed")
        self.browser.click(".quick button")
        self.expect("All day")
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.office.ask("reply", text="Then this picture shows where to put it: https://shop.example/shade?a=1&b=2")
        wait_until(lambda: self.browser.script(IN_CHAT + "return !!r.querySelector('img.pic')"), "picture is shown")
        self.picture("widget-dark.png")
        self.assertEqual(self.complaints(), [])

    def ours(self, part):
        return next(m for m in self.office.ask("messages") if part in m["content"]["text"])

    def test_nothing_is_lost_or_doubled_by_reload_and_restart(self):
        self.open_chat()
        self.say("one")
        self.expect("one")
        self.office.ask("hold", on=1)
        self.say("two, reloaded before the tick")
        self.expect("two, reloaded before the tick", "sending")
        self.browser.reload()
        wait_until(lambda: ("two, reloaded before the tick", "sending") in self.shown(), "unsent message survives the reload")
        self.ready()
        self.office.ask("hold", on=0)
        self.expect("two, reloaded before the tick")
        self.office.ask("hold", on=1)
        self.say("three, killed before the commit")
        self.expect("three, killed before the commit", "sending")
        self.office.kill()
        self.say("four, written while nobody listened")
        self.office.start()
        self.expect("three, killed before the commit", seconds=60)
        self.expect("four, written while nobody listened")
        self.office.ask("reply", text="answer after the restart")
        self.expect("answer after the restart")
        wanted = ["one", "two, reloaded before the tick", "three, killed before the commit",
                  "four, written while nobody listened", "answer after the restart"]
        self.assertEqual(self.office.texts(), wanted)
        self.assertEqual([text for text, _ in self.shown() if not text.startswith("Hello!")], wanted)
        self.browser.reload()
        self.ready()
        wait_until(lambda: len(self.shown()) == len(wanted), "history after reload")
        self.assertEqual([text for text, _ in self.shown()], wanted)

    def test_when_its_node_dies_the_page_goes_to_the_next(self):
        self.office.kill()
        second = free_port()
        self.office = Office(self.folder, other=f"http://127.0.0.1:{second}")
        self.open_chat(f"http://127.0.0.1:{self.office.port}/chat/")
        self.say("to the first node")
        self.expect("to the first node")
        self.office.kill()
        self.say("to whoever is left")
        self.office = Office(self.folder, port=second)
        self.expect("to whoever is left", seconds=60)
        self.assertEqual(self.office.texts(), ["to the first node", "to whoever is left"])
        self.assertEqual(len({m["thread"] for m in self.office.ask("messages")}), 1)

    def test_two_windows_show_the_same_and_send_once(self):
        self.open_chat()
        self.say("from the first")
        self.expect("from the first")
        first = self.browser.do("GET", "/window")
        second = self.browser.do("POST", "/window/new", {"type": "tab"})["handle"]
        self.browser.do("POST", "/window", {"handle": second})
        self.open_chat()
        self.expect("from the first")
        self.say("from the second")
        self.expect("from the second")
        self.browser.do("POST", "/window", {"handle": first})
        self.expect("from the second")
        self.assertEqual(self.office.texts(), ["from the first", "from the second"])

    def test_a_strict_foreign_site_and_hostile_text(self):
        site = f"http://localhost:{self.office.port}/test/page?lang=de&dir=rtl"
        self.open_chat(site)
        evil = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"
        self.say(evil)
        self.expect(evil)
        self.office.ask("reply", text=evil + " javascript:alert(1) https://good.example/")
        self.expect(evil + " javascript:alert(1) https://good.example/")
        links = self.browser.script(IN_CHAT + "return [...r.querySelectorAll('.b a')].map(a => a.href)")
        self.assertEqual(links, ["https://good.example/"])
        self.assertFalse(self.browser.script("return !!window.hacked"))
        self.assertEqual(self.complaints(), [])
        self.assertEqual(self.browser.script(IN_CHAT + "return r.querySelector('textarea').placeholder"), "Nachricht schreiben…")
        self.picture("widget-rtl.png")

    def test_files_both_ways_and_limits_before_upload(self):
        self.open_chat()
        small, big, program = (os.path.join(self.folder, n) for n in ("note.txt", "big.bin", "run.exe"))
        with open(small, "w") as out:
            out.write("hello")
        with open(big, "wb") as out:
            out.truncate(10 * 1024 * 1024 + 1)
        with open(program, "w") as out:
            out.write("MZ")
        note = IN_CHAT + "return r.querySelector('.note').textContent"
        self.browser.type("input[type=file]", big)
        wait_until(lambda: "10 MB" in self.browser.script(note), "limit is told")
        self.browser.type("input[type=file]", program)
        wait_until(lambda: ".exe" in self.browser.script(note), "type is told")
        self.browser.type("input[type=file]", small)
        wait_until(lambda: self.browser.script(IN_CHAT + "return !!r.querySelector('.chip:not(.busy)')"), "file is uploaded")
        self.say("see the file")
        self.expect("see the file")
        files = self.ours("see the file")["content"]["attachments"]
        self.assertEqual([(f["name"], f["size"]) for f in files], [("note.txt", 5)])
        requests = self.browser.script("return performance.getEntriesByType('resource').filter(e => e.name.includes('upload')).length")
        self.assertEqual(requests, 1)

    def test_the_form_when_nobody_is_there(self):
        self.office.ask("available", on=0)
        self.open_chat()
        wait_until(lambda: self.browser.script(IN_CHAT + "return !r.querySelector('.contact').hidden"), "form is shown")
        self.picture("widget-away.png")
        self.browser.type("input[name=email]", "not an address")
        self.say("please write to me")
        wait_until(lambda: self.browser.script(IN_CHAT + "return !r.querySelector('.note').hidden"), "address is checked")
        self.assertEqual(self.office.texts(), [])
        self.browser.script(IN_CHAT + "r.querySelector('input[name=email]').value = ''")
        self.browser.type("input[name=email]", "aiko@tanaka.example")
        self.browser.click(".send")
        self.expect("please write to me")
        self.assertTrue(self.browser.script(IN_CHAT + "return r.querySelector('.contact').hidden"))

    def test_keyboard_alone(self):
        self.browser.open(f"http://localhost:{self.office.port}/test/page?lang=vi")
        wait_until(lambda: self.browser.script("return !!document.querySelector('[id^=peerdesk-chat-]')"), "widget loads")
        self.browser.press("tab")
        self.browser.press("enter")
        self.ready()
        focused = IN_CHAT + "return r.activeElement.className + ' ' + r.activeElement.tagName"
        self.assertIn("TEXTAREA", self.browser.script(focused))
        self.browser.press("x", "i", "n", "enter")
        self.expect("xin")
        self.browser.press("escape")
        wait_until(lambda: "launch" in self.browser.script(focused), "focus returns to the button")
        self.office.ask("reply", text="chào bạn")
        wait_until(lambda: self.browser.script(IN_CHAT + "return r.querySelector('.badge').textContent") == "1", "unread is counted")
        label = self.browser.script(IN_CHAT + "return r.querySelector('.launch').getAttribute('aria-label')")
        self.assertIn("1 tin nhắn mới", label)

    def test_the_demo_page(self):
        self.browser.open(self.page)
        wait_until(lambda: self.browser.script("return !!document.querySelector('[id^=peerdesk-chat-]')"), "widget loads")
        self.picture("demo-light.png")
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.picture("demo-dark.png")
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=390, height=780, deviceScaleFactor=2, mobile=True)
        self.picture("demo-phone.png")
        self.browser.click(".launch")
        self.ready()
        self.picture("widget-phone.png")
        self.assertEqual(self.complaints(), [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("--pictures")
    OPTIONS, rest = parser.parse_known_args()
    ChatPage.pictures = OPTIONS.pictures
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
