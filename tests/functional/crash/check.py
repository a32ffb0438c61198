# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what was acknowledged with what the office holds and what left it. Returns sentences;
none means that every promise was kept."""
import hashlib
from collections import Counter

from officenode import Refused

SETTLED = ("sent", "delivered", "read", "failed", "uncertain", "canceled")


class Books:
    """Everything the office says it has, read through the API."""

    def __init__(self, node):
        self.node = node
        self.conversations = node.all("/conversations")
        self.messages = [message for conversation in self.conversations
                         for message in node.all(f"/conversations/{conversation['id']}/messages")]
        self.tasks = node.all("/tasks")
        self.reservations = [one for worker in node.all("/workers")
                             for one in node.all(f"/reservations?worker={worker['id']}")]

    def of(self, direction):
        return [m for m in self.messages if m["direction"] == direction and m["kind"] != "system"]

    def unsettled(self):
        return [m for m in self.of("outbound") if m["kind"] == "reply" and m["state"] not in SETTLED]


def inbound(books, ledger):
    seen = Counter(m["text"].strip() for m in books.of("inbound"))
    for text in ledger.inbound + ledger.mails:
        if seen[text] != 1:
            yield f"acknowledged \"{text}\" is there {seen[text]} times"
    for text in ledger.refused:
        if seen[text]:
            yield f"refused \"{text}\" is there all the same"
    for text, times in seen.items():
        if text not in ledger.said:
            yield f"\"{text}\" was never said"
        if times > 1:
            yield f"\"{text}\" is there {times} times"


def attachments(books, ledger):
    for message in books.of("inbound") + books.of("outbound"):
        content = ledger.files.get(message["text"].strip())
        if content is None:
            continue
        digest = hashlib.sha256(content).hexdigest()
        if [a["sha256"] for a in message["attachments"]] != [digest]:
            yield f"\"{message['text']}\" lost its attachment"
            continue
        try:
            held = books.node.ask("GET", f"/attachments/{digest}")
        except Refused as refused:
            yield f"the attachment of \"{message['text']}\" is gone: {refused}"
            continue
        if held != content:
            yield f"the attachment of \"{message['text']}\" is not what was sent"


def replies(books, ledger, sink):
    of_text = {}
    for message in books.of("outbound"):
        of_text.setdefault(message["text"].strip(), []).append(message)
    channel_of = {c["id"]: c["channel"] for c in books.conversations}
    for text, identity in ledger.replies.items():
        found = of_text.get(text, [])
        if [m["id"] for m in found] != [identity]:
            yield f"accepted answer \"{text}\" is there {len(found)} times"
            continue
        if channel_of[found[0]["conversation"]] == "email":
            yield from mailed(found[0], text, sink)
        elif len(ledger.shown.get(text, ())) != 1 and found[0]["state"] != "failed":
            yield f"answer \"{text}\" ({found[0]['state']}) was shown {len(ledger.shown.get(text, ()))} times"
    for text, found in of_text.items():
        if text in ledger.said and len(found) > 1:
            yield f"answer \"{text}\" is there {len(found)} times"
    for text, ids in ledger.shown.items():
        if len(ids) > 1:
            yield f"a visitor saw \"{text}\" {len(ids)} times"


def mailed(message, text, sink):
    """Once if it says sent, never if it says failed, at most once if it says maybe sent."""
    times, state = sink.count(text), message["state"]
    allowed = {"failed": (0,), "canceled": (0,), "uncertain": (0, 1)}.get(state, (1,))
    if times not in allowed:
        yield f"answer \"{text}\" says {state} and left {times} times"


def tasks(books, ledger):
    numbers = Counter(t["attributes"].get("n") for t in books.tasks if not t.get("conversation"))
    for number in ledger.tasks:
        if numbers[number] != 1:
            yield f"acknowledged task {number} is there {numbers[number]} times"
    for number, times in numbers.items():
        if times > 1:
            yield f"task {number} is there {times} times"
    accepted = Counter(r["task"] for r in books.reservations
                       if r["reservation_status"] in ("accepted", "wrapping", "completed"))
    for task, times in accepted.items():
        if times > 1:
            yield f"task {task} was given to {times} agents"
    is_open = Counter(t["conversation"] for t in books.tasks if t.get("conversation")
                      and t["assignment_status"] not in ("completed", "canceled"))
    for conversation, times in is_open.items():
        if times > 1:
            yield f"conversation {conversation} has {times} open tasks"


# Qt takes a seed of its own in each process; the only one that can be set is 0.
MACHINES = ({"QT_HASH_SEED": "0", "TZ": "UTC", "LC_ALL": "C"},
            {"TZ": "Asia/Kolkata", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
            {"TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"})


def digests(node):
    """The node has ended: its digest, one over all rows, and one from the archive alone, the last on
    machines with other hash seeds, time zones and locales."""
    index, digest = node.applied()
    for machine in MACHINES:
        rebuilt = node.verb("rebuild", environment=machine)
        if rebuilt["digest_before"] != digest:
            yield f"at {index} the running digest is not that of the rows ({machine})"
        if rebuilt["digest_after"] != digest:
            yield f"at {index} the archive does not give the same digest ({machine})"


def everything(books, ledger, sink):
    yield from ledger.troubles
    yield from inbound(books, ledger)
    yield from attachments(books, ledger)
    yield from replies(books, ledger, sink)
    yield from tasks(books, ledger)
