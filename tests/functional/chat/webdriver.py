# SPDX-License-Identifier: GPL-3.0-or-later
"""A W3C WebDriver client as small as the chat test needs it. Standard library only."""
import base64
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SHADOW = "shadow-6066-11e4-a52e-4f735466cecf"
KEYS = {"tab": "\ue004", "enter": "\ue007", "escape": "\ue00c", "shift": "\ue008"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(check, what, seconds=30):
    """Polls a condition of another process; fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            value = check()
        except (WebDriverError, urllib.error.URLError, ConnectionError) as error:
            value, what = None, f"{what} ({error})" if time.monotonic() > end else what
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("timed out: " + what)
        time.sleep(0.05)


class WebDriverError(Exception):
    pass


class Browser:
    """One Chromium with a fresh profile. Ends its own processes only."""

    def __init__(self, profile, size=(1180, 820)):
        self.port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.call("GET", "/status")["ready"], "chromedriver starts")
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--disable-dev-shm-usage", "--lang=en", f"--user-data-dir={profile}",
                     f"--window-size={size[0]},{size[1]}"]
        capabilities = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
                        "goog:chromeOptions": {"args": arguments}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}}, 90)
        self.base = "/session/" + session["sessionId"]

    def call(self, method, path, body=None, seconds=30):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise WebDriverError(json.load(error)["value"]["message"].splitlines()[0]) from None

    def do(self, method, path, body=None):
        return self.call(method, self.base + path, body if method != "GET" else None)

    def open(self, url):
        self.do("POST", "/url", {"url": url})

    def reload(self):
        self.do("POST", "/refresh", {})

    def script(self, text, *arguments):
        return self.do("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def cdp(self, command, **parameters):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def console(self):
        return self.do("POST", "/se/log", {"type": "browser"})

    def screenshot(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.do("GET", "/screenshot")))

    def press(self, *keys):
        actions = []
        for key in keys:
            actions += [{"type": "keyDown", "value": KEYS.get(key, key)},
                        {"type": "keyUp", "value": KEYS.get(key, key)}]
        self.do("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def in_chat(self, selector):
        """An element inside the widget's shadow tree."""
        host = self.do("POST", "/element", {"using": "css selector", "value": "[id^=peerdesk-chat-]"})[ELEMENT]
        root = self.do("GET", f"/element/{host}/shadow")[SHADOW]
        return self.do("POST", f"/shadow/{root}/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.do("POST", f"/element/{self.in_chat(selector)}/click", {})

    def type(self, selector, text):
        self.do("POST", f"/element/{self.in_chat(selector)}/value", {"text": text})

    def close(self):
        try:
            self.call("DELETE", self.base)
        finally:
            self.driver.terminate()
            self.driver.wait(20)
