#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A full disk and a broken one under the running program.

usage: test_disk.py BIN_FOLDER LIBRARY (made from losingdisk.c)

The node says so in plain words, acknowledges nothing that it could not keep, goes on showing what it
has, and works again when there is room; after a failed sync it works again after a restart. A small
file system of its own makes the disk full where that may be mounted, else the library does.
"""
import os
import subprocess
import sys
import tempfile
import threading
import time

import check
from losingdisk import FAIL_SYNC, FAIL_WRITE, FULL, LosingDisk
from officenode import GONE, Node, Refused

ROOM = 320  # MiB of the small file system; with less than 200 MB nothing new is taken
PATIENCE = 30


class SmallDisk:
    """A file system that is full when told to. Falls back to the library's refusals."""

    def __init__(self, folder, library):
        self.folder, self.shim, self.disk = os.path.join(folder, "small"), library, None
        os.makedirs(self.folder)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}m", "tmpfs", self.folder],
                              capture_output=True, check=False)
        self.isMounted = done.returncode == 0
        self.ballast = os.path.join(self.folder, "ballast")

    def attach(self, node):
        if not self.isMounted:
            self.disk = LosingDisk(self.shim, os.path.dirname(self.folder), node.data)
            node.life = self.disk.environment

    def fill(self):
        if not self.isMounted:
            return self.disk.set(fail=FULL)
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return None

    def leave(self, room):
        """Only so many MiB are free; not where nothing may be mounted."""
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, (ROOM - room) << 20)

    def empty(self):
        if self.isMounted:
            os.remove(self.ballast)
        else:
            self.disk.set()

    def end(self):
        if self.isMounted:
            subprocess.run(["umount", self.folder], check=True)


class Clerk:
    """Makes tasks; knows which were acknowledged."""

    def __init__(self, node):
        self.node, self.number, self.kept, self.refusals = node, 0, [], []

    def make(self):
        self.number += 1
        return self.insist_once(self.number)

    def insist_once(self, number):
        body = {"task_channel": "default", "attributes": {"n": number, "filler": "x" * 20_000}}
        try:
            self.node.ask("POST", "/tasks", body, key=f"task-{number}")
        except Refused as refused:
            self.refusals.append(refused)
            return False
        except GONE as gone:
            self.refusals.append(gone)
            return False
        self.kept.append(number)
        return True


def expect(what, good, details=""):
    if not good:
        raise AssertionError(f"{what} {details}")


def until(what, check_, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not check_():
        expect(f"waited {seconds} s for {what}", time.monotonic() < end)
        time.sleep(0.2)


def numbers_once(node, clerk):
    found = sorted(t["attributes"]["n"] for t in node.all("/tasks"))
    expect("every acknowledged task is there", set(clerk.kept) <= set(found), (clerk.kept, found))
    expect("none is there twice", len(found) == len(set(found)), found)


def close(node):
    node.stop()
    wrong = list(check.digests(node))
    expect("digests agree", not wrong, wrong)


def full_disk(program, folder, library):
    small = SmallDisk(folder, library)
    node = None
    try:
        node = Node(program, small.folder)
        small.attach(node)
        node.start()
        clerk = Clerk(node)
        for _ in range(20):
            expect("there is room", clerk.make(), clerk.refusals)
        small.fill()
        tries = 0
        while clerk.make():
            tries += 1
            expect("a full disk is noticed", tries < 2000)
        trouble = node.ask("GET", "/status")["trouble"]
        expect("the status says it in plain words", "full" in trouble.lower(), trouble)
        expect("the refusal says it, too", "full" in str(clerk.refusals[0]).lower(), clerk.refusals[0])
        expect("reading goes on", len(node.all("/tasks")) >= 20)
        try:
            node.ask("POST", "/attachments", bytes(3_000_000))
            expect("an attachment is refused on a full disk", not small.isMounted)
        except Refused as refused:
            expect("in plain words", "full" in str(refused).lower() or "space" in str(refused).lower(), refused)
        small.empty()
        late = clerk.number
        until("room to be noticed without a restart", lambda: clerk.insist_once(late))
        expect("it works again", clerk.make(), clerk.refusals[-1:])
        until("the trouble to be over", lambda: node.ask("GET", "/status")["trouble"] == "")
        numbers_once(node, clerk)
        close(node)
        print(f"full disk ({'a small file system' if small.isMounted else 'refused writes'}): {len(clerk.kept)} "
              f"kept, {len(clerk.refusals)} refused: {clerk.refusals[0]}")
    finally:
        if node and node.process:
            node.kill()
        small.end()


def nearly_full_disk(program, folder, library):
    """Nothing new is taken before the disk is full; everything can be read, and it goes on by itself."""
    small = SmallDisk(folder, library)
    node = Node(program, small.folder)
    try:
        if not small.isMounted:
            return print("nearly full disk: not tried, nothing may be mounted here")
        node.start()
        clerk = Clerk(node)
        expect("there is room", clerk.make(), clerk.refusals)
        small.leave(150)
        until("little room to be noticed", lambda: not clerk.make())
        refusal, trouble = str(clerk.refusals[0]), node.ask("GET", "/status")["trouble"]
        expect("the refusal says it", "nearly full" in refusal and "200 MB" in refusal, refusal)
        expect("the status says it", "nearly full" in trouble, trouble)
        expect("reading goes on", len(node.all("/tasks")) == len(clerk.kept))
        small.empty()
        until("room to be noticed without a restart", clerk.make)
        expect("the trouble is over", node.ask("GET", "/status")["trouble"] == "")
        numbers_once(node, clerk)
        close(node)
        return print(f"nearly full disk: {refusal}")
    finally:
        if node.process:
            node.kill()
        small.end()


def broken_disk(program, folder, library, fault):
    node = Node(program, folder)
    disk = LosingDisk(library, folder, node.data)
    node.life = disk.environment
    clerk = Clerk(node)
    try:
        node.start()
        for _ in range(5):
            expect("it works", clerk.make(), clerk.refusals)
        disk.set(fail=fault)
        for _ in range(3):
            expect("nothing is acknowledged", not clerk.make())
        expect("the fault was met", disk.failures() > 0)
        trouble = node.ask("GET", "/status")["trouble"]
        expect("the status says it in plain words", "disk" in trouble.lower(), trouble)
        expect("reading goes on", len(node.all("/tasks")) >= 5)
        node.kill()
        disk.set()
        node.start()
        for number in range(1, clerk.number + 1):
            expect("a repeat after the restart works", clerk.insist_once(number), clerk.refusals[-1:])
        numbers_once(node, clerk)
        close(node)
        print(f"broken disk, fault {fault}: {trouble}")
    finally:
        if node.process:
            node.kill()


def stalled_tables(program, folder, library):
    """The log takes what is decided, the tables cannot follow: it is answered once they can."""
    node = Node(program, folder)
    disk = LosingDisk(library, folder, node.data)
    node.life = disk.environment
    clerk, waiting = Clerk(node), Clerk(node)
    waiting.number = 1000
    try:
        node.start()
        expect("it works", clerk.make(), clerk.refusals)
        disk.set(fail=FULL, only="office.db")
        asker = threading.Thread(target=waiting.make)
        asker.start()
        until("the status to say it", lambda: "full" in node.ask("GET", "/status")["trouble"].lower())
        expect("nothing new is decided", not clerk.make())
        expect("it says why", "full" in str(clerk.refusals[0]).lower(), clerk.refusals)
        expect("reading goes on", len(node.all("/tasks")) == 1)
        expect("what is committed waits", asker.is_alive() and not waiting.refusals, waiting.refusals)
        disk.set()
        asker.join(PATIENCE)
        expect("it is answered as soon as there is room", waiting.kept == [1001], waiting.refusals)
        expect("it works again", clerk.insist_once(clerk.number))
        expect("the trouble is over", node.ask("GET", "/status")["trouble"] == "")
        clerk.kept += waiting.kept
        numbers_once(node, clerk)
        close(node)
        print("full under the tables: answered when there was room")
    finally:
        if node.process:
            node.kill()


def main():
    program, library = os.path.join(sys.argv[1], "peerdesk-node"), sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="peerdesk-disk-") as folder:
        for name, act in (("full", lambda at: full_disk(program, at, library)),
                          ("nearly", lambda at: nearly_full_disk(program, at, library)),
                          ("tables", lambda at: stalled_tables(program, at, library)),
                          ("write", lambda at: broken_disk(program, at, library, FAIL_WRITE)),
                          ("sync", lambda at: broken_disk(program, at, library, FAIL_SYNC))):
            at = os.path.join(folder, name)
            os.makedirs(at)
            act(at)
    return 0


if __name__ == "__main__":
    sys.exit(main())
