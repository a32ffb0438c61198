#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journey by mail through the real program: Postfix, Dovecot, peerdesk-node, the API.

usage: test_mail.py BIN_FOLDER [TEST...]

Exit 77 where mail servers cannot run.
"""
import email
import email.message
import email.policy
import glob
import imaplib
import os
import smtplib
import ssl
import sys
import tempfile
import time
import unittest

from office import Office, SKIPPED, Visitor, mail_server, wait_for
from oddmails import ODD, TOO_DEEP

PROGRAMS = ""
SERVER = {}
FOLDER = ""
MARKER = "s3cret"  # of the wrong password: must be in no file


class MailJourney(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        data = os.path.join(FOLDER, "office")
        os.mkdir(data)
        cls.data = data
        cls.office = Office(PROGRAMS, data, agents=("Minh",))
        cls.addClassCleanup(cls.office.stop)
        cls.trust = ssl.create_default_context(cafile=SERVER["ca_file"])
        with cls.imap("help@desk.test") as imap:
            imap.create("Sent")
            imap.create("Support")
        cls.office.start()
        cls.account = cls.add_channel("help@desk.test", "To a person")
        cls.connected()

    def setUp(self):
        self.office.set_activity("Minh", "Available")

    def tearDown(self):
        self.office.set_activity("Minh", "Break")
        for conversation in self.office.conversations("&status=active"):
            self.office.done_with(conversation["id"])

    @classmethod
    def imap(cls, user):
        connection = imaplib.IMAP4_SSL("localhost", SERVER["imaps"], ssl_context=cls.trust, timeout=20)
        connection.login(user, SERVER["password"])
        return connection

    @classmethod
    def add_channel(cls, address, flow):
        settings = {"address": address, "display_name": "Harbor Shop", "imap_host": "localhost",
                    "imap_port": str(SERVER["imaps"]), "imap_security": "tls", "smtp_host": "localhost",
                    "smtp_port": str(SERVER["smtps"]), "smtp_security": "tls", "poll_seconds": "1500",
                    "folders": "INBOX,Support" if address.startswith("help") else "INBOX",
                    "sent_folder": "Sent" if address.startswith("help") else "", "ca_file": SERVER["ca_file"]}
        office = cls.office
        return office.ask("POST", "/channels", {
            "type": "email", "name": address, "flow": office.named("flows", flow),
            "queue": office.named("queues", "Everyone"), "settings": settings,
            "secrets": {"password": SERVER["password"]}})["id"]

    @classmethod
    def connected(cls, account=None):
        wait_for("the channel to read and wait", lambda: cls.office.channel(account or cls.account)["state"] == "connected")

    def post(self, raw, to="help@desk.test"):
        """Through Postfix, as a customer's mail program does."""
        with smtplib.SMTP_SSL("localhost", SERVER["smtps"], timeout=20, context=self.trust) as smtp:
            smtp.login("anna@customer.test", SERVER["password"])
            smtp.sendmail("anna@customer.test", [to], raw)

    @staticmethod
    def deliver(raw, envelope="sender@customer.test", to="help@desk.test"):
        """Straight into the mailbox, as a foreign server does; an empty envelope is a bounce."""
        with smtplib.LMTP("127.0.0.1", SERVER["lmtp"], timeout=20) as lmtp:
            lmtp.sendmail(envelope, [to], raw)

    @staticmethod
    def mail(sender, subject, text, message_id, **headers):
        lines = [f"From: {sender}", "To: help@desk.test", f"Subject: {subject}", f"Message-ID: <{message_id}>"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + f"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n").encode()

    @staticmethod
    def mailbox(user):
        return [email.message_from_string(m["raw"], policy=email.policy.default)
                for m in mail_server("read", FOLDER, user)]

    def test_mail_in_answer_out(self):
        """M57 M01 M34: a file and iso-8859-2 in; offered, accepted, answered with a file; threading, copies, once,
        also after kill -9."""
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"] = "Anna Łęcka <anna@customer.test>"
        mail["To"] = "help@desk.test, Dora <dora@customer.test>"
        mail["Cc"] = "Binh <binh@customer.test>"
        mail["Subject"] = "Zażalenie: order 20417"
        mail["Message-ID"] = "<first.20417@customer.test>"
        mail.set_content("Dzień dobry, zwróćcie mi pieniądze.", charset="iso-8859-2")
        mail.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename="paragon źle.pdf")
        self.post(mail.as_bytes())
        conversation = self.office.accept("Minh")
        first = self.office.messages(conversation)
        self.assertEqual([m["text"].strip() for m in first], ["Dzień dobry, zwróćcie mi pieniądze."])
        self.assertEqual([a["name"] for a in first[0]["attachments"]], ["paragon źle.pdf"])
        label = b"%PDF-1.4 label \xff\x00\r\n" * 100
        stored = self.office.ask("POST", "/attachments", label, self.office.agents["Minh"])["sha256"]
        sent = self.office.say("Minh", conversation, "Oddamy dziś.", attachments=[
            {"sha256": stored, "name": "etykieta źle.pdf", "mime_type": "application/pdf", "size": len(label)}])
        wait_for("state sent", lambda: self.office.state_of(sent) == "sent")
        answer = wait_for("the answer", lambda: self.mailbox("anna@customer.test"))[0]
        self.assertEqual(answer["In-Reply-To"], "<first.20417@customer.test>")
        self.assertIn("<first.20417@customer.test>", answer["References"])
        self.assertEqual(answer["Subject"], "Re: Zażalenie: order 20417")
        self.assertEqual(answer.get_content_type(), "multipart/mixed")
        self.assertEqual(next(answer.iter_parts()).get_content_type(), "multipart/alternative")
        self.assertEqual([(a.get_filename(), a.get_content_type(), a.get_content()) for a in answer.iter_attachments()],
                         [("etykieta źle.pdf", "application/pdf", label)])
        self.assertIn("Oddamy dziś.", answer.get_body(("plain",)).get_content())
        self.assertIn("zwróćcie mi pieniądze", answer.get_body(("plain",)).get_content())
        self.assertIn("Oddamy dziś.", answer.get_body(("html",)).get_content())
        self.assertIsNone(answer["Auto-Submitted"])  # a person wrote it
        self.assertIn("binh@customer.test", str(answer["Cc"]) + str(answer["To"]))
        self.assertIn("dora@customer.test", str(answer["Cc"]) + str(answer["To"]))

        def received(user):
            return [m["Message-ID"] for m in self.mailbox(f"{user}@customer.test")].count(answer["Message-ID"])
        wait_for("the copy for Binh", lambda: received("binh") == 1)
        wait_for("the copy for Dora", lambda: received("dora") == 1)
        wait_for("seen", lambda: all(m["seen"] for m in mail_server("read", FOLDER, "help@desk.test")))
        wait_for("the copy in Sent", lambda: self.sent_copies(answer["Message-ID"]) == 1)

        self.office.kill()
        self.office.start()
        self.connected()
        again = f"Re: {mail['Subject']}"
        self.post(self.mail("anna@customer.test", again, "Dziękuję!", "second.20417@customer.test",
                            In_Reply_To=answer["Message-ID"], References=f"<first.20417@customer.test> {answer['Message-ID']}"))
        wait_for("the thread goes on", lambda: len(self.office.messages(conversation)) == 3)
        self.assertEqual(self.office.messages(conversation)[-1]["text"].strip(), "Dziękuję!")
        self.assertEqual(len(self.office.tasks(conversation)), 1)
        for user in ("anna", "binh", "dora"):
            self.assertEqual(received(user), 1)
        self.assertEqual(self.sent_copies(answer["Message-ID"]), 1)

    @staticmethod
    def sent_copies(message_id):
        """How often this mail stands in the office's own Sent folder."""
        count = 0
        for path in glob.glob(os.path.join(FOLDER, "vmail/help@desk.test/.Sent/[nc]*/*")):
            with open(path, "rb") as source:
                count += email.message_from_binary_file(source, policy=email.policy.default)["Message-ID"] == message_id
        return count

    def test_odd_mails(self):
        """M57 M34: what the world writes arrives readable, harmless and complete."""
        self.office.set_activity("Minh", "Break")
        for odd in [TOO_DEEP, *ODD]:
            self.post(odd.raw())
        def found():
            all_of = {c["subject"]: c["id"] for c in self.office.conversations("&channel=email")}
            return all_of if all(f"odd {o.name}" in all_of for o in ODD) else None
        conversations = wait_for("all odd mails", found)
        for odd in ODD:
            with self.subTest(odd.name):
                shown = self.office.messages(conversations[f"odd {odd.name}"])
                self.assertEqual(len(shown), 1)
                self.assertIn(odd.text, shown[0]["text"])
                names = [a["name"] for a in shown[0]["attachments"]]
                for name in odd.files:
                    self.assertIn(name, names)
                for word in odd.never:
                    self.assertNotIn(word, shown[0]["text"].lower() + shown[0]["html"].lower())
                self.assertEqual(shown[0]["state"], "received")
        self.assertEqual(len(self.office.tasks(conversations["odd empty"])), 1)
        kept = [m for c in self.office.conversations("&channel=email") for m in self.office.messages(c["id"])
                if [a["name"] for a in m["attachments"]] == ["original.eml"]]
        self.assertEqual(len(kept), 1)
        self.assertTrue(kept[0]["text"])
        self.connected()

    def test_bounce_fails_the_message(self):
        """M57: Postfix's own report about an unknown mailbox (RFC 3464) fails the answer, with the reason."""
        self.deliver(self.mail("Ghost <ghost@customer.test>", "Help", "please answer", "ghost.1@customer.test"))
        conversation = self.office.accept("Minh")
        sent = self.office.say("Minh", conversation, "To nobody")
        wait_for("state failed", lambda: self.office.state_of(sent) == "failed")
        message = self.office.ask("GET", f"/messages/{sent}")
        self.assertIn("ghost@customer.test", message["failure"])
        self.assertIn("no such mailbox", message["failure"].lower())
        self.assertEqual(self.office.texts(conversation)[1:], ["To nobody"])  # the report is no message
        self.assertEqual([c["subject"] for c in self.office.conversations() if "Undelivered" in c["subject"]], [])

    def test_automatic_answers(self):
        """M08 M57: a flow that only answers makes no task; machines get no answer, people one a day (RFC 3834)."""
        self.office.add_flow("Only an answer", [
            {"name": "thanks", "type": "send-message", "properties": {"body": "We got your mail."},
             "transitions": [{"event": "sent"}, {"event": "failed"}]}])
        account = self.add_channel("auto@desk.test", "Only an answer")
        self.connected(account)
        machines = [
            ("Auto-Submitted", "auto-replied"), ("Auto-Submitted", "auto-generated; owner-email=x"),
            ("Precedence", "bulk"), ("Precedence", "list"), ("List-Id", "<news.customer.test>"),
            ("List-Unsubscribe", "<mailto:x@customer.test>"), ("X-Auto-Response-Suppress", "All")]
        for number, (name, value) in enumerate(machines):
            self.deliver(self.mail("carla@customer.test", f"machine {number}", "beep", f"machine.{number}@customer.test",
                                   **{name: value}), to="auto@desk.test")
        self.deliver(self.mail("carla@customer.test", "machine null", "beep", "machine.null@customer.test"),
                     envelope="", to="auto@desk.test")
        self.deliver(self.mail("MAILER-DAEMON@customer.test", "machine daemon", "beep", "machine.d@customer.test"),
                     to="auto@desk.test")
        before, before_carla = (len(self.mailbox(f"{user}@customer.test")) for user in ("binh", "carla"))
        for number in (1, 2):
            self.deliver(self.mail("binh@customer.test", f"person {number}", "hello", f"person.{number}@customer.test",
                                   Auto_Submitted="no"), to="auto@desk.test")
        self.deliver(self.mail("dora@customer.test", "the last one", "hello", "person.3@customer.test"), to="auto@desk.test")
        subjects = wait_for("all mails", lambda: {
            c["subject"]: c["id"] for c in self.office.conversations()} if "the last one" in str(self.office.conversations()) else None)
        self.assertEqual(len([s for s in subjects if s.startswith(("machine", "person"))]), len(machines) + 4)
        last = subjects["the last one"]
        wait_for("its answer", lambda: [m["state"] for m in self.office.messages(last)] == ["received", "sent"])
        answers = [m for m in self.mailbox("binh@customer.test")[before:]]
        self.assertEqual([m["Auto-Submitted"] for m in answers], ["auto-replied"])
        self.assertEqual(len(self.mailbox("carla@customer.test")), before_carla)
        self.assertEqual([m["kind"] for m in self.office.messages(subjects["person 2"])], ["inbound"])
        for subject in ("person 1", "person 2", "the last one", "machine 1"):
            self.assertEqual(self.office.tasks(subjects[subject]), [])

        # A bot that would have to ask a second time today gives the customer to a person instead.
        self.office.ask("PATCH", f"/channels/{account}", {"flow": self.office.named("flows", "Reference")})
        self.connected(account)
        self.deliver(self.mail("dora@customer.test", "a question", "where is it?", "person.4@customer.test"), to="auto@desk.test")
        conversation = self.office.accept("Minh")
        self.assertEqual(self.office.texts(conversation), ["where is it?\n".strip()])

    def test_idle_and_folders(self):
        """M57: with IDLE mail appears at once; a second folder is read as well."""
        started = time.monotonic()
        self.deliver(self.mail("idle@customer.test", "now", "quick", "idle.1@customer.test"))
        self.office.conversation_of("quick")
        self.assertLess(time.monotonic() - started, 5)
        with self.imap("help@desk.test") as imap:
            imap.append("Support", None, None, self.mail("folder@customer.test", "aside", "in a folder", "folder.1@customer.test"))
        self.deliver(self.mail("idle@customer.test", "wake", "look again", "idle.2@customer.test"))
        self.office.conversation_of("in a folder")

    def test_renumbered_mailbox(self):
        """M57: a new UIDVALIDITY loses and doubles nothing."""
        self.deliver(self.mail("uid@customer.test", "before", "before the renumbering", "uid.1@customer.test"))
        first = self.office.conversation_of("before the renumbering")
        count = len(self.office.conversations())
        mail_server("renumber", FOLDER, "help@desk.test")
        self.deliver(self.mail("uid@customer.test", "after", "after the renumbering", "uid.2@customer.test"))
        self.office.conversation_of("after the renumbering")
        self.connected()
        self.assertEqual(len(self.office.conversations()), count + 1)
        self.assertEqual(len(self.office.messages(first)), 1)

    def test_server_gone(self):
        """M57: a server that goes away is named in the status and waited for."""
        mail_server("stop-imap", FOLDER)
        state = wait_for("the trouble", lambda: self.trouble("down"))
        self.assertIn("localhost", state)
        mail_server("start-imap", FOLDER)
        self.deliver(self.mail("gone@customer.test", "back", "after the break", "gone.1@customer.test"))
        self.office.conversation_of("after the break")
        self.connected()

    def trouble(self, state):
        channel = self.office.channel(self.account)
        return channel["detail"] if channel["state"] == state else None

    def test_wrong_password_and_certificate(self):
        """M57 M147: both are said in plain words, nothing is lost, and no secret is written anywhere."""
        self.office.ask("PATCH", f"/channels/{self.account}", {"secrets": {"password": MARKER + "-wrong"}})
        detail = wait_for("the refusal", lambda: self.trouble("down"))
        self.assertIn("does not accept the user name or password", detail)
        self.assertNotIn(MARKER, detail)
        self.deliver(self.mail("lock@customer.test", "waiting", "behind the lock", "lock.1@customer.test"))
        self.office.ask("PATCH", f"/channels/{self.account}", {"secrets": {"password": SERVER["password"]}})
        self.office.conversation_of("behind the lock")
        settings = self.office.ask("GET", f"/channels/{self.account}")["settings"]
        self.office.ask("PATCH", f"/channels/{self.account}", {"settings": {**settings, "ca_file": ""}})
        detail = wait_for("the distrust", lambda: self.trouble("down"))
        self.assertIn("not trusted", detail)
        self.deliver(self.mail("trust@customer.test", "waiting", "behind the certificate", "trust.1@customer.test"))
        self.office.ask("PATCH", f"/channels/{self.account}", {"settings": settings})
        self.office.conversation_of("behind the certificate")
        self.connected()
        for path in glob.glob(os.path.join(self.data, "**"), recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as source:
                    self.assertNotIn(MARKER.encode(), source.read(), path)

    def test_one_inbox(self):
        """M01 M26: mail and chat stand in one list, found by channel, queue, owner, tag, status and words,
        in the order that was asked for."""
        office = self.office
        self.deliver(self.mail("inbox@customer.test", "for the list", "a mail about cactuses", "inbox.1@customer.test"))
        by_mail = office.accept("Minh")
        visitor = Visitor(office, office.account)
        visitor.say("live agent about cactuses")
        by_chat = office.accept("Minh")
        visitor.say("one more thing")  # joins the same conversation, and no second task is made
        both = {by_mail, by_chat}
        agent = next(a["id"] for a in office.ask("GET", "/agents")["items"] if a["name"] == "Minh")

        def listed(query=""):
            return {c["id"] for c in office.conversations(query)} & both
        self.assertEqual(listed(), both)
        self.assertEqual(listed("&channel=email"), {by_mail})
        self.assertEqual(listed("&channel=webchat"), {by_chat})
        self.assertEqual(listed(f"&queue={office.named('queues', 'Everyone')}"), both)
        self.assertEqual(listed(f"&agent={agent}"), both)
        self.assertEqual(listed("&agent=none"), set())
        self.assertEqual(listed("&status=done"), set())
        office.ask("PATCH", f"/conversations/{by_mail}", {"tags": ["Plants", "spring"]})
        self.assertEqual(listed("&tag=plants"), {by_mail})
        self.assertEqual(listed("&tag=plant"), set())
        order = [c["id"] for c in office.conversations("&order=newest") if c["id"] in both]
        self.assertEqual(order, [by_chat, by_mail])
        self.assertEqual([c["id"] for c in office.conversations("&order=longest_waiting") if c["id"] in both], [by_mail, by_chat])
        wait_for("the words are found", lambda: listed("&q=cactuses") == both)
        self.assertEqual(listed("&q=cactuses&tag=SPRING"), {by_mail})
        self.assertEqual(office.texts(by_chat), ["live agent about cactuses", "one more thing"])
        self.assertEqual(len(office.tasks(by_chat)), 1)

    def test_an_unknown_sender_gets_a_card(self):
        """M05: the first message makes a customer and a conversation, by mail and by chat; the second joins both."""
        office = self.office

        def cards(word):
            return [c["id"] for c in office.ask("GET", "/customers?limit=200")["items"] if word in c["name"]]

        def check(name, conversation):
            self.assertEqual(cards(name), [office.ask("GET", f"/conversations/{conversation}")["customer"]])
            return office.ask("GET", f"/customers/{cards(name)[0]}")

        self.assertEqual(cards("Ignota") + cards("Newcomer"), [])
        sender = "Ivy Ignota <ivy@customer.test>"
        self.deliver(self.mail(sender, "new here", "who are you?", "ivy.1@customer.test"))
        by_mail = office.accept("Minh")
        addresses = {a["value"]: a["evidence"] for a in check("Ignota", by_mail)["addresses"]}
        self.assertEqual(list(addresses), ["ivy@customer.test"])
        self.assertNotEqual(addresses["ivy@customer.test"], "typed")
        self.deliver(self.mail(sender, "Re: new here", "and where?", "ivy.2@customer.test",
                               In_Reply_To="<ivy.1@customer.test>"))
        wait_for("the second mail", lambda: len(office.messages(by_mail)) == 2)
        check("Ignota", by_mail)
        visitor = Visitor(office, office.account)
        visitor.say("live agent for somebody new", name="Nils Newcomer")
        by_chat = office.accept("Minh")
        visitor.say("hello?")
        self.assertEqual(office.texts(by_chat), ["live agent for somebody new", "hello?"])
        check("Newcomer", by_chat)
        self.assertEqual(len([c for c in office.conversations() if c["id"] in (by_mail, by_chat)]), 2)

    def test_one_customer(self):
        """M02 M16: the same address by chat and by mail is one card; what was typed opens nothing of it."""
        office = self.office
        self.deliver(self.mail("Maria Vega <maria@customer.test>", "contract", "about my contract", "maria.1@customer.test"))
        by_mail = office.accept("Minh")
        card = office.ask("GET", f"/conversations/{by_mail}")["customer"]
        office.ask("PATCH", f"/customers/{card}", {"facts": {"vip": "yes", "secret_plan": "gold"}, "language": "es"})
        office.add_flow("Says what it knows", [
            {"name": "tell", "type": "send-message", "properties": {
                "body": "vip={{customer.vip}} plan={{customer.secret_plan}} name={{customer.name}}"},
             "transitions": [{"event": "sent", "next": "note"}]},
            {"name": "note", "type": "set-customer-fact", "properties": {"facts": [{"key": "vip", "value": "stolen"}]},
             "transitions": [{"event": "next", "next": "person"}]},
            {"name": "person", "type": "send-to-router", "properties": {"attributes": {"vip": "{{customer.vip}}"}}, "transitions": []}])
        account = office.add_chat("Curious", office.named("flows", "Says what it knows"))
        wait_for("the chat", lambda: office.channel(account)["state"] == "connected")
        visitor = Visitor(office, account, lang="en")
        visitor.say("It is me again", name="Maria V.", email="Maria@Customer.test")
        self.assertEqual(visitor.heard(), ("bot", "vip= plan= name="))
        by_chat = office.accept("Minh")
        both = office.ask("GET", f"/conversations?customer={card}")["items"]
        self.assertEqual(sorted(c["id"] for c in both), sorted([by_mail, by_chat]))
        shown = office.ask("GET", f"/customers/{card}")
        evidence = {a["kind"]: a["evidence"] for a in shown["addresses"]}
        self.assertEqual(evidence, {"email": "provider", "webchat": "typed"})
        self.assertEqual(shown["facts"]["vip"], "yes")
        self.assertEqual((shown["name"], shown["language"]), ("Maria Vega", "es"))
        task = office.tasks(by_chat)[0]
        self.assertNotIn("gold", str(task))
        self.assertNotEqual(task["attributes"].get("vip"), "yes")
        # An agent confirms the link: from then on the card counts.
        chat_address = next(a for a in shown["addresses"] if a["kind"] == "webchat")
        office.ask("PATCH", f"/customers/{card}", {"addresses": [
            {key: chat_address[key] for key in ("kind", "scope", "value", "display")}]})
        office.done_with(by_chat)
        visitor.say("And again")
        self.assertEqual(visitor.heard(), ("bot", "vip=yes plan=gold name=Maria Vega"))

    def test_address_typed_first(self):
        """M02: mail from an address that a stranger typed before joins that card, and is proven by an answer to ours."""
        office = self.office
        visitor = Visitor(office, office.account, lang="en")
        visitor.say("live agent", name="Nobody Knows", email="carla@customer.test")
        card = office.ask("GET", f"/conversations/{office.accept('Minh')}")["customer"]

        def evidence():
            return {a["kind"]: a["evidence"] for a in office.ask("GET", f"/customers/{card}")["addresses"]}
        before = len(self.mailbox("carla@customer.test"))
        self.deliver(self.mail("Carla <carla@customer.test>", "hello", "this is Carla", "carla.1@customer.test"))
        by_mail = office.accept("Minh")
        self.assertEqual(office.ask("GET", f"/conversations/{by_mail}")["customer"], card)
        self.assertEqual(evidence(), {"webchat": "provider", "email": "typed"})
        office.say("Minh", by_mail, "Is it you?")
        ours = wait_for("our answer", lambda: self.mailbox("carla@customer.test")[before:])[0]["Message-ID"]
        self.deliver(self.mail("Carla <carla@customer.test>", "Re: hello", "yes", "carla.2@customer.test", In_Reply_To=ours))
        wait_for("her answer", lambda: len(office.messages(by_mail)) == 3)
        self.assertEqual(evidence(), {"webchat": "provider", "email": "verified"})


def main():
    global PROGRAMS, SERVER, FOLDER
    PROGRAMS = sys.argv.pop(1)
    with tempfile.TemporaryDirectory(prefix="peerdesk-mail-") as FOLDER:
        os.chmod(FOLDER, 0o755)
        SERVER = mail_server("start", FOLDER)
        if "skip" in SERVER:
            print("skipped:", SERVER["skip"])
            return SKIPPED
        try:
            return 0 if unittest.main(verbosity=2, exit=False, warnings="ignore").result.wasSuccessful() else 1
        finally:
            mail_server("stop", FOLDER)


if __name__ == "__main__":
    sys.exit(main())
