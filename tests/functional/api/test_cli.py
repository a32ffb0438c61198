#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the real program: exit status, what it says, folders that are not as they should be.

usage: test_cli.py PEERDESK_NODE [TEST...]
"""
import datetime
import json
import os
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from client import Office, Visitor, wait_for

PROGRAM = ""


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.office = Office(PROGRAM, ())
        self.addCleanup(self.office.close)

    def run_verb(self, expected, *words, **more):
        status, said, complaint = self.office.run(*words, **more)
        self.assertEqual(status, expected, (words, said, complaint))
        if expected == 0:
            self.assertIsInstance(said, dict, words)
        else:
            self.assertIsNone(said, words)
            self.assertTrue(complaint.strip(), words)
        return said if expected == 0 else complaint

    def test_usage_is_told_with_status_2(self):
        for words in (("dance",), ("office",), ("office", "create", "--name", "X"), ("agent", "add"), ("agent", "add", "X", "--role", "king"),
                      ("agent", "add", "X", "--attributes", "["), ("trace",), ("config", "import"), ("run", "--time-scale", "0"),
                      ("run", "--http", "nonsense"), ("channel", "add"), ("office", "status", "extra"), ("office", "status", "--bogus", "1"),
                      ("office", "takeover")):
            self.run_verb(2, *words)
        self.assertIn("create, status", self.run_verb(2, "office"))
        self.assertIn("--admin", self.run_verb(2, "office", "create", "--name", "X"))

    def test_a_certificate_makes_the_door_speak_https(self):
        certificate, key = (os.path.join(self.office.folder, name) for name in ("door.pem", "door.key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True, timeout=60)
        self.office.coming.clear()
        self.office.start("--certificate", certificate, "--certificate-key", key)
        self.assertTrue(self.office.ready["http"].startswith("https://127.0.0.1:"), self.office.ready)
        trusting = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(self.office.ready["http"] + "/healthz", timeout=10, context=trusting) as answer:
            self.assertEqual(answer.status, 200)
        with socket.create_connection(("127.0.0.1", self.office.port), timeout=10) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"200", plain.recv(100))
        self.run_verb(0, "office", "status")
        self.office.stop()
        self.assertIn("belong together", self.run_verb(2, "run", "--certificate", certificate))
        self.assertIn("nowhere.pem", self.run_verb(1, "run", "--http", "127.0.0.1:0", "--certificate", "nowhere.pem",
                                                   "--certificate-key", key))
        self.assertIn("no certificate", self.run_verb(1, "run", "--http", "127.0.0.1:0", "--certificate", key,
                                                      "--certificate-key", key))

    def test_the_same_verbs_on_the_folder_and_through_the_running_node(self):
        for _ in range(2):
            status = self.run_verb(0, "office", "status")
            self.assertTrue({"node", "role", "leader", "term", "applied_index", "digest", "generation", "members"} <= set(status))
            self.assertEqual(status["role"], "leader")
            self.assertTrue({"node", "name", "role", "online", "last_seen"} <= set(status["members"][0]))
            types = {one["type"]: one for one in self.run_verb(0, "channel", "types")["types"]}
            self.assertTrue(types["email"]["settings"] and types["webchat"]["capabilities"]["task_channel"] == "chat")
            self.assertIn("there is an agent called", self.run_verb(1, "agent", "add", "boss"))
            self.assertIn("no such", self.run_verb(1, "trace", "0" * 31 + "1"))
            self.assertIn("flow", self.run_verb(1, "channel", "add", "webchat", "--name", "Site"))  # M28
            self.assertIn("email", self.run_verb(1, "channel", "add", "pigeon", "--name", "Site", "--flow", "Reference", "--queue", "Everyone"))
            if not self.office.process:
                self.office.start()
        self.assertRegex(self.office.ready["peer"], r"^127\.0\.0\.1:[1-9]\d*$")
        port = int(self.office.ready["peer"].rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
            stranger.sendall(b"let me in\r\n")  # neither a member's key nor an invitation
            self.assertEqual(stranger.recv(1), b"")
        channel = self.run_verb(0, "channel", "add", "webchat", "--name", "Site", "--flow", "To a person", "--queue", "Everyone")["channel"]
        wait_for("the chat", lambda: self.run_verb(0, "channel", "list")["channels"][0]["state"] == "connected")
        Visitor(self.office, channel).say("trace me")
        conversation = wait_for("the conversation", lambda: self.office.items("/conversations"))[0]
        message = self.office.items(f"/conversations/{conversation['id']}/messages")[0]
        steps = self.run_verb(0, "trace", message["id"])["steps"]
        self.assertEqual(steps[0]["step"] in ("ingest", "conversation.created"), True)
        self.assertTrue({"ingest", "flow", "task"} <= {one["step"] for one in steps}, steps)  # M07
        self.assertTrue(self.run_verb(0, "channel", "test", channel)["detail"])
        self.run_verb(1, "rebuild")
        self.run_verb(0, "channel", "remove", channel)
        self.run_verb(1, "channel", "remove", channel)
        second = self.run_verb(1, "run", "--http", "127.0.0.1:0")
        self.assertIn(self.office.data, second)
        taken = Office(PROGRAM, ())
        self.addCleanup(taken.close)
        status, _, complaint = taken.run("run", "--http", f"127.0.0.1:{self.office.port}")
        self.assertEqual(status, 1, complaint)
        self.assertEqual(self.office.stop(), 0)
        report = self.run_verb(0, "rebuild")
        self.assertEqual(report["digest_before"], report["digest_after"])

    def test_a_change_of_a_person_ends_the_sessions(self):
        token = self.run_verb(0, "agent", "add", "Mia", "--role", "supervisor")["token"]
        place = os.path.join(self.office.folder, "password")
        with open(place, "w", encoding="utf-8") as file:
            file.write("a new one\n")
        self.office.start()
        self.run_verb(2, "agent", "change", "Mia")
        self.run_verb(2, "agent", "change", "Mia", "--active", "perhaps")
        self.run_verb(1, "agent", "change", "Nobody", "--active", "no")
        changes = (("--password-file", place), ("--role", "agent"), ("--active", "no"))
        for words in changes:
            self.assertEqual(self.office.api("GET", "/tasks", who=token).status, 200)
            said = self.run_verb(0, "agent", "change", "mia", *words)
            self.assertFalse({"password_hash", "sessions_from"} & set(said))
            self.assertEqual(self.office.api("GET", "/tasks", who=token).status, 401, words)
            self.assertEqual(self.office.api("GET", "/tasks").status, 200)  # the other people's go on
            signed = self.office.ask("POST", "/api/v1/sessions", {"name": "Mia", "password": "a new one"}, who=None)
            self.assertEqual(signed.status, 401 if words == changes[-1] else 201)
            token = signed.body.get("token")
        self.office.stop()
        self.assertTrue(self.run_verb(0, "agent", "change", "Mia", "--active", "yes")["is_active"])

    def test_help_and_version_are_answers(self):
        for words in (("--help",), ("-h",), ("--version",)):
            done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=20, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
            self.assertIn("peerdesk-node", done.stdout)

    def test_an_office_without_a_place_for_secrets_is_not_made(self):
        empty = tempfile.mkdtemp(prefix="peerdesk-empty-")
        self.addCleanup(shutil.rmtree, empty, True)
        data = os.path.join(empty, "office")
        self.assertIn("PEERDESK_KEYSTORE_PASSPHRASE", self.run_verb(1, "office", "create", "--name", "X", "--admin", "Boss", data=data,
                                                                    PEERDESK_KEYSTORE_PASSPHRASE=""))
        done = subprocess.run([PROGRAM, "office", "create", "--name", "X", "--admin", "Boss", "--data", data], capture_output=True, text=True,
                              timeout=60, check=False, env=dict(os.environ, DBUS_SESSION_BUS_ADDRESS="disabled:"))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("--keystore file:", done.stderr)
        self.assertFalse(os.path.exists(data))

    def test_a_mailbox_without_a_way_to_sign_in_is_refused(self):
        complaint = self.run_verb(1, "channel", "add", "email", "--name", "Mail", "--flow", "Reference", "--queue", "Everyone",
                                  "--set", "address=a@b.example", "--set", "imap_host=b.example", "--set", "smtp_host=b.example")
        self.assertIn("password or token", complaint)

    def test_a_channel_is_tested_by_its_name(self):
        self.office.start()
        self.office.add_chat()
        name = self.run_verb(0, "channel", "list")["channels"][0]["name"]
        wait_for("the chat", lambda: self.run_verb(0, "channel", "list")["channels"][0]["state"] == "connected")
        self.assertTrue(self.run_verb(0, "channel", "test", name.upper())["detail"])

    def test_a_day_is_rehearsed_in_virtual_time(self):
        """`simulate`: made-up and recorded loads, twice the same, two workflows side by side."""
        path = os.path.join(self.office.folder, "day.json")

        def simulate(status=0, **document):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            return self.run_verb(status, "simulate", path)
        day = {"start": "2026-11-20T08:00:00Z", "hours": 8, "seed": 3, "workflow": "Default",
               "staff": [{"count": 4}], "load": [{"task_channel": "chat", "per_hour": 60, "work_seconds": 300}]}
        first = simulate(**day)
        self.assertGreater(first["tasks"], 300)
        self.assertEqual(first["answered"], first["tasks"])
        self.assertEqual(simulate(**day), first)
        both = simulate(**day, compare={"task_routing": {"default_filter": {"queue": "Everyone"}}})
        self.assertEqual(both["change"]["service_level"], 0)
        self.assertIn("per_hour", simulate(1, **dict(day, load=[{"task_channel": "chat", "per_hour": -1}])))
        recorded = simulate(recorded={"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"})
        self.assertEqual(recorded["tasks"], 0)

    def test_a_recorded_day_comes_again_with_the_people_who_were_there(self):
        """`simulate` on what really happened: three are answered, the fourth comes when nobody is there."""
        office = self.office.start()
        office.add_agent("Ana")
        office.set_activity("Ana", "Available")
        for _ in range(3):
            task = office.new_task(attributes={"kind": "answered"})
            office.answer_offer(office.offer(task), "accept")
            office.good("POST", f"/tasks/{task}/complete", {"reason": "done"}, who="Ana")
        office.set_activity("Ana", "Break")
        office.new_task(attributes={"kind": "left"})
        path = os.path.join(office.folder, "day.json")

        def simulate(**more):
            now = datetime.datetime.now(datetime.timezone.utc)
            hour = datetime.timedelta(hours=1)
            span = {"start": (now - hour).isoformat(timespec="seconds").replace("+00:00", "Z"),
                    "end": (now + hour).isoformat(timespec="seconds").replace("+00:00", "Z"), **more}
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"recorded": span, "workflow": "Default"}, file)
            return self.run_verb(0, "simulate", path)
        again = simulate()
        self.assertEqual((again["tasks"], again["answered"], again["unanswered"]), (4, 3, 1), again)
        self.assertEqual(simulate(workflow="Default")["tasks"], 4)
        other = office.good("POST", "/workflows", {"friendly_name": "Other", "configuration": {
            "task_routing": {"default_filter": {"queue": "Everyone"}}}})["id"]
        self.assertEqual(simulate(workflow=other)["tasks"], 0)

    def test_joining_says_what_is_wrong(self):
        empty = tempfile.mkdtemp(prefix="peerdesk-empty-")
        self.addCleanup(shutil.rmtree, empty, True)
        self.run_verb(2, "office", "join", "six-words", data=empty)  # without a name for this PC
        join = ("office", "join", "six-words", "--name", "Back", "--via", "127.0.0.1:1")
        self.assertIn("six words", self.run_verb(1, *join, data=empty))
        self.assertIn("No PC of this office", self.run_verb(1, "office", "remove", "x"))
        self.assertIn("has a router", self.run_verb(1, "office", "takeover", "--yes"))

    def test_configuration_goes_out_and_in_again(self):
        path = os.path.join(self.office.folder, "config.json")
        self.run_verb(0, "config", "export", path)
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        self.assertTrue({"queues", "workflows", "activities", "flows", "workers"} <= set(document))
        document["queues"].append({"friendly_name": "Imported"})
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        counts = self.run_verb(0, "config", "import", path)["imported"]
        self.assertEqual(counts["queues"], 2)
        bare = os.path.join(self.office.folder, "workflow.json")
        with open(bare, "w", encoding="utf-8") as file:
            json.dump({"task_routing": {"filters": [], "default_filter": {"queue": "Imported"}}}, file)
        self.assertEqual(self.run_verb(0, "config", "import", bare)["imported"], {"workflows": 1})
        self.run_verb(0, "config", "export", path)
        with open(path, encoding="utf-8") as file:
            self.assertIn("Imported", [one["friendly_name"] for one in json.load(file)["queues"]])
        for text in ("", "{", "[]", '{"queues":5}', '{"queues":[{"friendly_name":""}]}', '{"queues":[{"max_reserved_workers":0,"friendly_name":"x"}]}'):
            with open(bare, "w", encoding="utf-8") as file:
                file.write(text)
            self.run_verb(1, "config", "import", bare)
        self.run_verb(1, "config", "import", "/nonexistent/file")
        self.run_verb(1, "config", "export", "/nonexistent/folder/file")

    def test_folders_that_are_not_as_they_should_be(self):
        empty = tempfile.mkdtemp(prefix="peerdesk-empty-")
        self.addCleanup(shutil.rmtree, empty, True)
        self.assertIn("office create", self.run_verb(1, "office", "status", data=empty))
        self.assertIn("office create", self.run_verb(1, "run", "--http", "127.0.0.1:0", data=os.path.join(empty, "none")))
        self.assertIn("already", self.run_verb(1, "office", "create", "--name", "Again", "--admin", "Boss"))
        long = os.path.join(empty, "long")
        self.run_verb(1, "office", "create", "--name", "X" * 100, "--admin", "Boss", data=long)
        self.assertIn("office create", self.run_verb(1, "run", "--http", "127.0.0.1:0", data=long))
        self.run_verb(0, "office", "create", "--name", "X", "--admin", "Boss", data=long)
        self.run_verb(1, "office", "status", data="/dev/null/office")

    def test_an_address_that_is_taken_is_named_once_with_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for door in ("--http", "--peer"):
                other = "--peer" if door == "--http" else "--http"
                complaint = self.run_verb(1, "run", door, address, other, "127.0.0.1:0")
                self.assertIn(address, complaint)
                self.assertIn(f"{door} HOST:PORT", complaint)
                self.assertEqual(len(complaint.strip().splitlines()), 1, complaint)

    def test_a_newer_database_is_left_alone(self):
        self.break_database("PRAGMA user_version = 999")
        for words in (("office", "status"), ("run",), ("rebuild",)):
            self.assertIn("newer", self.run_verb(1, *words))

    def test_a_damaged_database_is_told(self):
        path = os.path.join(self.office.data, "office.db")
        for name in ("office.db-wal", "office.db-shm"):
            if os.path.exists(os.path.join(self.office.data, name)):
                os.remove(os.path.join(self.office.data, name))
        with open(path, "r+b") as file:
            file.write(b"this is no database at all" * 100)
        for words in (("office", "status"), ("run",), ("rebuild",)):
            self.assertIn("office.db", self.run_verb(1, *words))

    def test_what_can_be_made_anew_is(self):
        """A damaged search index and a lost local.db stop neither the program nor its channels."""
        self.office.start()
        channel = self.office.add_chat()
        Visitor(self.office, channel).say("before the damage")
        node = self.office.ready["node"]
        self.office.stop()
        with open(os.path.join(self.office.data, "search.db"), "r+b") as file:
            file.write(b"this is no database at all" * 100)
        for name in ("local.db", "local.db-wal", "local.db-shm"):
            if os.path.exists(os.path.join(self.office.data, name)):
                os.remove(os.path.join(self.office.data, name))
        self.office.start()
        self.assertEqual(self.office.ready["node"], node)
        Visitor(self.office, channel).say("after it")
        wait_for("the index to be whole again",
                 lambda: self.office.api("GET", "/conversations?q=damage")["items"])

    def test_a_taken_port_ends_the_program_in_words(self):
        self.office.start()
        self.office.add_chat()
        self.office.stop()
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = f"127.0.0.1:{other.getsockname()[1]}"
            for _ in range(8):
                self.assertIn(taken, self.run_verb(1, "run", "--http", taken))

    def test_a_wrong_passphrase_is_told(self):
        self.office.start()
        self.office.add_chat()
        self.office.stop()
        complaint = self.run_verb(1, "run", PEERDESK_KEYSTORE_PASSPHRASE="wrong")
        self.assertIn("passphrase", complaint)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_without_the_right_to_write_is_told(self):
        os.chmod(self.office.data, 0o500)
        self.addCleanup(os.chmod, self.office.data, 0o700)
        self.assertIn(self.office.data, self.run_verb(1, "run"))

    @unittest.skipIf(os.geteuid() != 0, "needs another user")
    def test_a_folder_of_another_user_is_not_called_empty(self):
        os.chmod(self.office.folder, 0o755)
        program = shutil.copy(PROGRAM, self.office.folder)  # the checkout may be somebody's home
        words = [program, "office", "status", "--data", self.office.data, "--keystore", f"file:{self.office.folder}/keys"]
        done = subprocess.run(words, env=self.office.environment, capture_output=True, text=True, timeout=30, check=False, user=65534)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another user", done.stderr)

    def test_an_office_that_lost_its_log_goes_on_behind_the_tables(self):
        self.office.start()
        self.office.good("POST", "/queues", {"friendly_name": "Before"})
        self.office.stop()
        for end in ("", "-wal", "-shm"):
            path = os.path.join(self.office.data, "raft.db" + end)
            if os.path.exists(path):
                os.remove(path)
        self.office.start()
        self.office.good("POST", "/queues", {"friendly_name": "After"})
        names = [one["friendly_name"] for one in self.office.items("/queues")]
        self.assertTrue({"Before", "After"} <= set(names), names)

    def test_secrets_of_somebody_else_are_told(self):
        self.office.start()
        wait_for("this PC's key", lambda: self.office.good("GET", "/status")["members"][0]["addresses"])
        self.office.stop()
        os.rename(os.path.join(self.office.folder, "keys"), os.path.join(self.office.folder, "keys.right"))
        self.office.start()
        wait_for("the notice", lambda: "not the one" in " ".join(self.office.good("GET", "/status")["notices"]))
        self.office.stop()
        os.rename(os.path.join(self.office.folder, "keys.right"), os.path.join(self.office.folder, "keys"))
        self.office.start()
        self.assertEqual(self.office.good("GET", "/status")["notices"], [])

    def break_database(self, sql):
        with sqlite3.connect(os.path.join(self.office.data, "office.db")) as database:
            database.execute(sql)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
