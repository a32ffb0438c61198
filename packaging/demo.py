#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A demo office with simulated customers who use the real doors.

Founds an office in a temporary folder with three people, a web chat, and a mail account where Dovecot
and Postfix can run here. Customers write through the chat's WebSocket, by mail and through the API, in
several languages; simulated colleagues accept and answer. With --window the office's window opens: who signs
in there gets work at once, the others are played, and customers come until it is closed. Without it everybody
writes once and is answered; the journey of each message is printed and, where the window's program is there,
pictures of it are saved (drawn without a display). No account, no internet, loopback only.
"""
import argparse
import base64
import contextlib
import email.headerregistry
import email.message
import email.policy
import itertools
import json
import os
import pathlib
import secrets
import signal
import smtplib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAIL_SERVER = ROOT / "tests" / "functional" / "mail" / "mailserver.py"
PATIENCE = 90  # seconds until a customer who got no answer gives up

# name, address, language, what they write
BY_CHAT = [
    ("Ada Miller", "ada@miller.example", "en", ["Hello, is the blue one back?", "A live agent, please."]),
    ("Aiko Tanaka", "aiko@tanaka.example", "ja", ["京都まで配送できますか？", "担当者をお願いします"]),
    ("Jonas Weber", "jonas@weber.example", "de", ["Guten Tag, meine Rechnung stimmt nicht.", "MIT EINEM MENSCHEN bitte"]),
    ("Linh Trần", "linh@tran.example", "vi", ["Xin chào, đơn hàng của tôi ở đâu?", "Gặp nhân viên"]),
]
BY_MAIL = [
    ("Zofia Nowak", "anna@customer.test", "pl", "Zwrot butów", "Dzień dobry, chcę zwrócić buty. Zażółć gęślą jaźń!", "iso-8859-2"),
    ("Binh Phạm", "binh@customer.test", "vi", "Hoá đơn tháng này", "Chào shop, tôi chưa nhận được hoá đơn.", "utf-8"),
    ("Lucía Pérez", "carla@customer.test", "es", "¿Dónde está mi pedido?", "Buenos días, mi pedido no ha llegado.", "iso-8859-1"),
]
BY_API = [("Nur Aisyah", "ms", "Sila hubungi saya tentang pesanan 20417.")]
# Who comes later, where a window is open: door and customer. All over again after the last one, as people do.
LATER = [
    ("chat", ("Chloé Martin", "chloe@martin.example", "fr", ["Bonjour, livrez-vous en Belgique ?", "Un agent humain, s'il vous plaît"])),
    ("mail", ("Zofia Nowak", "anna@customer.test", "pl", "Reklamacja", "Dzień dobry, lampa przyszła uszkodzona.", "utf-8")),
    ("chat", ("Layla Haddad", "layla@haddad.example", "ar", ["مرحبا، هل القميص الأزرق متوفر؟", "live agent"])),
    ("chat", ("Budi Santoso", "budi@santoso.example", "ms", ["Hai, boleh saya tukar alamat penghantaran?", "live agent"])),
    ("mail", ("Lucía Pérez", "carla@customer.test", "es", "Cambio de talla", "Hola, ¿puedo cambiar la talla 38 por una 39?", "utf-8")),
    ("chat", ("Wei Chen", "wei@chen.example", "zh", ["你好，这个台灯有白色的吗？", "live agent"])),
    ("chat", ("Giulia Rossi", "giulia@rossi.example", "it", ["Buongiorno, il mio pacco è fermo da tre giorni.", "live agent"])),
    ("mail", ("Binh Phạm", "binh@customer.test", "vi", "Đổi hàng", "Chào shop, mình muốn đổi sang màu xanh.", "utf-8")),
]
ANSWERS = {
    "fr": "Merci d'avoir attendu. Je regarde tout de suite.", "ar": "شكرًا لانتظارك. سأتحقق من الأمر الآن.",
    "zh": "感谢您的等待，我马上查一下。", "it": "Grazie per l'attesa. Controllo subito.",
    "de": "Danke fürs Warten. Ich sehe mir das gerade an.", "vi": "Cảm ơn bạn đã chờ. Mình đang kiểm tra ngay.",
    "ja": "お待たせいたしました。ただいま確認しております。", "pl": "Dziękuję za cierpliwość. Już sprawdzam.",
    "es": "Gracias por la espera. Lo estoy revisando ahora mismo.", "ms": "Terima kasih kerana menunggu. Saya sedang menyemaknya.",
    "en": "Thank you for waiting. I am looking into it right now.",
}
THANKS = {
    "de": "Vielen Dank! Wie lange dauert das?", "vi": "Cảm ơn! Mất bao lâu ạ?", "ja": "ありがとうございます。どのくらいかかりますか？",
    "fr": "Merci ! Ça prendra combien de temps ?", "ar": "شكرًا! كم سيستغرق ذلك؟", "ms": "Terima kasih! Berapa lama?",
    "zh": "谢谢！需要多长时间？", "it": "Grazie! Quanto ci vorrà?", "en": "Thank you! How long will it take?",
}
FAREWELLS = {
    "de": "Höchstens zwei Tage. Einen schönen Tag noch!", "vi": "Nhiều nhất là hai ngày. Chúc bạn một ngày tốt lành!",
    "ja": "二日以内に完了いたします。ありがとうございました。", "fr": "Deux jours au plus. Bonne journée !",
    "ar": "يومان على الأكثر. يومًا سعيدًا!", "ms": "Paling lama dua hari. Selamat hari!", "zh": "最多两天。祝您愉快！",
    "it": "Al massimo due giorni. Buona giornata!", "en": "Two days at most. Have a good day!",
}
# The play behind a window, in seconds.
PACE = 15  # between two customers who come
PATIENT = 45  # how long a simulated colleague leaves others an offer that it does not feel like taking
MOST_WAITING = 6  # customers without an answer; further ones stay away
TALK = 12  # from a colleague's answer to the end of the conversation


class Frames:
    """A WebSocket of the office: just enough of RFC 6455 for text frames."""

    def __init__(self, port, path, headers=""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.buffer = b""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        self.buffer = self.buffer.split(b"\r\n\r\n", 1)[1]

    def send(self, frame):
        self.send_bytes(json.dumps(frame).encode())

    def send_bytes(self, data, kind=0x81):
        mask = secrets.token_bytes(4)
        size = (bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
                if len(data) < 65536 else b"\xff" + struct.pack(">Q", len(data)))
        self.socket.sendall(bytes([kind]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def take(self, count):
        while len(self.buffer) < count:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise EOFError
            self.buffer += chunk
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive(self, kind):
        return self.receive_any(kind)

    def receive_any(self, *kinds):
        """The next frame of these types; others are passed over."""
        while True:
            frame = json.loads(self.take_text())
            if frame.get("type") in kinds:
                return frame

    def take_text(self):
        """A whole text, which may come in pieces; pings are answered."""
        text = b""
        while True:
            head, size = self.take(2)
            size &= 0x7F
            if size == 126:
                size = struct.unpack(">H", self.take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.take(8))[0]
            data, kind = self.take(size), head & 0x0F
            if kind == 9:
                self.send_bytes(data, 0x8A)
            elif kind in (0, 1):
                text += data
                if head & 0x80:
                    return text


class Chat(Frames):
    """A visitor of the web chat."""

    def __init__(self, port, account, headers=""):
        super().__init__(port, f"/chat/ws?account={account}", headers)


class Office:
    """One PC: the program on a data folder of its own."""

    def __init__(self, programs, folder, agents=("Minh", "Sofia")):
        self.programs = programs
        self.program = os.path.join(programs, "peerdesk-node")
        self.common = ["--data", folder, "--keystore", f"file:{folder}/keys"]
        self.environment = dict(os.environ, PEERDESK_KEYSTORE_PASSPHRASE=secrets.token_hex(16))
        self.process = None
        self.admin = self.verb("office", "create", "--name", "Harbor Shop", "--admin", "Linh")["admin_token"]
        self.agents = {name: self.verb("agent", "add", name)["token"] for name in agents}
        self.account = self.verb("channel", "add", "webchat", "--name", "Website", "--flow", "Reference",
                                 "--queue", "Everyone")["channel"]
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self, window=False, **environment):
        program = os.path.join(self.programs, "peerdesk") if window else self.program
        self.process = subprocess.Popen([program, "run", "--http", f"127.0.0.1:{self.port}"] + self.common,
                                        env={**self.environment, **environment}, stdout=subprocess.DEVNULL)
        self.wait_until_ready()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()  # its folder goes now

    def kill(self):
        self.process.kill()
        self.process.wait(20)

    def verb(self, *words):
        done = subprocess.run([self.program, *words, "--json"] + self.common, env=self.environment,
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    def wait_until_ready(self):
        for _ in range(600):
            try:
                if self.ask("GET", "/status")["role"] == "leader":
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                raise SystemExit("the program ended before it was ready")
            time.sleep(0.05)
        raise SystemExit("the office did not become ready in 30 s")

    def ask(self, method, path, body=None, token=None):
        """A call of the API; a body of bytes goes as it is, anything else as JSON."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        request = urllib.request.Request(self.base + "/api/v1" + path, method=method, data=data,
                                         headers={"Authorization": "Bearer " + (token or self.admin),
                                                  "Content-Type": kind})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or "null")

    def worker(self, name):
        return next(w["id"] for w in self.ask("GET", "/workers")["items"] if w["friendly_name"] == name)

    def set_activity(self, name, activity):
        """As that person; as the administrator where the person has no token here."""
        self.ask("PUT", f"/workers/{self.worker(name)}/activity", {"activity": activity}, self.agents.get(name))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """Dovecot and Postfix on loopback, where they can run."""

    def __init__(self, folder):
        self.folder = folder
        self.state = self.run("start")
        self.missing = self.state.get("skip", "")

    def run(self, verb, *rest):
        done = subprocess.run([sys.executable, MAIL_SERVER, verb, self.folder, *rest], capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode:
            return {"skip": done.stderr.strip().splitlines()[-1]}
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def stop(self):
        if not self.missing:
            self.run("stop")

    def add_account(self, office):
        secret = os.path.join(self.folder, "account-password")
        with open(secret, "w", encoding="ascii") as file:
            file.write(self.state["password"])
        settings = {"address": "help@desk.test", "display_name": "Harbor Shop", "imap_host": "localhost",
                    "imap_port": self.state["imaps"], "imap_security": "tls", "smtp_host": "localhost",
                    "smtp_port": self.state["smtps"], "smtp_security": "tls", "ca_file": self.state["ca_file"]}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        office.verb("channel", "add", "email", "--name", "Mail", *words, "--secret", f"password=@{secret}",
                    "--flow", "To a person", "--queue", "Everyone")

    def send(self, name, address, subject, text, charset):
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"] = email.headerregistry.Address(name, addr_spec=address)
        mail["To"] = "help@desk.test"
        mail["Subject"] = subject
        mail.set_content(text, charset=charset)
        trust = ssl.create_default_context(cafile=self.state["ca_file"])
        with smtplib.SMTP_SSL("localhost", self.state["smtps"], timeout=20, context=trust) as smtp:
            smtp.login(address, self.state["password"])
            smtp.send_message(mail)

    def answer_to(self, address):
        """The plain text of the first mail in this mailbox; None while there is none."""
        return next(iter(self.answers_to(address)), None)

    def answers_to(self, address):
        """The same of all mails there, oldest first."""
        return [self.first_line(mail["raw"]) for mail in self.run("read", address)]

    @staticmethod
    def first_line(raw):
        mail = email.message_from_string(raw, policy=email.policy.default)
        return mail.get_body(("plain",)).get_content().split("\n")[0].strip()


def write_lines(chat, who, lines):
    name, address, language, _ = who
    for text in lines:
        chat.send({"type": "message", "seq": secrets.token_hex(8), "text": text, "name": name, "email": address})
        chat.receive("ack")
        print(f"  {name} (chat, {language}): {text}", flush=True)
        time.sleep(1)  # people read before they write again


def hear_agent(chat, name):
    """Until an agent has said something."""
    while True:
        frame = chat.receive("message")
        if frame["from"] != "visitor":
            print(f"  → {name}: {frame['text']}   ({frame['from']})", flush=True)
        if frame["from"] == "agent":
            return


def chat_customer(office, who, done):
    chat = Chat(office.port, office.account)
    chat.send({"type": "hello", "lang": who[2]})
    chat.receive("welcome")
    write_lines(chat, who, who[3])
    hear_agent(chat, who[0])
    done.append(who[0])


def mail_customer(server, who, done):
    name, address, language, subject, text, charset = who
    server.send(name, address, subject, text, charset)
    print(f"  {name} (mail, {language}, {charset}): {text}", flush=True)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = server.answer_to(address)
        if answer:
            print(f"  → {name}: {answer}   (mail)", flush=True)
            return done.append(name)
        time.sleep(0.5)


def api_customer(office, who, done, **more):
    """What the office's own web form or shop hands over: a task with its facts."""
    name, language, text = who
    task = office.ask("POST", "/tasks", {"task_channel": "callback", "attributes": {
        "customer_name": name, "language": language, "wish": text}, **more})["id"]
    print(f"  {name} (API, {language}): {text}", flush=True)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if office.ask("GET", f"/tasks/{task}")["assignment_status"] == "completed":
            print(f"  → {name} was called back   (API)", flush=True)
            return done.append(name)
        time.sleep(0.3)


def serve(office, name, token, offer):
    office.ask("POST", f"/reservations/{offer['id']}/accept", {}, token)
    attributes = offer["task_attributes"]
    who = offer["customer_name"] or attributes.get("customer_name", "a customer")
    print(f"  {name} takes {who} after {offer['task_age']} s", flush=True)
    time.sleep(1.5)
    if not offer["conversation"]:
        office.ask("POST", f"/tasks/{offer['task']}/complete", {"reason": "called back"}, token)
        return
    say(office, token, offer, ANSWERS)


def say(office, token, offer, texts):
    """In the customer's language, if there is a text in it."""
    spoken = {one[0]: one[2] for one in BY_CHAT + BY_MAIL + [late[1] for late in LATER]}
    language = offer["task_attributes"].get("language") or spoken.get(offer["customer_name"])
    body = {"text": texts.get(language, texts["en"])}
    office.ask("POST", f"/conversations/{offer['conversation']}/messages", body, token)


def colleague(office, name, token, stop):
    worker = office.worker(name)
    office.ask("PUT", f"/workers/{worker}/activity", {"activity": "Available"}, token)
    while not stop.is_set():
        for offer in office.ask("GET", f"/reservations?worker={worker}&status=pending", token=token)["items"]:
            serve(office, name, token, offer)
        stop.wait(0.4)
    office.set_activity(name, "Offline")  # nobody sits there any more


class LivelyOffice:
    """The play behind a window, for as long as it is open. Who signs in there is Available and gets the first
    customer; the others of Minh and Sofia are played: they take most offers, leave some, and end what they
    have answered. Each customer, each colleague and the watch on who signs in is a thread that ends with the
    office or when `stop` is set; what they share is changed in one step each.
    """

    def __init__(self, office, server, pace=PACE, talk=TALK):
        self.office, self.server, self.pace, self.talk = office, server, pace, talk
        self.stop = threading.Event()
        self.seated = None  # who is signed in at the window
        self.arrived = threading.Event()  # somebody has signed in
        self.colleagues_come = threading.Event()
        self.here = set()  # customers who have not left
        self.waiting = set()  # those of them whom nobody has answered
        self.tokens = {}  # by which the chat knows a visitor again
        self.at_work = []

    def begin(self):
        self.begin_one(self.watch_the_window)
        self.begin_one(self.let_customers_come)
        self.at_work = [self.begin_one(self.play_colleague, name, token) for name, token in self.office.agents.items()]

    def end(self):
        """The colleagues go Offline, if the office still runs."""
        self.stop.set()
        for thread in self.at_work:
            thread.join(PATIENCE)

    def begin_one(self, job, *arguments):
        def run():
            try:
                job(*arguments)
            except (OSError, EOFError) as error:
                if not self.stop.is_set() and not self.is_closing():
                    print(f"  {job.__name__} {arguments[-1:]} broke off: {error!r}", file=sys.stderr, flush=True)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def is_closing(self):
        """The office ends its lines before it ends itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.office.process.wait(5)
        return self.office.process.poll() is not None

    def watch_the_window(self):
        """Who signs in and out, as the office's own events tell."""
        names = {agent["id"]: agent["name"] for agent in self.office.ask("GET", "/agents")["items"]}
        tokens = [self.office.admin, *self.office.agents.values()]
        ours = [self.office.ask("GET", "/sessions/current", token=token)["session"] for token in tokens]
        events = Frames(self.office.port, "/api/v1/events?after=1-0", f"Authorization: Bearer {self.office.admin}\r\n")
        events.socket.settimeout(None)
        session = None
        while not self.stop.is_set():
            event = events.receive_any("session.opened", "session.closed")
            one = event["payload"]["session"]
            if event["type"] == "session.opened" and one["id"] not in ours:
                session, self.seated = one["id"], names[one["agent"]]
                self.office.set_activity(self.seated, "Available")
                print(f"\n{self.seated} has signed in; the others are played.\n", flush=True)
                self.arrived.set()
            elif one == session:
                self.seated = None

    def play_colleague(self, name, token):
        worker, is_here, offers = self.office.worker(name), False, 0
        while not self.stop.wait(0.5):
            if is_here != (self.colleagues_come.is_set() and self.seated != name):
                is_here = not is_here
                if is_here:
                    self.office.set_activity(name, "Available")
            pending = f"/reservations?worker={worker}&status=pending"
            for offer in self.office.ask("GET", pending, token=token)["items"] if is_here else []:
                offers += 1
                with contextlib.suppress(urllib.error.HTTPError):  # it was withdrawn meanwhile
                    self.take_or_leave(name, token, offer, offers % 3 == 0)
        if is_here:
            self.office.set_activity(name, "Offline")

    def take_or_leave(self, name, token, offer, is_unwilling):
        if is_unwilling and offer["task_age"] < PATIENT:
            self.office.ask("POST", f"/reservations/{offer['id']}/reject", {}, token)
            return
        self.stop.wait(2)  # one reads first
        serve(self.office, name, token, offer)
        self.stop.wait(self.talk)
        if offer["conversation"]:
            if offer["task_channel"] == "chat":
                say(self.office, token, offer, FAREWELLS)
            self.office.ask("PATCH", f"/conversations/{offer['conversation']}", {"status": "closed"}, token)

    def let_customers_come(self):
        """The first one finds only who sits at the window; then all who know the shop, then one after the other."""
        self.arrived.wait()
        first, *others = BY_CHAT
        self.visit("chat", first)
        self.wait_for_the_first_offer()
        self.colleagues_come.set()
        early = [("mail", who) for who in BY_MAIL] + [("chat", who) for who in others] + [("API", who) for who in BY_API]
        for door, who in early:
            self.stop.wait(self.pace / 10)
            self.visit(door, who)
        for door, who in itertools.cycle(LATER + [("chat", who) for who in BY_CHAT]):
            if self.stop.wait(self.pace):
                return
            while len(self.waiting) >= MOST_WAITING and not self.stop.wait(1):
                pass
            self.visit(door, who)

    def wait_for_the_first_offer(self):
        for _ in range(100):
            worker = self.seated and self.office.worker(self.seated)
            if worker and self.office.ask("GET", f"/reservations?worker={worker}&status=pending")["items"]:
                return
            self.stop.wait(0.1)

    def visit(self, door, who):
        """Nobody comes who is still there, or by a door that is closed."""
        if self.stop.is_set() or who[0] in self.here or (door == "mail" and self.server.missing):
            return
        self.here.add(who[0])
        self.waiting.add(who[0])
        self.begin_one(self.stay, {"chat": self.chat, "mail": self.mail, "API": self.call}[door], who)

    def stay(self, way, who):
        try:
            way(who)
        finally:
            self.waiting.discard(who[0])
            self.here.discard(who[0])

    def chat(self, who):
        """Writes, waits for an agent, asks once more and stays while somebody writes within some minutes."""
        name, _, language, lines = who
        chat = Chat(self.office.port, self.office.account)
        with contextlib.closing(chat.socket):
            chat.send({"type": "hello", "lang": language, **({"token": self.tokens[name]} if name in self.tokens else {})})
            self.tokens[name] = chat.receive("welcome")["token"]
            write_lines(chat, who, lines)
            chat.socket.settimeout(None)
            hear_agent(chat, name)
            self.waiting.discard(name)
            self.stop.wait(2)
            write_lines(chat, who, [THANKS.get(language, THANKS["en"])])
            chat.socket.settimeout(PATIENCE)
            with contextlib.suppress(TimeoutError):
                while True:
                    hear_agent(chat, name)

    def mail(self, who):
        name, address, language, subject, text, charset = who
        before = len(self.server.answers_to(address))
        self.server.send(name, address, subject, text, charset)
        print(f"  {name} (mail, {language}, {charset}): {text}", flush=True)
        answers = []
        while not answers:
            if self.stop.wait(3):
                return
            answers = self.server.answers_to(address)[before:]
        print(f"  → {name}: {answers[0]}   (mail)", flush=True)

    def call(self, who):
        """The shop gives who wants to be called back to a simulated colleague: there is no phone at the window."""
        colleagues = [name for name in self.office.agents if name != self.seated]
        api_customer(self.office, who, [], routing_target=self.office.worker(colleagues[0]))


def print_journeys(office):
    """One line for each message: its steps and the milliseconds from its first one."""
    for conversation in reversed(office.ask("GET", "/conversations?limit=200")["items"]):
        print(f"\n{conversation['customer_name']} ({conversation['channel']})")
        for message in office.ask("GET", f"/conversations/{conversation['id']}/messages?limit=200")["items"]:
            steps = office.ask("GET", f"/messages/{message['id']}/trace")["items"]
            own = [s for s in steps if s["at"] >= message["created_at"]] or steps
            begun = own[0]["at"]
            told, shown = [], set()
            for step in own:
                if step["step"] not in shown:
                    told.append(f"{step['step']} {milliseconds(begun, step['at'])} ms")
                    shown.add(step["step"])
            mark = "→" if message["kind"] == "reply" else "←"
            print(f"  {mark} {message['text'].strip()[:50]!r}\n      {own[0]['at'][11:23]}  {' · '.join(told)}")


def milliseconds(early, late):
    def value(text):
        hours, minutes, rest = text[11:].rstrip("Z").split(":")
        return round((int(hours) * 3600 + int(minutes) * 60 + float(rest)) * 1000)
    return value(late) - value(early)


def play(office, server):
    """Everybody writes at once; True if everybody was answered by a person."""
    stop, done = threading.Event(), []
    colleagues = [threading.Thread(target=colleague, args=(office, *agent, stop), daemon=True)
                  for agent in office.agents.items()]
    customers = [threading.Thread(target=chat_customer, args=(office, one, done), daemon=True) for one in BY_CHAT]
    customers += [threading.Thread(target=api_customer, args=(office, one, done), daemon=True) for one in BY_API]
    if not server.missing:
        customers += [threading.Thread(target=mail_customer, args=(server, one, done), daemon=True) for one in BY_MAIL]
    for thread in colleagues + customers:
        thread.start()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(thread.is_alive() for thread in customers):
        if office.process.poll() is not None:
            raise SystemExit("the program ended while customers were waiting")
        time.sleep(0.2)
    stop.set()
    for thread in colleagues:
        thread.join(PATIENCE)
    print_journeys(office)
    return len(done) == len(customers)


def play_behind_window(office, server, is_kept):
    """Until the window is closed; whether the program ended well."""
    print("Sign in as whom you like, without a password. Close the window to end.\n", flush=True)
    play_behind = LivelyOffice(office, server)
    play_behind.begin()
    try:
        good = office.process.wait() == 0
    finally:
        play_behind.end()
    if is_kept:
        send_home(office)
    return good


def send_home(office):
    """The window took the door with it: in an office that is kept nobody may seem to be there who was played."""
    office.start()
    for name in office.agents:
        office.set_activity(name, "Offline")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin_folder", help="where peerdesk-node and peerdesk lie")
    parser.add_argument("--window", action="store_true", help="open the office's window and leave it open")
    parser.add_argument("--keep", metavar="FOLDER", help="found the office there and leave it")
    parser.add_argument("--pictures", metavar="FOLDER", default=os.path.join(tempfile.gettempdir(), "peerdesk-demo-pictures"),
                        help="where pictures of the window go")
    return parser.parse_args()


def end(*_):
    """What was started is ended, too; a second signal does not stop the tidying up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


def start(office, window, pictures):
    """With a window, or headless: then the window's program, if it is there, paints without a display."""
    if window:
        office.start(True)
    elif os.path.exists(os.path.join(office.programs, "peerdesk")):
        office.start(True, QT_QPA_PLATFORM="offscreen", PEERDESK_PICTURES=pictures, PEERDESK_PICTURES_AGENT="Minh")
    else:
        office.start()
    print(f"Office \"Harbor Shop\" at {office.base}/chat/?account={office.account}\n", flush=True)


@contextlib.contextmanager
def uninterrupted():
    """A SIGTERM that comes meanwhile is obeyed afterwards."""
    asked = []
    before = signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if asked:
            os.kill(os.getpid(), signal.SIGTERM)


def main():
    wanted = arguments()
    signal.signal(signal.SIGTERM, end)
    good = False
    with contextlib.ExitStack() as tidy:  # each is undone, whatever becomes of the others
        temporary = tidy.enter_context(tempfile.TemporaryDirectory(prefix="peerdesk-demo-"))
        os.chmod(temporary, 0o755)  # the mail servers run as users of their own
        folder = wanted.keep or os.path.join(temporary, "office")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        tidy.callback(signal.signal, signal.SIGTERM, signal.SIG_IGN)
        with uninterrupted():  # its programs run on their own from the first moment
            server = MailServer(os.path.join(temporary, "mail"))
            tidy.callback(server.stop)
        office = Office(wanted.bin_folder, folder)
        tidy.callback(office.stop)
        if server.missing:
            print(f"No mail here ({server.missing}): customers write by chat and API.")
        else:
            server.add_account(office)
        start(office, wanted.window, wanted.pictures)
        if wanted.window:
            return 0 if play_behind_window(office, server, bool(wanted.keep)) else 1
        good = play(office, server)
        if os.path.isdir(wanted.pictures):
            print(f"\nPictures of the window: {wanted.pictures}")
    print("\nEvery customer was answered by a person." if good else "\nNot every customer was answered.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
