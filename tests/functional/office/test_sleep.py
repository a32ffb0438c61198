#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PC of the office is put to sleep: another takes over before, and it is a full member again afterwards.

usage: test_sleep.py PEERDESK_NODE LOGIND [TEST...]
"""
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

from pc import Office, Pc, until
from test_office import names_on, new_customer

PROGRAM = LOGIND = ""


class LoginManager:
    """A bus of its own for one PC, with the login manager on it."""

    def __init__(self, folder):
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:dir={folder}"],
            stdout=subprocess.PIPE, text=True)
        self.address = self.bus.stdout.readline().strip()
        self.program = subprocess.Popen([LOGIND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=self.address))
        self.lines = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.heard() == "ready"

    def _listen(self):
        for line in self.program.stdout:
            self.lines.put(line.strip())

    def heard(self, seconds=20):
        return self.lines.get(timeout=seconds)

    def announce(self, word):
        self.program.stdin.write(word + "\n")
        self.program.stdin.flush()

    def end(self):
        for process in (self.program, self.bus):
            process.kill()
            process.wait(20)


class Sleep(unittest.TestCase):
    names = ("front", "back", "attic")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="peerdesk-office-")
        self.addCleanup(folder.cleanup)
        self.logind = LoginManager(folder.name)
        self.addCleanup(self.logind.end)
        sleeper = {"DBUS_SYSTEM_BUS_ADDRESS": self.logind.address}

        class OfficePc(Pc):
            def __init__(self, program, place, name):
                super().__init__(program, place, name)
                self.life = sleeper if name == "front" else {}
        self.office = Office.__new__(Office)
        self.office.pcs = [OfficePc(PROGRAM, folder.name, name) for name in self.names]
        self.addCleanup(self.office.stop)
        self.office.found()

    def put_to_sleep_and_wake(self):
        front, *others = self.office.pcs
        self.assertEqual(self.logind.heard(), "held: sleep Peerdesk delay")
        new_customer(front, "Before")
        self.office.settle()
        self.assertEqual(self.office.router(), front)
        term, sleeper = front.status()["term"], front.status()["node"]
        self.logind.announce("sleep")
        self.assertEqual(self.logind.heard(), "released")
        front.process.send_signal(signal.SIGSTOP)  # as asleep
        self.office.pcs = others
        router = until(self.office.router, 5, "another routes")
        state = router.status()
        self.assertEqual(state["term"], term + 1)  # handed over, not found out by silence
        self.assertNotIn(sleeper, [m["node"] for m in state["members"] if m["role"] in ("leader", "voter")])
        self.assertIn(sleeper, [m["node"] for m in state["members"]])
        new_customer(router, "Meanwhile")
        self.assertEqual(router.status()["term"], term + 1)
        self.office.pcs = [front, *others]
        front.process.send_signal(signal.SIGCONT)
        self.logind.announce("wake")
        self.assertEqual(self.logind.heard(), "held: sleep Peerdesk delay")
        self.office.settle()
        new_customer(front, "After")
        self.office.settle()
        for pc in self.office.pcs:
            self.assertEqual(sorted(names_on(pc)), ["After", "Before", "Meanwhile"])

    def test_the_router_falls_asleep(self):
        self.put_to_sleep_and_wake()


class SleepOfTwo(Sleep):
    names = ("front", "back")


if __name__ == "__main__":
    PROGRAM, LOGIND = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:], verbosity=2)
