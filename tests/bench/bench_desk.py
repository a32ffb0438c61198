#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, idle, journey and opening of the real window over an office with a long history.

usage: tests/core/secrets/with_keyring.sh bench_desk.py BUILD_FOLDER [--conversations 100000] [--frames 200] ...

The unchanged programs run without a display, with a keychain; the plugin `eye` (see eye.cpp) tells when
something has been painted. Prints one JSON object per bench.
"""
import argparse
import contextlib
import json
import os
import queue
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packaging"))
from demo import Chat, Office, free_port  # noqa: E402

LONGEST = "Đặng Thị Ánh 0"
OTHERS = ("Zofia Wójcik 1", "Aiko 田中 2", "Jonas Weber 3", "Nur Aisyah 4")
FRAMES_OF_ONE = 8  # one visitor may not write faster for long
PATIENCE = 60  # seconds for one thing to be painted


def quantile(values, share):
    return sorted(values)[int((len(values) - 1) * share)]


def figures(milliseconds):
    return {"count": len(milliseconds), "median_ms": round(statistics.median(milliseconds), 2),
            "p99_ms": round(quantile(milliseconds, 0.99), 2), "max_ms": round(max(milliseconds), 2)}


class Watched:
    """A program with a window and the eye in it."""

    def __init__(self, build, command, environment):
        self.seen = queue.Queue()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"QT_QPA_PLATFORM": "offscreen", **environment, "QT_QPA_GENERIC_PLUGINS": "eye",
                 "QT_PLUGIN_PATH": os.path.join(build, "plugins")})
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                self.seen.put(json.loads(line))

    def wait_for(self, key, value=None):
        """The moment at which the eye saw this; what comes before is passed over."""
        end = time.monotonic() + PATIENCE
        while True:
            seen = self.seen.get(timeout=max(0.1, end - time.monotonic()))
            if key in seen and value in (None, seen[key]):
                return seen["at"]

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def open(self, name):
        self.tell(f"open {name}")
        clicked = self.wait_for("clicked")
        return (self.wait_for("opened") - clicked) * 1000

    def memory(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            sizes = dict(line.split()[:2] for line in file.readlines()[1:])
        return int(sizes["Pss:"]) / 1024

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.terminate()
        self.process.wait(20)


class Display:
    """An X server without a screen, as long as this object is entered."""

    def __enter__(self):
        ours, theirs = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1600x1000x24",
                                         "-nolisten", "tcp"], pass_fds=[theirs], stderr=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ours) as number:
            return {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":" + number.readline().strip()}

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


class QuietOffice(Office):
    """An office of one agent, who needs no sign-in, and a chat that goes to a person at once."""

    def __init__(self, programs, folder):  # pylint: disable=super-init-not-called  # another office
        self.programs, self.program = programs, os.path.join(programs, "peerdesk-node")
        self.common, self.environment = ["--data", folder], dict(os.environ)
        created = self.verb("office", "create", "--name", "Bench", "--admin", "Linh")
        self.admin, self.agent = created["admin_token"], created["agent"]
        self.account = self.verb("channel", "add", "webchat", "--name", "Website", "--flow", "To a person",
                                 "--queue", "Everyone")["channel"]
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"


class Bench:
    def __init__(self, options):
        self.options = options
        self.bin = os.path.join(options.build, "bin")
        self.office = QuietOffice(self.bin, options.folder)

    def fill(self):
        subprocess.run([os.path.join(self.bin, "bench_filloffice"), self.options.folder,
                        str(self.options.conversations), str(self.options.longest)], check=True)

    def window(self, **environment):
        command = [os.path.join(self.bin, "peerdesk"), "run", "--http", f"127.0.0.1:{self.office.port}"]
        return Watched(self.options.build, command + self.office.common,
                       {**self.office.environment, **environment})

    def print(self, name, **found):
        print(json.dumps({"bench": name, **found}, ensure_ascii=False), flush=True)

    def starts(self, **environment):
        """Pairs of a bare window and the product's, one after the other; cold processes, warm files."""
        bare, first, usable, ratios = [], [], [], []
        for _ in range(self.options.starts):
            one = Watched(self.options.build, [os.path.join(self.bin, "bench_barewindow")],
                          {**os.environ, **environment})
            bare.append((one.wait_for("painted") - one.started) * 1000)
            one.end()
            one = self.window(**environment)
            first.append((one.wait_for("painted") - one.started) * 1000)
            usable.append((one.wait_for("list") - one.started) * 1000)
            one.end()
            ratios.append(first[-1] / bare[-1])
        self.print("start", platform=environment.get("QT_QPA_PLATFORM", "offscreen"),
                   conversations=self.options.conversations, bare_window=figures(bare),
                   first_window=figures(first), inbox_usable=figures(usable),
                   ratio=round(statistics.median(ratios), 2), target_ratio=2.5, target_usable_ms=700)

    def idle(self, name, process):
        time.sleep(self.options.settle)
        begun, cpu = time.monotonic(), process.cpu_seconds()
        time.sleep(self.options.idle)
        share = (process.cpu_seconds() - cpu) / (time.monotonic() - begun) * 100
        self.print("idle", program=name, seconds=self.options.idle, pss_mib=round(process.memory(), 1),
                   cpu_percent=round(share, 2), target_pss_mib=100, target_cpu_percent=0.5)

    def commits(self):
        """One row and one fsync, as the log does it, on the same disk."""
        path = os.path.join(self.options.folder, "commit-probe.db")
        probe = sqlite3.connect(path, isolation_level=None)
        probe.execute("PRAGMA journal_mode = WAL")
        probe.execute("PRAGMA synchronous = FULL")
        probe.execute("CREATE TABLE IF NOT EXISTS entry (idx INTEGER PRIMARY KEY, payload BLOB)")
        took = []
        for _ in range(20):
            begun = time.monotonic()
            probe.execute("INSERT INTO entry (payload) VALUES (?)", (b"x" * 800,))
            took.append((time.monotonic() - begun) * 1000)
        probe.close()
        return took

    def visitor(self, window, name):
        """Somebody whose conversation is Linh's and in sight; the chat, ready to write."""
        chat = Chat(self.office.port, self.office.account)
        chat.send({"type": "hello", "lang": "en"})
        chat.receive("welcome")
        chat.send({"type": "message", "seq": 1, "text": "Hello, are you there?", "name": name})
        chat.receive("ack")
        newest = self.office.ask("GET", "/conversations?limit=1")["items"][0]
        self.office.ask("POST", f"/conversations/{newest['id']}/assign", {"agent": self.office.agent})
        time.sleep(0.5)
        window.tell(f"show {name}")
        window.wait_for("shown")
        return chat

    def journey(self, window):
        """A visitor's frame leaves this process until its row has been painted in the inbox."""
        took, commits = [], self.commits()
        for number in range(self.options.frames):
            seq = number % FRAMES_OF_ONE + 2
            if seq == 2:
                chat = self.visitor(window, f"Nora {number}")
                commits += self.commits()
            time.sleep(0.12)
            begun = time.monotonic()
            chat.send({"type": "message", "seq": seq, "text": f"Is it blue? #{number} please"})
            took.append((window.wait_for("row", str(number)) - begun) * 1000)
        self.print("chat frame to painted row", conversations=self.options.conversations,
                   **figures(took), commit=figures(commits),
                   target_p99_ms=round(16.7 + quantile(commits, 0.99), 2))

    def opening(self, window):
        took = []
        for number in range(self.options.opens):
            window.open(OTHERS[number % len(OTHERS)])
            time.sleep(0.1)
            took.append(window.open(LONGEST))
            time.sleep(0.1)
        self.print("open a conversation", messages=self.options.longest, **figures(took), target_ms=50)

    def throughput(self):
        """Notes written by several clients at once, each answered after commit and apply."""
        conversations = [c["id"] for c in self.office.ask("GET", "/conversations?limit=50")["items"]]
        took = []

        def write(client):
            for number in range(self.options.notes):
                begun = time.monotonic()
                self.office.ask("POST", f"/conversations/{conversations[client]}/messages",
                                {"kind": "note", "text": f"note {number}"})
                took.append((time.monotonic() - begun) * 1000)

        clients = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        begun = time.monotonic()
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.print("messages through the HTTP API", clients=len(clients),
                   per_second=round(len(took) / (time.monotonic() - begun)), **figures(took))

    def run(self):
        self.fill()
        self.starts()
        if shutil.which("Xvfb"):
            with Display() as display:
                self.starts(**display)
        else:
            self.print("start", platform="xcb", result="not measured: Xvfb is missing")
        # Without a display Qt's screen is 800 wide: the list is no longer beside the conversation.
        with Display() if shutil.which("Xvfb") else contextlib.nullcontext() as display:
            window = self.window(**(display or {}))
            window.wait_for("list")
            self.idle("peerdesk", window)
            self.opening(window)
            if display:
                self.journey(window)
            else:
                self.print("chat frame to painted row", result="not measured: Xvfb is missing")
            self.throughput()
            window.end()
        node = Watched(self.options.build, [self.office.program, "run", "--http",
                                            f"127.0.0.1:{self.office.port}"] + self.office.common,
                       self.office.environment)
        self.idle("peerdesk-node", node)
        node.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    for name, value in (("conversations", 100_000), ("longest", 5000), ("frames", 200), ("opens", 40),
                        ("starts", 9), ("settle", 10), ("idle", 25), ("notes", 50)):
        parser.add_argument("--" + name, type=int, default=value)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peerdesk-bench-") as temporary:
        options.folder = os.path.join(temporary, "office")
        Bench(options).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
