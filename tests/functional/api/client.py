# SPDX-License-Identifier: GPL-3.0-or-later
"""One office of the real program in a folder of its own, and its doors as a script sees them."""
import http.client
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
DEADLINE = 30.0  # seconds until the program must have answered or ended


def wait_for(what, check, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


def load_demo():
    spec = importlib.util.spec_from_file_location("demo", ROOT / "packaging" / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Visitor(load_demo().Chat):
    """A customer in the web chat."""

    def __init__(self, office, account, name="", email="", **hello):
        super().__init__(office.port, account)
        self.who = {key: value for key, value in (("name", name), ("email", email)) if value}
        self.send({"type": "hello", **hello})
        self.receive("welcome")
        self.count = 0

    def say(self, text):
        self.count += 1
        self.send({"type": "message", "seq": self.count, "text": text, **self.who})
        return self.receive("ack")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.bytes = response.read()
        try:
            self.body = json.loads(self.bytes)
        except ValueError:
            self.body = None

    def __getitem__(self, name):
        return self.body[name]

    @property
    def is_problem(self):
        """RFC 9457, complete."""
        return (self.headers.get("content-type", "").startswith("application/problem+json")
                and isinstance(self.body, dict) and {"type", "title", "status", "detail"} <= set(self.body)
                and self.body["status"] == self.status and bool(self.body["detail"]))


class Office:
    def __init__(self, program, agents=("Ana", "Ben"), time_scale=None):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="peerdesk-api-")
        self.data = os.path.join(self.folder, "data")
        self.time_scale = time_scale
        self.process = None
        self.environment = dict(os.environ, PEERDESK_KEYSTORE_PASSPHRASE="test passphrase")
        created = self.verb("office", "create", "--name", "Shop", "--admin", "Boss")
        self.tokens = {"Boss": created["admin_token"]}
        self.coming = dict.fromkeys(agents, "agent")  # made by the first start

    def add_agent(self, name, role="agent"):
        self.tokens[name] = self.good("POST", "/agents", {"name": name, "role": role})["token"]

    def run(self, *words, data=None, **environment):
        """A verb of the command line: exit status, what it said as JSON, what it complained."""
        done = subprocess.run(
            [self.program, *words, "--data", data or self.data, "--keystore", f"file:{self.folder}/keys", "--json"],
            env=dict(self.environment, **environment), capture_output=True, text=True, timeout=DEADLINE, check=False)
        try:
            said = json.loads(done.stdout)
        except ValueError:
            said = None
        return done.returncode, said, done.stderr

    def verb(self, *words):
        status, said, complaint = self.run(*words)
        assert status == 0, complaint
        return said

    def start(self, *more):
        words = [self.program, "run", "--http", "127.0.0.1:0", "--peer", "127.0.0.1:0", "--data", self.data,
                 "--keystore", f"file:{self.folder}/keys", *more]
        if self.time_scale:
            words += ["--time-scale", str(self.time_scale)]
        self.process = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.port = int(self.ready["http"].rsplit(":", 1)[1])
        while self.coming:
            self.add_agent(*self.coming.popitem())
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(DEADLINE)
        self.process.stdout.close()
        self.process = None
        return status

    def close(self):
        if self.process:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, body=None, who="Boss", key=None, raw=None, headers=None):
        head = {"Content-Type": "application/json", **(headers or {})}
        if who:
            head["Authorization"] = f"Bearer {self.tokens.get(who, who)}"
        if key:
            head["Idempotency-Key"] = key
        payload = raw if raw is not None else json.dumps(body) if body is not None else None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, payload, head)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def api(self, method, path, body=None, who="Boss", **more):
        return self.ask(method, "/api/v1" + path, body, who, **more)

    def good(self, method, path, body=None, who="Boss", **more):
        answer = self.api(method, path, body, who, **more)
        assert 200 <= answer.status < 300, (method, path, answer.status, answer.bytes[:500])
        return answer.body

    def items(self, path, who="Boss"):
        return self.good("GET", path, who=who)["items"]

    def worker(self, name):
        return self.good("GET", "/sessions/current", who=name)["worker"]

    def name_of(self, worker):
        return self.good("GET", f"/workers/{worker}")["friendly_name"]

    def set_activity(self, name, activity):
        return self.good("PUT", f"/workers/{self.worker(name)}/activity", {"activity": activity}, who=name)

    def named(self, kind, name):
        return next(one["id"] for one in self.items(f"/{kind}?limit=500")
                    if name in (one.get("friendly_name"), one.get("unique_name"), one.get("name")))

    def add_chat(self, name="Site", flow="To a person", queue="Everyone"):
        account = self.good("POST", "/channels", {"type": "webchat", "name": name, "flow": self.named("flows", flow),
                                                  "queue": self.named("queues", queue)})["id"]
        wait_for("the chat", lambda: self.good("GET", f"/channels/{account}")["state"] == "connected")
        return account

    def conversation_of(self, visitor_text, account=None):
        """A visitor writes; the conversation's id."""
        Visitor(self, account or self.add_chat(visitor_text)).say(visitor_text)
        return wait_for("the conversation", lambda: [
            one["id"] for one in self.items("/conversations") if one["snippet"] == visitor_text])[0]

    def new_task(self, **members):
        return self.good("POST", "/tasks", {"task_channel": "chat", "attributes": {}, **members})["id"]

    def offer(self, task, status="pending"):
        """The offer of a task in this state, once there is one."""
        def find():
            return [one for one in self.items(f"/reservations?status={status}&limit=500") if one["task"] == task]
        return wait_for(f"an offer of {task}", find)[0]

    def answer_offer(self, offer, verb, body=None):
        return self.good("POST", f"/reservations/{offer['id']}/{verb}", body, who=self.name_of(offer["worker"]))
