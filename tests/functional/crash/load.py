# SPDX-License-Identifier: GPL-3.0-or-later
"""People around the office: chat visitors, mail customers, agents, a CRM. Each goes on through kills
with the same ids, and writes down what was acknowledged to it."""
import base64
import email
import email.message
import email.policy
import hashlib
import json
import secrets
import smtplib
import socket
import socketserver
import struct
import threading

from officenode import GONE, Refused

PATIENCE = 0.05  # between two tries to reach a node that is down


class Ledger:
    """What was acknowledged. Several threads append; each list has one kind of entry."""

    def __init__(self):
        self.inbound = []  # texts that visitors were told are kept
        self.refused = []  # texts that visitors were told are not kept
        self.said = set()  # every text that was tried
        self.files = {}  # text of a message -> bytes of its attachment
        self.mails = []  # texts of mails that the mailbox holds
        self.replies = {}  # text -> message id, accepted from an agent
        self.tasks = []  # numbers of tasks that the CRM was told exist
        self.shown = {}  # text of an answer -> set of ids under which visitors saw it
        self.troubles = []  # what no run may see


class Actor(threading.Thread):
    def __init__(self, node, ledger, seed, stop):
        super().__init__(daemon=True)
        import random
        self.node, self.ledger, self.random, self.stop = node, ledger, random.Random(seed), stop

    def run(self):
        try:
            self.work()
        except Exception as error:  # pylint: disable=broad-except  # told by the main thread
            self.ledger.troubles.append(f"{type(self).__name__}: {error!r}")

    def insist(self, method, path, body=None, token=None, key=None):
        """Asks until there is an answer, with the same key. Refused is an answer, but for "not now"."""
        while True:
            try:
                return self.node.ask(method, path, body, token, key)
            except Refused as refused:
                if refused.status not in (429, 500, 503, 504):
                    raise
            except GONE:
                pass
            self.stop.wait(PATIENCE)


class Frames:
    """A WebSocket client: text frames in and out, nothing lost between two reads."""

    def __init__(self, port, account):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.buffer, self.parts = b"", []
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall((f"GET /chat/ws?account={account} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        self.buffer = self.buffer.split(b"\r\n\r\n", 1)[1]

    def close(self):
        self.socket.close()

    def _more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed")
        self.buffer += chunk

    def send(self, frame):
        data = json.dumps(frame).encode()
        mask = secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        self.socket.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def _whole(self):
        """(opcode, payload) if a whole message is there; its fragments are joined."""
        if len(self.buffer) < 2:
            return None
        size, head = self.buffer[1] & 0x7F, 2
        if size > 125:
            wide = 2 if size == 126 else 8
            if len(self.buffer) < 2 + wide:
                return None
            size, head = int.from_bytes(self.buffer[2:2 + wide], "big"), 2 + wide
        if len(self.buffer) < head + size:
            return None
        first, payload = self.buffer[0], self.buffer[head:head + size]
        self.buffer = self.buffer[head + size:]
        if first & 0x0F > 2:
            return first & 0x0F, payload  # control frames come between fragments
        self.parts.append((first & 0x0F, payload))
        if not first & 0x80:
            return self._whole()
        parts, self.parts = self.parts, []
        return parts[0][0], b"".join(part for _, part in parts)

    def receive(self, seconds):
        """The next object, or None if none came in time. Raises OSError when the link is gone."""
        self.socket.settimeout(seconds)
        while True:
            found = self._whole()
            if found and found[0] == 8:
                raise ConnectionError("closed by the server")
            if found and found[0] == 1:
                return json.loads(found[1])
            if found:
                continue
            try:
                self._more()
            except TimeoutError:
                return None


class Visitor(Actor):
    """Writes with (visitor, sequence); repeats what was not acknowledged; resumes after the last id."""

    def __init__(self, node, ledger, seed, stop, name, account):
        super().__init__(node, ledger, seed, stop)
        self.name_, self.account = name, account
        self.token, self.after, self.frames = "", "", None
        self.sequence, self.open = 0, {}  # sequence -> frame
        self.isDone = threading.Event()
        self.trouble = ""  # why the last link ended

    def connect(self):
        frames = Frames(self.node.port, self.account)
        hello = {"type": "hello", "lang": "en", "page": "https://shop.test/"}
        if self.token:
            hello.update(token=self.token)
        if self.after:
            hello.update(after=self.after)
        frames.send(hello)
        while True:
            frame = frames.receive(10)
            if frame is None:
                raise ConnectionError("no welcome")
            if frame["type"] == "welcome":
                break
            self.take(frame)
        self.token = frame["token"]
        for message in frame["history"]:
            self.take(message)
        self.frames = frames
        for sequence in list(self.open):
            # Half the pages were reloaded meanwhile and do not have the bytes of their files any more.
            self.say(sequence, self.random.random() < 0.5)

    def compose(self):
        self.sequence += 1
        text = f"{self.name_} line {self.sequence} {self.random.getrandbits(32):08x}"
        frame = {"type": "message", "seq": self.sequence, "text": text, "name": self.name_}
        if self.random.random() < 0.3:
            self.ledger.files[text] = (text.encode() + b"\0") * self.random.randint(1, 3000)
            frame["file"] = text
        self.ledger.said.add(text)
        self.open[self.sequence] = frame
        self.say(self.sequence)

    def say(self, sequence, hasBytes=True):
        frame = dict(self.open[sequence])
        text = frame.pop("file", None)
        if text:
            content = self.ledger.files[text]
            digest = hashlib.sha256(content).hexdigest()
            frame["attachments"] = [{"sha256": digest, "name": "note.bin"}]
        if text and hasBytes:
            uploaded = self.node.ask("POST", f"/chat/upload?account={self.account}&name=note.bin",
                                     content, self.token)
            if uploaded["sha256"] != digest:
                raise AssertionError("the upload came back with another hash")
        self.frames.send(frame)

    def take(self, frame):
        kind = frame["type"]
        if kind == "ack":
            known = self.open.pop(int(frame["seq"]), None)
            if known:
                self.ledger.inbound.append(known["text"])
        elif kind == "error" and frame["code"] == "upload_gone":
            known = self.open.pop(int(frame["seq"]), None)
            if known:
                self.ledger.refused.append(known["text"])
        elif kind == "error" and frame.get("permanent"):
            self.ledger.troubles.append(f"{self.name_} was refused for good: {frame}")
        elif kind == "error" and frame.get("seq"):
            self.stop.wait(min(0.3, frame.get("retry_after", 0.3)))
            if int(frame["seq"]) in self.open and self.frames:
                self.say(int(frame["seq"]))
        elif kind == "message":
            if frame.get("id"):
                self.after = frame["id"]
            if frame["from"] == "agent":
                self.ledger.shown.setdefault(frame["text"], set()).add(frame["id"])

    def work(self):
        while not (self.stop.is_set() and self.isDone.is_set()):
            try:
                if not self.frames:
                    self.connect()
                if not self.stop.is_set() and len(self.open) < 3:
                    self.compose()
                pause = self.random.uniform(0.05, 0.5)
                frame = self.frames.receive(pause)
                while frame:
                    self.take(frame)
                    frame = self.frames.receive(0.02)
                if self.stop.is_set() and not self.open:
                    self.isDone.set()
            except (*GONE, Refused) as error:
                self.trouble = repr(error)
                if self.frames:
                    self.frames.close()
                self.frames = None
                threading.Event().wait(PATIENCE)

    def look_again(self):
        """The whole history once more, as after a reload of the page."""
        if self.frames:
            self.frames.close()
        self.frames, self.after = None, ""
        self.connect()
        self.frames.close()
        self.frames = None


class Agent(Actor):
    """Takes offers, answers once or twice, completes; every write with a key until it is answered."""

    def __init__(self, node, ledger, seed, stop, name, token):
        super().__init__(node, ledger, seed, stop)
        self.name_, self.token, self.count = name, token, 0
        self.worker = ""

    def work(self):
        self.worker = self.insist("GET", "/sessions/current", token=self.token)["worker"]
        activity = {"activity": "Available"}
        self.insist("PUT", f"/workers/{self.worker}/activity", activity, self.token, f"{self.name_}-on")
        path = f"/reservations?worker={self.worker}&status=pending"
        while not self.stop.is_set():
            for offer in self.insist("GET", path, token=self.token)["items"]:
                self.serve(offer)
            self.stop.wait(self.random.uniform(0.02, 0.1))

    def serve(self, offer):
        if self.random.random() < 0.1:
            return self.tell("POST", f"/reservations/{offer['id']}/reject", {}, f"no-{offer['id']}")
        if not self.tell("POST", f"/reservations/{offer['id']}/accept", {}, f"yes-{offer['id']}"):
            return None
        if offer.get("conversation"):
            for _ in range(self.random.randint(1, 2)):
                self.reply(offer["conversation"])
        self.tell("POST", f"/tasks/{offer['task']}/wrapup", {}, f"wrap-{offer['task']}-{self.name_}")
        self.tell("POST", f"/tasks/{offer['task']}/complete", {"reason": "done"},
                  f"done-{offer['task']}-{self.name_}")
        return None

    def tell(self, method, path, body, key):
        """False if a rule forbade it: offers run out, tasks end."""
        try:
            return self.insist(method, path, body, self.token, key) or True
        except Refused as refused:
            if refused.status not in (404, 409):
                self.ledger.troubles.append(f"{key}: {refused}")
            return False

    def reply(self, conversation):
        self.count += 1
        text = f"{self.name_} answer {self.count} {self.random.getrandbits(32):08x}"
        self.ledger.said.add(text)
        content = {"text": text}
        if self.random.random() < 0.3:
            self.ledger.files[text] = text.encode() * self.random.randint(1, 2000)
            uploaded = self.insist("POST", "/attachments", self.ledger.files[text], self.token)
            content["attachments"] = [{"sha256": uploaded["sha256"], "name": "answer.bin",
                                       "size": len(self.ledger.files[text])}]
        accepted = self.tell("POST", f"/conversations/{conversation}/messages", {"content": content},
                             f"{self.name_}-{self.count}")
        if accepted:
            self.ledger.replies[text] = accepted["message"]


class Crm(Actor):
    """Makes tasks by the API and repeats each request once, as a nervous program does."""

    def work(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            body = {"task_channel": "default", "attributes": {"n": number}}
            first = self.insist("POST", "/tasks", body, key=f"task-{number}")
            again = self.insist("POST", "/tasks", body, key=f"task-{number}")
            if first["id"] != again["id"]:
                self.ledger.troubles.append(f"task {number} has two ids")
            self.ledger.tasks.append(number)
            self.stop.wait(self.random.uniform(0.2, 0.6))


class MailCustomers(Actor):
    """Mails straight into the office's mailbox by LMTP: the mailbox holds them, so none may be lost."""

    def __init__(self, node, ledger, seed, stop, lmtp):
        super().__init__(node, ledger, seed, stop)
        self.lmtp = lmtp

    def work(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            text = f"mail {number} {self.random.getrandbits(32):08x}"
            mail = email.message.EmailMessage(policy=email.policy.SMTP)
            mail["From"] = f"Customer {number} <c{number % 7}@customer.test>"
            mail["To"] = "help@desk.test"
            mail["Subject"] = f"Question {number}"
            mail["Message-ID"] = f"<{number}.{self.random.getrandbits(32):08x}@customer.test>"
            mail.set_content(text)
            if self.random.random() < 0.3:
                self.ledger.files[text] = text.encode() * 500
                mail.add_attachment(self.ledger.files[text], maintype="application",
                                    subtype="octet-stream", filename="note.bin")
            with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=20) as lmtp:
                lmtp.sendmail("c@customer.test", ["help@desk.test"], mail.as_bytes())
            self.ledger.said.add(text)
            self.ledger.mails.append(text)
            self.stop.wait(self.random.uniform(0.3, 0.9))


class SmtpSink(socketserver.ThreadingTCPServer):
    """The truth about what left the office by mail: a mail server that takes its time, and sometimes
    drops the line after it has taken a mail (nobody can know then)."""
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, seed):
        super().__init__(("127.0.0.1", 0), SmtpTalk)
        import random
        self.random = random.Random(seed)
        self.taken = []  # decoded texts, one per delivery
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a killed client ends its connections in the middle: nothing to tell

    def count(self, text):
        return sum(text in mail for mail in self.taken)


class SmtpTalk(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink.test ESMTP")
        while True:
            line = self.rfile.readline()
            word = line[:4].upper().strip()
            if not line or word == b"QUIT":
                return self.say("221 bye") if line else None
            if word == b"EHLO":
                self.wfile.write(b"250-sink.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n")
            elif word == b"AUTH" and len(line.split()) < 3:
                self.say("334 ")
                self.rfile.readline()
                self.say("235 fine")
            elif word == b"AUTH":
                self.say("235 fine")
            elif word == b"DATA":
                self.say("354 go on")
                if not self.take():
                    return None
            else:
                self.say("250 fine")

    def take(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                return False  # the client died in the middle: nothing was taken
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        luck = self.server.random.random()
        self.server.taken.append(mail.get_body(("plain",)).get_content())
        if luck < 0.4:
            threading.Event().wait(luck)  # up to 0.4 s between taking and saying so
        if luck > 0.97:
            return False
        self.say("250 taken")
        return True
