# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider's server, as far as a bot of Telegram needs it, reached from several places at once. It
notes who asked what, and when."""
import http.server
import json
import threading
import time

BOT_PORT = 9443
LONGEST_WAIT = 2  # seconds of a long poll


def connect_bot(pc):
    """The channel, whose messages go to a person."""
    def named(kind, name):
        return next(one["id"] for one in pc.all(f"/{kind}") if one["friendly_name"] == name)
    return pc.ask("POST", "/channels", {
        "type": "telegram", "name": "Bot", "secrets": {"token": "4242:AAtest"},
        "settings": {"base_url": f"http://127.0.0.1:{BOT_PORT}"},
        "flow": named("flows", "To a person"), "queue": named("queues", "Everyone")})["id"]


class BotApi:
    """Customers write by say(); what the office sends is in `sent`."""

    def __init__(self):
        self.news = threading.Condition()  # guards all that follows
        self.updates = []  # (update id, body)
        self.acknowledged = 0  # updates below it are not given out any more
        self.asked = []  # (moment, place) of each getUpdates
        self.sent = []  # (moment, place, text)
        self.servers = []

    def open_at(self, name, place, port):
        with place:
            server = Server(("127.0.0.1", port), type("Door", (Door,), {"api": self, "place": name}))
        self.servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def say(self, chat, text):
        with self.news:
            number = len(self.updates) + 1
            sender = {"id": chat, "is_bot": False, "first_name": f"Visitor{chat}"}
            self.updates.append((number, {"update_id": number, "message": {
                "message_id": number, "date": int(time.time()), "from": sender, "text": text,
                "chat": {"id": chat, "type": "private", "first_name": sender["first_name"]}}}))
            self.news.notify_all()

    def get_updates(self, place, body):
        offset, end = body.get("offset", 0), time.monotonic() + min(body.get("timeout", 0), LONGEST_WAIT)
        with self.news:
            self.asked.append((time.monotonic(), place))
            self.acknowledged = max(self.acknowledged, offset)
            while True:
                found = [update for number, update in self.updates if number >= self.acknowledged]
                rest = end - time.monotonic()
                if found or rest <= 0:
                    return found[:body.get("limit", 100)]
                self.news.wait(rest)

    def send_message(self, place, body):
        with self.news:
            self.sent.append((time.monotonic(), place, body["text"]))
            return {"message_id": 1_000_000 + len(self.sent), "date": int(time.time()), "text": body["text"],
                    "chat": {"id": body["chat_id"], "type": "private"}}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Who asked was killed meanwhile."""


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api, place = None, ""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        method = self.path.rsplit("/", 1)[-1]
        if method == "getUpdates":
            result = self.api.get_updates(self.place, body)
        elif method == "sendMessage":
            result = self.api.send_message(self.place, body)
        elif method == "getMe":
            result = {"id": 4242, "is_bot": True, "first_name": "Harbor", "username": "harbor_bot"}
        else:
            result = True
        text = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST

    def log_message(self, *_):
        pass
