#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP door of the real program: what strangers, mistakes and repeats get.

usage: test_doors.py PEERDESK_NODE [TEST...]
"""
import hashlib
import sys
import unittest
import uuid

from client import Office, Visitor, wait_for
from events import Events

PROGRAM = ""
NOWHERE = uuid.uuid4().hex


class Doors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = Office(PROGRAM)
        cls.office.start()
        cls.office.add_agent("Sue", "supervisor")
        cls.office.add_agent("Pipe", "channel")

    @classmethod
    def tearDownClass(cls):
        cls.office.close()

    def tearDown(self):
        """The next test finds no work that this one left."""
        if not self.office.process:
            self.office.start()
        for conversation in self.office.items("/conversations?status=active&limit=500"):
            self.office.good("PATCH", f"/conversations/{conversation['id']}", {"status": "closed"})
        for status in ("pending", "reserved"):
            for task in self.office.items(f"/tasks?status={status}&limit=500"):
                self.office.good("POST", f"/tasks/{task['id']}/cancel")

    def refused(self, status, method, path, body=None, **more):
        answer = self.office.api(method, path, body, **more)
        self.assertEqual(answer.status, status, (method, path, answer.bytes[:300]))
        if method != "HEAD":
            self.assertTrue(answer.is_problem, answer.bytes[:300])
        return answer

    def test_bad_bodies_are_told_what_is_wrong(self):
        for raw, word in ((b"{", "JSON"), (b"[1]", "object"), (b'"x"', "JSON"), (b'{"friendly_name":"\xff\xfe"}', "JSON"),
                          (b'{"friendly_name":' + b"[" * 100000, "nested"), (b'{"friendly_name":5}', "friendly_name"),
                          (b'{"friendly_name":"Q","bogus":1}', "bogus"), (b"", "friendly_name"),
                          (b'{"friendly_name":"Q","max_reserved_workers":1.5}', "max_reserved_workers"),
                          (b'{"friendly_name":"Q","max_reserved_workers":51}', "max_reserved_workers"),
                          (b'{"friendly_name":"Q","target_workers":"a=="}', "column"),
                          (b'{"friendly_name":"Q","task_order":"RANDOM"}', "task_order")):
            self.assertIn(word, self.refused(400, "POST", "/queues", raw=raw)["detail"], raw[:60])
        self.refused(413, "POST", "/tasks", {"attributes": {"x": "y" * 70_000}})
        self.refused(413, "POST", "/tasks", {"attributes": {"x": "y" * 1_200_000}})
        for body in ({"attributes": []}, {"attributes": "{}"}, {"priority": -1}, {"priority": 2**31}, {"timeout": 0},
                     {"timeout": 1_209_601}, {"virtual_start_time": "2090-01-01T00:00:00Z"},
                     {"virtual_start_time": "1890-01-01T00:00:00Z"}, {"virtual_start_time": "yesterday"},
                     {"workflow": "x"}, {"task_channel": "smoke"}):
            self.refused(400, "POST", "/tasks", body)
        self.refused(404, "POST", "/tasks", {"workflow": NOWHERE})
        self.assertEqual(self.office.api("GET", "/status").status, 200)

    def test_paths_and_methods_that_are_not_there(self):
        for path in ("/nothing", "/tasks/zzz", f"/tasks/{NOWHERE}", f"/conversations/{NOWHERE}", f"/customers/{NOWHERE}",
                     f"/messages/{NOWHERE}", f"/reservations/{NOWHERE}", f"/workers/{NOWHERE}", f"/channels/{NOWHERE}",
                     f"/queues/{NOWHERE}", f"/commands/{NOWHERE}", f"/tasks/{NOWHERE}/explain", f"/webhooks/{NOWHERE}"):
            self.refused(404, "GET", path)
        for path in (f"/tasks/{NOWHERE}/cancel", f"/reservations/{NOWHERE}/accept", f"/messages/{NOWHERE}/retry",
                     f"/conversations/{NOWHERE}/take", f"/conversations/{NOWHERE}/park", f"/workers/{NOWHERE}/one-more"):
            self.refused(404, "POST", path)
        wrong = self.refused(405, "PUT", "/tasks", {})
        self.assertEqual(wrong.headers["allow"], "GET, HEAD, POST")
        options = self.office.api("OPTIONS", "/tasks")
        self.assertEqual((options.status, options.headers["allow"]), (204, "GET, HEAD, POST, OPTIONS"))
        head = self.office.api("HEAD", "/tasks")
        self.assertEqual((head.status, head.bytes), (200, b""))
        self.refused(404, "DELETE", f"/customers/{NOWHERE}")

    def test_tokens_and_scopes(self):
        office = self.office
        missing = self.refused(401, "GET", "/tasks", who=None)
        self.assertEqual(missing.headers["www-authenticate"], "Bearer")
        self.refused(401, "GET", "/tasks", who="invented")
        for who in ("Ana", "Sue"):
            for method, path, body in (("POST", "/agents", {"name": "X"}), ("POST", "/queues", {"friendly_name": "X"}),
                                       ("POST", "/workers", {"friendly_name": "X"}),
                                       ("POST", "/flows", {"friendly_name": "X", "definition": {}}),
                                       ("POST", "/channels", {"type": "webchat", "name": "X"})):
                self.refused(403, method, path, body, who=who)
        task = office.new_task()
        self.refused(403, "POST", f"/tasks/{task}/cancel", who="Ana")
        self.assertEqual(office.api("POST", f"/tasks/{task}/cancel", who="Sue").status, 200)
        for method, path in (("GET", "/conversations"), ("GET", "/customers"), ("GET", "/workers"), ("GET", "/agents")):
            self.refused(403, method, path, who="Pipe")
        self.assertEqual(office.api("POST", "/tasks", {}, who="Pipe").status, 201)

    def test_a_repeat_gets_the_recorded_answer_also_after_a_restart(self):
        office = self.office
        self.assertEqual(office.stop(), 0)
        office.start()
        default = {"task_routing": {"filters": [], "default_filter": {"queue": "Everyone"}}}
        chat = {"type": "webchat", "name": "Repeated", "flow": office.named("flows", "To a person"),
                "queue": office.named("queues", "Everyone")}
        requests = [("/workers", {"friendly_name": "Robot"}), ("/agents", {"name": "Cleo"}),
                    ("/agents", {"name": "Dora", "password": "correct horse"}), ("/queues", {"friendly_name": "Twice"}),
                    ("/customers", {"name": "Carla", "addresses": [{"kind": "email", "value": "Carla@X.example"}]}),
                    ("/workflows", {"friendly_name": "Twice", "configuration": default}),
                    ("/activities", {"friendly_name": "Lunch"}), ("/task-channels", {"unique_name": "fax"}),
                    ("/tasks", {"attributes": {"n": 1}}), ("/channels", chat)]
        first = {}
        for number, (path, body) in enumerate(requests):
            first[number] = office.api("POST", path, body, key=f"key {number}")
            self.assertEqual(first[number].status, 201, (path, first[number].bytes[:300]))
            again = office.api("POST", path, body, key=f"key {number}")
            self.assertEqual((again.status, again.bytes), (201, first[number].bytes), path)
            self.assertEqual(again.headers["idempotent-replayed"], "true")
        office.stop()
        office.start()
        for number, (path, body) in enumerate(requests):
            again = office.api("POST", path, body, key=f"key {number}")
            self.assertEqual((again.status, again["id"]), (201, first[number]["id"]), path)
            if path == "/agents":
                self.assertEqual(again.body, first[number].body)
                self.assertEqual(office.api("GET", "/sessions/current", who=again["token"])["name"], body["name"])
            other = office.api("POST", path, {**body, "name" if "name" in body else "friendly_name": "Other"}
                               if path != "/tasks" else {"priority": 9}, key=f"key {number}")
            self.assertEqual(other.status, 422, (path, other.bytes[:300]))
        changed = {"name": "Dora", "password": "another one"}
        self.assertEqual(office.api("POST", "/agents", changed, key="key 2").status, 422)
        # A change that was made meanwhile does not make the repeat another request.
        queue = first[3]["id"]
        rename = {"friendly_name": "Thrice"}
        office.good("PUT", f"/queues/{queue}", rename, key="rename")
        office.good("PUT", f"/queues/{queue}", {"max_reserved_workers": 2})
        office.stop()
        office.start()
        repeat = office.good("PUT", f"/queues/{queue}", rename, key="rename")
        self.assertEqual((repeat["friendly_name"], repeat["max_reserved_workers"]), ("Thrice", 2))
        # Keys are the caller's own.
        self.assertEqual(office.api("POST", "/tasks", {"attributes": {"n": 2}}, who="Pipe", key="key 8").status, 201)
        self.refused(400, "POST", "/tasks", {}, key="k" * 300)

    def test_lists_are_cut_and_go_on_where_they_were(self):
        office = self.office
        for name in ("a", "b", "c", "d", "e"):
            office.good("POST", "/queues", {"friendly_name": f"page {name}"})
        whole = [one["id"] for one in office.items("/queues?limit=500")]
        first = office.good("GET", "/queues?limit=2")
        self.assertEqual(len(first["items"]), 2)
        office.good("DELETE", f"/queues/{first['items'][0]['id']}") if first["items"][0]["friendly_name"].startswith("page") else None
        seen, cursor = [one["id"] for one in first["items"]], first["next_cursor"]
        while cursor:
            page = office.good("GET", f"/queues?limit=2&cursor={cursor}")
            seen += [one["id"] for one in page["items"]]
            cursor = page["next_cursor"]
        self.assertEqual(seen, whole)
        for path in ("/queues", "/workers", "/agents", "/channels", "/tasks", "/conversations", "/customers", "/reservations"):
            self.assertEqual(set(office.good("GET", path)), {"items", "next_cursor"})
            self.refused(400, "GET", f"{path}?cursor=../etc")
            self.refused(400, "GET", f"{path}?limit=0")
            self.refused(400, "GET", f"{path}?limit=many")
        for path in ("/tasks?status=lost", "/conversations?status=lost", "/reservations?status=lost", "/conversations?queue=x"):
            self.refused(400, "GET", path)

    def test_an_attachment_belongs_to_a_conversation(self):
        """M34: size and type are the store's; the hash alone opens nothing."""
        office = self.office
        account = office.add_chat("Files")
        conversation = office.conversation_of("I need the form", account)
        picture = b"\x89PNG\r\n\x1a\n" + b"x" * 100
        stored = office.ask("POST", "/api/v1/attachments", raw=picture, who="Ana",
                            headers={"Content-Type": "application/octet-stream"})
        self.assertEqual((stored.status, stored["sha256"]), (201, hashlib.sha256(picture).hexdigest()))
        path = f"/attachments/{stored['sha256']}"
        self.assertEqual(office.api("GET", path, who="Ana").bytes, picture)  # her own
        self.refused(404, "GET", path, who="Ben")
        self.refused(404, "GET", "/attachments/" + "0" * 64)
        self.refused(403, "GET", path, who="Pipe")
        lie = {"text": "here", "attachments": [{"sha256": stored["sha256"], "name": "form.png", "size": 1,
                                                "mime_type": "text/html"}]}
        message = office.good("POST", f"/conversations/{conversation}/messages", lie, who="Ana")["message"]
        held = office.good("GET", f"/messages/{message}")["attachments"][0]
        self.assertEqual((held["size"], held["mime_type"], held["name"]), (len(picture), "image/png", "form.png"))
        got = office.api("GET", path, who="Ben")
        self.assertEqual((got.bytes, got.headers["content-disposition"], got.headers["x-content-type-options"]),
                         (picture, "attachment", "nosniff"))
        unknown = {"attachments": [{"sha256": "1" * 64, "name": "nothing"}]}
        self.assertIn("never uploaded", self.refused(400, "POST", f"/conversations/{conversation}/messages", unknown)["detail"])

    def test_a_conversation_is_taken_parked_resumed_and_ended(self):
        """M24: pull: whoever takes it owns it; M31: status, snooze and tags."""
        office = self.office
        conversation = office.conversation_of("anybody there?")
        path = f"/conversations/{conversation}"
        self.assertEqual([office.good("GET", path)[name] for name in ("status", "agent", "unread")], ["new", None, 1])
        taken = office.good("POST", path + "/take", who="Ana")
        me = office.good("GET", "/sessions/current", who="Ana")["agent"]
        self.assertEqual((taken["agent"], taken["status"]), (me, "open"))
        task = taken["task"]
        self.assertEqual(office.good("GET", f"/tasks/{task}")["assignment_status"], "assigned")
        second = office.api("POST", path + "/take", who="Ben")
        self.assertEqual((second.status, second["state"]), (409, "assigned"))
        self.assertEqual([one["id"] for one in office.items("/conversations?agent=me", who="Ana")], [conversation])
        self.assertEqual(office.good("POST", path + "/read", who="Ana")["unread"], 0)
        self.assertEqual(office.good("POST", path + "/typing", {"typing": True}, who="Ana")["typing"], True)
        parked = office.good("POST", path + "/park", who="Ana")
        self.assertEqual((parked["status"], parked["task"], parked["agent"]), ("pending", None, None))
        self.assertEqual([office.good("GET", f"/tasks/{task}")[name] for name in ("assignment_status", "reason")],
                         ["completed", "parked"])
        office.set_activity("Ana", "Available")
        office.set_activity("Ben", "Available")
        resumed = office.good("POST", path + "/resume", who="Ben")
        offer = office.offer(resumed["task"])
        self.assertEqual(offer["worker"], office.worker("Ana"))  # the last agent is asked first
        office.answer_offer(offer, "accept")
        for status in ("pending", "escalated", "resolved", "closed"):
            self.assertEqual(office.good("PATCH", path, {"status": status}, who="Ana")["status"], status)
        done = office.good("PATCH", path, {"tags": ["vip"], "snooze_until": "2030-01-01T00:00:00Z"}, who="Ana")
        self.assertEqual((done["tags"], done["snooze_until"], done["task"]), (["vip"], "2030-01-01T00:00:00.000Z", None))
        self.assertIsNone(office.good("PATCH", path, {"snooze_until": None}, who="Ana")["snooze_until"])
        self.refused(400, "PATCH", path, {"status": "gone"})
        self.refused(403, "POST", path + "/assign", {"agent": me}, who="Ana")
        self.assertEqual(office.good("POST", path + "/assign", {"agent": me}, who="Sue")["agent"], me)
        office.good("PATCH", path, {"status": "closed"})
        office.set_activity("Ana", "Break")
        office.set_activity("Ben", "Break")

    def test_messages_are_queued_scheduled_and_taken_back(self):
        office = self.office
        conversation = office.conversation_of("send me something")
        path = f"/conversations/{conversation}/messages"
        sent = office.api("POST", path, {"text": "Here you are"}, who="Ana", key="reply")
        self.assertEqual((sent.status, sent["state"]), (202, "queued"))
        wait_for("sent", lambda: office.good("GET", f"/messages/{sent['message']}")["state"] == "sent")
        note = office.good("POST", path, {"text": "careful", "kind": "note"}, who="Ana")
        self.assertEqual(office.good("GET", f"/messages/{note['message']}")["kind"], "note")
        later = office.good("POST", path, {"content": {"text": "tomorrow"}, "send_at": "2030-01-01T00:00:00Z"}, who="Ana")
        self.assertEqual(later["state"], "scheduled")
        self.assertEqual(office.good("DELETE", f"{path}/{later['message']}", who="Ana")["state"], "canceled")
        again = office.api("DELETE", f"{path}/{later['message']}", who="Ana")
        self.assertEqual((again.status, again["state"]), (409, "canceled"))
        self.assertEqual(office.api("POST", f"/messages/{sent['message']}/retry", who="Ana").status, 409)
        steps = [one["step"] for one in office.items(f"/messages/{sent['message']}/trace", who="Ana")]
        self.assertIn("sent", steps)
        for body in ({}, {"text": ""}, {"text": "x", "kind": "inbound"}, {"content": 5}, {"text": "x", "reply_to": "y"}):
            self.refused(400, "POST", path, body, who="Ana")
        self.refused(413, "POST", path, {"text": "x" * 40_000}, who="Ana")
        office.stop()
        office.start()
        repeat = office.api("POST", path, {"text": "Here you are"}, who="Ana", key="reply")
        self.assertEqual((repeat.status, repeat.body), (202, sent.body))

    def test_customers_are_changed_renamed_merged_and_split(self):
        """M02, M16; a new name reaches every list."""
        office = self.office
        account = office.add_chat("People")
        for who, mail in (("Rita", "rita@x.example"), ("Rosa", "rosa@x.example")):
            Visitor(office, account, who, mail).say(f"I am {who}")

        def of(name):
            return [one for one in office.items("/conversations") if one["snippet"] == f"I am {name}"]
        rita, rosa = wait_for("both", lambda: of("Rita") and of("Rosa") and (of("Rita")[0], of("Rosa")[0]))
        office.good("PATCH", f"/customers/{rita['customer']}", {"name": "Margherita", "facts": {"vip": True}, "tags": ["gold"]})
        self.assertEqual(of("Rita")[0]["customer_name"], "Margherita")
        self.assertEqual(office.good("GET", f"/conversations/{rita['id']}")["customer_name"], "Margherita")
        self.assertIn(rita["id"], [one["id"] for one in office.items("/conversations?q=margherita")])
        self.refused(404, "POST", f"/customers/{rita['customer']}/merge", {"from": NOWHERE})
        self.refused(400, "POST", f"/customers/{rita['customer']}/merge", {"from": rita["customer"]})
        self.refused(403, "POST", f"/customers/{rita['customer']}/merge", {"from": rosa["customer"]}, who="Ana")
        one = office.good("POST", f"/customers/{rita['customer']}/merge", {"from": rosa["customer"]}, who="Sue")
        self.assertEqual((one["name"], one["facts"]), ("Margherita", {"vip": True}))
        values = {address["value"] for address in one["addresses"]}
        self.assertTrue({"rita@x.example", "rosa@x.example"} <= values)
        self.refused(404, "GET", f"/customers/{rosa['customer']}")
        self.assertEqual(of("Rosa")[0]["customer_name"], "Margherita")
        timeline = office.items(f"/customers/{rita['customer']}/timeline")
        self.assertEqual({entry["conversation"] for entry in timeline}, {rita["id"], rosa["id"]})
        leaving = [address["id"] for address in one["addresses"]
                   if address["value"] == "rosa@x.example" or address["id"] == of("Rosa")[0]["address"]]
        self.refused(400, "POST", f"/customers/{rita['customer']}/split", {"addresses": [a["id"] for a in one["addresses"]]})
        other = office.good("POST", f"/customers/{rita['customer']}/split", {"addresses": leaving, "name": "Rosa"})
        self.assertEqual(of("Rosa")[0]["customer"], other["id"])
        self.assertEqual(of("Rita")[0]["customer"], rita["customer"])
        linked = self.refused(409, "POST", "/customers", {"name": "Copy", "addresses": [
            {"kind": "email", "value": "ROSA@x.example"}]})
        self.assertEqual(linked["state"], "linked")

    def test_a_flow_can_be_played_without_sending(self):
        """M08 to M10: greeting, bot, and "live agent" in any case."""
        office = self.office
        flow = office.named("flows", "Reference")
        played = office.good("POST", f"/flows/{flow}/test", {"inputs": [{"message": "LIVE Agent please"}]}, who="Ana")
        self.assertIn("task", [action["type"] for action in played["steps"][-1]["actions"]])
        self.refused(400, "POST", f"/flows/{flow}/test", {"inputs": []})
        self.refused(400, "POST", f"/flows/{flow}/test", {"inputs": [{"dance": 1}]})
        self.refused(400, "POST", f"/flows/{flow}/test", {"inputs": [{"message": "x"}], "definition": {"states": 5}})

    def test_directory_records_are_checked_and_kept_while_used(self):
        office = self.office
        queue = office.named("queues", "Everyone")
        for path in (f"/queues/{queue}", f"/workflows/{office.named('workflows', 'Default')}",
                     f"/activities/{office.named('activities', 'Offline')}", f"/task-channels/{office.named('task-channels', 'chat')}"):
            refused = self.refused(409, "DELETE", path)
            self.assertEqual(refused["state"], "in-use", path)
        legacy = office.good("POST", "/queues", {"friendly_name": "Legacy", "reservation_activity": "x", "assignment_activity": "y"})
        self.assertEqual(legacy["target_workers"], "1==1")
        fixed = self.refused(409, "PUT", f"/activities/{office.named('activities', 'Break')}", {"available": True})
        self.assertEqual(fixed["state"], "fixed")
        self.refused(409, "POST", "/queues", {"friendly_name": "everyone"})
        self.refused(400, "POST", "/task-channels", {"unique_name": "two-words"})
        self.refused(400, "POST", "/workflows", {"friendly_name": "Lost", "configuration": {
            "task_routing": {"filters": [], "default_filter": {"queue": "Nowhere"}}}})
        valid = office.good("POST", "/workflows/validate", {"configuration": {
            "task_routing": {"filters": [{"expression": "a ==", "targets": []}]}}})
        self.assertEqual(valid["valid"], False)
        self.assertTrue(valid["errors"][0]["detail"])
        self.refused(400, "POST", "/channels", {"type": "webchat", "name": "Nowhere"})  # M28
        self.refused(400, "POST", "/channels", {"type": "pigeon", "name": "Nowhere"})

    def test_the_description_names_every_call(self):
        document = self.office.ask("GET", "/api/v1/openapi.json", who=None).body
        self.assertEqual(document["openapi"][:3], "3.1")
        for path, methods in {"/status": "get", "/conversations/{id}": "get patch", "/sessions": "post",
                              "/conversations/{id}/messages": "get post", "/workers/{id}/one-more": "post",
                              "/tasks/{id}": "get patch", "/tasks/{id}/explain": "get", "/attachments/{sha256}": "get",
                              "/customers/{id}/timeline": "get", "/flows/{id}/test": "post", "/events": "get",
                              "/workflows/validate": "post", "/channels/{id}/test": "post",
                              "/webhooks": "get post", "/webhooks/{id}": "get patch put delete",
                              "/webhooks/{id}/deliveries": "get", "/flows/{id}/publish": "post",
                              "/customers/{id}": "get patch delete"}.items():
            self.assertTrue(set(methods.split()) <= set(document["paths"][path]), path)

    def test_health_and_numbers_need_no_token(self):
        self.assertEqual(self.office.ask("GET", "/healthz", who=None)["status"], "ok")
        metrics = self.office.ask("GET", "/metrics", who=None)
        self.assertIn(b"peerdesk_applied_index", metrics.bytes)
        self.assertTrue(metrics.headers["content-type"].startswith("text/plain"))

    def test_sign_in(self):
        office = self.office
        agent = office.good("POST", "/agents", {"name": "Pat", "password": "right one"})
        self.assertTrue(agent["worker"])
        signed = office.ask("POST", "/api/v1/sessions", {"name": "Pat", "password": "right one"}, who=None)
        self.assertEqual((signed.status, signed["role"]), (201, "agent"))
        self.assertEqual(office.api("GET", "/sessions/current", who=signed["token"])["name"], "Pat")
        for body in ({"name": "Pat", "password": "wrong"}, {"name": "Nobody", "password": "wrong"}):
            answer = office.ask("POST", "/api/v1/sessions", body, who=None)
            self.assertEqual((answer.status, answer.is_problem), (401, True))
        self.assertEqual(office.api("DELETE", f"/sessions/{signed['session']}", who=signed["token"]).status, 204)
        self.refused(401, "GET", "/tasks", who=signed["token"])

    def test_sessions_end_with_the_password_the_role_and_the_agent(self):
        office = self.office
        agent = office.good("POST", "/agents", {"name": "Kim", "password": "word 1", "role": "admin"})
        path, office.tokens["Kim"] = f"/agents/{agent['id']}", agent["token"]

        def sign_in(password):
            signed = office.ask("POST", "/api/v1/sessions", {"name": "Kim", "password": password}, who=None)
            self.assertEqual(signed.status, 201, signed.bytes)
            return signed["token"]

        own, other = sign_in("word 1"), sign_in("word 1")
        stream = Events(office, who="Kim")
        self.addCleanup(stream.close)
        self.assertNotIn("sessions_from", office.good("PATCH", path, {"password": "word 2"}, who=own))
        self.refused(401, "GET", "/tasks", who=other)
        self.refused(401, "GET", "/tasks", who="Kim")
        self.assertEqual(office.api("GET", "/tasks", who=own).status, 200)  # where it was changed
        stream.thread.join(20)
        self.assertFalse(stream.thread.is_alive())  # whoever listens is a session, too
        for change in ({"password": "word 3"}, {"role": "agent"}, {"is_active": False}):
            token = own if change == {"password": "word 3"} else sign_in("word 3")
            office.good("PATCH", path, change)  # by somebody else
            self.refused(401, "GET", "/tasks", who=token)
        office.good("PATCH", path, {"is_active": True})
        self.refused(401, "GET", "/tasks", who=own)  # none comes to life again
        sign_in("word 3")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
