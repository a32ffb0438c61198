#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several PCs, one office, beside etcd in the same run: death and hand-over of the router, durable replicated
requests, idling, coming back after a long absence, a newcomer to a long history.

usage: bench_office.py PEERDESK_NODE [--full] [--nodes 3 5] [--kills 50] [--only NAME] ...

Clients are outside on both sides: HTTP for both, gRPC for etcd too. Both write to their disk as they are
meant to. Prints one JSON object a line; what is missing on this machine is "not measured". --full adds ten
minutes without an election under load.
"""
import argparse
import http.client
import json
import os
import pathlib
import queue
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional" / "office"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional" / "api"))
import etcdpeer  # noqa: E402
from events import Events  # noqa: E402
from pc import GONE, Office, Pc, Refused, until  # noqa: E402

TIMERS = {"heartbeat_ms": 100, "election_ms": 300}  # core/cluster, the same for all figures
NAMES = ("front", "back", "attic", "cellar", "yard")
PAYLOAD = 512
NOT_MEASURED = "not measured"
WRK = """
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"
if os.getenv("BENCH_AUTHORIZATION") ~= "" then
    wrk.headers["Authorization"] = os.getenv("BENCH_AUTHORIZATION")
end
"""


def quantile(values, share):
    return sorted(values)[int((len(values) - 1) * share)]


def figures(milliseconds):
    return {"count": len(milliseconds), "median_ms": round(statistics.median(milliseconds), 2),
            "p99_ms": round(quantile(milliseconds, 0.99), 2), "max_ms": round(max(milliseconds), 2)}


def show(name, **found):
    print(json.dumps({"bench": name, "load_before": round(os.getloadavg()[0], 1), **found}), flush=True)


def ratio(ours, theirs):
    return round(ours / theirs, 2) if theirs else NOT_MEASURED


def first_to(actions, patience=30):
    """The moment at which the first of several actions has worked. Each is begun anew every 50 ms, and what was
    begun before may still come: neither side gains by its own patience, or loses by it."""
    answers, end = queue.Queue(), time.monotonic() + patience

    def attempt(action):
        try:
            action()
            answers.put(time.monotonic())
        except (Refused, *GONE):
            pass  # the next attempt
    while time.monotonic() < end:
        for action in actions:
            threading.Thread(target=attempt, args=(action,), daemon=True).start()
        try:
            return answers.get(timeout=0.05)
        except queue.Empty:
            continue
    raise AssertionError(f"nobody answered in {patience} s")


class Side:
    """Peerdesk in the bench: an office, and an agent who accepts."""

    def __init__(self, program, folder, count):
        self.office = Office(program, folder, NAMES[:count])
        first = self.office.pcs[0]
        self.token = first.verb("agent", "add", "Minh")["token"]
        self.worker = first.ask("GET", "/sessions/current", token=self.token)["worker"]
        first.ask("PUT", f"/workers/{self.worker}/activity", {"activity": "Available"}, self.token)
        self.office.settle()
        self.number = 0

    def offered(self):
        """A reservation that waits for its agent, known on every PC."""
        self.number += 1
        key = f"task-{self.number}"
        task = self.office.pcs[0].ask("POST", "/tasks", {"task_channel": "default", "attributes": {}}, key=key)["id"]
        path = f"/reservations?worker={self.worker}&status=pending"

        def there():
            found = [[one["id"] for one in pc.ask("GET", path)["items"] if one["task"] == task]
                     for pc in self.office.on()]
            return found[0][0] if all(found) else None
        return task, until(there, 20, "the offer is known everywhere")

    def accept(self, pc, reservation):
        pc.ask("POST", f"/reservations/{reservation}/accept", {}, self.token, f"yes-{reservation}")

    def finish(self, task):
        pc = self.office.on()[0]
        pc.ask("POST", f"/tasks/{task}/wrapup", {}, self.token, f"wrap-{task}")
        pc.ask("POST", f"/tasks/{task}/complete", {"reason": "done"}, self.token, f"done-{task}")

    def kill(self):
        """Milliseconds from the router's death to the next accepted reservation."""
        task, reservation = self.offered()
        router = until(self.office.router, 20, "a router")
        left = [pc for pc in self.office.on() if pc is not router]
        began = time.monotonic()
        router.kill()
        took = first_to([lambda pc=pc: self.accept(pc, reservation) for pc in left]) - began
        self.finish(task)
        router.start()
        self.office.settle(60)
        return took * 1000


def kill_of_etcd(cluster):
    leader = cluster.leader()
    left = [member for member in cluster.members if member is not leader]
    began = time.monotonic()
    leader.kill()
    took = first_to([lambda member=member: member.put(10) for member in left]) - began
    leader.start(cluster.everybody)
    cluster.settle()
    return took * 1000


def kills(options, folder):
    """Rounds of both sides in turn, so that what else the machine does meets both."""
    for count in options.nodes:
        place = os.path.join(folder, f"kills-{count}")
        os.makedirs(place)
        side = Side(options.program, place, count)
        cluster = etcdpeer.Cluster(place, count) if etcdpeer.is_there() else None
        ours, theirs = [], []
        try:
            for _ in range(options.kills):
                ours.append(side.kill())
                if cluster:
                    theirs.append(kill_of_etcd(cluster))
        finally:
            side.office.stop()
            if cluster:
                cluster.stop()
        show("kill of the router to the next accepted reservation", nodes=count, timers=TIMERS, **figures(ours),
             etcd=dict(figures(theirs), timers=etcdpeer.TIMERS) if theirs else NOT_MEASURED,
             ratio=ratio(statistics.median(ours), theirs and statistics.median(theirs)),
             target_ratio=0.5, target_median_ms=650, target_max_ms=1200)


def hand_over(options, folder):
    """A router that is closed while a client writes at another PC: the longest wait, and what failed."""
    office = Office(options.program, folder, NAMES[:3])
    waits, quiet, failed = [], [], 0
    try:
        for _ in range(options.handovers):
            router = until(office.router, 20, "a router")
            pc = next(one for one in office.pcs if one is not router)
            is_over, took = threading.Event(), []

            def write():
                nonlocal failed
                while not is_over.is_set():
                    begun = time.monotonic()
                    try:
                        pc.ask("POST", "/customers", {"name": "n"}, key=secrets.token_hex(16))
                    except (Refused, *GONE):
                        failed += 1
                    took.append((begun, (time.monotonic() - begun) * 1000))
            writer = threading.Thread(target=write)
            writer.start()
            is_over.wait(0.5)
            closing = time.monotonic()
            router.stop()
            is_over.wait(0.5)
            is_over.set()
            writer.join()
            waits.append(max(ms for begun, ms in took if begun + ms / 1000 > closing))
            quiet += [ms for begun, ms in took if begun + ms / 1000 < closing]
            router.start()
            office.settle()
    finally:
        office.stop()
    show("planned hand-over, longest request", timers=TIMERS, **figures(waits), failed=failed,
         request_before=figures(quiet), target_ms=50)


class Screen(Events):
    """What another PC is told, and when."""

    def __init__(self, pc):
        self.offers = {}  # task → when
        pc.tokens = {"Boss": pc.admin}
        super().__init__(pc)

    def keep(self, event):
        if event["type"] == "reservation.created":
            self.offers[event["payload"]["task"]] = time.monotonic()


def offers(options, folder):
    """Tasks come to the router at a steady pace; when does another PC know of each one's offer? Beside it, in the
    same pace before, one durable replicated request."""
    office = Office(options.program, folder, NAMES[:3])
    try:
        agents = []
        for number in range(options.agents):
            token = office.pcs[0].verb("agent", "add", f"Agent {number}")["token"]
            worker = office.pcs[0].ask("GET", "/sessions/current", token=token)["worker"]
            office.pcs[0].ask("PUT", f"/workers/{worker}/activity", {"activity": "Available"}, token)
            agents.append((worker, token))
        office.settle()
        router = until(office.router, 20, "a router")
        other = next(pc for pc in office.pcs if pc is not router)
        screen, took, asked = Screen(other), [], {}

        def in_pace(act, count):
            began = time.monotonic()
            for number in range(count):
                threading.Event().wait(max(0.0, began + number / options.pace - time.monotonic()))
                act(number)

        def commit(number):
            begun = time.monotonic()
            router.ask("POST", "/customers", {"name": f"n{number}"})
            took.append((time.monotonic() - begun) * 1000)

        def task(number):
            worker, token = agents[number % len(agents)]
            begun = time.monotonic()
            made = router.ask("POST", "/tasks", {"task_channel": "default", "attributes": {}})["id"]
            asked[made] = begun
            finish.put(made)

        def finishing():
            """Once the offer is seen the task is cancelled: its agent is free for the next."""
            while (made := finish.get()) is not None:
                until(lambda: made in screen.offers, 20, "the offer is on the other PC")
                router.ask("POST", f"/tasks/{made}/cancel", {"reason": "measured"})
        finish = queue.Queue()
        helpers = [threading.Thread(target=finishing) for _ in range(4)]
        for helper in helpers:
            helper.start()
        in_pace(commit, options.offers)
        in_pace(task, options.offers)
        for _ in helpers:
            finish.put(None)
        for helper in helpers:
            helper.join()
        screen.close()
    finally:
        office.stop()
    waits = [(screen.offers[made] - begun) * 1000 for made, begun in asked.items()]
    show("create to the offer on another PC", pace=options.pace, agents=options.agents, **figures(waits),
         commit=figures(took), target_p99_ms=round(10 + quantile(took, 0.99), 2))


def wrk(url, body, authorization, clients, seconds):
    """Requests a second that were answered well."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK)
        script.flush()
        said = subprocess.run(["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "20s", "-s", script.name, url],
                              env=dict(os.environ, BENCH_BODY=body, BENCH_AUTHORIZATION=authorization),
                              capture_output=True, text=True, check=True).stdout
    numbers = {line.split(":")[0].strip(): line for line in said.splitlines()}
    if any("Non-2xx" in name for name in numbers):
        raise AssertionError(f"requests failed: {said}")
    return float(numbers["Requests/sec"].split()[1])


def one_client(port, path, body, authorization, count):
    """Milliseconds of each of so many requests, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.connect()
    headers = {"Content-Type": "application/json", **({"Authorization": authorization} if authorization else {})}
    took = []
    for _ in range(count):
        begun = time.monotonic()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        took.append((time.monotonic() - begun) * 1000)
        if answer.status not in (200, 201):
            raise AssertionError(f"refused: {answer.status}")
    connection.close()
    return took


def requests(options, folder):
    office = Office(options.program, folder, NAMES[:3])
    cluster = etcdpeer.Cluster(folder, 3) if etcdpeer.is_there() else None
    try:
        ours = Doors(options, until(office.router, 20, "a router"))
        theirs = EtcdDoors(options, cluster.leader()) if cluster else None
        one, rates = [], {}
        for _ in range(options.rounds):  # in turn
            one.append((ours.single(), theirs and theirs.single(), theirs and theirs.single_grpc()))
        for clients in (16, 64, 256):
            rates[clients] = [(ours.rate(clients), theirs and theirs.rate(clients), theirs and theirs.rate_grpc(clients))
                              for _ in range(options.rounds)]
        show_requests(one, rates)
    finally:
        office.stop()
        if cluster:
            cluster.stop()


class Doors:
    """One fact each, at the router's door; `notes` fills the request up to the payload."""

    def __init__(self, options, pc):
        self.options, self.pc = options, pc
        self.body = json.dumps({"name": "bench", "notes": "x" * PAYLOAD})
        self.authorization = f"Bearer {pc.admin}"

    def single(self):
        return one_client(self.pc.port, "/api/v1/customers", self.body, self.authorization, self.options.requests)

    def rate(self, clients):
        if not shutil.which("wrk"):
            return None
        return wrk(f"http://127.0.0.1:{self.pc.port}/api/v1/customers", self.body, self.authorization, clients,
                   self.options.seconds)


class EtcdDoors:
    def __init__(self, options, member):
        self.options, self.member = options, member
        self.value = b"x" * PAYLOAD
        self.body = json.dumps(etcdpeer.put_body(b"bench", self.value))
        try:
            self.grpc = etcdpeer.Grpc(member.port)
            self.grpc.put(b"bench", self.value)
        except ImportError:
            self.grpc = None

    def single(self):
        return one_client(self.member.port, "/v3/kv/put", self.body, "", self.options.requests)

    def single_grpc(self):
        if not self.grpc:
            return None
        took = []
        for _ in range(self.options.requests):
            begun = time.monotonic()
            self.grpc.put(b"bench", self.value)
            took.append((time.monotonic() - begun) * 1000)
        return took

    def rate(self, clients):
        if not shutil.which("wrk"):
            return None
        return wrk(f"http://127.0.0.1:{self.member.port}/v3/kv/put", self.body, "", clients, self.options.seconds)

    def rate_grpc(self, clients):
        if not self.grpc:
            return None
        count = 300 * self.options.seconds
        return count / self.grpc.many(count, clients, self.value)


def show_requests(one, rates):
    """Medians over the rounds; the best rate of each side is compared."""
    def column(rows, number):
        values = [row[number] for row in rows if row[number] is not None]
        return values or None
    p50 = [found and statistics.median(sum(found, [])) for found in (column(one, n) for n in range(3))]
    known = [value for value in p50[1:] if value]
    show("one client, durable replicated requests", timers=TIMERS, payload_bytes=PAYLOAD, p50_ms=round(p50[0], 2),
         etcd_gateway_p50_ms=round(p50[1], 2) if p50[1] else NOT_MEASURED,
         etcd_grpc_p50_ms=round(p50[2], 2) if p50[2] else NOT_MEASURED,
         ratio=ratio(p50[0], known and min(known)), target_ratio=0.7)
    names = ("peerdesk", "etcd_gateway", "etcd_grpc")
    best = {name: 0.0 for name in names}
    table = {}
    for clients, rows in rates.items():
        found = {name: column(rows, n) for n, name in enumerate(names)}
        table[clients] = {name: round(statistics.median(values)) if values else NOT_MEASURED
                          for name, values in found.items()}
        for name, values in found.items():
            best[name] = max(best[name], statistics.median(values) if values else 0)
    show("durable replicated requests a second", timers=TIMERS, payload_bytes=PAYLOAD, by_clients=table,
         ratio=ratio(best["peerdesk"], max(best["etcd_gateway"], best["etcd_grpc"])), target_ratio=2)


def memory(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        sizes = dict(line.split()[:2] for line in file.readlines()[1:])
    return int(sizes["Pss:"]) / 1024


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(options, folder):
    office = Office(options.program, folder, NAMES)
    try:
        threading.Event().wait(min(10, options.idle))
        begun, before = time.monotonic(), [cpu_seconds(pc.process.pid) for pc in office.pcs]
        threading.Event().wait(options.idle)
        share = [(cpu_seconds(pc.process.pid) - was) / (time.monotonic() - begun) * 100
                 for pc, was in zip(office.pcs, before)]
        roles = {member["node"]: member["role"] for member in office.pcs[0].status()["members"]}
        show("idle in an office of five", seconds=options.idle, timers=TIMERS,
             roles=[roles[pc.status()["node"]] for pc in office.pcs], cpu_percent=[round(one, 2) for one in share],
             highest_cpu_percent=round(max(share), 2), pss_mib=[round(memory(pc.process.pid), 1) for pc in office.pcs],
             target_cpu_percent=0.5)
    finally:
        office.stop()


def absent(options, folder):
    """A PC that was off while many facts were made: usable, and current."""
    office = Office(options.program, folder, NAMES[:3])
    try:
        router = until(office.router, 20, "a router")
        gone = next(pc for pc in office.pcs if pc is not router)
        gone.kill()
        before, resident = router.status()["applied_index"], memory(router.process.pid)
        begun = time.monotonic()
        fill(router, options.absent)
        took, facts = time.monotonic() - begun, router.status()["applied_index"] - before
        grown = memory(router.process.pid)
        begun = time.monotonic()
        gone.start()
        usable = time.monotonic() - begun
        until(lambda: gone.status()["digest"] == router.status()["digest"], 300, "it is current")
        show("back after a long absence", facts=facts, facts_per_second_meanwhile=round(facts / took),
             usable_s=round(usable, 2), current_s=round(time.monotonic() - begun, 2), target_current_s=20,
             router_pss_mib=[round(resident, 1), round(grown, 1)])
    finally:
        office.stop()


def fresh(options, folder):
    """A PC joins an office with a long history: it has everything, and finds the newest of it."""
    filler = os.path.join(os.path.dirname(options.program), "bench_filloffice")
    if not os.path.exists(filler):
        show("a fresh PC joins", result=NOT_MEASURED, missing=filler)
        return
    longest = 5000  # messages of one conversation; each other one has one
    conversations = options.messages - longest + 1
    office = Office(options.program, folder, NAMES[:1])
    try:
        first = office.pcs[0]
        first.verb("channel", "add", "webchat", "--name", "Website", "--flow", "To a person", "--queue", "Everyone")
        first.stop()
        subprocess.run([filler, first.data, str(conversations), str(longest)], check=True, stdout=subprocess.DEVNULL)
        first.start()
        newcomer = Pc(options.program, folder, NAMES[1])
        office.pcs.append(newcomer)
        begun = time.monotonic()
        office.take_in(newcomer, first)
        usable = time.monotonic() - begun
        until(lambda: newcomer.status()["digest"] == first.status()["digest"], 300, "it has everything")
        current = time.monotonic() - begun
        newest = str(conversations - 1)  # in the name of the newest customer, and nowhere else
        found = until(lambda: newcomer.ask("GET", f"/conversations?q={newest}")["items"], 300, "it finds the newest")
        show("a fresh PC joins", messages=options.messages, usable_s=round(usable, 2), current_s=round(current, 2),
             finds_newest_s=round(time.monotonic() - begun, 2), found=len(found), target_s=60)
    finally:
        office.stop()


def fill(pc, count):
    """Customers from 16 connections at once."""
    numbers = iter(range(count))

    def write():
        connection = http.client.HTTPConnection("127.0.0.1", pc.port, timeout=30)
        for number in numbers:  # one at a time: the lock of the interpreter
            connection.request("POST", "/api/v1/customers", json.dumps({"name": f"customer {number}"}),
                               {"Content-Type": "application/json", "Authorization": f"Bearer {pc.admin}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 201:
                raise AssertionError(answer.status)
        connection.close()
    writers = [threading.Thread(target=write) for _ in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


def elections(options, folder):
    """Ten minutes with both cores busy: the term has to stay."""
    office = Office(options.program, folder, NAMES[:3])
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 2)]
    try:
        term, is_over = office.pcs[0].status()["term"], threading.Event()
        end, waits = time.monotonic() + options.quiet, []
        while time.monotonic() < end:
            begun = time.monotonic()
            office.pcs[0].ask("POST", "/customers", {"name": "n"}, key=secrets.token_hex(16))
            waits.append((time.monotonic() - begun) * 1000)
            is_over.wait(1)
        show("elections with all cores busy", seconds=options.quiet, timers=TIMERS,
             elections=office.pcs[0].status()["term"] - term, request=figures(waits), target=0)
    finally:
        for process in busy:
            process.kill()
        office.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--nodes", type=int, nargs="+", default=[3, 5], help="of the kills")
    for name, value in (("kills", 50), ("handovers", 10), ("seconds", 6), ("rounds", 3), ("requests", 400),
                        ("absent", 20_000), ("messages", 100_000), ("idle", 20), ("quiet", 600), ("offers", 1000), ("pace", 50),
                        ("agents", 40)):
        parser.add_argument("--" + name, type=int, default=value)
    options = parser.parse_args()
    benches = [kills, hand_over, offers, requests, idle, absent, fresh] + ([elections] if options.full else [])
    for bench in benches:
        if options.only in (None, bench.__name__):
            with tempfile.TemporaryDirectory(prefix="peerdesk-bench-") as folder:
                bench(options, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
