#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants faults one by one in a copy of the tree and looks whether the named tests notice.

usage: mutants.py --check                          does every fault still fit? (no build)
       mutants.py --work FOLDER [--only WORD]...   build in FOLDER and hunt

A fault that no longer fits, a mutant that does not compile, and a test that fails without any fault
are errors; a mutant that no test notices has survived. Each ends with status 1.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time

import faults

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("peerdesk-node", "functional_losingdisk")
TEST_SECONDS = 600


def fitting(root):
    """Sentences about faults that do not fit."""
    for fault in faults.FAULTS:
        for path, old, _ in fault.edits:
            times = (root / path).read_text(encoding="utf-8").count(old)
            if times != 1:
                yield f"\"{fault.name}\": its text stands {times} times in {path}"


class Workshop:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.tree, self.build = self.folder / "tree", self.folder / "build"

    def copy(self):
        """What differs is written anew, so that only that is compiled again."""
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, check=True).stdout.decode().split("\0")
        for name in filter(None, listed):
            source, target = ROOT / name, self.tree / name
            if not source.is_file():
                continue
            content = source.read_bytes()
            if target.is_file() and target.read_bytes() == content:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(source.stat().st_mode)

    def run(self, words, seconds=7200):
        """(did it succeed, its output). No answer in time is a failure."""
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False,
                                  env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1",
                                           QT_QPA_PLATFORM="offscreen"))
        except subprocess.TimeoutExpired:
            return False, f"no end within {seconds} s"
        return done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]

    def configure(self):
        return self.run(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja",
                         "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0",
                         "-DCMAKE_UNITY_BUILD=OFF"])

    def make(self, test):
        targets = PROGRAMS if test == faults.POWER else (test,)
        return self.run(["cmake", "--build", self.build, "--target", *targets])

    def test(self, test):
        if test == faults.POWER:
            disk = next(self.build.rglob("libfunctional_losingdisk.so"))
            crash = self.tree / "tests" / "functional" / "crash" / "test_crash.py"
            return self.run([sys.executable, crash, self.build / "bin", "--seed", "7", "--kills", "5",
                             "--without-mail", "--disk", disk], TEST_SECONDS)
        offices = ["--seed", "1", "--seeds", "10", "--seconds", "300", "--every", "6", "--only", "power"]
        return self.run([self.build / "bin" / test] + (offices if test == faults.SIMULATION else []),
                        TEST_SECONDS)

    def edit(self, fault, is_planted):
        for path, old, new in fault.edits:
            file = self.tree / path
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(old, new) if is_planted
                            else (ROOT / path).read_text(encoding="utf-8"), encoding="utf-8")

    def hunt(self, fault):
        """None if the fault was noticed, else what went wrong."""
        self.edit(fault, True)
        try:
            built, output = self.make(fault.caught_by)
            if not built:
                return "does not compile:\n" + output[-1500:]
            passed, _ = self.test(fault.caught_by)
            return f"SURVIVED {fault.caught_by}" if passed else None
        finally:
            self.edit(fault, False)


def prepare(workshop, tests):
    """What is wrong before any fault is planted."""
    workshop.copy()
    good, output = workshop.configure()
    if not good:
        return ["configure: " + output]
    wrong = []
    for test in tests:
        for what, act in (("build", workshop.make), ("test", workshop.test)):
            good, output = act(test)
            if not good:
                wrong.append(f"{what} of {test} fails without any fault:\n{output}")
                break
    return wrong


def hunt_all(options):
    chosen = [f for f in faults.FAULTS
              if not options.only or any(word in f.name or word == f.caught_by for word in options.only)]
    workshop = Workshop(options.work)
    start = time.monotonic()
    wrong = prepare(workshop, sorted({fault.caught_by for fault in chosen}))
    print(f"without faults: {len(wrong)} troubles, {time.monotonic() - start:.0f} s", flush=True)
    if wrong:
        return wrong
    for fault in chosen:
        start = time.monotonic()
        trouble = workshop.hunt(fault)
        print(f"  {trouble.splitlines()[0] if trouble else 'noticed':<24} {fault.rule}: {fault.name} "
              f"({time.monotonic() - start:.0f} s)", flush=True)
        if trouble:
            wrong.append(f"{fault.name}: {trouble}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--work")
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    wrong = list(fitting(ROOT))
    if not wrong and options.work:
        wrong = hunt_all(options)
    for sentence in wrong:
        print("ERROR", sentence)
    print(f"{len(faults.FAULTS)} faults, {len(wrong)} troubles")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
