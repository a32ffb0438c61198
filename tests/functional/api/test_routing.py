#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing through the API of the real program: states and names of routing.md 2.1-2.3 and 2.9.

usage: test_routing.py PEERDESK_NODE [TEST...]
"""
import sys
import unittest

from client import Office, wait_for
from events import Events

PROGRAM = ""


class Routing(unittest.TestCase):
    scale = None

    def setUp(self):
        self.office = Office(PROGRAM, ("Ana", "Ben"), self.scale).start()
        self.addCleanup(self.office.close)

    def task(self, task):
        return self.office.good("GET", f"/tasks/{task}")

    def offered_to(self, task):
        return self.office.name_of(self.office.offer(task)["worker"])

    def test_offer_shows_what_is_needed_and_only_its_worker_may_answer(self):
        """M17: the offer names facts, queue, why, and a countdown; it is the chosen worker's alone."""
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task(attributes={"language": "es"}, priority=3)
        offer = office.offer(task)
        self.assertEqual(offer["status"], "pending")
        self.assertEqual(offer["task_attributes"], {"language": "es"})
        self.assertEqual((offer["task_priority"], offer["task_channel"], offer["timeout"]), (3, "chat", 60))
        self.assertTrue(0 < offer["remaining"] <= 60)
        self.assertIn("longest idle", offer["why"])
        self.assertEqual(self.task(task)["assignment_status"], "reserved")
        for verb in ("accept", "reject"):
            foreign = office.api("POST", f"/reservations/{offer['id']}/{verb}", who="Ben")
            self.assertEqual(foreign.status, 403)
        taken = office.answer_offer(offer, "accept")
        self.assertEqual(taken["status"], "accepted")
        self.assertEqual(self.task(task)["assignment_status"], "assigned")

    def test_a_decline_goes_to_the_next_and_never_straight_back(self):
        """M18: decline by A offers to B; A is out until B has answered."""
        office = self.office
        office.set_activity("Ana", "Available")
        office.set_activity("Ben", "Available")
        task = office.new_task()
        first = office.offer(task)
        office.answer_offer(first, "reject")
        second = office.offer(task)
        self.assertNotEqual(second["worker"], first["worker"])
        office.answer_offer(second, "reject")
        third = office.offer(task)
        self.assertEqual(third["worker"], first["worker"])
        self.assertEqual(self.task(task)["assignment_count"], 3)

    def test_reject_may_set_an_activity(self):
        office = self.office
        office.set_activity("Ana", "Available")
        offer = office.offer(office.new_task())
        office.answer_offer(offer, "reject", {"activity": office.named("activities", "Break")})
        self.assertEqual(office.good("GET", f"/workers/{offer['worker']}")["activity_name"], "Break")

    def test_the_longest_idle_is_asked_first(self):
        office = self.office
        office.set_activity("Ana", "Available")
        office.set_activity("Ben", "Available")
        order = []
        for _ in range(4):
            task = office.new_task()
            offer = office.offer(task)
            order.append(offer["worker"])
            office.answer_offer(offer, "accept")
            office.good("POST", f"/tasks/{task}/complete", {"reason": "done"})
        self.assertEqual(order[:2], order[2:])
        self.assertNotEqual(order[0], order[1])

    def test_one_agent_holds_several_tasks_on_several_channels(self):
        """M19: capacity per task channel: voice 1, chat 3; one pending offer at a time."""
        office = self.office
        office.set_activity("Ana", "Available")
        for channel, count in (("voice", 1), ("chat", 3)):
            for _ in range(count):
                office.answer_offer(office.offer(office.new_task(task_channel=channel)), "accept")
        worker = office.good("GET", f"/workers/{office.worker('Ana')}")
        chat = worker["channels"]["chat"]
        self.assertEqual((chat["assigned_tasks"], chat["configured_capacity"], chat["available_capacity_percentage"]),
                         (3, 3, 0))
        self.assertEqual(worker["channels"]["voice"]["available_capacity_percentage"], 0)
        waiting = office.new_task()
        self.assertEqual(self.task(waiting)["assignment_status"], "pending")
        why = office.good("GET", f"/tasks/{waiting}/explain")["workers"]
        self.assertIn("no free slot for chat (3 of 3)", [one["reason"] for one in why if one["friendly_name"] == "Ana"])
        office.good("PUT", f"/workers/{office.worker('Ana')}/channels/chat", {"configured_capacity": 4})
        office.offer(waiting)

    def test_one_more_is_one_offer_beyond_the_capacity(self):
        """M32: asked for once, offered once; refused for who is not available."""
        office = self.office
        worker = office.worker("Ana")
        away = office.api("POST", f"/workers/{worker}/one-more", who="Ana")
        self.assertEqual((away.status, away["state"]), (409, "Offline"))
        office.set_activity("Ana", "Available")
        office.answer_offer(office.offer(office.new_task(task_channel="voice")), "accept")
        second, third = office.new_task(task_channel="voice"), office.new_task(task_channel="voice")
        self.assertEqual(self.task(second)["assignment_status"], "pending")
        self.assertEqual(office.api("POST", f"/workers/{worker}/one-more", who="Ben").status, 403)
        self.assertTrue(office.good("POST", f"/workers/{worker}/one-more", who="Ana")["id"])
        office.answer_offer(office.offer(second), "accept")
        self.assertEqual(self.task(third)["assignment_status"], "pending")
        self.assertFalse(office.good("GET", f"/workers/{worker}")["one_more"])

    def test_wrap_up_keeps_the_slot_and_complete_frees_it(self):
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task(task_channel="voice")
        office.answer_offer(office.offer(task), "accept")
        self.assertEqual(office.good("POST", f"/tasks/{task}/wrapup", who="Ana")["assignment_status"], "wrapping")
        self.assertEqual(office.offer(task, "wrapping")["status"], "wrapping")
        waiting = office.new_task(task_channel="voice")
        self.assertEqual(self.task(waiting)["assignment_status"], "pending")
        done = office.good("POST", f"/tasks/{task}/complete", {"reason": "solved"}, who="Ana")
        self.assertEqual((done["assignment_status"], done["reason"]), ("completed", "solved"))
        self.assertEqual(office.offer(task, "completed")["status"], "completed")
        office.offer(waiting)

    def test_illegal_changes_are_refused_with_the_state(self):
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task()
        offer = office.offer(task)

        def refused(path, state, who="Boss"):
            answer = office.api("POST", path, who=who)
            self.assertEqual((answer.status, answer.body.get("state")), (409, state), path)
            self.assertTrue(answer.is_problem)
        refused(f"/tasks/{task}/wrapup", "reserved")
        refused(f"/tasks/{task}/complete", "reserved")
        office.answer_offer(offer, "accept")
        refused(f"/reservations/{offer['id']}/accept", "accepted", "Ana")
        refused(f"/reservations/{offer['id']}/reject", "accepted", "Ana")
        refused(f"/tasks/{task}/cancel", "assigned")
        office.good("POST", f"/tasks/{task}/wrapup", who="Ana")
        refused(f"/tasks/{task}/wrapup", "wrapping")
        refused(f"/tasks/{task}/cancel", "wrapping")
        office.good("POST", f"/tasks/{task}/complete", who="Ana")
        for verb in ("cancel", "wrapup", "complete"):
            refused(f"/tasks/{task}/{verb}", "completed")
        other = office.new_task()
        offer = office.offer(other)
        self.assertEqual(office.good("POST", f"/tasks/{other}/cancel", {"reason": "gave up"})["assignment_status"], "canceled")
        self.assertEqual(office.offer(other, "canceled")["id"], offer["id"])
        refused(f"/tasks/{other}/complete", "canceled")
        refused(f"/reservations/{offer['id']}/accept", "canceled", "Ana")

    def test_a_batch_of_offers_is_rescinded_by_the_first_acceptance(self):
        office = self.office
        office.set_activity("Ana", "Available")
        office.set_activity("Ben", "Available")
        queue = office.good("POST", "/queues", {"friendly_name": "Race", "max_reserved_workers": 2})["id"]
        workflow = office.good("POST", "/workflows", {"friendly_name": "Race", "configuration": {
            "task_routing": {"filters": [], "default_filter": {"queue": queue}}}})["id"]
        task = office.new_task(workflow=workflow)
        wait_for("two offers", lambda: len(self.task(task)["reservations"]) == 2)
        both = [one for one in office.items("/reservations?status=pending") if one["task"] == task]
        office.answer_offer(both[0], "accept")
        late = office.api("POST", f"/reservations/{both[1]['id']}/accept", who=office.name_of(both[1]["worker"]))
        self.assertEqual((late.status, late["state"]), (409, "rescinded"))

    def test_skills_and_priority_choose(self):
        """M14, M116: exactly who has the skill is asked; who opts out keeps the work and gets no more until opting in."""
        office = self.office
        office.set_activity("Ana", "Available")
        office.set_activity("Ben", "Available")
        ben = office.worker("Ben")
        office.good("PATCH", f"/workers/{ben}", {"attributes": {"languages": ["pl"]}})
        queue = office.good("POST", "/queues", {"friendly_name": "Polish", "target_workers": "languages HAS 'pl'"})["id"]
        workflow = office.good("POST", "/workflows", {"friendly_name": "By language", "configuration": {"task_routing": {
            "filters": [{"expression": "language == 'pl'", "targets": [{"queue": queue, "priority": 5}]}],
            "default_filter": {"queue": office.named("queues", "Everyone")}}}})["id"]
        task = office.new_task(workflow=workflow, attributes={"language": "pl"})
        self.assertEqual(office.offer(task)["worker"], ben)
        self.assertEqual(self.task(task)["priority"], 5)
        office.good("POST", f"/reservations/{office.offer(task)['id']}/accept", who="Ben")
        opted = office.good("PUT", f"/workers/{ben}/queues/{queue}", {"opted_in": False}, who="Ben")
        self.assertEqual(opted["opted_out"], [queue])
        waiting = office.new_task(workflow=workflow, attributes={"language": "pl"})
        self.assertEqual(self.task(waiting)["assignment_status"], "pending")
        self.assertEqual((self.task(task)["assignment_status"], self.task(task)["worker"]), ("assigned", ben))
        office.good("PUT", f"/workers/{ben}/queues/{queue}", {"opted_in": True}, who="Ben")
        self.assertEqual(office.offer(waiting)["worker"], ben)

    def test_an_activity_that_is_not_available_gets_no_offers(self):
        office = self.office
        names = {one["friendly_name"]: one["available"] for one in office.items("/activities")}
        self.assertEqual({name: names[name] for name in ("Offline", "Available", "Unavailable", "Break")},
                         {"Offline": False, "Available": True, "Unavailable": False, "Break": False})
        office.set_activity("Ana", "Break")
        task = office.new_task()
        self.assertEqual(self.task(task)["assignment_status"], "pending")
        office.set_activity("Ana", "Available")
        offer = office.offer(task)
        office.good("PUT", f"/workers/{offer['worker']}/activity",
                    {"activity": "Unavailable", "reject_pending_reservations": True}, who="Ana")
        self.assertEqual(office.good("GET", f"/reservations/{offer['id']}")["status"], "rejected")
        self.assertEqual(self.task(task)["assignment_status"], "pending")
        self.assertEqual(office.api("PUT", f"/workers/{offer['worker']}/activity", {"activity": "Break"}, who="Ben").status, 403)
        self.assertEqual(office.api("PUT", f"/workers/{offer['worker']}/activity", {"activity": "Sleep"}, who="Ana").status, 400)

    def test_events_have_the_names_of_the_router(self):
        """routing.md 2.9, over the WebSocket; ?after= gives the same again."""
        office = self.office
        stream = Events(office)
        self.addCleanup(stream.close)
        office.set_activity("Ana", "Available")
        activity = office.good("POST", "/activities", {"friendly_name": "Lunch"})
        office.good("PUT", f"/activities/{activity['id']}", {"friendly_name": "Long lunch"})
        office.good("DELETE", f"/activities/{activity['id']}")
        channel = office.good("POST", "/task-channels", {"unique_name": "fax"})
        office.good("DELETE", f"/task-channels/{channel['id']}")
        queue = office.good("POST", "/queues", {"friendly_name": "Extra"})
        office.good("PUT", f"/queues/{queue['id']}", {"target_workers": "1==2"})
        office.good("DELETE", f"/queues/{queue['id']}")
        worker = office.worker("Ana")
        office.good("PUT", f"/workers/{worker}/channels/sms", {"configured_capacity": 2})
        office.good("PUT", f"/workers/{worker}/channels/sms", {"available": False})
        office.good("PATCH", f"/workers/{worker}", {"attributes": {"vip": True}})
        task = office.new_task()
        office.answer_offer(office.offer(task), "reject")
        office.set_activity("Ben", "Available")
        office.answer_offer(office.offer(task), "accept")
        office.good("POST", f"/tasks/{task}/wrapup")
        office.good("POST", f"/tasks/{task}/complete")
        office.good("POST", f"/tasks/{office.new_task(task_channel='voice')}/cancel")
        wait_for("the last event", lambda: "task.canceled" in stream.names())
        # The office's key is made when its first router gets to it.
        names = [name for name in stream.names() if name not in ("command.done", "office.recovery-key-set")]
        self.assertEqual(names[:11], [
            "worker.activity.update", "activity.created", "activity.updated", "activity.deleted",
            "task-channel.created", "task-channel.deleted", "task-queue.created", "task-queue.expression.updated",
            "task-queue.deleted", "worker.capacity.update", "worker.channel.availability.update"])
        about = [one["type"] for one in stream.all if one["payload"].get("resource_id") == task]
        self.assertEqual(about, ["task.created", "workflow.entered", "workflow.target-matched", "task-queue.entered",
                                 "task.wrapup", "task.completed"])
        offers = [one["type"] for one in stream.all if one["payload"].get("task") == task
                  and one["payload"].get("resource_type") == "reservation"]
        self.assertEqual(offers, ["reservation.created", "reservation.rejected", "reservation.created",
                                  "reservation.accepted", "reservation.wrapup", "reservation.completed"])
        self.assertIn("worker.attributes.update", names)
        self.assertIn("reservation.canceled", names)
        again = Events(office, after=stream.all[2]["id"])
        self.addCleanup(again.close)
        wait_for("the same events", lambda: len(again.all) >= len(stream.all) - 3)
        self.assertEqual(again.all[:len(stream.all) - 3], stream.all[3:])

    def test_statistics_of_the_moment(self):
        office = self.office
        office.set_activity("Ana", "Available")
        office.answer_offer(office.offer(office.new_task(priority=2)), "accept")
        office.offer(office.new_task())
        office.new_task()
        now = office.good("GET", "/statistics/workspace?real_time=1")
        self.assertEqual(now["total_tasks"], 3)
        self.assertEqual(now["tasks_by_status"], {"pending": 1, "reserved": 1, "assigned": 1, "wrapping": 0})
        self.assertEqual(now["tasks_by_priority"], {"0": 2, "2": 1})
        self.assertEqual((now["total_workers"], now["total_available_workers"]), (3, 1))
        queue = office.good("GET", f"/statistics/queues/{office.named('queues', 'Everyone')}?real_time=1&task_channel=chat")
        self.assertEqual((queue["total_tasks"], queue["total_eligible_workers"]), (3, 3))
        self.assertTrue(queue["longest_relative_task_sid_in_queue"])
        self.assertEqual(office.api("GET", "/statistics/queues/" + "0" * 31 + "1?real_time=1").status, 404)


    def test_statistics_over_a_span(self):
        """routing.md 2.8: what happened between two moments, from the log alone."""
        office = self.office
        before = office.good("GET", "/statistics/workspace?real_time=1")["at"]
        office.set_activity("Ana", "Available")
        task = office.new_task()
        office.answer_offer(office.offer(task), "accept")
        middle = office.good("GET", "/statistics/workspace?real_time=1")["at"]
        office.good("POST", f"/tasks/{task}/wrapup", who="Ana")
        office.good("POST", f"/tasks/{task}/complete", {"reason": "done"}, who="Ana")
        waiting = office.new_task()
        office.answer_offer(office.offer(waiting), "reject")
        office.good("POST", f"/tasks/{waiting}/cancel")
        path = "/statistics/workspace?split_by_wait_time=5,60"
        found = office.good("GET", path)
        self.assertEqual([found[name] for name in ("tasks_created", "tasks_canceled", "tasks_completed")], [2, 1, 1])
        self.assertEqual([found["reservations_" + name] for name in ("created", "accepted", "rejected")], [2, 1, 1])
        self.assertEqual(found["split_by_wait_time"]["60"]["below"], {"reservations_accepted": 1, "tasks_canceled": 1})
        self.assertEqual(set(found["wait_duration_until_accepted"]), {"avg", "min", "max", "total"})
        self.assertEqual(found["service_level"], 100)
        # A span that began after the acceptance knows the task's past but counts only what happened in it.
        later = office.good("GET", f"/statistics/workspace?start={middle}")
        self.assertEqual((later["tasks_created"], later["reservations_accepted"], later["tasks_completed"]), (1, 0, 1))
        self.assertGreater(later["handle_time"]["max"], 0)
        earlier = office.good("GET", f"/statistics/workspace?start={before}&end={middle}")
        self.assertEqual((earlier["tasks_created"], earlier["reservations_accepted"], earlier["tasks_completed"]),
                         (1, 1, 0))
        worker = office.good("GET", f"/statistics/workers/{office.worker('Ana')}")
        self.assertEqual(worker["reservations_accepted"], 1)
        available = next(one for one in worker["activity_durations"] if one["friendly_name"] == "Available")
        self.assertGreater(available["total"], 0)
        queue = office.good("GET", f"/statistics/queues/{office.named('queues', 'Everyone')}?task_channel=voice")
        self.assertEqual(queue["tasks_created"], 0)
        for wrong in ("start=yesterday", "start=2026-02-01T00:00:00Z&end=2026-01-01T00:00:00Z", "minutes=x",
                      "split_by_wait_time=a", "task_channel=none"):
            self.assertEqual(office.api("GET", f"/statistics/workspace?{wrong}").status, 400, wrong)

    def test_a_cold_transfer_leaves_the_task_with_the_first_until_the_second_accepts(self):
        """routing.md 2.7: declined, the first sees who and why; accepted, it is the second's."""
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task()
        office.answer_offer(office.offer(task), "accept")
        gone = office.api("POST", f"/tasks/{task}/transfer", {"to": "Ben", "mode": "COLD"}, who="Ana")
        self.assertEqual((gone.status, gone["state"]), (409, "Offline"))
        self.assertEqual(office.api("POST", f"/tasks/{task}/transfer", {"to": "Nobody"}, who="Ana").status, 404)
        self.assertEqual(office.api("POST", f"/tasks/{task}/transfer", {"to": "Ben", "mode": "LUKEWARM"}).status, 400)
        office.set_activity("Ben", "Available")
        self.assertEqual(office.api("POST", f"/tasks/{task}/transfer", {"to": "Ben"}, who="Ben").status, 403)
        events = Events(office)
        self.addCleanup(events.close)
        begun = office.good("POST", f"/tasks/{task}/transfer", {"to": "Ben", "type": "WORKER"}, who="Ana")
        self.assertEqual((begun["assignment_status"], begun["transfer"]["status"]), ("assigned", "INITIATED"))
        again = office.api("POST", f"/tasks/{task}/transfer", {"to": "Ben"}, who="Ana")
        self.assertEqual((again.status, again["state"]), (409, "INITIATED"))
        offer = office.offer(task)
        office.answer_offer(offer, "reject")
        kept = self.task(task)
        self.assertEqual((kept["worker"], kept["transfer"]["status"], kept["transfer"]["failed_reason"]),
                         (office.worker("Ana"), "FAILED", "Ben declined"))
        queue = office.named("queues", "Everyone")
        office.good("POST", f"/tasks/{task}/transfer", {"to": queue, "type": "queue", "mode": "cold"}, who="Ana")
        offer = office.offer(task)
        self.assertEqual(self.task(task)["worker"], office.worker("Ana"))
        office.answer_offer(offer, "accept")
        handed = self.task(task)
        self.assertEqual((handed["assignment_status"], handed["worker"], handed["transfer"]["status"]),
                         ("assigned", office.worker("Ben"), "COMPLETED"))
        first = handed["transfer"]["initiating_reservation"]
        self.assertEqual(office.good("GET", f"/reservations/{first}")["status"], "wrapping")
        office.good("POST", f"/tasks/{task}/complete", who="Ana")  # her part alone
        self.assertEqual(office.good("GET", f"/reservations/{first}")["status"], "completed")
        self.assertEqual(self.task(task)["assignment_status"], "assigned")
        office.good("POST", f"/tasks/{task}/complete", who="Ben")
        names = ["task.transfer-initiated", "task.transfer-attempt-failed", "task.transfer-failed",
                 "task.transfer-completed"]
        wait_for("the events", lambda: set(names) <= set(events.names()))

    def test_a_warm_transfer_is_joined_and_then_completed_or_taken_back(self):
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task()
        office.answer_offer(office.offer(task), "accept")
        office.set_activity("Ben", "Available")
        ana, ben = office.worker("Ana"), office.worker("Ben")
        office.good("POST", f"/tasks/{task}/transfer", {"to": ben, "mode": "WARM"}, who="Ana")
        early = office.api("POST", f"/tasks/{task}/transfer/complete", who="Ana")
        self.assertEqual((early.status, early["state"]), (409, "INITIATED"))
        office.answer_offer(office.offer(task), "accept")
        joined = self.task(task)
        self.assertEqual((joined["worker"], bool(joined["transfer"]["joined"])), (ana, True))
        office.good("POST", f"/tasks/{task}/transfer/cancel", who="Ana")
        self.assertEqual((self.task(task)["worker"], self.task(task)["transfer"]["status"]), (ana, "CANCELED"))
        office.good("POST", f"/tasks/{task}/transfer", {"to": "Ben", "mode": "WARM"}, who="Ana")
        office.answer_offer(office.offer(task), "accept")
        done = office.good("POST", f"/tasks/{task}/transfer", {"status": "COMPLETED"}, who="Ana")
        self.assertEqual((done["worker"], done["transfer"]["status"]), (ben, "COMPLETED"))

    def test_pull_and_auto_accept_are_settings_of_a_queue(self):
        """M118"""
        office = self.office
        queue = office.named("queues", "Everyone")
        office.good("PUT", f"/queues/{queue}", {"pull": True})
        office.set_activity("Ana", "Available")
        ana = office.worker("Ana")
        first, second = office.new_task(priority=5), office.new_task()
        self.assertEqual(self.task(first)["assignment_status"], "pending")
        self.assertEqual(office.good("POST", f"/workers/{ana}/take", {"queue": queue}, who="Ana")["id"], first)
        self.assertEqual(office.good("POST", f"/workers/{ana}/take", {}, who="Ana")["id"], second)
        self.assertEqual(office.api("POST", f"/workers/{ana}/take", {}, who="Ana").status, 404)
        self.assertEqual(office.api("POST", f"/workers/{ana}/take", {}, who="Ben").status, 403)
        office.good("PUT", f"/queues/{queue}", {"pull": False, "auto_accept": True})
        self.assertEqual(self.task(office.new_task(task_channel="email"))["assignment_status"], "assigned")

    def test_the_workspace_has_settings(self):
        office = self.office
        found = office.good("GET", "/workspace")
        self.assertEqual((found["prioritize_queue_order"], found["max_pending_offers"]), ("FIFO", 1))
        changed = office.good("PUT", "/workspace", {"max_pending_offers": 2, "prioritize_queue_order": "LIFO"})
        self.assertEqual((changed["prioritize_queue_order"], changed["max_pending_offers"]), ("LIFO", 2))
        self.assertEqual(office.api("PUT", "/workspace", {"max_pending_offers": 0}).status, 400)
        self.assertEqual(office.api("PUT", "/workspace", {"max_pending_offers": 3}, who="Ana").status, 403)
        office.set_activity("Ana", "Available")
        first, second = office.new_task(), office.new_task()
        self.assertEqual([self.task(one)["assignment_status"] for one in (first, second)], ["reserved", "reserved"])

    def test_a_task_may_ask_one_worker_whatever_the_capacity(self):
        office = self.office
        ana = office.worker("Ana")
        task = office.new_task(routing_target=ana, ignore_capacity=True)
        self.assertEqual(office.offer(task)["worker"], ana)
        refused = office.api("POST", "/tasks", {"attributes": {}, "ignore_capacity": True})
        self.assertEqual(refused.status, 400)


class RoutingByTheClock(Routing):
    """The same office thirty times faster than life."""
    scale = 30

    def test_a_missed_offer_goes_on_and_the_second_in_a_row_puts_the_worker_away(self):
        """M17, decisions "Routing defaults": first miss re-queues, second sets Away; one click back."""
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task()
        first = office.offer(task)
        wait_for("the first miss", lambda: office.good("GET", f"/reservations/{first['id']}")["status"] == "timeout")
        worker = office.good("GET", f"/workers/{first['worker']}")
        self.assertEqual((worker["activity_name"], worker["missed_offers"]), ("Available", 1))
        second = office.offer(task)
        self.assertNotEqual(second["id"], first["id"])
        wait_for("the second miss", lambda: office.good("GET", f"/reservations/{second['id']}")["status"] == "timeout")
        worker = office.good("GET", f"/workers/{first['worker']}")
        self.assertEqual((worker["activity_name"], worker["available"]), ("Away", False))
        self.assertEqual(self.task(task)["assignment_status"], "pending")
        office.set_activity("Ana", "Available")
        third = office.offer(task)
        self.assertEqual(third["worker"], first["worker"])

    def test_a_lone_decliner_is_asked_again_after_a_minute(self):
        office = self.office
        office.set_activity("Ana", "Available")
        task = office.new_task()
        office.answer_offer(office.offer(task), "reject")
        self.assertEqual(self.task(task)["assignment_status"], "pending")
        office.offer(task)

    def test_a_task_ends_by_its_time_to_live(self):
        task = self.office.new_task(timeout=30)
        wait_for("the end", lambda: self.task(task)["assignment_status"] == "canceled")
        self.assertEqual(self.task(task)["reason"], "Task TTL Exceeded")

    def test_a_workflow_step_times_out_into_the_next(self):
        office = self.office
        office.set_activity("Ben", "Available")
        queues = [office.good("POST", "/queues", {"friendly_name": name, "target_workers": workers})["id"]
                  for name, workers in (("Nobody", "1==2"), ("All", "1==1"))]
        workflow = office.good("POST", "/workflows", {
            "friendly_name": "Overflow", "task_reservation_timeout": 600,
            "configuration": {"task_routing": {"filters": [{"expression": "1==1", "targets": [
                {"queue": queues[0], "timeout": 30}, {"queue": queues[1], "priority": 7}]}]}}})["id"]
        stream = Events(office)
        self.addCleanup(stream.close)
        task = office.new_task(workflow=workflow)
        self.assertEqual(self.task(task)["task_queue"], queues[0])
        offer = office.offer(task)
        self.assertEqual(offer["timeout"], 600)
        self.assertEqual((self.task(task)["task_queue"], self.task(task)["priority"]), (queues[1], 7))
        wait_for("the events", lambda: "reservation.created" in stream.names())
        about = [name for name in stream.names() if name.startswith(("workflow.", "task-queue."))]
        self.assertEqual(about, ["workflow.entered", "workflow.target-matched", "task-queue.entered", "task-queue.timeout",
                                 "workflow.target-matched", "task-queue.moved", "task-queue.entered"])


# The slow office plays only what the clock is about.
for name in [name for name in vars(Routing) if name.startswith("test_")]:
    setattr(RoutingByTheClock, name, None)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
