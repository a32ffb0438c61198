#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo office behind a window: what comes to who signs in there, and what is left when the play ends.

usage: test_demo_window.py BIN_FOLDER [TEST...]

Exit 77 where the window's program was not built. `demo.py BIN_FOLDER` alone is a test of its own.
"""
import os
import sys
import tempfile
import types
import unittest

from office import SKIPPED, Office, demo, wait_for

PROGRAMS = ""
NO_MAIL = types.SimpleNamespace(missing="these tests do without")
PASSWORD = "a long one of his"
FIRST, _, LANGUAGE, _ = demo.BY_CHAT[0]


class LivelyOffice(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="peerdesk-demo-")
        self.addCleanup(place.cleanup)
        self.office = Office(PROGRAMS, place.name, agents=("Sofia",))
        word = os.path.join(place.name, "word")
        with open(word, "w", encoding="ascii") as file:
            file.write(PASSWORD)
        self.office.agents["Minh"] = self.office.verb("agent", "add", "Minh", "--password-file", word)["token"]
        self.addCleanup(self.office.stop)
        self.play = demo.LivelyOffice(self.office, NO_MAIL, pace=1, talk=2)

    def begin_play(self):
        self.play.begin()
        self.addCleanup(self.play.end)

    def offers_to(self, name):
        path = f"/reservations?worker={self.office.worker(name)}&status=pending"
        return self.office.ask("GET", path)["items"]

    def activity(self, name):
        workers = self.office.ask("GET", "/workers")["items"]
        return next(w["activity_name"] for w in workers if w["friendly_name"] == name)

    def customers(self, query=""):
        return {c["customer_name"] for c in self.office.conversations(query)}

    def test_who_signs_in_gets_work_and_it_goes_on(self):
        """In the real window: the first customer is hers, talks with her, and others come and are answered."""
        self.office.start(True, QT_QPA_PLATFORM="offscreen", PEERDESK_PICTURES_AGENT="Linh")
        self.begin_play()
        offer = wait_for("an offer to who sits at the window", lambda: self.offers_to("Linh"))[0]
        self.assertEqual(offer["customer_name"], FIRST)
        office, conversation = self.office, offer["conversation"]
        office.ask("POST", f"/reservations/{offer['id']}/accept", {})
        office.ask("POST", f"/conversations/{conversation}/messages", {"text": "Yes, we do."})
        wait_for("her thanks", lambda: demo.THANKS[LANGUAGE] in office.texts(conversation))
        wait_for("what a colleague has answered", lambda: self.customers("&status=done"), 60)
        known = {who[0] for who in demo.BY_CHAT}
        wait_for("who comes later", lambda: self.customers() - known, 60)
        self.assertEqual(self.activity("Linh"), "Available")
        self.assertEqual({self.activity(name) for name in office.agents}, {"Available"})
        self.assertIsNone(office.process.poll())
        self.play.end()
        self.assertEqual({self.activity(name) for name in office.agents}, {"Offline"})
        self.assertEqual(self.activity("Linh"), "Available")  # nobody moved her

    def test_who_is_signed_in_is_not_played(self):
        """Minh is played until he signs in, and again after he signed out; nothing begins before somebody is there."""
        office = self.office
        office.start()
        self.begin_play()
        self.assertEqual({self.activity(name) for name in office.agents}, {"Offline"})
        self.assertEqual(self.customers(), set())
        here = office.ask("POST", "/sessions", {"name": "Minh", "password": PASSWORD})
        offer = wait_for("an offer to Minh", lambda: self.offers_to("Minh"))[0]
        self.assertEqual(offer["customer_name"], FIRST)
        wait_for("Sofia's first answer", lambda: self.customers("&status=done"), 50)
        self.assertEqual([o["id"] for o in self.offers_to("Minh")], [offer["id"]])  # still his to take
        self.assertEqual(self.activity("Linh"), "Offline")
        office.ask("DELETE", f"/sessions/{here['session']}", token=here["token"])
        wait_for("Minh is played", lambda: offer["id"] not in [o["id"] for o in self.offers_to("Minh")], 20)


if __name__ == "__main__":
    PROGRAMS = sys.argv.pop(1)
    if not os.path.exists(os.path.join(PROGRAMS, "peerdesk")):
        print("skipped: the window's program was not built")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2, warnings="ignore")
