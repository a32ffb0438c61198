#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One channel is flooded: how long do messages of the others take until they are committed?

usage: bench_flood.py PEERDESK_NODE [--rate 10000] [--messages 300] [--others 3]

The real program without a window; the channels are of one's own (`/byoc`), whose calls are answered when
their messages are in the log. First without the flood, then with it, in alternating rounds. Prints JSON.
"""
import argparse
import http.client
import json
import multiprocessing
import os
import pathlib
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional" / "api"))
from client import Office  # noqa: E402

TOKEN = "a token that only the middleware knows"
PER_CALL = 100  # as many as one call may have
CALLERS = 8


def quantile(values, share):
    return sorted(values)[int((len(values) - 1) * share)]


def call(connection, account, messages):
    body = json.dumps({"messages": messages})
    connection.request("POST", f"/api/v1/byoc/{account}/messages", body,
                       {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def flood(port, account, rate, stop, taken, refused):
    """In a process of its own: calls at their times, never faster, whoever is late is at once."""
    def caller(place):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number, began = 0, time.monotonic()
        while not stop.is_set():
            due = began + number * CALLERS * PER_CALL / rate
            stop.wait(max(0, due - time.monotonic()))
            messages = [{"id": f"f{os.getpid()}-{place}-{number}-{n}", "from": {"id": f"crowd{n % 20}"},
                         "text": f"Is anybody there? {number} {n}"} for n in range(PER_CALL)]
            status = call(connection, account, messages)
            with (taken if status == 200 else refused).get_lock():
                (taken if status == 200 else refused).value += PER_CALL
            number += 1
    threads = [threading.Thread(target=caller, args=(place,), daemon=True) for place in range(CALLERS)]
    for thread in threads:
        thread.start()
    stop.wait()


class Bench:
    def __init__(self, options):
        self.options = options
        self.office = Office(options.program, agents=("Ana",)).start()
        self.office.add_agent("Pipe", "channel")
        self.crowded = self.add("Crowded")
        self.others = [self.add(f"Quiet {n}") for n in range(options.others)]
        self.sent = 0

    def add(self, name):
        made = self.office.ask("POST", "/api/v1/channels", {
            "type": "byoc", "name": name, "secrets": {"token": TOKEN}, "settings": {},
            "flow": self.named("flows", "To a person"), "queue": self.named("queues", "Everyone")})
        if made.status // 100 != 2:
            raise SystemExit(f"no channel: {made.bytes!r}")
        return made["id"]

    def named(self, kind, name):
        items = self.office.ask("GET", f"/api/v1/{kind}")["items"]
        return next(item["id"] for item in items if name in (item.get("name"), item.get("friendly_name")))

    def commit_times(self):
        """Milliseconds from the call to its answer, which comes after the commit."""
        times = []
        connections = [http.client.HTTPConnection("127.0.0.1", self.office.port, timeout=60) for _ in self.others]
        for number in range(self.options.messages):
            place = number % len(self.others)
            self.sent += 1
            message = {"id": f"q{self.sent}", "from": {"id": f"guest{place}"}, "text": f"Hello {self.sent}"}
            began = time.monotonic()
            while call(connections[place], self.others[place], [message]) != 200:
                pass  # "come later": it counts until it is there
            times.append((time.monotonic() - began) * 1000)
        return times

    def flooded_times(self):
        stop, taken, refused = multiprocessing.Event(), multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)
        process = multiprocessing.Process(target=flood, args=(self.office.port, self.crowded, self.options.rate, stop,
                                                              taken, refused), daemon=True)
        process.start()
        while taken.value == 0:  # it has begun
            if not process.is_alive():
                raise SystemExit("the flood ended before it began")
        began, before = time.monotonic(), taken.value
        times = self.commit_times()
        rate = (taken.value - before) / (time.monotonic() - began)
        stop.set()
        process.join(60)
        return times, rate, refused.value

    def run(self):
        quiet, loud, rates, refused = [], [], [], 0
        for _ in range(self.options.rounds):
            quiet += self.commit_times()
            times, rate, later = self.flooded_times()
            loud += times
            rates.append(rate)
            refused += later
        print(json.dumps({
            "bench": "flood of one channel", "offered_per_second": self.options.rate,
            "committed_per_second": round(statistics.median(rates)), "told_to_come_later": refused,
            "quiet": {"count": len(quiet), "median_ms": round(statistics.median(quiet), 2),
                      "p99_ms": round(quantile(quiet, 0.99), 2)},
            "flooded": {"count": len(loud), "median_ms": round(statistics.median(loud), 2),
                        "p99_ms": round(quantile(loud, 0.99), 2)},
            "p99_ratio": round(quantile(loud, 0.99) / quantile(quiet, 0.99), 2), "target_ratio": 2}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--others", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    bench = Bench(parser.parse_args())
    try:
        bench.run()
    finally:
        bench.office.close()


if __name__ == "__main__":
    main()
