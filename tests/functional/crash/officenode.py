# SPDX-License-Identifier: GPL-3.0-or-later
"""The real peerdesk-node as a test sees it: verbs, start, SIGKILL, the API, its files."""
import http.client
import json
import os
import pathlib
import random
import secrets
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS = 60
# What a client of the API may meet while the node is killed; it asks again with the same key.
GONE = (OSError, http.client.HTTPException, ValueError)


class Refused(Exception):
    """The node answered with something else than 2xx."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


def free_port():
    """Below the ports that the system gives out by itself: nobody takes it while the node is down."""
    while True:
        port = random.randrange(12000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Node:
    def __init__(self, program, folder, environment=None):
        self.program = str(program)
        self.data = os.path.join(folder, "office")
        self.common = ["--data", self.data, "--keystore", f"file:{folder}/keys"]
        self.environment = dict(os.environ, PEERDESK_KEYSTORE_PASSPHRASE=secrets.token_hex(8),
                                **(environment or {}))
        self.port = free_port()
        self.process = None
        self.said = []  # lines of stderr
        self.life = {}  # more environment for `run`, not for other verbs
        self.admin = self.verb("office", "create", "--name", "Harbor Shop", "--admin", "Linh")["admin_token"]

    def attempt(self, *words, environment=None):
        return subprocess.run([self.program, *words, "--json"] + self.common,
                              env=dict(self.environment, **(environment or {})), capture_output=True,
                              text=True, timeout=120, check=False)

    def verb(self, *words, environment=None):
        done = self.attempt(*words, environment=environment)
        if done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout)

    def spawn(self):
        """Starts it and comes back at once; wait_until_ready() follows, or kill()."""
        self.process = subprocess.Popen(
            [self.program, "run", "--http", f"127.0.0.1:{self.port}"] + self.common,
            env=dict(self.environment, **self.life), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, args=(self.process.stderr,), daemon=True).start()
        self.ready = threading.Event()
        threading.Thread(target=self._await_ready, args=(self.process, self.ready), daemon=True).start()

    def _listen(self, stream):
        for line in stream:
            self.said.append(line.rstrip())

    def _await_ready(self, process, ready):
        if '"ready":true' in (process.stdout.readline() or ""):
            ready.set()

    def wait_until_ready(self):
        end = time.monotonic() + START_SECONDS
        while not self.ready.wait(0.01):
            if self.process.poll() is not None and not self.ready.wait(0.2):
                raise AssertionError(f"the node ended while starting: {self.said[-5:]}")
            if time.monotonic() > end:
                raise AssertionError(f"the node was not ready in {START_SECONDS} s: {self.said[-5:]}")

    def start(self):
        self.spawn()
        self.wait_until_ready()

    def kill(self):
        """SIGKILL to this child alone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def stop(self):
        self.process.terminate()
        if self.process.wait(30) != 0:
            raise AssertionError(f"no clean end: {self.process.returncode} {self.said[-5:]}")

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method, path, body=None, token=None, key=None):
        """The decoded answer. Raises Refused, or what GONE names when there is no answer."""
        headers = {"Authorization": "Bearer " + (token or self.admin)}
        if key:
            headers["Idempotency-Key"] = key
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/octet-stream"
        elif body is not None:
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = self.connection()
        try:
            connection.request(method, path if path.startswith("/chat") else "/api/v1" + path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise Refused(answer.status, text.decode("utf-8", "replace")[:400])
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        return json.loads(text) if is_json and text else text

    def all(self, path):
        """Every item of a list, page by page."""
        items, cursor = [], ""
        while True:
            mark = "&" if "?" in path else "?"
            page = self.ask("GET", f"{path}{mark}limit=100" + (
                f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            items += page["items"]
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return items

    def applied(self):
        """(applied index, digest) as office.db says; only while nothing runs on the folder."""
        base = sqlite3.connect(f"file:{self.data}/office.db?mode=ro", uri=True)
        try:
            index, digest = base.execute("SELECT idx, digest FROM applied").fetchone()
            return index, digest.hex()
        finally:
            base.close()
