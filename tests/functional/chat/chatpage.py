# SPDX-License-Identifier: GPL-3.0-or-later
"""What a visitor does on a page with the chat; for the tests against the test server and the real program."""
import os

from webdriver import wait_until

IN_CHAT = "const r = document.querySelector('[id^=peerdesk-chat-]').shadowRoot; "


class ChatPage:
    """Mixed into a test case that has `browser` and `page` (the address of the demo page)."""

    pictures = None  # folder, or none are taken

    def open_chat(self, url=None):
        self.visit(url or self.page)
        self.browser.click(".launch")
        self.ready()

    def visit(self, url):
        self.browser.open(url)
        self.loaded()

    def loaded(self):
        wait_until(lambda: self.browser.script("return !!document.querySelector('[id^=peerdesk-chat-]')"), "widget loads")

    def ready(self):
        wait_until(lambda: self.browser.script(IN_CHAT + "return r.querySelector('.panel').dataset.state") == "ready", "chat connects")

    def say(self, text):
        self.browser.type("textarea", text)
        self.browser.press("enter")

    def shown(self):
        """(text, state) of every bubble, top to bottom."""
        return [tuple(x) for x in self.browser.script(
            IN_CHAT + "return [...r.querySelectorAll('.m')].map(m => [m.querySelector('.b')?.textContent || '', m.dataset.status])")]

    def expect(self, text, state="done", seconds=30):
        wait_until(lambda: (text, state) in self.shown(), f"{text!r} shown as {state}", seconds)

    def text_of(self, selector):
        return self.browser.script(IN_CHAT + f"return r.querySelector({selector!r})?.textContent || ''")

    def picture(self, name):
        if self.pictures:
            os.makedirs(self.pictures, exist_ok=True)
            self.browser.screenshot(os.path.join(self.pictures, name))

    def complaints(self):
        return [entry["message"] for entry in self.browser.console()
                if "Content Security Policy" in entry["message"] or "Uncaught" in entry["message"]]
