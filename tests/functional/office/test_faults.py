#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An office of PCs in network namespaces under load while cables, processes, power and disks fail.

usage: test_faults.py PEERDESK_NODE LIBRARY (made from losingdisk.c) [--faults N] [--facts N] [--seed S]
           [--only NAME] [--lazy]

M22, M140 to M143: writers use the HTTP doors of whoever is on, with the same key until there is an answer;
customers write to a bot whose provider notes who polls and what is sent; somebody watches every PC. At the end
everything that was acknowledged is there once on every PC, equal indexes had equal digests, each term had one
router, and the bot was polled by one PC after the other, as appointed. The seed is printed; moments depend on the machine.

--lazy turns the program's `synchronous = FULL` into NORMAL, in a copy, and takes the power from all PCs at
once: then something must be found lost, or the rest proves nothing. Exit status 77 = not allowed here.
"""
import argparse
import os
import random
import secrets
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict

import cables
from botapi import BOT_PORT, BotApi, connect_bot
from farpc import FarOffice
from losingdisk import FAIL_SYNC, FAIL_WRITE, FULL  # in the folder that pc.py adds, as the next
from pc import GONE, Refused, until
from test_crash import lazy_copy

NAMES = ("front", "back", "attic")
WRITERS = 6
CHATS = 5
APPOINTED = 32  # type of the fact AccountAppointed
LOOK_EVERY = 0.2
NOT_NOW = (429, 500, 503, 504, 507)


class Ledger:
    """What was acknowledged, and what was seen. Each list has one kind of entry; several threads append."""

    def __init__(self):
        self.customers, self.tried, self.replies, self.said, self.troubles = [], set(), {}, [], []
        self.digests = defaultdict(dict)  # applied index -> digest -> first PC that had it
        self.routers = defaultdict(set)  # term -> who said that it leads
        self.longest_gap, self.last = 0.0, time.monotonic()

    def acknowledge(self, name):
        now = time.monotonic()
        self.longest_gap, self.last = max(self.longest_gap, now - self.last), now
        self.customers.append(name)

    def facts(self):
        return len(self.customers) + len(self.replies) + len(self.said)


class Load:
    """Threads that work until told to stop; what surprises them is told at the end."""

    def __init__(self, office, ledger, bot):
        self.office, self.ledger, self.bot = office, ledger, bot
        self.is_over, self.is_watched, self.threads = threading.Event(), threading.Event(), []

    def start(self):
        for number in range(WRITERS):
            self._run(self.write, number)
        for work in (self.talk, self.answer, self.watch):
            self._run(work)

    def _run(self, work, *words):
        def guarded():
            try:
                work(*words)
            except Exception as error:  # pylint: disable=broad-except  # told by the main thread
                self.ledger.troubles.append(f"{work.__name__}: {error!r}")
        self.threads.append(threading.Thread(target=guarded, daemon=True))
        self.threads[-1].start()

    def insist(self, path, body, key):
        """The answer, at whoever gives one, or None when all is over."""
        while True:
            try:
                return random.choice(self.office.on()).ask("POST", path, body, key=key)
            except Refused as refused:
                if refused.status not in NOT_NOW:
                    raise
            except (*GONE, IndexError):
                pass
            if self.is_watched.wait(0.05):
                return None

    def write(self, writer):
        number = 0
        while not self.is_over.is_set():
            name, number = f"w{writer}-{number}", number + 1
            self.ledger.tried.add(name)
            if self.insist("/customers", {"name": name}, secrets.token_hex(16)):
                self.ledger.acknowledge(name)

    def talk(self):
        """Customers write to the bot; whether that is kept is the office's business alone."""
        while not self.is_over.wait(0.3):
            text = f"m{len(self.ledger.said)}"
            self.bot.say(100 + len(self.ledger.said) % CHATS, text)
            self.ledger.said.append(text)

    def answer(self):
        """An agent's replies, to any of the customers."""
        conversations = []
        while not self.is_over.wait(0.4):
            if len(conversations) < CHATS:
                try:
                    conversations = [c["id"] for c in random.choice(self.office.on()).all("/conversations")]
                except (Refused, *GONE, IndexError):
                    continue
            if conversations:
                text = f"r{len(self.ledger.replies)}"
                done = self.insist(f"/conversations/{random.choice(conversations)}/messages",
                                   {"text": text, "kind": "reply"}, secrets.token_hex(16))
                if done:
                    self.ledger.replies[text] = done["message"]

    def watch(self):
        while not self.is_watched.wait(LOOK_EVERY):
            for pc in self.office.pcs:
                if not pc.is_on or getattr(pc, "is_paused", False):
                    continue
                try:
                    self.note(pc, pc.status())
                except (Refused, *GONE):
                    continue

    def note(self, pc, state):
        self.ledger.digests[state["applied_index"]].setdefault(state["digest"], pc.name)
        if state["role"] == "leader":
            self.ledger.routers[state["term"]].add(pc.name)

    def finish(self):
        """Everybody gets the answer he waits for; then nobody is there any more."""
        self.is_over.set()
        for thread in self.threads[:-1]:
            thread.join(60)
            if thread.is_alive():
                self.ledger.troubles.append("a writer got no answer in 60 s although all is well again")
        self.is_watched.set()
        self.threads[-1].join(30)


class Faults:
    """One at a time, or two at once; each heals what it has done."""

    def __init__(self, office, chance):
        self.office, self.network, self.chance = office, office.network, chance
        self.done, self.pause = Counter(), threading.Event()
        self.all = [self.kill, self.power_cut, self.freeze, self.pull, self.switch_off_link, self.deaf, self.mute,
                    self.cut_off, self.lossy, self.full_disk, self.write_errors, self.sync_errors]

    def strike(self, what=None):
        victim = self.chance.choice(self.office.pcs)
        what = what or self.chance.choice(self.all)
        self.done[what.__name__] += 1
        what(victim)

    def wait(self, least, most):
        self.pause.wait(self.chance.uniform(least, most))

    def kill(self, pc):
        pc.kill()
        self.wait(0.1, 2)
        pc.start()

    def power_cut(self, pc):
        pc.kill()
        pc.disk.lose(self.chance)
        self.wait(0.1, 2)
        pc.start()

    def freeze(self, pc):
        """Longer than its lease, at times."""
        pc.is_paused = True
        pc.process.send_signal(signal.SIGSTOP)
        self.wait(0.3, 7)
        pc.process.send_signal(signal.SIGCONT)
        pc.is_paused = False

    def pull(self, pc):
        self.network.cut_off(pc.name)
        pc.place.carrier(False)
        self.wait(0.3, 8)
        self.network.heal()

    def switch_off_link(self, pc):
        pc.place.link(False)
        self.wait(0.3, 5)
        pc.place.link(True)

    def deaf(self, pc):
        for other in self.network.places:
            if other != pc.name:
                self.network.cut(other, pc.name)
        self.wait(0.5, 7)
        self.network.heal()

    def mute(self, pc):
        for other in self.network.places:
            if other != pc.name:
                self.network.cut(pc.name, other)
        self.wait(0.5, 7)
        self.network.heal()

    def cut_off(self, pc):
        """Without the cable's light going out."""
        self.network.cut_off(pc.name)
        self.wait(0.5, 7)
        self.network.heal()

    def lossy(self, pc):
        self.network.spoil(pc.name, loss=0.05, delay=self.chance.uniform(0, 0.02))
        self.wait(2, 5)
        self.network.heal()

    def full_disk(self, pc):
        pc.disk.set(fail=FULL)
        self.wait(0.5, 4)
        pc.disk.set()

    def write_errors(self, pc):
        self._broken(pc, FAIL_WRITE)

    def sync_errors(self, pc):
        self._broken(pc, FAIL_SYNC)

    def _broken(self, pc, how):
        """It stops by itself at most; a person changes the disk and starts it again."""
        pc.disk.set(fail=how)
        self.wait(0.5, 2)
        pc.kill()
        pc.disk.set()
        pc.start()


def found(program, folder, library):
    """The office with its bot, each PC on a disk that can fail."""
    office = FarOffice(program, folder, NAMES)
    bot = BotApi()
    try:
        for pc in office.pcs:
            bot.open_at(pc.name, pc.place, BOT_PORT)
        connect_bot(office.pcs[0])
        until(lambda: bot.asked, 20, "the bot is polled")
        office.settle()
        for pc in office.pcs:
            pc.kill()
            pc.give_disk(library)
            pc.spawn()
        for pc in office.pcs:
            pc.wait_until_ready()
        office.settle()
    except BaseException:
        office.stop()
        raise
    return office, bot


def wrong_in_digests(ledger):
    for index, digests in ledger.digests.items():
        if len(digests) > 1:
            yield f"at {index} there were several states: {digests}"
    for term, routers in ledger.routers.items():
        if len(routers) > 1:
            yield f"term {term} had several routers: {routers}"


def appointments(pc, ids):
    """The names of the bot's owners, one after the other, as its files say."""
    base = sqlite3.connect(f"file:{pc.data}/office.db?mode=ro", uri=True)
    try:
        bodies = [row[0] for row in base.execute("SELECT body FROM fact WHERE type = ? ORDER BY position", (APPOINTED,))]
    finally:
        base.close()
    return [name for body in bodies for name, raw in ids.items() if raw in body]


def wrong_in_owners(calls, owners):
    """Who called the provider, in order, has to follow the order of appointments."""
    place, began, before = 0, 0.0, {}
    for moment, caller in sorted(calls):
        following = [n for n in range(place, len(owners)) if owners[n] == caller]
        if not following:
            yield (f"{caller} called the provider {moment - began:.2f} s after {owners[place]} had begun to "
                   f"({owners}), and {moment - before.get(caller, began):.2f} s after its own call before")
            return
        before[caller] = moment
        began = moment if following[0] != place else began
        place = following[0]


def wrong_in_messages(office, bot, ledger):
    pc = office.pcs[0]
    messages = [m for c in pc.all("/conversations") for m in pc.all(f"/conversations/{c['id']}/messages")]
    inbound = Counter(m["text"] for m in messages if m["direction"] == "inbound")
    for text in ledger.said:
        if inbound[text] != 1:
            yield f"the customer's \"{text}\" is there {inbound[text]} times"
    sent = Counter(text for _, _, text in bot.sent)
    outbound = defaultdict(list)
    for message in messages:
        if message["direction"] == "outbound" and message["kind"] == "reply":
            outbound[message["text"]].append(message)
    for text, identity in ledger.replies.items():
        if [m["id"] for m in outbound[text]] != [identity]:
            yield f"the accepted reply \"{text}\" is there {len(outbound[text])} times"
    for text, times in sent.items():
        if times > 1:
            yield f"\"{text}\" left {times} times ({[m['state'] for m in outbound[text]]})"
    for text, found_ in outbound.items():
        allowed = {"sent": (1,), "uncertain": (0, 1), "failed": (0,)}.get(found_[0]["state"])
        if allowed is not None and sent[text] not in allowed:
            yield f"reply \"{text}\" says {found_[0]['state']} and left {sent[text]} times"
        if allowed is None:
            yield f"reply \"{text}\" is still {found_[0]['state']}"


def wrong_in_customers(office, ledger):
    there = Counter(item["name"] for item in office.pcs[0].all("/customers"))
    lost = [name for name in ledger.customers if not there[name]]
    doubled = [name for name in ledger.tried if there[name] > 1]
    if lost:
        yield f"{len(lost)} acknowledged customers are lost, e.g. {lost[:5]}"
    if doubled:
        yield f"{len(doubled)} customers are doubled, e.g. {doubled[:5]}"


def unquiet(office, ledger):
    """What customers wrote and has not come, what was to leave and has not; empty = all is quiet."""
    pc = office.pcs[0]
    messages = [m for c in pc.all("/conversations") for m in pc.all(f"/conversations/{c['id']}/messages")]
    waits = [f"{m['text']} {m['state']}" for m in messages if m["state"] in ("queued", "sending")]
    came = {m["text"] for m in messages if m["direction"] == "inbound"}
    return waits + [f"{text} not here" for text in ledger.said if text not in came]


def settled(office, bot, ledger):
    """Waits until everything that was to come and to leave has done so; or tells what has not."""
    try:
        until(lambda: not unquiet(office, ledger), 60, "everything that was to come and to leave")
    except AssertionError as error:
        raise AssertionError(f"{error}: {unquiet(office, ledger)[:20]}; {pc_states(office)}; "
                             f"polled {len(bot.asked)} times, last by {bot.asked[-1:]}") from error


def pc_states(office):
    return {pc.name: [pc.status(), pc.ask("GET", "/channels")] for pc in office.pcs}


def check(office, bot, ledger):
    """Sentences; none = every promise was kept. The PCs have ended afterwards."""
    yield from ledger.troubles
    office.settle(90)
    settled(office, bot, ledger)
    office.settle(90)
    yield from wrong_in_digests(ledger)
    yield from wrong_in_messages(office, bot, ledger)
    yield from wrong_in_customers(office, ledger)
    ids = {pc.name: bytes.fromhex(pc.status()["node"].replace("-", "")) for pc in office.pcs}
    calls = [(moment, place) for moment, place, *_ in [*bot.asked, *bot.sent]]
    for pc in office.pcs:
        pc.stop()
    yield from wrong_in_owners(calls, appointments(office.pcs[0], ids))
    ends = {pc.name: pc.applied()[1] for pc in office.pcs}
    for pc in office.pcs:
        rebuilt = pc.verb("rebuild")
        if not rebuilt["digest_before"] == rebuilt["digest_after"] == ends[pc.name]:
            yield f"{pc.name}: the archive does not give the digest of the rows"
    if len(set(ends.values())) != 1:  # the last entries are of who votes, not of the state
        yield f"the PCs ended differently: {ends}"


def act(options, office, ledger, load):
    """All the faults, and as many facts as wanted."""
    chance = random.Random(options.seed)
    faults = Faults(office, chance)
    only = getattr(faults, options.only) if options.only else None
    ways = list(faults.all)
    chance.shuffle(ways)
    number = 0
    while number < options.faults or ledger.facts() < options.facts:
        faults.wait(0.2, 1.5)
        faults.strike(only or (ways[number] if number < len(ways) else None))
        number += 1
        if number % 10 == 0:
            print(f"  {number} faults, {ledger.facts()} acknowledged", flush=True)
    office.network.heal()
    until(office.router, 60, "somebody routes")
    load.finish()
    return faults.done


def run(options, folder):
    office, bot = found(options.program, folder, options.shim)
    ledger = Ledger()
    load = Load(office, ledger, bot)
    began = time.monotonic()
    try:
        load.start()
        done = act(options, office, ledger, load)
        took = time.monotonic() - began
        wrong = list(check(office, bot, ledger))
    except AssertionError:
        print(*office.told(), sep="\n")
        raise
    finally:
        load.is_over.set()
        load.is_watched.set()
        office.stop()
        bot.close()
    print(f"seed {options.seed}: {sum(done.values())} faults {dict(done)} in {took:.0f} s; acknowledged: "
          f"{len(ledger.customers)} customers, {len(ledger.replies)} replies, {len(ledger.said)} messages of customers; "
          f"{len(ledger.routers)} terms with a router, {len(bot.asked)} polls, {len(ledger.digests)} states seen; "
          f"longest without an acknowledgement {ledger.longest_gap:.1f} s")
    for sentence in wrong[:30]:
        print("  WRONG:", sentence)
    return wrong


class Nothing(random.Random):
    """The dice of a disk that keeps nothing that was not synced."""

    def choice(self, seq):
        return seq[0]


def struck_everywhere(options, program, folder, strike):
    """The power goes everywhere under load, and `strike` spoils what the disks hold. Sentences: what was found lost
    afterwards, or how the PCs themselves say that they have lost something and do not go on."""
    os.makedirs(folder)
    office, bot = found(program, folder, options.shim)
    ledger = Ledger()
    load = Load(office, ledger, bot)
    try:
        for pc in office.pcs:
            pc.kill()
            shutil.copytree(pc.data, pc.data + ".before", ignore=shutil.ignore_patterns("*.sock"))
            pc.spawn()
        for pc in office.pcs:
            pc.wait_until_ready()
        office.settle()
        load.start()
        load.is_over.wait(3)
        for pc in office.pcs:
            pc.kill()
        load.is_over.set()
        load.is_watched.set()
        for pc in office.pcs:
            strike(pc)
            pc.spawn()
        try:
            until(office.router, 20, "somebody routes")
            office.settle(20)
        except AssertionError:
            return [line for line in office.told() if "lost its log" in line]
        return list(wrong_in_customers(office, ledger))
    finally:
        load.is_over.set()
        load.is_watched.set()
        office.stop()
        bot.close()


def back_in_time(pc):
    shutil.rmtree(pc.data)
    shutil.move(pc.data + ".before", pc.data)


def must_lose(options, folder):
    """Without syncs something has to be found lost, by the PCs or by the checker; and by the checker if all
    disks forget the last seconds alike, which no PC can know."""
    dice = Nothing(options.seed)
    unsynced = struck_everywhere(options, lazy_copy(options.program, folder), os.path.join(folder, "lazy"),
                                 lambda pc: pc.disk.lose(dice))
    print("with synchronous = NORMAL and no power anywhere:", *unsynced, sep="\n  ", flush=True)
    forgotten = struck_everywhere(options, options.program, os.path.join(folder, "forgotten"), back_in_time)
    print("with disks that forgot the last seconds:", *forgotten, sep="\n  ", flush=True)
    return 0 if unsynced and any("lost, e.g." in sentence for sentence in forgotten) else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("shim")
    parser.add_argument("--faults", type=int, default=13)
    parser.add_argument("--facts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--only", help="one kind of fault")
    parser.add_argument("--lazy", action="store_true")
    options = parser.parse_args()
    cables.apart()
    print("seed", options.seed, flush=True)
    with tempfile.TemporaryDirectory(prefix="peerdesk-faults-") as folder:
        if options.lazy:
            return must_lose(options, folder)
        return 1 if run(options, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
