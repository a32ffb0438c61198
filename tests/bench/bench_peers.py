#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks through the HTTP API beside what one would build them from, and expressions beside npm's engines.

usage: bench_peers.py BUILD_FOLDER [--rounds 5] [--clients 8,32] ...

Client processes lead each task through four steps, every one of them durable before it is acknowledged:
placed, taken from the queue's head, after-contact work, completed. Peers: PostgreSQL with FOR UPDATE SKIP
LOCKED and Redis with Lua and appendfsync always, in folders of their own on the same disk, ended by their
process. The rounds alternate; a ratio is the median of the ratios of single rounds. A peer that is not
installed is printed as "not measured". Prints one JSON object per bench.
"""
import argparse
import contextlib
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packaging"))
from demo import Office, free_port  # noqa: E402

ATTRIBUTES = {"skill": "sales", "language": "pl", "customer": "customer number 20417", "subject": "x" * 120}
READY = 30  # seconds until a server that was started must answer


def wait_until(works):
    end = time.monotonic() + READY
    while True:
        try:
            return works()
        except OSError as error:
            if time.monotonic() > end:
                raise SystemExit("a server did not become ready") from error
            time.sleep(0.05)


class Program:
    """A server of ours to end: by its process."""

    process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


class PeerdeskClient:
    def __init__(self, port, token, worker, workflow, queue):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self.worker = worker
        self.placed = json.dumps({"attributes": ATTRIBUTES, "workflow": workflow}).encode()
        self.take = json.dumps({"queue": queue}).encode()
        self.left = b""

    def post(self, path, body=b"{}"):
        self.socket.sendall(f"POST /api/v1{path} {self.head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        while b"\r\n\r\n" not in self.left:
            self.receive()
        head, rest = self.left.split(b"\r\n\r\n", 1)
        lower = head.lower()
        size = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(rest) < size:
            self.left = b""
            self.receive()
            rest += self.left
        self.left = rest[size:]
        if not head.split(b" ", 2)[1].startswith(b"2"):
            raise SystemExit(f"POST {path}: {head[:40]!r} {rest[:300]!r}")
        return json.loads(rest[:size])

    def receive(self):
        got = self.socket.recv(65536)
        if not got:
            raise SystemExit("the office closed the connection")
        self.left += got

    def task(self):
        self.post("/tasks", self.placed)
        task = self.post(f"/workers/{self.worker}/take", self.take)["id"]
        self.post(f"/tasks/{task}/wrapup")
        self.post(f"/tasks/{task}/complete")


class Peerdesk(Program):
    name = "peerdesk"

    def __init__(self, options, folder):
        names = [f"Agent {n}" for n in range(max(options.clients))]
        self.office = Office(os.path.join(options.build, "bin"), os.path.join(folder, "office"), agents=names)
        self.office.start()
        self.process = self.office.process
        ask = self.office.ask
        queue = ask("POST", "/queues", {"friendly_name": "Pull", "target_workers": "1==1", "pull": True})["id"]
        routing = {"task_routing": {"filters": [], "default_filter": {"queue": queue}}}
        workflow = ask("POST", "/workflows", {"friendly_name": "Pull", "configuration": routing})["id"]
        workers = {w["friendly_name"]: w["id"] for w in ask("GET", "/workers?limit=100")["items"]}
        self.clients = [(self.office.port, self.office.agents[name], workers[name], workflow, queue) for name in names]

    def client(self, number):
        return PeerdeskClient(*self.clients[number])


class PostgresClient:
    """Just enough of its protocol: statements that were prepared, by name."""

    def __init__(self, port, number):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")
        options = b"user\0postgres\0database\0postgres\0\0"
        self.socket.sendall(struct.pack(">II", len(options) + 8, 196608) + options)
        self.finish()
        self.attributes = json.dumps(ATTRIBUTES)
        self.worker = f"worker {number}"

    def prepare(self):
        self.query(
            "PREPARE placed AS INSERT INTO task (queue, priority, status, attributes) VALUES ('q', 0, 'pending', $1);"
            "PREPARE taken AS UPDATE task SET status = 'assigned', worker = $1, changed = now() WHERE id = (SELECT id"
            " FROM task WHERE status = 'pending' AND queue = 'q' ORDER BY priority DESC, id LIMIT 1"
            " FOR UPDATE SKIP LOCKED) RETURNING id, attributes;"
            "PREPARE wrapping AS UPDATE task SET status = 'wrapping', changed = now() WHERE id = $1"
            " AND status = 'assigned';"
            "PREPARE completed AS UPDATE task SET status = 'completed', changed = now() WHERE id = $1")
        return self

    def query(self, text):
        body = text.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack(">I", len(body) + 4) + body)
        return self.finish()

    def finish(self):
        """The first column of the first row, once the server is ready for the next."""
        first = None
        while True:
            head = self.answers.read(5)
            if len(head) < 5:
                raise ConnectionError("PostgreSQL closed the connection")
            kind, size = struct.unpack(">cI", head)
            body = self.answers.read(size - 4)
            if kind == b"E":
                raise ConnectionError(body.decode(errors="replace"))
            if kind == b"D" and first is None:
                first = body[6:6 + struct.unpack(">I", body[2:6])[0]].decode()
            if kind == b"Z":
                return first

    def task(self):
        self.query(f"EXECUTE placed ('{self.attributes}')")
        task = None
        while task is None:  # another client was quicker: what it took is skipped, and sometimes all is
            task = self.query(f"EXECUTE taken ('{self.worker}')")
        self.query(f"EXECUTE wrapping ({task})")
        self.query(f"EXECUTE completed ({task})")


class Postgres(Program):
    name = "postgresql"

    def __init__(self, options, folder):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        if not programs:
            raise FileNotFoundError("PostgreSQL is not installed")
        data = os.path.join(folder, "pg")
        user = {"user": "postgres"} if os.getuid() == 0 else {}  # it does not run as root
        os.mkdir(data, 0o700)
        if user:
            shutil.chown(data, "postgres")
        subprocess.run([programs[-1] / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"], check=True,
                       stdout=subprocess.DEVNULL, cwd="/", **user)
        port = free_port()
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with  # ended by stop()
            [programs[-1] / "postgres", "-D", data, "-p", str(port), "-k", data, "-c", "listen_addresses=127.0.0.1",
             "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", f"max_connections={max(options.clients) + 10}",
             "-c", "shared_buffers=256MB"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **user)
        self.port = port
        wait_until(lambda: PostgresClient(port, 0)).query(
            "CREATE TABLE task (id bigserial PRIMARY KEY, queue text NOT NULL, priority int NOT NULL,"
            " status text NOT NULL, attributes jsonb NOT NULL, worker text, created timestamptz DEFAULT now(),"
            " changed timestamptz DEFAULT now());"
            "CREATE INDEX waiting ON task (queue, priority DESC, id) WHERE status = 'pending'")

    def client(self, number):
        return PostgresClient(self.port, number).prepare()


PLACE = """local id = redis.call('INCR', 'next')
redis.call('HSET', 'task:' .. id, 'status', 'pending', 'attributes', ARGV[1])
redis.call('ZADD', 'waiting', id, id)
return id"""
TAKE = """local id = redis.call('ZPOPMIN', 'waiting')[1]
redis.call('HSET', 'task:' .. id, 'status', 'assigned', 'worker', ARGV[1])
return id"""
WRAP = """if redis.call('HGET', 'task:' .. ARGV[1], 'status') ~= 'assigned' then return 0 end
return redis.call('HSET', 'task:' .. ARGV[1], 'status', 'wrapping')"""
COMPLETE = "return redis.call('HSET', 'task:' .. ARGV[1], 'status', 'completed')"


class RedisClient:
    """Just enough of its protocol; drivers for Python cost more than the servers."""

    def __init__(self, port, number):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")
        self.scripts = [self.call("SCRIPT", "LOAD", script) for script in (PLACE, TAKE, WRAP, COMPLETE)]
        self.attributes = json.dumps(ATTRIBUTES)
        self.worker = f"worker {number}"

    def call(self, *words):
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
        line = self.answers.readline()
        if line[:1] == b"$":
            return self.answers.read(int(line[1:]) + 2)[:-2]
        if line[:1] in (b"-", b""):
            raise SystemExit(f"redis: {line!r}")
        return line[1:-2]

    def task(self):
        place, take, wrap, complete = self.scripts
        self.call("EVALSHA", place, 0, self.attributes)
        task = self.call("EVALSHA", take, 0, self.worker)
        self.call("EVALSHA", wrap, 0, task)
        self.call("EVALSHA", complete, 0, task)


class Redis(Program):
    name = "redis"

    def __init__(self, _options, folder):
        if not shutil.which("redis-server"):
            raise FileNotFoundError("Redis is not installed")
        data = os.path.join(folder, "redis")
        os.mkdir(data)
        self.port = free_port()
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with  # ended by stop()
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", data, "--appendonly", "yes",
             "--appendfsync", "always", "--save", ""], stdout=subprocess.DEVNULL)
        wait_until(lambda: RedisClient(self.port, 0))

    def client(self, number):
        return RedisClient(self.port, number)


def work(system, number, tasks, barrier):
    try:
        client = system.client(number)
        client.task()  # warm
        barrier.wait()
        for _ in range(tasks):
            client.task()
        barrier.wait()
    except BaseException:
        barrier.abort()
        raise


def tasks_per_second(system, clients, tasks):
    barrier = multiprocessing.Barrier(clients + 1)
    processes = [multiprocessing.Process(target=work, args=(system, n, tasks, barrier)) for n in range(clients)]
    for process in processes:
        process.start()
    try:
        barrier.wait(READY)
        begun = time.monotonic()
        barrier.wait(600)
        took = time.monotonic() - begun
    finally:
        for process in processes:
            process.join(1)
            if process.is_alive():
                process.terminate()
    return clients * tasks / took


def through_the_api(options, folder):
    systems, missing = [], {}
    with contextlib.ExitStack() as stack:
        for kind in (Peerdesk, Postgres, Redis):
            try:
                system = kind(options, folder)
                stack.callback(system.stop)
                systems.append(system)
            except FileNotFoundError as error:
                missing[kind.name] = f"not measured: {error}"
        found = {system.name: {count: [] for count in options.clients} for system in systems}
        for _ in range(options.rounds):
            for count in options.clients:
                for system in systems:
                    found[system.name][count].append(tasks_per_second(system, count, options.tasks))
    medians = {name: {str(count): round(statistics.median(rates)) for count, rates in of.items()}
               for name, of in found.items()}
    best = {name: max(of, key=lambda count, of=of: statistics.median(of[count])) for name, of in found.items()}
    ours = found["peerdesk"][best["peerdesk"]]
    ratios = {name: round(statistics.median(a / b for a, b in zip(ours, found[name][best[name]])), 3)
              for name in found if name != "peerdesk"}
    print(json.dumps({"bench": "four durable acknowledged steps per task", "tasks_per_second_by_clients":
                      {**medians, **missing}, "times": {**ratios, **missing}, "rounds": options.rounds,
                      "tasks_per_client": options.tasks, "load": os.getloadavg()[0]}), flush=True)


ENGINES = """
const rows = [];
for (let i = 0; i < 256; ++i)
  rows.push({skills: [i % 3 ? 'sales' : 'returns', i % 2 ? 'billing' : 'support'], language: i % 5 ? 'en' : 'de', tier: i % 4});
const make = {
  jexl: lib => { const e = lib.compile("'billing' in skills && language in ['pl','en'] && tier >= 2"); return r => e.evalSync(r); },
  filtrex: lib => lib.compileExpression('"billing" in skills and language in ("pl", "en") and tier >= 2'),
  'expr-eval': lib => { const e = new lib.Parser({operators: {in: true}}).parse('"billing" in skills and language in ["pl", "en"] and tier >= 2'); return r => e.evaluate(r); },
  'json-logic-js': lib => { const e = {and: [{in: ['billing', {var: 'skills'}]}, {in: [{var: 'language'}, ['pl', 'en']]}, {'>=': [{var: 'tier'}, 2]}]}; return r => lib.apply(e, r); },
};
const out = {};
for (const [name, how] of Object.entries(make)) {
  try {
    const evaluate = how(require(name));
    let truths = 0;
    const turn = () => { for (const row of rows) truths += !!evaluate(row); };
    for (let i = 0; i < 50; ++i) turn();
    if (truths !== 50 * 51) throw new Error('it finds ' + truths / 50 + ' of 51');
    let turns = 0;
    const begun = process.hrtime.bigint();
    while (process.hrtime.bigint() - begun < 1000000000n) { turn(); ++turns; }
    out[name] = Math.round(turns * 256 * 1e9 / Number(process.hrtime.bigint() - begun));
  } catch (error) { out[name] = 'not measured: ' + String(error.message).split('\\n')[0]; }
}
console.log(JSON.stringify(out));
"""


def expressions(options, folder):
    """Evaluations a second of one processor, of the expression that the router's bench has too."""
    engines = ["jexl@2.3.0", "filtrex@3.1.0", "expr-eval@2.0.2", "json-logic-js@2.0.5"]
    modules = os.path.join(folder, "npm")
    os.mkdir(modules)
    missing = None
    if not shutil.which("npm"):
        missing = "not measured: npm is missing"
    elif subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix",
                         modules, *engines], check=False, stdout=subprocess.DEVNULL).returncode:
        missing = "not measured: the engines could not be installed"
    ours, theirs = [], {}
    for _ in range(options.rounds):
        done = subprocess.run([os.path.join(options.build, "bin", "bench_routing"), "50", "50", "1000"], check=True,
                              capture_output=True, text=True)
        ours.append(json.loads(done.stdout)["expressions"]["evaluations_per_second"])
        if not missing:
            done = subprocess.run(["node", "-e", ENGINES], cwd=modules, check=True, capture_output=True, text=True)
            for name, rate in json.loads(done.stdout).items():
                theirs.setdefault(name, []).append(rate)
    medians, ratios = {}, {}
    for name, rates in theirs.items():
        is_measured = not isinstance(rates[0], str)
        medians[name] = round(statistics.median(rates)) if is_measured else rates[0]
        ratios[name] = round(statistics.median(a / b for a, b in zip(ours, rates)), 1) if is_measured else rates[0]
    print(json.dumps({"bench": "expressions beside npm's engines", "evaluations_per_second":
                      {"peerdesk": round(statistics.median(ours)), **medians}, "times": missing or ratios,
                      "rounds": options.rounds}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=100, help="per client and round")
    parser.add_argument("--clients", default="8,32", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--only", choices=["api", "expressions"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended too
    with tempfile.TemporaryDirectory(prefix="peerdesk-bench-") as folder:
        os.chmod(folder, 0o755)  # PostgreSQL has a user of its own
        if options.only != "expressions":
            through_the_api(options, folder)
        if options.only != "api":
            expressions(options, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
