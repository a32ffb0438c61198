# SPDX-License-Identifier: GPL-3.0-or-later
"""The office's mailbox in Dovecot, started and ended here. Without root there is none."""
import json
import os
import subprocess
import sys

from officenode import ROOT

SERVER = ROOT / "tests" / "functional" / "mail" / "mailserver.py"


class Mailbox:
    def __init__(self, folder, isWanted):
        self.folder = os.path.join(folder, "mail")
        self.isWanted, self.isThere, self.lmtp = isWanted, False, 0

    def _server(self, verb):
        done = subprocess.run([sys.executable, SERVER, verb, self.folder], capture_output=True, text=True,
                              timeout=120, check=True)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def __enter__(self):
        if not self.isWanted:
            return self
        state = self._server("start")
        if "skip" in state:
            print("without mail:", state["skip"])
            return self
        self.isThere, self.state, self.lmtp = True, state, state["lmtp"]
        self.password = os.path.join(self.folder, "password")
        with open(self.password, "w", encoding="ascii") as file:
            file.write(state["password"])
        return self

    def __exit__(self, *_):
        if self.isThere:
            self._server("stop")

    def channel_words(self, smtp):
        """The account: mail comes from this mailbox and goes to the SMTP server on port `smtp`."""
        settings = {"address": "help@desk.test", "display_name": "Harbor Shop", "imap_host": "localhost",
                    "imap_port": self.state["imap"], "imap_security": "none", "smtp_host": "localhost",
                    "smtp_port": smtp, "smtp_security": "none", "poll_seconds": 10}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        return ["channel", "add", "email", "--name", "Mail", *words, "--secret",
                f"password=@{self.password}"]
