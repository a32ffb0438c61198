#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasing a person, taking history out and in, and drafts of flows, through the real program.

usage: test_keeping.py PEERDESK_NODE [TEST...]
"""
import copy
import json
import os
import pathlib
import signal
import sys
import unittest

from client import Office, Visitor, wait_for

PROGRAM = ""
NAME, MAIL, SAID, NOTED, FACT, TAG = ("Ottokar Quendel", "quendel@brunnen.test", "the zither is broken", "speaks of a zebrafinch",
                                      "likes rhubarb", "vip-kumquat")
WORDS = (NAME, MAIL, SAID, NOTED, FACT, TAG, "my answer about kohlrabi")
PICTURE = b"\x89PNG a picture of one person only " + bytes(range(64))
SHARED = b"\x89PNG the shop's price list " + bytes(range(64))


def found_in(folder, *words):
    """Files of a folder that hold one of the words, in the encodings in which they are written."""
    hits = []
    for file in pathlib.Path(folder).rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            hits += [(file.name, word) for word in words
                     if word.encode() in content or word.lower().encode() in content]
    return hits


class Keeping(unittest.TestCase):
    def setUp(self):
        self.office = Office(PROGRAM, agents=("Ana",))
        self.addCleanup(self.office.close)
        self.office.start()

    def upload(self, content):
        return self.office.ask("POST", "/api/v1/attachments", raw=content, who="Ana",
                               headers={"Content-Type": "application/octet-stream"})["sha256"]

    def serve(self, office=None, name=NAME, mail=MAIL, said=SAID):
        """A visitor comes and is served in every way that takes words. The customer's and the conversation's id."""
        office = office or self.office
        if not hasattr(self, "chat"):
            self.chat = office.add_chat()
        Visitor(office, self.chat, name=name, email=mail).say(said)
        conversation = wait_for("the conversation", lambda: [
            one for one in office.items("/conversations") if one["snippet"] == said])[0]
        return conversation["customer"], conversation["id"]

    def serve_fully(self):
        office = self.office
        customer, conversation = self.serve()
        self.own, self.shared = self.upload(PICTURE), self.upload(SHARED)
        files = [{"sha256": self.own, "name": "own.png"}, {"sha256": self.shared, "name": "prices.png"}]
        office.good("PATCH", f"/customers/{customer}", {"notes": NOTED, "facts": {"taste": FACT}, "tags": [TAG]})
        office.good("PATCH", f"/conversations/{conversation}", {"tags": [TAG]})
        office.good("POST", f"/conversations/{conversation}/messages", {"text": NOTED, "kind": "note"}, who="Ana")
        office.good("POST", f"/conversations/{conversation}/messages",
                    {"text": "my answer about kohlrabi", "attachments": files}, who="Ana", key="answer")
        task = office.good("GET", f"/conversations/{conversation}")["task"]
        office.good("PATCH", f"/tasks/{task}", {"attributes": {"mood": FACT}})
        office.good("POST", f"/tasks/{task}/cancel", {"reason": SAID})
        return customer, conversation

    def test_what_a_person_was_and_said_is_in_no_file_any_more(self):
        office = self.office
        customer, conversation = self.serve_fully()
        other_customer, other = self.serve(name="Wanda Kraut", mail="wanda@kraut.test", said="is my parsnip there")
        office.good("POST", f"/conversations/{other}/messages",
                    {"text": "our prices", "attachments": [{"sha256": self.shared, "name": "prices.png"}]}, who="Ana")
        wait_for("the search index", lambda: office.items("/conversations?q=zither"))
        messages = [one["id"] for one in office.items(f"/conversations/{conversation}/messages")]
        self.assertTrue(found_in(office.data, *WORDS))
        self.assertEqual(office.api("DELETE", f"/customers/{customer}", who="Ana").status, 403)
        self.assertEqual(office.api("DELETE", f"/customers/{customer}", key="erase").status, 204)
        for path in (f"/customers/{customer}", f"/customers/{customer}/timeline", f"/conversations/{conversation}",
                     f"/conversations/{conversation}/messages", f"/attachments/{self.own}",
                     *[f"/messages/{message}" for message in messages], *[f"/messages/{one}/trace" for one in messages]):
            self.assertEqual(office.api("GET", path).status, 404, path)
        self.assertEqual(office.items("/conversations?q=zither"), [])
        self.assertEqual(office.items("/customers?q=quendel"), [])
        wait_for("the files", lambda: not found_in(office.data, *WORDS))
        self.assertEqual(found_in(os.path.join(office.data, "attachments"), "a picture of one person only"), [])
        for task in office.items("/tasks"):
            self.assertNotIn(FACT, json.dumps(task))
        # What is somebody else's stays.
        self.assertEqual(office.ask("GET", f"/api/v1/attachments/{self.shared}").bytes, SHARED)
        self.assertEqual(office.good("GET", f"/customers/{other_customer}")["name"], "Wanda Kraut")
        self.assertTrue(office.items("/conversations?q=parsnip"))
        # A repeat of what was asked is recognised, before and after a start.
        self.assertEqual(office.api("DELETE", f"/customers/{customer}", key="erase").status, 204)
        self.assertEqual(office.api("DELETE", f"/customers/{customer}").status, 404)
        digest = office.good("GET", "/status")["digest"]
        office.stop()
        rebuilt = office.verb("rebuild")
        self.assertEqual({rebuilt[key] for key in rebuilt if key.startswith("digest")}, {digest})
        self.assertEqual(found_in(office.data, *WORDS), [])
        office.start()
        self.assertEqual(office.api("DELETE", f"/customers/{customer}", key="erase").status, 204)
        repeat = office.api("POST", f"/conversations/{conversation}/messages",
                            {"text": "my answer about kohlrabi", "attachments": []}, who="Ana", key="answer")
        self.assertIn(repeat.status, (202, 404))
        self.assertEqual(office.api("GET", f"/conversations/{conversation}").status, 404)

    def test_an_erased_person_stays_erased_over_a_kill(self):
        customer, _ = self.serve_fully()
        self.assertEqual(self.office.api("DELETE", f"/customers/{customer}").status, 204)
        self.office.stop(signal.SIGKILL)
        self.office.start()
        self.assertEqual(self.office.api("GET", f"/customers/{customer}").status, 404)
        wait_for("the files", lambda: not found_in(self.office.data, *WORDS))

    def test_work_under_way_ends_with_the_person(self):
        office = self.office
        office.set_activity("Ana", "Available")
        customer, conversation = self.serve()
        task = office.good("GET", f"/conversations/{conversation}")["task"]
        office.answer_offer(office.offer(task), "accept")
        office.good("POST", f"/conversations/{conversation}/messages", {"text": "later", "send_at": "2030-01-01T00:00:00Z"},
                    who="Ana")
        self.assertEqual(office.api("DELETE", f"/customers/{customer}").status, 204)
        self.assertEqual(office.good("GET", f"/tasks/{task}")["assignment_status"], "completed")
        again = office.offer(office.new_task())  # her hands are free
        self.assertEqual(office.name_of(again["worker"]), "Ana")
        self.assertEqual(office.good("GET", "/status")["queued_outbound"], 0)

    def test_cards_that_were_one_person_go_together(self):
        office = self.office
        first = office.good("POST", "/customers", {"name": "Old Quendel", "notes": NOTED})["id"]
        second = office.good("POST", "/customers", {"name": NAME, "addresses": [{"kind": "email", "value": MAIL}]})["id"]
        office.good("POST", f"/customers/{second}/merge", {"from": first})
        self.assertEqual(office.api("DELETE", f"/customers/{second}").status, 204)
        wait_for("the files", lambda: not found_in(office.data, "Old Quendel", *WORDS))
        for wrong in (first, second, "0" * 32, "x"):
            self.assertEqual(office.api("DELETE", f"/customers/{wrong}").status, 404)

    def test_more_than_one_step_is_erased_whole(self):
        office = self.office
        customer, conversation = self.serve()
        for n in range(530):
            office.good("POST", f"/conversations/{conversation}/messages", {"text": f"{NOTED} {n}", "kind": "note"}, who="Ana")
        self.assertEqual(office.api("DELETE", f"/customers/{customer}", key="big").status, 204)
        self.assertEqual(office.api("GET", f"/conversations/{conversation}").status, 404)
        wait_for("the files", lambda: not found_in(office.data, *WORDS))
        self.assertEqual(office.api("DELETE", f"/customers/{customer}", key="big").status, 204)

    def test_history_goes_out_and_in_again_elsewhere(self):
        office = self.office
        customer, conversation = self.serve_fully()
        folder = os.path.join(office.folder, "out")
        said = office.verb("export", folder)
        self.assertEqual((said["customers"], said["conversations"], said["attachments"]), (1, 1, 2))
        with open(os.path.join(folder, "history.jsonl"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual([line["type"] for line in lines][:3], ["peerdesk-history", "customer", "conversation"])
        self.assertEqual(said["messages"], sum(line["type"] == "message" for line in lines))
        self.assertEqual(os.stat(os.path.join(folder, "history.jsonl")).st_mode & 0o077, 0)
        self.assertIn("not empty", office.run("export", folder)[2])
        other = Office(PROGRAM, agents=("Ana",))
        self.addCleanup(other.close)
        taken = other.verb("import", folder)  # with no program running
        self.assertEqual((taken["customers"], taken["conversations"], taken["messages"], taken["attachments"]),
                         (1, 1, said["messages"], 2))
        other.start()
        card = other.good("GET", f"/customers/{customer}")
        self.assertEqual((card["name"], card["notes"], card["facts"], card["tags"]), (NAME, NOTED, {"taste": FACT}, [TAG]))
        self.assertIn(MAIL, [one["value"] for one in card["addresses"]])
        here = {one["id"]: (one["text"], one["kind"], one["created_at"])
                for one in other.items(f"/conversations/{conversation}/messages")}
        there = {one["id"]: (one["text"], one["kind"], one["created_at"])
                 for one in office.items(f"/conversations/{conversation}/messages")}
        self.assertEqual(here, there)
        self.assertEqual(other.good("GET", f"/conversations/{conversation}")["status"], "closed")
        self.assertEqual(other.items("/tasks"), [])
        self.assertEqual(other.ask("GET", f"/api/v1/attachments/{self.own}").bytes, PICTURE)
        wait_for("the search", lambda: other.items("/conversations?q=zither"))
        # The same again changes nothing; what was erased does not come back.
        digest = other.good("GET", "/status")["digest"]
        again = other.verb("import", os.path.join(folder, "history.jsonl"))
        self.assertEqual((again["customers"], again["conversations"], again["messages"]), (0, 0, 0))
        self.assertEqual(other.good("GET", "/status")["digest"], digest)
        self.assertEqual(other.api("DELETE", f"/customers/{customer}").status, 204)
        self.assertGreater(other.verb("import", folder)["erased"], 0)
        self.assertEqual(other.api("GET", f"/customers/{customer}").status, 404)
        self.assertEqual(other.items("/customers"), [])

    def write(self, text, name="in.json"):
        path = os.path.join(self.office.folder, name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def test_plain_lists_of_customers_are_taken(self):
        people = [{"name": "Ada", "email": "ADA@x.test", "phone": "+4811"}, {"name": "Bo", "tags": ["new"], "language": "sv"}]
        self.assertEqual(self.office.verb("import", self.write(json.dumps(people)))["customers"], 2)
        self.assertEqual(self.office.verb("import", self.write(json.dumps({"customers": people})))["customers"], 0)
        lines = "\n".join(json.dumps(one) for one in people + [{"name": "Cy"}])
        self.assertEqual(self.office.verb("import", self.write(lines))["customers"], 1)
        self.assertEqual(sorted(one["name"] for one in self.office.items("/customers")), ["Ada", "Bo", "Cy"])
        ada = self.office.items("/customers?q=ada@x")[0]
        self.assertEqual(sorted(one["value"] for one in self.office.good("GET", f"/customers/{ada['id']}")["addresses"]),
                         ["+4811", "ada@x.test"])
        # A known address is the same person.
        self.assertEqual(self.office.verb("import", self.write('[{"name":"Ada L.","email":"ada@x.test"}]'))["known"], 1)

    def test_files_that_are_no_history(self):
        for text in ("", "{", "[]", "[1,2]", "{}", '{"type":"dance"}', "\x00" * 5000, "x" * 100000, '{"name":5}', '[{"name":""}]',
                     '{"type":"message","id":"%s","text":"stray"}' % ("1" * 32), "[" * 5000,
                     '{"type":"conversation","id":"%s","customer":"%s"}' % ("1" * 32, "2" * 32)):
            status, _, complaint = self.office.run("import", self.write(text))
            self.assertEqual(status, 1, text[:50])
            self.assertTrue(complaint.strip(), text[:50])
        self.assertEqual(self.office.run("import", "/nonexistent")[0], 1)
        self.assertEqual(self.office.run("export", "/proc/nothing")[0], 1)
        self.assertEqual(self.office.items("/customers"), [])
        mixed = '{"name":"Good"}\nnonsense\n{"type":"customer","name":["x"]}\n{"name":"Too","notes":"fine"}\n'
        said = self.office.verb("import", self.write(mixed))
        self.assertEqual((said["customers"], said["skipped"], [one["line"] for one in said["problems"]]), (2, 2, [2, 3]))
        newer = '{"type":"peerdesk-history","version":99}\n{"type":"customer","name":"Late"}\n'
        self.assertIn("newer", self.office.run("import", self.write(newer))[2])

    def reference(self):
        office = self.office
        return next(one for one in office.items("/flows?limit=500") if one["friendly_name"] == "Reference")

    def test_customers_meet_a_flow_when_it_is_published(self):
        office = self.office
        self.assertEqual(self.reference()["status"], "published")
        def says(text):
            return {"initial_state": "Trigger", "states": [
                {"name": "Trigger", "type": "trigger", "properties": {}, "transitions": [
                    {"event": "incomingMessage", "next": "say"}]},
                {"name": "say", "type": "send-message", "properties": {"body": text}, "transitions": []}]}
        flow = office.good("POST", "/flows", {"friendly_name": "Greeter", "definition": says("first")})
        self.assertEqual((flow["status"], flow["revision"]), ("draft", 1))
        published = office.good("POST", f"/flows/{flow['id']}/publish", {"commit_message": "begin"})
        self.assertEqual((published["status"], published["revision"], published["commit_message"]), ("published", 1, "begin"))
        chat = office.add_chat("Greets", flow="Greeter")
        def greeting(n):
            visitor = Visitor(office, chat)
            visitor.say(f"hello {n}")
            return visitor.receive("message")["text"]
        self.assertEqual(greeting(1), "first")
        changed = office.good("PUT", f"/flows/{flow['id']}", {"definition": says("second")})
        self.assertEqual((changed["status"], changed["revision"]), ("draft", 1))
        self.assertEqual(changed["definition"]["states"][1]["properties"]["body"], "second")
        self.assertEqual(changed["published_definition"]["states"][1]["properties"]["body"], "first")
        self.assertEqual(greeting(2), "first")
        played = office.good("POST", f"/flows/{flow['id']}/test", {"inputs": [{"message": "x"}]})
        self.assertEqual(played["steps"][0]["actions"][0]["text"], "second")
        played = office.good("POST", f"/flows/{flow['id']}/test", {"inputs": [{"message": "x"}], "published": True})
        self.assertEqual(played["steps"][0]["actions"][0]["text"], "first")
        office.stop(signal.SIGKILL)
        office.start()
        wait_for("the chat", lambda: office.good("GET", f"/channels/{chat}")["state"] == "connected")
        self.assertEqual(greeting(3), "first")
        published = office.good("POST", f"/flows/{flow['id']}/publish", key="pub")
        self.assertEqual((published["status"], published["revision"]), ("published", 2))
        self.assertEqual(office.good("POST", f"/flows/{flow['id']}/publish", key="pub")["revision"], 2)
        self.assertEqual(office.good("POST", f"/flows/{flow['id']}/publish")["revision"], 2)  # nothing new
        self.assertEqual(greeting(4), "second")
        at_once = office.good("PUT", f"/flows/{flow['id']}", {"definition": says("third"), "status": "published"})
        self.assertEqual((at_once["status"], at_once["revision"]), ("published", 3))
        self.assertEqual(greeting(5), "third")
        read = office.good("GET", f"/flows/{flow['id']}")
        self.assertEqual(office.good("PUT", f"/flows/{flow['id']}", copy.deepcopy(read)), read)  # as it was read
        for path, body in ((f"/flows/{flow['id']}", {"definition": {}}), (f"/flows/{flow['id']}", {"status": "x"})):
            self.assertEqual(office.api("PUT", path, body).status, 400, body)
        self.assertEqual(office.api("POST", f"/flows/{'0' * 32}/publish").status, 404)
        self.assertEqual(office.api("POST", f"/flows/{flow['id']}/publish", who="Ana").status, 403)

    def test_what_is_found_comes_page_by_page(self):
        office = self.office
        chat = office.add_chat()
        visitors = [Visitor(office, chat) for _ in range(7)]
        for n, visitor in enumerate(visitors):
            visitor.say(f"quince number {n}")
        wait_for("the index", lambda: len(office.items("/conversations?q=quince")) == 7)
        seen, cursor = [], ""
        while True:
            page = office.good("GET", f"/conversations?q=quince&limit=3{cursor}")
            seen += [one["id"] for one in page["items"]]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        self.assertEqual((len(seen), len(set(seen))), (7, 7))
        self.assertEqual(office.api("GET", "/conversations?q=quince&cursor=nonsense!").status, 400)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
