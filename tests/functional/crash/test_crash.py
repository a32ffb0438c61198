#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments under load: nothing acknowledged is lost, nothing is doubled unmarked.

usage: test_crash.py BIN_FOLDER [--kills N] [--seed S] [--without-mail] [--disk LIBRARY [--lazy]]

Chat visitors, mail customers (Dovecot, if it can run), agents and a CRM use the real program by its
doors while it is killed and started again. They go on with the same ids. At the end every
acknowledgement is compared with what the office holds and with what left it, and the digest with a
rebuild from the archive. The seed is printed; moments of kills still depend on the machine.

With --disk the power goes with each kill: what was not synced is dropped, torn or reordered, and some
kills come in the middle of a chosen write. With --lazy the program's `synchronous = FULL` is turned
into NORMAL first, in a copy: then something must be lost, or the disk proves nothing.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

import check
import load
from losingdisk import LosingDisk
from officemailbox import Mailbox
from officenode import Node

VISITORS = 8
AGENTS = ("Minh", "Sofia", "Bao")
SETTLE_SECONDS = 30


def found_office(node, mailbox, sink):
    """Agents with room, one web chat, one mail account."""
    agents = {name: node.verb("agent", "add", name)["token"] for name in AGENTS}
    route = ("--flow", "To a person", "--queue", "Everyone")
    chat = node.verb("channel", "add", "webchat", "--name", "Website", *route)["channel"]
    if mailbox:
        node.verb(*mailbox.channel_words(sink.server_address[1]), *route)
    node.start()
    for worker in node.all("/workers"):
        for channel in ("chat", "email", "default"):
            node.ask("PUT", f"/workers/{worker['id']}/channels/{channel}",
                     {"configured_capacity": 20, "available": True})
    return agents, chat


def crowd(node, ledger, seed, stop, doors):
    agents, chat, mailbox = doors
    people = [load.Visitor(node, ledger, seed * 1000 + n, stop, f"visitor{n}", chat)
              for n in range(VISITORS)]
    people += [load.Agent(node, ledger, seed * 2000 + n, stop, name, token)
               for n, (name, token) in enumerate(agents.items())]
    people.append(load.Crm(node, ledger, seed, stop))
    if mailbox:
        people.append(load.MailCustomers(node, ledger, seed, stop, mailbox.lmtp))
    return people


def strike(node, chance, disk):
    """One life of the node: it starts, works for a while, and is killed; some die while starting."""
    span = chance.uniform(0.05, 0.8)
    if chance.random() < 0.1:
        if disk and chance.random() < 0.5:
            disk.set(die_after=chance.randint(1, 30))
        node.spawn()
    else:
        node.start()
        if disk and chance.random() < 0.6:
            disk.set(die_after=chance.randint(1, 400))
            span = 3
    end(node, span)
    if disk:
        disk.lose(chance)


def end(node, span):
    """Kills it after `span` seconds, unless it died at a write before."""
    try:
        node.process.wait(span)
    except subprocess.TimeoutExpired:
        pass
    node.kill()


def until(what, check_, details=lambda: "", seconds=SETTLE_SECONDS):
    end = time.monotonic() + seconds
    while not check_():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what} {details()}")
        time.sleep(0.1)


def settle(node, people, ledger, stop):
    """Everybody finishes what was begun; then the office has time to send what it holds."""
    stop.set()
    visitors = [one for one in people if isinstance(one, load.Visitor)]
    late = lambda: [(one.name_, one.trouble, one.open) for one in visitors if not one.isDone.is_set()]
    until("the last acknowledgements", lambda: not late(), late)
    for one in people:
        one.join(SETTLE_SECONDS)
        if one.is_alive():
            raise AssertionError(f"{type(one).__name__} did not come to an end")
    mails = set(ledger.mails)

    def is_quiet():
        books = check.Books(node)
        here = {m["text"].strip() for m in books.of("inbound")}
        return mails <= here and not books.unsettled()

    until("mails and answers to settle", is_quiet)
    for visitor in visitors:
        visitor.look_again()


def lazy_copy(program, folder):
    """The program with `PRAGMA synchronous = FULL` turned into NORMAL."""
    with open(program, "rb") as file:
        code = file.read()
    pairs = [(full.encode(coding), lazy.encode(coding)) for coding in ("utf-16-le", "utf-8")
             for full, lazy in [("PRAGMA synchronous = FULL", "PRAGMA synchronous = 1   ")]]
    if not any(full in code for full, _ in pairs):
        raise AssertionError("the program holds no synchronous = FULL")
    for full, lazy in pairs:
        code = code.replace(full, lazy)
    copy = os.path.join(folder, "lazy-node")
    with open(copy, "wb") as file:
        file.write(code)
    os.chmod(copy, 0o755)
    return copy


def run(options, folder, mailbox):
    chance = random.Random(options.seed)
    sink = load.SmtpSink(options.seed)
    program = os.path.join(options.programs, "peerdesk-node")
    node = Node(lazy_copy(program, folder) if options.lazy else program, folder)
    disk = LosingDisk(options.disk, folder, node.data) if options.disk else None
    ledger, stop = load.Ledger(), threading.Event()
    agents, chat = found_office(node, mailbox, sink)
    if disk:
        node.stop()
        node.life = disk.environment
        node.start()
    people = crowd(node, ledger, options.seed, stop, (agents, chat, mailbox))
    for one in people:
        one.start()
    try:
        end(node, 1)
        if disk:
            disk.lose(chance)
        for number in range(1, options.kills):
            strike(node, chance, disk)
            if number % 20 == 0:
                print(f"  {number} kills, {len(ledger.inbound)} messages kept", flush=True)
        node.start()
        settle(node, people, ledger, stop)
        books = check.Books(node)
        wrong = list(check.everything(books, ledger, sink))
        print(f"maybe sent: {sum(m['state'] == 'uncertain' for m in books.of('outbound'))} answers")
        node.stop()
        wrong += check.digests(node)
    finally:
        stop.set()
        node.kill()
        sink.shutdown()
    if disk:
        print(f"the disk lost {disk.lost} writes, kept {disk.kept} unsynced ones, tore {disk.torn}, "
              f"lost {disk.files_lost} files")
    return ledger, sink, wrong


def report(options, ledger, sink, wrong):
    print(f"seed {options.seed}: {options.kills} kills; acknowledged: {len(ledger.inbound)} chat messages, "
          f"{len(ledger.mails)} mails, {len(ledger.replies)} answers, {len(ledger.tasks)} tasks; "
          f"{len(ledger.files)} files, {len(sink.taken)} mails left")
    for sentence in wrong[:40]:
        print("  WRONG:", sentence)
    enough = len(ledger.inbound) >= options.kills and len(ledger.replies) >= options.kills / 2
    if not enough:
        print("  WRONG: too little was acknowledged for this to prove anything")
    return 0 if enough and not wrong else 1


def must_lose(options, folder, mailbox):
    """The planted fault has to be seen as the loss of something acknowledged: at least once in a few
    rounds, as what an unsynced disk loses is chance."""
    for attempt in range(3):
        place = os.path.join(folder, f"round-{attempt}")
        os.mkdir(place)
        wrong = run(options, place, mailbox)[2]
        lost = [sentence for sentence in wrong if "acknowledged" in sentence and "0 times" in sentence]
        print(f"with synchronous = NORMAL: {len(lost)} acknowledged things are gone, e.g. {lost[:3]}")
        if lost:
            return 0
        options.seed += 1
    return 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--without-mail", action="store_true")
    parser.add_argument("--disk", help="the library made from losingdisk.c")
    parser.add_argument("--lazy", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="peerdesk-crash-") as folder:
        os.chmod(folder, 0o755)
        with Mailbox(folder, not options.without_mail) as mailbox:
            mailbox = mailbox if mailbox.isThere else None
            if options.lazy:
                return must_lose(options, folder, mailbox)
            return report(options, *run(options, folder, mailbox))


if __name__ == "__main__":
    sys.exit(main())
