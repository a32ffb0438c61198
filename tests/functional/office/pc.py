# SPDX-License-Identifier: GPL-3.0-or-later
"""One PC of an office of several: the real program, reached by its verbs and its API."""
import json
import os
import pathlib
import secrets
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "crash"))
from officenode import GONE, Node, Refused, free_port  # noqa: E402

__all__ = ["GONE", "Office", "Pc", "Refused", "seals_on", "until"]


def until(check, seconds, what):
    """The first true answer of check(); an assertion with its last answer otherwise."""
    end = time.monotonic() + seconds
    answer = None
    while time.monotonic() < end:
        try:
            answer = check()
        except (Refused, *GONE) as error:
            answer = error
        if answer and not isinstance(answer, Exception):
            return answer
        threading.Event().wait(0.02)
    raise AssertionError(f"not within {seconds} s: {what} ({answer!r})")


def seals_on(pc):
    """How many seals the PC's tables hold, those of the office's recovery key aside."""
    base = sqlite3.connect(f"file:{pc.data}/office.db?mode=ro", uri=True)
    try:
        bodies = [row[0] for row in base.execute("SELECT body FROM sealed_secret")]
        return sum(b"recovery" not in body for body in bodies)
    finally:
        base.close()


class Pc(Node):
    def __init__(self, program, folder, name):  # pylint: disable=super-init-not-called
        self.program, self.name = str(program), name
        self.data = os.path.join(folder, name)
        self.common = ["--data", self.data, "--keystore", f"file:{folder}/{name}.keys"]
        self.environment = dict(os.environ, PEERDESK_KEYSTORE_PASSPHRASE=secrets.token_hex(8))
        self.port, self.peer = free_port(), None
        self.words = []  # more of them for `run`
        self.process, self.said, self.life, self.admin = None, [], {}, None

    def listens(self):
        return "127.0.0.1:0"

    def spawn(self):
        self.process = subprocess.Popen(
            [self.program, "run", "--http", f"127.0.0.1:{self.port}", "--peer", self.listens()]
            + self.words + self.common,
            env=dict(self.environment, **self.life), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        threading.Thread(target=self._listen, args=(self.process.stderr,), daemon=True).start()
        self.ready = threading.Event()
        threading.Thread(target=self._await_ready, args=(self.process, self.ready), daemon=True).start()

    def _await_ready(self, process, ready):
        """Where the others reach it is its own choice, and stays the same."""
        said = json.loads(process.stdout.readline() or "{}")
        if said.get("ready"):
            if self.peer not in (None, said["peer"]):
                self.said.append(f"listens at {said['peer']}, before at {self.peer}")
            self.peer = said["peer"]
            ready.set()

    def status(self):
        return self.ask("GET", "/status")

    @property
    def is_on(self):
        return self.process is not None and self.process.poll() is None


class Office:
    """PCs that joined one after the other; the first founded it."""

    def __init__(self, program, folder, names):
        self.pcs = [Pc(program, folder, name) for name in names]
        self.found()

    def found(self):
        first = self.pcs[0]
        first.admin = first.verb("office", "create", "--name", "Harbor Shop", "--admin", "Linh")["admin_token"]
        first.start()
        for pc in self.pcs[1:]:
            self.take_in(pc, first)
        self.settle()

    def take_in(self, pc, inviter):
        code = inviter.verb("office", "invite")["code"]
        pc.joined = pc.verb("office", "join", code, "--name", pc.name, "--via", inviter.peer)
        pc.admin = inviter.admin
        pc.start()

    def on(self):
        return [pc for pc in self.pcs if pc.is_on]

    def router(self):
        """The PC that routes, when all that are on agree; else None."""
        states = {pc.name: pc.status() for pc in self.on()}
        leaders = {state["leader"] for state in states.values()}
        if len(leaders) != 1 or None in leaders or "" in leaders:
            return None
        return next((pc for pc in self.on() if states[pc.name]["role"] == "leader"), None)

    def settle(self, seconds=40):
        """Everybody who is on has everything, and the roles are what they should be."""
        def same():
            states = [pc.status() for pc in self.on()]
            roles = [member["role"] for member in states[0]["members"]]
            voting = sum(role in ("leader", "voter") for role in roles)
            wanted = 1 if len(roles) < 3 else 3 if len(roles) < 7 else 5
            return (len({(s["applied_index"], s["digest"]) for s in states}) == 1 and self.router()
                    and voting == wanted and "spare" not in roles and len(roles) >= len(states))
        try:
            until(same, seconds, "one office with one state")
        except AssertionError as error:
            raise AssertionError(f"{error}\n" + "\n".join(self.told())) from error

    def told(self):
        """Where each PC stands, for people who look at a failure."""
        for pc in self.pcs:
            try:
                state = pc.status()
                yield (f"{pc.name}: {state['role']} in term {state['term']} at {state['applied_index']}, "
                       f"{[m['role'] for m in state['members']]} {state['trouble']} {state['notices']} {pc.said[-3:]}")
            except (Refused, *GONE) as error:
                yield f"{pc.name}: {error!r} {pc.said[-3:]}"

    def stop(self):
        for pc in self.on():
            pc.kill()
