# SPDX-License-Identifier: GPL-3.0-or-later
"""A receiver of webhooks that answers as a test wants it to."""
import hashlib
import hmac
import http.server
import json
import threading


class Receiver:
    """Keeps every delivery; `answers` are the next statuses (0 = hangs up), then `status`."""

    def __init__(self, port=0, status=200):
        self.status = status
        self.answers = []
        self.deliveries = []  # (headers, body bytes, status that was answered)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 (the name is the library's)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else receiver.status
                receiver.deliveries.append(({name.lower(): value for name, value in self.headers.items()}, body, status))
                if status == 0:
                    self.connection.close()
                    return
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"http://127.0.0.1:{receiver.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def taken(self, kind=None):
        """Events that were answered with 2xx, in the order in which they came."""
        events = [json.loads(body) for _, body, status in list(self.deliveries) if 200 <= status < 300]
        return [event for event in events if kind in (None, event["type"])]


def is_signed(delivery, secret):
    headers, body, _ = delivery
    timestamp = headers["x-peerdesk-timestamp"].encode()
    wanted = hmac.new(secret.encode(), timestamp + b"." + body, hashlib.sha256).hexdigest()
    return headers["x-peerdesk-signature"] == "sha256=" + wanted
