#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outgoing webhooks through the real program: what a receiver may rely on.

usage: test_webhooks.py PEERDESK_NODE [TEST...]
"""
import json
import signal
import sys
import unittest

from client import Office, wait_for
from receiver import Receiver, is_signed

PROGRAM = ""
SECRET = "whsec-Zebra"


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.office = Office(PROGRAM, agents=("Ana",), time_scale=20)  # pauses of seconds pass in moments
        self.addCleanup(self.office.close)
        self.office.start()
        self.receiver = Receiver()
        self.addCleanup(lambda: self.receiver.close())

    def subscribe(self, **members):
        body = {"url": self.receiver.url, "events": ["task.created"], "secret": SECRET, **members}
        return self.office.good("POST", "/webhooks", body)["id"]

    def deliveries(self, webhook):
        return self.office.items(f"/webhooks/{webhook}/deliveries?limit=500")

    def taken_tasks(self):
        return [event["payload"]["task"]["id"] for event in self.receiver.taken("task.created")]

    def test_each_event_comes_signed_in_order_as_the_stream_shows_it(self):
        webhook = self.subscribe()
        tasks = [self.office.new_task(attributes={"n": n}) for n in range(5)]
        wait_for("the deliveries", lambda: len(self.receiver.taken()) >= 5)
        self.assertEqual(self.taken_tasks(), tasks)
        for delivery in self.receiver.deliveries:
            self.assertTrue(is_signed(delivery, SECRET))
            self.assertFalse(is_signed(delivery, "another"))
            headers, body, _ = delivery
            event = json.loads(body)
            self.assertEqual((headers["x-peerdesk-event-id"], headers["x-peerdesk-event"]), (event["id"], event["type"]))
            self.assertEqual(headers["x-peerdesk-webhook"], webhook)
        done = wait_for("the record", lambda: len(self.deliveries(webhook)) >= 5 and self.deliveries(webhook))
        self.assertEqual([(one["state"], one["attempts"], one["status"]) for one in done], [("delivered", 1, 200)] * 5)
        self.assertEqual([one["event_id"] for one in done][::-1], [event["id"] for event in self.receiver.taken()])

    def test_what_fails_is_tried_again_with_pauses_and_the_rest_waits_its_turn(self):
        webhook = self.subscribe()
        self.receiver.answers = [500, 0, 503]
        first, second = self.office.new_task(), self.office.new_task()
        wait_for("both", lambda: self.taken_tasks() == [first, second])
        ids = [headers["x-peerdesk-event-id"] for headers, _, _ in self.receiver.deliveries]
        self.assertEqual(len(set(ids[:4])), 1)  # four times the first, then the second
        self.assertEqual([headers["x-peerdesk-attempt"] for headers, _, _ in self.receiver.deliveries],
                         ["1", "2", "3", "4", "1"])
        done = wait_for("the record", lambda: [one for one in self.deliveries(webhook) if one["attempts"] == 4])
        self.assertEqual(done[0]["state"], "delivered")

    def test_nothing_is_lost_when_the_program_is_killed_before_a_delivery(self):
        webhook = self.subscribe()
        self.receiver.status = 500
        tasks = [self.office.new_task() for _ in range(3)]
        wait_for("an attempt", lambda: self.receiver.deliveries)
        retrying = wait_for("its record", lambda: [one for one in self.deliveries(webhook)
                                                   if one["state"] == "retrying" and one["next_at"]])
        self.assertEqual(self.office.good("GET", f"/webhooks/{webhook}")["state"], "retrying")
        self.office.stop(signal.SIGKILL)
        self.receiver.status = 200
        before = len(self.receiver.deliveries)
        self.office.start()
        wait_for("all of them", lambda: self.taken_tasks() == tasks)
        again = self.receiver.deliveries[before]
        self.assertEqual(again[0]["x-peerdesk-event-id"], retrying[0]["event_id"])
        self.assertGreater(int(again[0]["x-peerdesk-attempt"]), 1)  # the attempts before the kill count
        self.assertTrue(is_signed(again, SECRET))
        wait_for("it to be well", lambda: self.office.good("GET", f"/webhooks/{webhook}")["state"] == "ok")

    def test_nothing_comes_twice_over_an_orderly_restart(self):
        webhook = self.subscribe()
        first = self.office.new_task()
        wait_for("the record", lambda: self.deliveries(webhook))
        self.office.stop()
        self.office.start()
        second = self.office.new_task()
        wait_for("the second", lambda: second in self.taken_tasks())
        self.assertEqual(self.taken_tasks(), [first, second])

    def test_a_dead_receiver_is_in_nobodys_way(self):
        dead = Receiver()
        dead.close()
        lost = self.subscribe(url=dead.url, events=[])
        self.subscribe()
        tasks = [self.office.new_task() for _ in range(20)]
        wait_for("the other one's", lambda: self.taken_tasks() == tasks)
        found = wait_for("its record", lambda: self.deliveries(lost))
        self.assertEqual((found[0]["state"], found[0]["status"]), ("retrying", 0))
        self.assertTrue(found[0]["error"])
        self.assertEqual(self.office.good("GET", "/status")["role"], "leader")

    def test_what_a_receiver_refuses_is_given_up_and_the_next_one_comes(self):
        webhook = self.subscribe()
        self.receiver.answers = [400] * 5
        self.office.new_task()
        second = self.office.new_task()
        wait_for("the second", lambda: self.taken_tasks() == [second])
        failed = wait_for("the record", lambda: [one for one in self.deliveries(webhook) if one["state"] == "failed"])
        self.assertEqual((failed[0]["attempts"], failed[0]["status"]), (5, 400))

    def test_a_redirect_is_not_followed(self):
        self.subscribe()
        self.receiver.answers = [302]
        task = self.office.new_task()
        wait_for("the event", lambda: self.taken_tasks() == [task])
        self.assertEqual(len(self.receiver.deliveries), 2)

    def test_names_choose_the_events(self):
        everything = Receiver()
        self.addCleanup(everything.close)
        self.subscribe(events=["reservation.*"])
        self.subscribe(url=everything.url, events=[])
        self.office.set_activity("Ana", "Available")
        offer = self.office.offer(self.office.new_task())
        self.office.answer_offer(offer, "accept")
        wait_for("the offer", lambda: len(self.receiver.taken()) >= 2)
        self.assertEqual([event["type"] for event in self.receiver.taken()][:2],
                         ["reservation.created", "reservation.accepted"])
        wait_for("all", lambda: "reservation.accepted" in {event["type"] for event in everything.taken()})
        kinds = {event["type"] for event in everything.taken()}
        self.assertTrue({"task.created", "reservation.created", "worker.activity.update"} <= kinds)
        self.assertFalse({kind for kind in kinds if kind.startswith(("webhook.delivery", "effect.", "command.", "session."))})

    def test_a_subscription_is_read_changed_paused_and_ended(self):
        office = self.office
        webhook = self.subscribe()
        self.assertEqual(office.good("GET", f"/webhooks/{webhook}")["url"], self.receiver.url)
        self.assertEqual([one["id"] for one in office.items("/webhooks")], [webhook])
        office.good("PATCH", f"/webhooks/{webhook}", {"active": False})
        office.new_task()
        office.good("PATCH", f"/webhooks/{webhook}", {"active": True, "secret": "another"})
        task = office.new_task()
        wait_for("what came meanwhile, too", lambda: len(self.taken_tasks()) == 2 and self.taken_tasks()[1] == task)
        self.assertTrue(is_signed(self.receiver.deliveries[-1], "another"))
        self.assertEqual(office.api("DELETE", f"/webhooks/{webhook}").status, 204)
        self.assertEqual(office.api("GET", f"/webhooks/{webhook}").status, 404)
        self.assertEqual(office.api("GET", f"/webhooks/{webhook}/deliveries").status, 404)
        self.assertEqual(office.api("DELETE", f"/webhooks/{webhook}").status, 404)
        made = office.good("POST", "/webhooks", {"url": self.receiver.url, "events": ["task.created"]}, key="once")
        self.assertGreaterEqual(len(made["secret"]), 32)
        self.assertEqual(office.good("POST", "/webhooks", {"url": self.receiver.url, "events": ["task.created"]},
                                     key="once"), made)
        self.assertEqual(len(office.items("/webhooks")), 1)
        self.assertNotIn("secret", office.good("GET", f"/webhooks/{made['id']}"))

    def test_where_nothing_may_be_sent(self):
        for url in ("", "x", "ftp://a.test/", "file:///etc/passwd", "http://crm.test/in", "http://10.0.0.7/in",
                    "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/x", "https://0.0.0.0/", "https://[::]/",
                    "https://[::ffff:169.254.169.254]/", "https://224.0.0.1/", "https://name:word@crm.test/",
                    "https://crm.test/" + "x" * 3000, 5, None):
            answer = self.office.api("POST", "/webhooks", {"url": url})
            self.assertEqual(answer.status, 400, (url, answer.bytes))
            self.assertTrue(answer.is_problem)
        for events in ("task.created", ["a b"], ["x" * 65], ["task.created"] * 101, [5], [""]):
            self.assertEqual(self.office.api("POST", "/webhooks", {"url": "https://crm.test/", "events": events}).status, 400)
        for body in ({"events": []}, {"url": "https://crm.test/", "dance": 1}, {"url": "https://crm.test/", "secret": "x" * 2000}):
            self.assertEqual(self.office.api("POST", "/webhooks", body).status, 400, body)
        for method, path in (("GET", "/webhooks"), ("POST", "/webhooks")):
            self.assertEqual(self.office.api(method, path, {"url": self.receiver.url} if method == "POST" else None,
                                             who="Ana").status, 403)
        self.assertEqual(self.office.items("/webhooks"), [])

    def test_the_key_stands_in_no_file(self):
        self.subscribe()
        self.office.stop()
        import pathlib
        for file in pathlib.Path(self.office.folder).rglob("*"):
            if file.is_file():
                self.assertNotIn(SECRET.encode(), file.read_bytes(), file)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
