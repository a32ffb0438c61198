#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real mail server on loopback for tests and the demonstration: Dovecot and Postfix.

    mailserver.py start DIR            prints JSON: ports, users, certificate
    mailserver.py stop DIR
    mailserver.py deliver DIR USER     mail from standard input into USER's mailbox
    mailserver.py read DIR USER        prints JSON: mails of USER, oldest first
    mailserver.py stop-imap DIR        ends Dovecot alone; start-imap starts it on the same ports
    mailserver.py renumber DIR USER    gives USER's mailbox a new UIDVALIDITY

Everything lives in DIR. Processes are ended by the ids they reported. Needs root, because both
servers change user; without it, or without the programs, start prints {"skip": reason}.
"""
import glob
import json
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time

PASSWORD = "secret"
USERS = ["help@desk.test", "auto@desk.test", "anna@customer.test", "binh@customer.test", "carla@customer.test",
         "dora@customer.test"]
DEADLINE = 20.0  # seconds until a server must listen or be gone

DOVECOT = """
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
mail_location = maildir:{dir}/vmail/%u
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = dovecot
first_valid_uid = 1
auth_failure_delay = 0
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = {dir}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/vmail/%u
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
"""

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
myhostname = mail.desk.test
mydomain = desk.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:local delivery is off
virtual_mailbox_domains = desk.test, customer.test
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:no mail leaves this machine
smtpd_tls_cert_file = {dir}/cert.pem
smtpd_tls_key_file = {dir}/key.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
message_size_limit = 60000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
bounce_queue_lifetime = 0
minimal_backoff_time = 1s
"""

MASTER_CF = """
127.0.0.1:{submission} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def free_ports(count):
    """Ports that were free a moment ago; held together so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def load(directory):
    with open(os.path.join(directory, "state.json"), encoding="utf-8") as source:
        return json.load(source)


def save(directory, state):
    write(os.path.join(directory, "state.json"), json.dumps(state))


def wait_until(check, what):
    """Bounded wait for another program; there is no signal to wait for."""
    end = time.monotonic() + DEADLINE
    while not check():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not happen within {DEADLINE} s")
        time.sleep(0.02)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_alive(pid):
    """False for the dead and for zombies."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as source:
            return source.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as source:
            return int(source.read().rsplit(")", 1)[1].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def end(pid):
    """Ends a server and the children it started, as when the machine goes down."""
    if not pid or not is_alive(pid):
        return
    children = [int(name) for name in os.listdir("/proc")
                if name.isdigit() and parent_of(int(name)) == pid]
    os.kill(pid, signal.SIGTERM)
    for child in children:
        try:
            os.kill(child, signal.SIGTERM)
        except ProcessLookupError:
            pass
    wait_until(lambda: not any(is_alive(one) for one in [pid, *children]), f"the end of {pid}")


def start_dovecot(directory, state):
    log = open(os.path.join(directory, "dovecot.out"), "ab")
    process = subprocess.Popen(
        [shutil.which("dovecot", path="/usr/sbin:/usr/bin"), "-F", "-c",
         os.path.join(directory, "dovecot.conf")],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    state["dovecot_pid"] = process.pid
    save(directory, state)
    for port in ("imap", "imaps", "lmtp", "auth"):
        wait_until(lambda port=port: listens(state[port]), f"Dovecot on {port}")


def start_postfix(directory, state):
    config = os.path.join(directory, "postfix")
    os.makedirs(config)
    for name in ("queue", "data"):
        os.makedirs(os.path.join(directory, name))
    shutil.chown(os.path.join(directory, "data"), "postfix")
    write(os.path.join(config, "main.cf"), MAIN_CF.format(**state))
    write(os.path.join(config, "master.cf"), MASTER_CF.format(**state))
    log = open(os.path.join(directory, "postfix.out"), "ab")
    subprocess.run(["/usr/sbin/postfix", "-c", config, "start"], stdin=subprocess.DEVNULL,
                   stdout=log, stderr=log, check=True, timeout=60)
    with open(os.path.join(directory, "queue/pid/master.pid"), encoding="ascii") as source:
        state["postfix_pid"] = int(source.read().strip())
    save(directory, state)
    for port in ("submission", "smtps"):
        wait_until(lambda port=port: listens(state[port]), f"Postfix on {port}")


def missing():
    if os.geteuid() != 0:
        return "the mail servers need root"
    for program in ("dovecot", "postfix", "openssl"):
        if not shutil.which(program, path="/usr/sbin:/usr/bin"):
            return f"{program} is not installed"
    return ""


def start(directory):
    if missing():
        print(json.dumps({"skip": missing()}))
        return
    os.makedirs(directory, exist_ok=True)
    os.chmod(directory, 0o755)
    import pwd
    nobody = pwd.getpwnam("nobody")
    names = ["imap", "imaps", "lmtp", "auth", "submission", "smtps"]
    state = dict(zip(names, free_ports(len(names))))
    state.update(dir=directory, uid=nobody.pw_uid, gid=nobody.pw_gid, password=PASSWORD,
                 users=USERS, ca_file=os.path.join(directory, "cert.pem"), host="localhost")
    os.makedirs(os.path.join(directory, "vmail"))
    os.chown(os.path.join(directory, "vmail"), nobody.pw_uid, nobody.pw_gid)
    write(os.path.join(directory, "users"), "".join(f"{u}:{{PLAIN}}{PASSWORD}\n" for u in USERS))
    write(os.path.join(directory, "dovecot.conf"), DOVECOT.format(**state))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
         os.path.join(directory, "key.pem"), "-out", state["ca_file"]],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    start_dovecot(directory, state)
    start_postfix(directory, state)
    print(json.dumps(state))


def stop(directory):
    state = load(directory)
    end(state.get("postfix_pid"))
    end(state.get("dovecot_pid"))


def deliver(directory, user):
    """Straight into the mailbox by LMTP, byte for byte, as a foreign server would."""
    state = load(directory)
    with smtplib.LMTP("127.0.0.1", state["lmtp"], timeout=20) as lmtp:
        lmtp.sendmail("sender@customer.test", [user], sys.stdin.buffer.read())


def mail_files(directory, user):
    base = os.path.join(directory, "vmail", user)
    files = glob.glob(os.path.join(base, "new/*")) + glob.glob(os.path.join(base, "cur/*"))
    return sorted(files, key=os.path.getmtime)


def read(directory, user):
    mails = []
    for path in mail_files(directory, user):
        with open(path, "rb") as source:
            mails.append({"seen": "S" in path.rpartition(":2,")[2] if ":2," in path else False,
                          "raw": source.read().decode("utf-8", "replace")})
    print(json.dumps(mails))


def stop_imap(directory):
    end(load(directory).get("dovecot_pid"))


def renumber(directory, user):
    """As after a mailbox was restored: the same mails under new numbers."""
    state = load(directory)
    end(state.get("dovecot_pid"))
    for path in glob.glob(os.path.join(directory, "vmail", user, "dovecot*")):
        os.remove(path)
    write(os.path.join(directory, "vmail", user, "dovecot-uidvalidity"), "")
    os.chown(os.path.join(directory, "vmail", user, "dovecot-uidvalidity"), state["uid"],
             state["gid"])
    start_dovecot(directory, state)


def main():
    verb, directory = sys.argv[1], os.path.abspath(sys.argv[2])
    if verb == "start":
        start(directory)
    elif verb == "stop":
        stop(directory)
    elif verb == "deliver":
        deliver(directory, sys.argv[3])
    elif verb == "read":
        read(directory, sys.argv[3])
    elif verb == "stop-imap":
        stop_imap(directory)
    elif verb == "start-imap":
        start_dovecot(directory, load(directory))
    elif verb == "renumber":
        renumber(directory, sys.argv[3])
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
