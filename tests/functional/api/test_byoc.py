#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel of one's own (M05, M06, M55) with the real program and the sample bridges in two languages.

usage: test_byoc.py PEERDESK_NODE [TEST...]
"""
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import unittest
import uuid

from client import ROOT, Office, wait_for

PROGRAM = ""
TOKEN = "a token that only the middleware knows"


class Middleware(http.server.ThreadingHTTPServer):
    """Takes what the office posts; fails when it is told to."""

    def __init__(self):
        self.taken, self.failing = [], 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = 500 if outer.failing else 200
                outer.failing = max(0, outer.failing - 1)
                if status == 200:
                    outer.taken.append((self.headers["Idempotency-Key"], body))
                answer = json.dumps({"id": "out-" + body["id"]} if status == 200 else {}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Byoc(unittest.TestCase):
    def setUp(self):
        self.office = Office(PROGRAM, agents=("Ana",))
        self.addCleanup(self.office.close)
        self.office.start()
        self.office.add_agent("Pipe", "channel")

    def add_channel(self, **settings):
        body = {"type": "byoc", "name": "Pigeon", "flow": self.office.named("flows", "To a person"),
                "queue": self.office.named("queues", "Everyone"), "settings": settings, "secrets": {"token": TOKEN}}
        account = self.office.good("POST", "/channels", body)["id"]
        wait_for("the channel", lambda: self.office.good("GET", f"/channels/{account}")["state"] == "connected")
        return account

    def post(self, account, body, **more):
        return self.office.api("POST", f"/byoc/{account}/messages", body, **{"who": TOKEN, **more})

    def conversation(self, text):
        return wait_for(text, lambda: [one for one in self.office.items("/conversations")
                                       if one["snippet"] == text])[0]

    def texts(self, conversation):
        return [one["text"] for one in self.office.items(f"/conversations/{conversation['id']}/messages")]

    def test_a_message_of_an_unknown_sender_opens_a_conversation_and_the_second_joins_it(self):
        account = self.add_channel()
        first = {"id": "m1", "text": "coo", "from": {"id": "c1", "name": "Columba", "email": "c@example.org"}}
        for _ in range(5):
            self.assertEqual(self.post(account, first).status, 200)
        conversation = self.conversation("coo")
        self.assertEqual(self.post(account, {**first, "id": "m2", "text": "coo coo"}).status, 200)
        self.assertEqual(self.conversation("coo coo")["id"], conversation["id"])
        self.assertEqual(self.texts(conversation), ["coo", "coo coo"])
        self.assertEqual(conversation["customer_name"], "Columba")
        self.post(account, {"id": "e1", "kind": "edited", "about": "m1", "text": "roo", "from": first["from"]})
        self.post(account, {"id": "d1", "kind": "deleted", "about": "m2", "from": first["from"]})
        self.assertEqual(self.texts(conversation), ["roo", ""])

    def test_who_may_call(self):
        account = self.add_channel()
        message = {"id": "m1", "text": "coo", "from": {"id": "c1"}}
        for who, status in ((None, 401), ("wrong", 401), ("Ana", 401), (TOKEN, 200), ("Pipe", 200), ("Boss", 200)):
            answer = self.post(account, message, who=who)
            self.assertEqual(answer.status, status, (who, answer.bytes))
        forged = self.post(account, message, who=None, headers={"X-Peerdesk-Trusted": "yes"})
        self.assertEqual(forged.status, 401)
        self.assertEqual(self.office.api("POST", f"/byoc/{uuid.uuid4().hex}/messages", message, who=TOKEN).status, 404)
        self.assertEqual(self.post(account, {"id": "m1"}).status, 400)

    def test_an_answer_waits_in_the_outbox_until_it_is_acknowledged_also_over_a_kill(self):
        account = self.add_channel()
        self.post(account, {"id": "m1", "text": "coo", "from": {"id": "c1"}})
        conversation = self.conversation("coo")
        sent = self.office.good("POST", f"/conversations/{conversation['id']}/messages", {"text": "corn?"})["message"]
        outbox = f"/byoc/{account}/outbox"
        page = wait_for("the answer", lambda: self.office.good("GET", outbox + "?wait=5", who=TOKEN)["messages"])
        self.assertEqual((page[0]["id"], page[0]["text"], page[0]["to"]["id"]), (sent, "corn?", "c1"))
        self.office.stop(signal.SIGKILL)
        self.office.start()
        again = wait_for("the answer once more",
                         lambda: self.office.api("GET", outbox + "?wait=5", who=TOKEN).body.get("messages"))
        self.assertEqual(again[0]["id"], sent)
        self.office.good("POST", outbox, {"id": sent, "provider_id": "p1"}, who=TOKEN)
        state = wait_for("sent", lambda: self.office.good("GET", f"/messages/{sent}")["state"] == "sent")
        self.assertTrue(state)
        self.assertEqual(self.office.good("GET", outbox, who=TOKEN)["messages"], [])
        self.post(account, {"id": "r1", "kind": "receipt", "about": "p1", "state": "read", "from": {"id": "c1"}})
        wait_for("read", lambda: self.office.good("GET", f"/messages/{sent}")["state"] == "read")

    def test_a_failing_callback_is_tried_again_with_the_same_key(self):
        middleware = Middleware()
        self.addCleanup(middleware.server_close)
        self.addCleanup(middleware.shutdown)
        account = self.add_channel(callback_url=f"http://127.0.0.1:{middleware.server_port}/in")
        self.post(account, {"id": "m1", "text": "coo", "from": {"id": "c1"}})
        conversation = self.conversation("coo")
        middleware.failing = 1
        sent = self.office.good("POST", f"/conversations/{conversation['id']}/messages", {"text": "corn?"})["message"]
        wait_for("the callback", lambda: middleware.taken)
        wait_for("sent", lambda: self.office.good("GET", f"/messages/{sent}")["state"] == "sent")
        self.assertEqual(len(middleware.taken), 1)
        key, body = middleware.taken[0]
        self.assertEqual((body["id"], body["text"]), (sent, "corn?"))
        self.assertTrue(key)

    def test_choices_come_back_as_data(self):
        """M64, M68: what the customer picks by number is an option."""
        account = self.add_channel()
        self.post(account, {"id": "m1", "text": "coo", "from": {"id": "c1"}})
        conversation = self.conversation("coo")
        rich = {"kind": "list_picker", "text": "Which?", "options": [{"id": "c", "title": "Corn"},
                                                                     {"id": "p", "title": "Peas"}]}
        messages = f"/conversations/{conversation['id']}/messages"
        asked = self.office.good("POST", messages, {"rich": rich})["message"]
        self.assertEqual(self.office.good("GET", f"/messages/{asked}")["text"], "Which?\n1. Corn\n2. Peas")
        self.post(account, {"id": "m2", "text": "2", "from": {"id": "c1"}})
        answer = wait_for("the answer", lambda: [one for one in self.office.items(messages)
                                                 if one["rich"].get("kind") == "answer"])[0]
        self.assertEqual((answer["rich"]["option"], answer["rich"]["question"]), ("p", asked))
        refused = self.office.api("POST", messages, {"rich": {"kind": "list_picker", "text": "x"}})
        self.assertEqual(refused.status, 400, refused.bytes)

    def bridge(self, *command):
        account = self.add_channel()
        process = subprocess.Popen([*command, self.office.ready["http"], account, "bob"], text=True,
                                   env=dict(os.environ, PEERDESK_TOKEN=TOKEN), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdin.close(), process.stdout.close()))
        process.stdin.write("hello from the bridge\n")
        process.stdin.flush()
        conversation = self.conversation("hello from the bridge")
        self.office.good("POST", f"/conversations/{conversation['id']}/messages", {"text": "hello bob"})
        self.assertEqual(process.stdout.readline(), "Boss: hello bob\n")

    def test_the_bridge_in_python(self):
        self.bridge(sys.executable, str(ROOT / "resources/byoc/bridge.py"))

    def test_the_bridge_in_javascript(self):
        node = shutil.which("node") or shutil.which("nodejs")
        self.assertTrue(node, "packaging/install test brings nodejs")
        self.bridge(node, str(ROOT / "resources/byoc/bridge.mjs"))

    def test_the_samples_are_short(self):
        for name in ("bridge.py", "bridge.mjs"):
            lines = (ROOT / "resources/byoc" / name).read_text(encoding="utf-8").splitlines()
            self.assertLessEqual(len(lines), 60, name)


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
