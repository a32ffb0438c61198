#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel of one's own in a page: lines typed here are a customer's messages, answers are printed.
usage: PEERDESK_TOKEN=... bridge.py http://PC:PORT CHANNEL_ID [CUSTOMER]
Replace read_customers() and deliver() by what your messenger offers; the rest may stay.
"""
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

OFFICE, CHANNEL = sys.argv[1].rstrip("/"), sys.argv[2]
CUSTOMER = sys.argv[3] if len(sys.argv) > 3 else "visitor-1"


def call(method, what, body=None):
    """The same ids again do no harm, so whatever fails is simply tried again."""
    request = urllib.request.Request(
        f"{OFFICE}/api/v1/byoc/{CHANNEL}/{what}", json.dumps(body).encode() if body else None,
        {"Authorization": "Bearer " + os.environ["PEERDESK_TOKEN"]}, method=method)
    pause = 1
    while True:
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return json.load(answer)
        except OSError as trouble:
            if isinstance(trouble, urllib.error.HTTPError) and trouble.code in (400, 401, 404):
                print("refused:", trouble.read().decode(), file=sys.stderr, flush=True)
                os._exit(1)
        time.sleep(pause)
        pause = min(pause * 2, 30)


def read_customers():
    for line in sys.stdin:
        call("POST", "messages", {"id": str(uuid.uuid4()), "text": line.rstrip("\n"),
                                  "from": {"id": CUSTOMER, "name": CUSTOMER}})


def deliver(message):
    print(f"{message['author'] or 'bot'}: {message['text']}", flush=True)
    return {"id": message["id"], "provider_id": str(uuid.uuid4())}


threading.Thread(target=read_customers, daemon=True).start()
delivered = {}
while True:
    for one in call("GET", "outbox?wait=25")["messages"]:
        if one["id"] not in delivered:
            delivered[one["id"]] = deliver(one)
        call("POST", "outbox", delivered[one["id"]])
