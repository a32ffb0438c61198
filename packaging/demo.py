#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A demo office with simulated customers who use the real doors.

usage: demo.py BIN_FOLDER [--window] [--keep FOLDER]

Founds an office in a temporary folder, adds three agents and a web chat, starts the program (with a
window if asked), and lets customers write over the chat's WebSocket in several languages. Simulated
colleagues accept and answer through the API. Prints the journey of each message. No account, no
internet, loopback only.
"""
import base64
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

CUSTOMERS = [
    ("Aiko Tanaka", "aiko@tanaka.example", ["Hello, do you ship to Kyoto?", "A live agent, please."]),
    ("Jonas Weber", "jonas@weber.example", ["Guten Tag, meine Rechnung stimmt nicht.", "Live Agent bitte"]),
    ("Linh Trần", "linh@tran.example", ["Xin chào, đơn hàng của tôi ở đâu?", "live agent"]),
    ("Zofia Nowak", "zofia@nowak.example", ["Dzień dobry, chcę zwrócić buty.", "live agent"]),
]
ANSWER = "Thank you for waiting. I am looking into it right now."


class Chat:
    """A visitor of the web chat: just enough of RFC 6455 for text frames."""

    def __init__(self, port, account):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.buffer = b""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall((f"GET /chat/ws?account={account} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        self.buffer = self.buffer.split(b"\r\n\r\n", 1)[1]

    def send(self, frame):
        data = json.dumps(frame).encode()
        mask = secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        self.socket.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def take(self, count):
        while len(self.buffer) < count:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise EOFError
            self.buffer += chunk
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def receive(self, kind):
        """The next frame of this type; others are passed over."""
        while True:
            head, size = self.take(2)
            size &= 0x7F
            if size == 126:
                size = struct.unpack(">H", self.take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.take(8))[0]
            data = self.take(size)
            if head & 0x0F == 1:
                frame = json.loads(data)
                if frame.get("type") == kind:
                    return frame


class Office:
    def __init__(self, programs, folder, window):
        self.program = os.path.join(programs, "peerdesk-node")
        self.common = ["--data", folder, "--keystore", f"file:{folder}/keys"]
        self.environment = dict(os.environ, PEERDESK_KEYSTORE_PASSPHRASE=secrets.token_hex(16))
        self.admin = self.verb("office", "create", "--name", "Harbor Shop", "--admin", "Linh")["admin_token"]
        self.agents = {name: self.verb("agent", "add", name)["token"] for name in ("Minh", "Sofia")}
        self.account = self.verb("channel", "add", "webchat", "--name", "Website", "--flow", "Reference",
                                 "--queue", "Everyone")["channel"]
        self.start(programs, window)

    def start(self, programs, window=False):
        program = os.path.join(programs, "peerdesk") if window else self.program
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen([program, "run", "--http", f"127.0.0.1:{self.port}"] + self.common,
                                        env=self.environment, stdout=None if window else subprocess.DEVNULL)
        self.wait_until_ready()

    def verb(self, *words):
        done = subprocess.run([self.program, *words, "--json"] + self.common, env=self.environment,
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    def wait_until_ready(self):
        for _ in range(300):
            try:
                if self.ask("GET", "/status")["role"] == "leader":
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                raise SystemExit("the program ended before it was ready")
            time.sleep(0.1)
        raise SystemExit("the office did not become ready in 30 s")

    def ask(self, method, path, body=None, token=None):
        request = urllib.request.Request(self.base + "/api/v1" + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": "Bearer " + (token or self.admin),
                                                  "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def customer(office, name, mail, lines, done):
    chat = Chat(office.port, office.account)
    chat.send({"type": "hello"})
    chat.receive("welcome")
    for number, text in enumerate(lines, 1):
        chat.send({"type": "message", "seq": number, "text": text, "name": name, "email": mail})
        chat.receive("ack")
        print(f"  {name}: {text}   (kept)", flush=True)
    while True:
        frame = chat.receive("message")
        print(f"  → {name}: {frame['text']}   ({frame['from']})", flush=True)
        if frame["from"] == "agent":
            done.append((name, frame["id"]))
            return


def colleague(office, name, token, stop):
    workers = office.ask("GET", "/workers")["items"]
    worker = next(w["id"] for w in workers if w["friendly_name"] == name)
    office.ask("PUT", f"/workers/{worker}/activity", {"activity": "Available"}, token)
    while not stop.is_set():
        for offer in office.ask("GET", f"/reservations?worker={worker}&status=pending", token=token)["items"]:
            office.ask("POST", f"/reservations/{offer['id']}/accept", {}, token)
            print(f"  {name} takes {offer['customer_name']} after {offer['task_age']} s", flush=True)
            office.ask("POST", f"/conversations/{offer['conversation']}/messages", {"text": ANSWER}, token)
        stop.wait(0.4)


def play(office):
    stop, done = threading.Event(), []
    colleagues = [threading.Thread(target=colleague, args=(office, *agent, stop), daemon=True)
                  for agent in office.agents.items()]
    customers = [threading.Thread(target=customer, args=(office, *one, done), daemon=True) for one in CUSTOMERS]
    for thread in colleagues + customers:
        thread.start()
    for thread in customers:
        thread.join(90)
    stop.set()
    for name, message in done:
        print(f"\nThe journey of the answer to {name}:")
        for step in office.verb("trace", message).get("steps", []):
            print(f"  {step['at'][11:23]}  {step['step']:<12} {step['detail']}")
    return len(done) == len(CUSTOMERS)


def main():
    arguments = sys.argv[1:]
    if not arguments:
        raise SystemExit(__doc__)
    window = "--window" in arguments
    with tempfile.TemporaryDirectory(prefix="peerdesk-demo-") as temporary:
        folder = arguments[arguments.index("--keep") + 1] if "--keep" in arguments else temporary
        office = Office(arguments[0], folder, window)
        print(f"Office \"Harbor Shop\" at {office.base}/chat/?account={office.account}\n", flush=True)
        try:
            good = play(office)
            if window:
                print("\nThe window stays open until you close it.")
                office.process.wait()
        finally:
            office.process.terminate()
            office.process.wait(20)
    print("\nEvery customer was answered by a person." if good else "\nNot every customer was answered.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
