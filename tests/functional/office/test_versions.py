#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An office is updated PC by PC while it works.

usage: test_versions.py OLDER_PROGRAM NEWER_PROGRAM [TEST...]
"""
import sys
import tempfile
import unittest

from pc import Office, Pc, Refused, until
from test_office import names_on, new_customer

OLDER = NEWER = ""


def webhook(pc):
    return pc.ask("POST", "/webhooks", {"url": "http://127.0.0.1:9/", "events": ["customer.created"]})


class Versions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="peerdesk-office-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.office = Office(OLDER, self.folder, ("front", "back", "attic"))
        self.addCleanup(self.office.stop)

    def put_on(self, pc, program):
        pc.kill()
        pc.program = program
        pc.start()
        self.office.settle()

    def routes(self, pc):
        """Makes it the router: the others that route are closed, and come again."""
        while (router := until(self.office.router, 20, "a router")) is not pc:
            router.kill()
            until(lambda: self.office.router(), 20, "the next router")
            router.start()
            self.office.settle()

    @staticmethod
    def name_of(pc):
        state = pc.status()
        return next(member["name"] for member in state["members"] if member["node"] == state["node"])

    def work(self):
        """What every program can do is done at each PC, and all have it."""
        for pc in self.office.pcs:
            self.names.append(f"Customer {len(self.names)}")
            new_customer(pc, self.names[-1])
        self.office.settle()
        for pc in self.office.pcs:
            self.assertEqual(sorted(names_on(pc)), sorted(self.names))

    def test_pc_by_pc(self):
        """M145: two ages work together, whoever routes; what is new begins when all have it."""
        self.names = []
        front, back, attic = self.office.pcs
        self.work()
        for pc, older in ((attic, (front, back)), (back, (front,))):
            self.put_on(pc, NEWER)
            for router in (front, pc):
                self.routes(router)
                self.work()
                with self.assertRaises(Refused) as refused:
                    webhook(pc)
                self.assertEqual(refused.exception.status, 409)
                for behind in older:
                    self.assertIn(self.name_of(behind), str(refused.exception))
            self.assertTrue(any("An older Peerdesk runs on" in notice for notice in pc.status()["notices"]))
        self.put_on(front, NEWER)
        until(lambda: not front.status()["notices"], 20, "nobody is told of older programs any more")
        self.work()
        made = webhook(attic)["id"]
        self.office.settle()
        for pc in self.office.pcs:
            self.assertIn(made, str(pc.ask("GET", "/webhooks")))

        back.kill()
        back.program = OLDER
        refused = back.attempt("run", "--http", f"127.0.0.1:{back.port}")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("work with a newer Peerdesk than this one", refused.stderr)
        back.program = NEWER
        back.start()
        self.office.settle()
        self.work()

        guest = Pc(OLDER, self.folder, "guest")
        code = front.verb("office", "invite")["code"]
        refused = guest.attempt("office", "join", code, "--name", "Guest", "--via", front.peer)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("update this PC first", refused.stderr)
        guest.program = NEWER  # the same invitation is still good
        self.assertTrue(guest.verb("office", "join", code, "--name", "Guest", "--via", front.peer)["node"])

    def test_the_last_old_pc_may_be_retired(self):
        """M145: a PC that nobody updates does not hold the others back for ever."""
        front, back, attic = self.office.pcs
        self.put_on(back, NEWER)
        self.put_on(front, NEWER)
        attic.kill()
        self.office.pcs.remove(attic)
        until(lambda: self.office.router(), 20, "a router")
        with self.assertRaises(Refused):
            webhook(front)
        front.verb("office", "remove", "attic")
        until(lambda: webhook(front), 20, "what is new works")


if __name__ == "__main__":
    OLDER, NEWER = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:], verbosity=2)
