#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey by mail through the real program: Postfix, Dovecot, peerdesk-node, the API.

usage: test_mail.py BIN_FOLDER

A mail with an attachment and an odd charset arrives, is offered to one agent, accepted and answered;
the customer's mailbox holds the answer with the right threading headers, once, also after a restart.
The same address by chat and by mail ends on one card (M02). Exit 77 where mail servers cannot run.
"""
import email
import email.message
import email.policy
import importlib.util
import json
import os
import pathlib
import signal
import smtplib
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
MAIL_SERVER = ROOT / "tests" / "functional" / "mail" / "mailserver.py"
CUSTOMER = "anna@customer.test"
SKIPPED = 77


def load_demo():
    spec = importlib.util.spec_from_file_location("demo", ROOT / "packaging" / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


demo = load_demo()


def wait_for(what, check, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


def mail_server(verb, folder, *rest):
    done = subprocess.run([sys.executable, MAIL_SERVER, verb, folder, *rest], capture_output=True,
                          text=True, timeout=60, check=True)
    return json.loads(done.stdout) if done.stdout.strip() else {}


def customer_mail():
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"] = "Anna Łęcka <anna@customer.test>"
    mail["To"] = "help@desk.test"
    mail["Subject"] = "Zażalenie: order 20417"
    mail["Message-ID"] = "<first.20417@customer.test>"
    mail.set_content("Dzień dobry, zwróćcie mi pieniądze.", charset="iso-8859-2")
    mail.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename="paragon źle.pdf")
    return mail


def add_channel(office, server, folder):
    secret = os.path.join(folder, "password")
    with open(secret, "w", encoding="ascii") as file:
        file.write("secret")
    settings = {"address": "help@desk.test", "display_name": "Harbor Shop", "imap_host": "localhost",
                "imap_port": server["imaps"], "imap_security": "tls", "smtp_host": "localhost",
                "smtp_port": server["smtps"], "smtp_security": "tls", "poll_seconds": 10,
                "ca_file": server["ca_file"]}
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    return office.verb("channel", "add", "email", "--name", "Mail", *words, "--secret",
                       f"password=@{secret}", "--flow", "To a person", "--queue", "Everyone")["channel"]


def answers(folder):
    return mail_server("read", folder, CUSTOMER)


def journey(office, server, folder):
    token = office.agents["Minh"]
    workers = office.ask("GET", "/workers")["items"]
    worker = next(w["id"] for w in workers if w["friendly_name"] == "Minh")
    office.ask("PUT", f"/workers/{worker}/activity", {"activity": "Available"}, token)
    add_channel(office, server, folder)
    trust = ssl.create_default_context(cafile=server["ca_file"])
    with smtplib.SMTP_SSL("localhost", server["smtps"], timeout=20, context=trust) as smtp:
        smtp.login(CUSTOMER, server["password"])
        smtp.send_message(customer_mail())

    path = f"/reservations?worker={worker}&status=pending"
    offer = wait_for("the offer", lambda: office.ask("GET", path, token=token)["items"])[0]
    office.ask("POST", f"/reservations/{offer['id']}/accept", {}, token)
    conversation = offer["conversation"]
    messages = office.ask("GET", f"/conversations/{conversation}/messages")["items"]
    assert [m["text"].strip() for m in messages] == ["Dzień dobry, zwróćcie mi pieniądze."], messages
    assert [a["name"] for a in messages[0]["attachments"]] == ["paragon źle.pdf"], messages

    sent = office.ask("POST", f"/conversations/{conversation}/messages", {"text": "Oddamy dziś."}, token)
    wait_for("the answer", lambda: answers(folder))
    wait_for("state sent", lambda: office.ask("GET", f"/messages/{sent['message']}")["state"] == "sent")
    return conversation


def check_answer(folder):
    mails = answers(folder)
    assert len(mails) == 1, f"{len(mails)} answers"
    raw = mails[0]["raw"] if isinstance(mails[0], dict) else mails[0]
    mail = email.message_from_string(raw, policy=email.policy.default)
    assert mail["In-Reply-To"] == "<first.20417@customer.test>", mail["In-Reply-To"]
    assert "<first.20417@customer.test>" in mail["References"], mail["References"]
    assert mail["Subject"] == "Re: Zażalenie: order 20417", mail["Subject"]
    body = mail.get_body(("plain",)).get_content()
    assert "Oddamy dziś." in body, body


def one_customer(office, conversation):
    """M02: who types the same address in the chat is on the same card, marked as not verified."""
    account = office.account
    chat = demo.Chat(office.port, account)
    chat.send({"type": "hello"})
    chat.receive("welcome")
    chat.send({"type": "message", "seq": 1, "text": "It is me again", "name": "Anna", "email": CUSTOMER})
    chat.receive("ack")
    by_mail = office.ask("GET", f"/conversations/{conversation}")["customer"]
    both = office.ask("GET", f"/conversations?customer={by_mail}")["items"]
    assert sorted(c["channel"] for c in both) == ["email", "webchat"], both


def main():
    with tempfile.TemporaryDirectory(prefix="peerdesk-mail-") as folder:
        os.chmod(folder, 0o755)
        server = mail_server("start", folder)
        if "skip" in server:
            print("skipped:", server["skip"])
            return SKIPPED
        office = None
        try:
            data = os.path.join(folder, "office")
            os.mkdir(data)
            office = demo.Office(sys.argv[1], data, False)
            conversation = journey(office, server, folder)
            check_answer(folder)
            one_customer(office, conversation)
            office.process.send_signal(signal.SIGKILL)
            office.process.wait(10)
            office.start(sys.argv[1])
            check_answer(folder)  # nothing is sent again after a kill
            assert len(office.ask("GET", f"/conversations/{conversation}/messages")["items"]) == 2
            print("mail in, answer out, one card, nothing twice")
            return 0
        finally:
            if office:
                office.process.terminate()
                office.process.wait(20)
            mail_server("stop", folder)


if __name__ == "__main__":
    sys.exit(main())
