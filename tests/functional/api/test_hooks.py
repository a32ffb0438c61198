#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What providers call (`/hooks/{channel account}`) through the real program: WhatsApp's and LINE's formats.

usage: test_hooks.py PEERDESK_NODE [TEST...]
"""
import base64
import hashlib
import hmac
import json
import signal
import sys
import unittest
import uuid

from client import Office, wait_for

PROGRAM = ""
SECRET = "the secret of the app"


def whatsapp(identifier, text, sender="48123456789"):
    """One text message, as the Cloud API delivers it."""
    value = {"messaging_product": "whatsapp",
             "metadata": {"display_phone_number": "48221112233", "phone_number_id": "106540352242922"},
             "contacts": [{"profile": {"name": "Anna"}, "wa_id": sender}],
             "messages": [{"from": sender, "id": identifier, "timestamp": "1790000000", "type": "text",
                           "text": {"body": text}}]}
    return json.dumps({"object": "whatsapp_business_account",
                       "entry": [{"id": "8856996819413533", "changes": [{"value": value, "field": "messages"}]}]}).encode()


class Hooks(unittest.TestCase):
    def setUp(self):
        self.office = Office(PROGRAM, agents=("Ana",))
        self.addCleanup(self.office.close)
        self.office.start()

    def add(self, kind, settings, secrets):
        return self.office.good("POST", "/channels", {
            "type": kind, "name": kind, "flow": self.office.named("flows", "To a person"),
            "queue": self.office.named("queues", "Everyone"), "settings": settings, "secrets": secrets})["id"]

    def whatsapp(self):
        return self.add("whatsapp", {"phone_number_id": "106540352242922", "business_id": "8856996819413533",
                                     "verify_token": "please", "base_url": "http://127.0.0.1:9"},
                        {"token": "t", "app_secret": SECRET})

    def call(self, account, body, signature=None, header="X-Hub-Signature-256"):
        signed = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return self.office.ask("POST", f"/hooks/{account}", raw=body, who=None,
                               headers={header: signed if signature is None else signature})

    def texts(self):
        return sorted(one["text"] for conversation in self.office.items("/conversations")
                      for one in self.office.items(f"/conversations/{conversation['id']}/messages"))

    def test_a_signed_call_is_answered_once_it_is_kept_also_over_a_kill(self):
        """M49: and again five times changes nothing."""
        account = self.whatsapp()
        body = whatsapp("wamid.one", "dzień dobry")
        self.assertEqual(self.call(account, body).status, 200)
        self.office.stop(signal.SIGKILL)  # what was answered with 200 is there
        self.office.start()
        self.assertEqual(self.texts(), ["dzień dobry"])
        for _ in range(5):
            self.assertEqual(self.call(account, body).status, 200)
        self.assertEqual(self.call(account, whatsapp("wamid.two", "drugi")).status, 200)
        self.assertEqual(self.texts(), ["drugi", "dzień dobry"])

    def test_what_is_not_signed_is_not_heard(self):
        account = self.whatsapp()
        body = whatsapp("wamid.one", "forged")
        good = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        again = json.dumps(json.loads(body), indent=1).encode()
        for signature, sent in (("", body), ("sha256=", body), (good[:-1] + "0", body), (good, body + b" "), (good, again),
                                ("sha1=" + good[7:], body)):
            self.assertIn(self.call(account, sent, signature).status, (401, 403), signature)
        self.assertEqual(self.texts(), [])
        self.assertIn(self.call(uuid.uuid4().hex, body).status, (404, 503))
        self.assertEqual(self.call(account, b"x" * 5_000_000).status, 413)

    def test_the_handshake_gives_the_challenge_to_who_knows_the_word(self):
        account = self.whatsapp()
        path = f"/hooks/{account}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
        answer = self.office.ask("GET", path + "please", who=None)
        self.assertEqual((answer.status, answer.bytes), (200, b"1158201444"))
        self.assertEqual(self.office.ask("GET", path + "wrong", who=None).status, 403)

    def test_signed_rubbish_neither_stops_the_channel_nor_comes_again_for_ever(self):
        account = self.whatsapp()
        for body in (b"{}", b"[]", b"{", b'{"entry":5}', b'{"entry":[{"changes":[{"value":{"messages":[5]}}]}]}', b"\xff\xfe"):
            self.assertLess(self.call(account, body).status, 500, body)
        self.assertEqual(self.call(account, whatsapp("wamid.one", "still here")).status, 200)
        self.assertIn("still here", self.texts())

    def test_line(self):
        """M47."""
        account = self.add("line", {"base_url": "http://127.0.0.1:9", "data_url": "http://127.0.0.1:9"},
                           {"token": "t", "channel_secret": SECRET})
        body = json.dumps({"destination": "U0", "events": [{
            "type": "message", "mode": "active", "timestamp": 1790000000000, "webhookEventId": "01H810YECXQQZ37VAXPF6H9E6T",
            "deliveryContext": {"isRedelivery": False}, "replyToken": "r", "source": {"type": "user", "userId": "U4af4980629"},
            "message": {"type": "text", "id": "468789577898262530", "quoteToken": "q", "text": "konnichiwa"}}]}).encode()
        signed = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        self.assertIn(self.call(account, body, "x", "X-Line-Signature").status, (401, 403))
        for _ in range(3):
            self.assertEqual(self.call(account, body, signed, "X-Line-Signature").status, 200)
        self.assertEqual(wait_for("the message", self.texts), ["konnichiwa"])


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
