# SPDX-License-Identifier: GPL-3.0-or-later
"""A subscriber of /api/v1/events: RFC 6455, text frames of the server only."""
import base64
import json
import os
import socket
import struct
import threading


class Events:
    def __init__(self, office, after=None, who="Boss"):
        self.all = []
        self.socket = socket.create_connection(("127.0.0.1", office.port), timeout=30)
        path = "/api/v1/events" + (f"?after={after}" if after else "")
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
                             f"Authorization: Bearer {office.tokens[who]}\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        assert b" 101 " in self.stream.readline()
        while self.stream.readline() not in (b"\r\n", b""):
            pass
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def names(self):
        return [event["type"] for event in self.all]

    def keep(self, event):
        self.all.append(event)

    def read(self):
        try:
            while True:
                head = self.stream.read(2)
                if len(head) < 2:
                    return
                size = head[1] & 0x7f
                if size == 126:
                    size = struct.unpack("!H", self.stream.read(2))[0]
                elif size == 127:
                    size = struct.unpack("!Q", self.stream.read(8))[0]
                payload = self.stream.read(size)
                if head[0] & 0x0f == 1:
                    self.keep(json.loads(payload))
        except (OSError, ValueError):
            return  # closed

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the office went first
        self.socket.close()
