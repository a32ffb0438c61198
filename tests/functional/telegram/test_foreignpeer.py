#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts npm's telegram-test-api on loopback and runs foreignpeer (the first argument) against it.

Exit status 77 = skipped: node, npm or the package cannot be had here.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile

PACKAGE = "telegram-test-api@4.2.1"
SKIPPED = 77
SERVER = """
const TelegramServer = require('telegram-test-api');
const server = new TelegramServer({port: Number(process.argv[1]), host: '127.0.0.1'});
server.start().then(() => console.log('listening'));
"""


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    if not shutil.which("node") or not shutil.which("npm"):
        skip("node and npm are not here")
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix",
                            folder, PACKAGE], check=True, timeout=90, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            skip(PACKAGE + " cannot be installed")
        port = free_port()
        server = subprocess.Popen(["node", "-e", SERVER, str(port)], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            if server.stdout.readline().strip() != "listening":
                sys.exit("the server did not start")
            address = "http://127.0.0.1:%d" % port
            return subprocess.run([sys.argv[1]], timeout=90,
                                  env=dict(os.environ, BOT_API=address)).returncode
        finally:
            server.terminate()
            server.wait(10)


if __name__ == "__main__":
    sys.exit(main())
