# SPDX-License-Identifier: GPL-3.0-or-later
"""PCs that are really apart: a network namespace each, a cable from each to one switch, and faults in
every cable: pulled, dead in one direction, losing, slow.

The switch is this file run as a program of its own: it carries Ethernet frames between TAP devices,
so nothing of the kernel's traffic control is needed. What is made here belongs to the process that
entered apart(), and ends with it, however it ends.
"""
import contextlib
import ctypes
import fcntl
import heapq
import itertools
import json
import os
import random
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

NEW_NETWORK = 0x40000000
TUNSETIFF, TUNSETCARRIER = 0x400454CA, 0x400454E2
TAP, NO_HEADER = 0x0002, 0x1000
FRAME = 2048
SKIPPED = 77
LIBC = ctypes.CDLL(None, use_errno=True)


def apart():
    """Begins this program again where it may make networks and mounts of its own; a word and exit status 77
    where the system does not allow that."""
    if os.environ.get("PEERDESK_TEST_APART") == str(os.getpid()):
        return
    rights = ["--net", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    trial = ("ip link set lo up && exec 9<>/dev/net/tun && mount -t tmpfs tmpfs /mnt")
    for tool in ("unshare", "ip"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    tried = subprocess.run(["unshare", *rights, "bash", "-c", trial], capture_output=True, text=True, check=False)
    if tried.returncode:
        skip(f"no networks of its own may be made here ({tried.stderr.strip().splitlines()[-1:]})")
    os.environ["PEERDESK_TEST_APART"] = str(os.getpid())  # exec keeps the process
    os.execvp("unshare", ["unshare", *rights, sys.executable, *sys.argv])


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


class Place:
    """A network namespace. Inside `with place:` this thread makes sockets and processes there."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec cat"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.there = os.open(f"/proc/{self.holder.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        with self:
            self.cable = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.ioctl(self.cable, TUNSETIFF, struct.pack("16sH22x", b"lan0", TAP | NO_HEADER))
            for words in ("link set lo up", f"addr add {address}/24 dev lan0", "link set lan0 up",
                          "route add default via 10.84.0.254"):
                subprocess.run(["ip", *words.split()], check=True)

    def __enter__(self):
        enter(self.there)

    def __exit__(self, *_):
        enter(self.home)

    def link(self, is_up):
        with self:
            subprocess.run(["ip", "link", "set", "lan0", "up" if is_up else "down"], check=True)
            if is_up:  # taken away with the link
                subprocess.run(["ip", "route", "add", "default", "via", "10.84.0.254"], check=False,
                               stderr=subprocess.DEVNULL)

    def carrier(self, is_there):
        """As the plug in the socket."""
        fcntl.ioctl(self.cable, TUNSETCARRIER, struct.pack("i", int(is_there)))

    def close(self):
        self.holder.stdin.close()
        self.holder.wait(10)
        for descriptor in (self.cable, self.there, self.home):
            os.close(descriptor)


def enter(descriptor):
    if LIBC.setns(descriptor, NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")


class Network:
    """Places on one switch. Faults are told by the names of places."""

    def __init__(self, names):
        self.places = {name: Place(name, f"10.84.0.{number}") for number, name in enumerate(names, 1)}
        cables = [place.cable for place in self.places.values()]
        self.switch = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), *map(str, cables)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, pass_fds=cables)
        self.guard = threading.Lock()  # several threads may change faults
        self.faults = {}

    def cut(self, sender, receiver):
        """Nothing of one comes to the other any more; the way back stays."""
        self._fault(sender, receiver, loss=1.0)

    def cut_off(self, name):
        for other in self.places:
            if other != name:
                self.cut(name, other)
                self.cut(other, name)

    def spoil(self, name, loss=0.0, delay=0.0):
        """What this place sends and gets is lost by that share, and comes so many seconds later."""
        for other in self.places:
            if other != name:
                self._fault(name, other, loss, delay)
                self._fault(other, name, loss, delay)

    def heal(self):
        with self.guard:
            self.faults = {}
            self._tell()
        for place in self.places.values():
            place.carrier(True)

    def _fault(self, sender, receiver, loss=0.0, delay=0.0):
        number = list(self.places).index
        with self.guard:
            self.faults[f"{number(sender)} {number(receiver)}"] = [loss, delay]
            self._tell()

    def _tell(self, capture=None):
        self.switch.stdin.write(json.dumps([self.faults, capture]) + "\n")
        self.switch.stdin.flush()
        self.switch.stdout.readline()  # from here on it is so

    @contextlib.contextmanager
    def capture(self):
        """The frames that cross the switch meanwhile, in a list that is full at the end."""
        frames = []
        with tempfile.NamedTemporaryFile() as file:
            self._tell(file.name)
            try:
                yield frames
            finally:
                self._tell("")
                data = file.read()
        while data:
            size = int.from_bytes(data[:4], "big")
            frames.append(data[4:4 + size])
            data = data[4 + size:]

    def close(self):
        self.switch.stdin.close()
        self.switch.wait(10)
        self.switch.stdout.close()
        for place in self.places.values():
            place.close()


class Switch:
    """Learns who is where, floods what is for all, and does the faults."""

    def __init__(self, cables):
        self.cables, self.homes, self.faults = cables, {}, {}
        self.waiting, self.order, self.seen = [], itertools.count(), None

    def obey(self, line):
        self.faults, capture = json.loads(line)
        if capture is not None and self.seen:
            self.seen.close()
        if capture is not None:
            self.seen = open(capture, "wb") if capture else None
        print(flush=True)

    def carry(self, number, frame):
        if self.seen:
            self.seen.write(len(frame).to_bytes(4, "big") + frame)
        self.homes[frame[6:12]] = number
        known = None if frame[0] & 1 else self.homes.get(frame[:6])
        for other in range(len(self.cables)) if known is None else (known,):
            if other != number:
                self.over(number, other, frame)

    def over(self, sender, receiver, frame):
        loss, delay = self.faults.get(f"{sender} {receiver}", (0, 0))
        if loss and random.random() < loss:
            return
        if delay:
            heapq.heappush(self.waiting, (time.monotonic() + delay, next(self.order), receiver, frame))
        else:
            self.out(receiver, frame)

    def out(self, receiver, frame):
        with contextlib.suppress(OSError):  # its link is down, or its queue is full: as on any wire
            os.write(self.cables[receiver], frame)

    def run(self):
        inputs = [*self.cables, sys.stdin.fileno()]
        while True:
            patience = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            for ready in select.select(inputs, [], [], patience)[0]:
                if ready == sys.stdin.fileno():
                    line = sys.stdin.readline()
                    if not line:
                        return
                    self.obey(line)
                    continue
                with contextlib.suppress(OSError):
                    for _ in range(64):
                        self.carry(self.cables.index(ready), os.read(ready, FRAME))
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, receiver, frame = heapq.heappop(self.waiting)
                self.out(receiver, frame)


def connect(place, port, timeout):
    with place:
        return socket.create_connection(("127.0.0.1", port), timeout=timeout)


if __name__ == "__main__":
    Switch([int(word) for word in sys.argv[1:]]).run()
