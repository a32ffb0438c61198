# SPDX-License-Identifier: GPL-3.0-or-later
"""An office of the real program, as the tests of the whole journey need it."""
import http.server
import importlib.util
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.error

ROOT = pathlib.Path(__file__).resolve().parents[3]
MAIL_SERVER = ROOT / "tests" / "functional" / "mail" / "mailserver.py"
SKIPPED = 77
sys.path.insert(0, str(ROOT / "tests" / "functional" / "chat"))


def load_demo():
    spec = importlib.util.spec_from_file_location("demo", ROOT / "packaging" / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


demo = load_demo()
Chat = demo.Chat


def wait_for(what, check, seconds=30):
    """Polls another program; there is no signal to wait for."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = check()
        except (urllib.error.URLError, ConnectionError) as error:
            found, what = None, f"{what} ({error})" if time.monotonic() > end else what
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


class Office(demo.Office):
    def named(self, kind, name):
        return next(x["id"] for x in self.ask("GET", f"/{kind}")["items"] if x["friendly_name"] == name)

    def add_flow(self, name, states):
        """`states` without the trigger, which leads to the first one."""
        first = {"name": "Trigger", "type": "trigger", "properties": {},
                 "transitions": [{"event": "incomingMessage", "next": states[0]["name"]}]}
        definition = {"description": name, "initial_state": "Trigger",
                      "flags": {"allow_concurrent_calls": True}, "states": [first, *states]}
        return self.ask("POST", "/flows", {"friendly_name": name, "definition": definition})["id"]

    def add_chat(self, name, flow):
        return self.ask("POST", "/channels", {"type": "webchat", "name": name, "flow": flow,
                                              "queue": self.named("queues", "Everyone")})["id"]

    def set_attributes(self, name, attributes):
        self.ask("PATCH", f"/workers/{self.worker(name)}", {"attributes": attributes})

    def offers(self, name):
        path = f"/reservations?worker={self.worker(name)}&status=pending"
        return self.ask("GET", path, token=self.agents[name])["items"]

    def accept(self, name, conversation=None):
        """Waits for the offer (of this conversation) and accepts it; gives the conversation's id."""
        def wanted():
            return [o for o in self.offers(name) if conversation in (None, o["conversation"])]
        offer = wait_for(f"an offer to {name}", wanted)[0]
        self.ask("POST", f"/reservations/{offer['id']}/accept", {}, self.agents[name])
        return offer["conversation"]

    def say(self, name, conversation, text, **more):
        body = {"text": text, **more}
        return self.ask("POST", f"/conversations/{conversation}/messages", body, self.agents[name])["message"]

    def done_with(self, conversation):
        """Closes it, so that the agent's capacity is free for the next test."""
        self.ask("PATCH", f"/conversations/{conversation}", {"status": "closed"})

    def messages(self, conversation):
        """Oldest first."""
        return self.ask("GET", f"/conversations/{conversation}/messages?limit=200")["items"]

    def texts(self, conversation):
        return [m["text"] for m in self.messages(conversation)]

    def state_of(self, message):
        return self.ask("GET", f"/messages/{message}")["state"]

    def conversations(self, query=""):
        return self.ask("GET", "/conversations?limit=200" + query)["items"]

    def conversation_of(self, text):
        """The conversation whose messages hold this text."""
        return wait_for(f"the conversation with {text!r}",
                        lambda: next((c["id"] for c in self.conversations() if text in self.texts(c["id"])), None))

    def tasks(self, conversation):
        return [t for t in self.ask("GET", "/tasks?limit=200")["items"] if t["conversation"] == conversation]

    def channel(self, account):
        return next(c for c in self.ask("GET", "/status")["channels"] if c["id"] == account)


class Visitor(Chat):
    """A visitor of the chat over the bare WebSocket."""

    def __init__(self, office, account, headers="", **hello):
        super().__init__(office.port, account, headers)
        self.send({"type": "hello", **hello})
        self.welcome = self.receive("welcome")
        self.count = 0

    def say(self, text, **more):
        self.count += 1
        self.send({"type": "message", "seq": self.count, "text": text, **more})
        return self.receive("ack")

    def heard(self):
        """The next thing that somebody else says: (who, text)."""
        while True:
            frame = self.receive("message")
            if frame["from"] != "visitor":
                return frame["from"], frame["text"]


def mail_server(verb, folder, *rest, text=None):
    done = subprocess.run([sys.executable, MAIL_SERVER, verb, folder, *rest], capture_output=True,
                          input=text, timeout=60, check=True)
    return json.loads(done.stdout) if done.stdout.strip() else {}


class Bot:
    """An HTTP bot on loopback. `answer` gets the question and gives (status, bytes) or None: never."""

    def __init__(self, answer):
        self.questions = []
        self.keys = []
        self.closing = threading.Event()
        bot = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                bot.questions.append(question)
                bot.keys.append(self.headers["Idempotency-Key"])
                reply = answer(question)
                if reply is None:
                    bot.closing.wait(60)
                    return
                self.send_response(reply[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply[1])))
                self.end_headers()
                try:
                    self.wfile.write(reply[1])
                except OSError:
                    pass  # the other side had enough

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/bot"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
