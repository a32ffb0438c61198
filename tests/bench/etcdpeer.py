# SPDX-License-Identifier: GPL-3.0-or-later
"""etcd as the peer of bench_office.py: the distribution's program with its default timers, on loopback.
None of it is needed: where a part is missing, that is said."""
import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

TIMERS = {"heartbeat_ms": 100, "election_ms": 1000}  # its defaults


def is_there():
    return shutil.which("etcd") is not None


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Member:
    def __init__(self, folder, name, client, peer):
        self.folder, self.name, self.port, self.peer, self.process = folder, name, client, peer, None

    def start(self, everybody):
        words = ["etcd", "--name", self.name, "--data-dir", os.path.join(self.folder, self.name),
                 "--listen-client-urls", f"http://127.0.0.1:{self.port}",
                 "--advertise-client-urls", f"http://127.0.0.1:{self.port}",
                 "--listen-peer-urls", f"http://127.0.0.1:{self.peer}",
                 "--initial-advertise-peer-urls", f"http://127.0.0.1:{self.peer}",
                 "--initial-cluster", everybody, "--initial-cluster-state", "new", "--log-level", "error"]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    @property
    def is_on(self):
        return self.process is not None and self.process.poll() is None

    def call(self, path, body, timeout=5):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise OSError(f"{answer.status} {text[:100]!r}")
        return json.loads(text)

    def put(self, timeout=5):
        return self.call("/v3/kv/put", put_body(b"k", b"v" * 100), timeout)

    def status(self):
        return self.call("/v3/maintenance/status", {})


def put_body(key, value):
    return {"key": base64.b64encode(key).decode(), "value": base64.b64encode(value).decode()}


class Cluster:
    def __init__(self, folder, count):
        ports = free_ports(2 * count)
        self.members = [Member(folder, f"e{n}", ports[2 * n], ports[2 * n + 1]) for n in range(count)]
        self.everybody = ",".join(f"{m.name}=http://127.0.0.1:{m.peer}" for m in self.members)
        for member in self.members:
            member.start(self.everybody)
        self.settle()

    def leader(self):
        """The member that leads, when all that are on agree; else None."""
        found = [(member, member.status()) for member in self.members if member.is_on]
        leaders = {state.get("leader") for _, state in found}
        if len(leaders) != 1 or None in leaders or "0" in leaders:
            return None
        return next((m for m, state in found if state["header"]["member_id"] == state["leader"]), None)

    def settle(self, seconds=60):
        """All are there, agree on a leader, and are equally far."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = {member.status().get("raftIndex") for member in self.members}
                if len(found) == 1 and self.leader():
                    return
            except (OSError, ValueError, http.client.HTTPException):
                pass
            threading.Event().wait(0.05)
        raise AssertionError("etcd did not settle")

    def stop(self):
        for member in self.members:
            if member.is_on:
                member.kill()


def encoded(number, data):
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


class Grpc:
    """Puts over gRPC; the message is two fields, so nothing generated is needed."""

    def __init__(self, port):
        import grpc  # raises ImportError where it is missing
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.call = self.channel.unary_unary("/etcdserverpb.KV/Put", request_serializer=None,
                                             response_deserializer=None)

    def put(self, key, value):
        self.call(encoded(1, key) + encoded(2, value), timeout=10)

    def many(self, count, at_once, value):
        """Seconds that so many puts take with `at_once` of them under way."""
        room, left = threading.Semaphore(at_once), threading.Semaphore(0)
        failed = []

        def done(future):
            if future.exception():
                failed.append(future.exception())
            room.release()
            left.release()
        began = time.monotonic()
        for number in range(count):
            room.acquire()
            self.call.future(encoded(1, b"key%d" % number) + encoded(2, value), timeout=20).add_done_callback(done)
        for _ in range(count):
            left.acquire()
        if failed:
            raise OSError(str(failed[0]))
        return time.monotonic() - began

    def close(self):
        self.channel.close()
