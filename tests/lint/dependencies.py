#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the build looks for and the tests start is in packaging/dependencies, so that a new
machine has it. A name that is not in the table below is a finding: add it with its package."""
import os
import re
import sys

PACKAGE_OF = {
    # find_package and its components
    "Qt6": "qt6-base-dev", "Core": "qt6-base-dev", "Network": "qt6-base-dev",
    "Gui": "qt6-base-dev", "Widgets": "qt6-base-dev", "Test": "qt6-base-dev",
    "Concurrent": "qt6-base-dev", "PrintSupport": "qt6-base-dev", "DBus": "qt6-base-dev", "WebSockets": "qt6-websockets-dev",
    "LinguistTools": "qt6-tools-dev", "Qt6Keychain": "qtkeychain-qt6-dev", "PkgConfig": "pkg-config",
    "Boost": "libboost-dev", "OpenSSL": "libssl-dev", "CURL": "libcurl4-openssl-dev",
    "Python3": "python3", "Threads": "g++",
    "SQLite3": "libsqlite3-dev",
    # pkg-config
    "libsodium": "libsodium-dev", "gmime-3.0": "libgmime-3.0-dev", "gumbo": "libgumbo-dev",
    "raft": "libraft-dev", "icu-uc": "libicu-dev", "icu-i18n": "libicu-dev",
    "libqrencode": "libqrencode-dev",
    # find_program
    "ccache": "ccache", "mold": "mold", "chromium": "chromium", "chromedriver": "chromium-driver",
    "dovecot": "dovecot-imapd", "doveadm": "dovecot-imapd", "postfix": "postfix", "python3": "python3",
    "openssl": "openssl", "Xvfb": "xvfb", "xvfb-run": "xvfb", "git": "git",
    # programs started by test scripts
    "gnome-keyring-daemon": "gnome-keyring", "dbus-run-session": "dbus-daemon", "dbus-daemon": "dbus-daemon",
    "npm": "npm", "ip": "iproute2",
    "gdbus": "libglib2.0-bin", "clang-format-14": "clang-format-14", "clang++-14": "clang-14",
}
TOOLS = ("gnome-keyring-daemon", "dbus-run-session", "gdbus", "dovecot", "doveadm", "postfix",
         "chromedriver", "chromium", "Xvfb", "xvfb-run", "clang-format-14", "clang++-14",
         "npm", "ip")


def looked_for(path, text):
    for call, body in re.findall(r"\b(find_package|pkg_check_modules|find_program)\s*\(([^)]*)\)", text):
        words = body.split()
        if call == "find_package":
            yield words[0]
            if "COMPONENTS" in words and words[0] == "Qt6":
                yield from words[words.index("COMPONENTS") + 1:]
        elif call == "pkg_check_modules":
            yield from (re.sub("[<>=].*", "", w) for w in words[1:] if w not in ("REQUIRED", "IMPORTED_TARGET", "QUIET"))
        else:
            names = [w for w in words[1:] if w != "NAMES"]
            yield names[0]


def main():
    root = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    with open(os.path.join(root, "packaging/dependencies"), encoding="utf-8") as file:
        listed = {line.split()[1] for line in file if line.strip() and not line.startswith("#")}
    wanted = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in ("node_modules", "lint")]
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            is_build = name == "CMakeLists.txt" or name.endswith(".cmake")
            is_script = path.startswith(("tests", "packaging")) and name.endswith((".sh", ".py", ".cpp"))
            if not (is_build or is_script):
                continue
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                text = file.read()
            if is_build:
                for found in looked_for(path, re.sub(r"#.*", "", text)):
                    wanted.setdefault(found, path)
            else:
                for tool in TOOLS:
                    if re.search(r"(?<![\w/.-])" + re.escape(tool) + r"(?![\w-])", text):
                        wanted.setdefault(tool, path)
    wrong = []
    for name, path in sorted(wanted.items()):
        package = PACKAGE_OF.get(name)
        if package is None:
            wrong.append(f"{path}: looks for {name}, whose package is not known in dependencies.py")
        elif package not in listed:
            wrong.append(f"{path}: looks for {name}: {package} is missing in packaging/dependencies")
    print("\n".join(wrong) if wrong else f"{len(wanted)} needs, all of them in packaging/dependencies")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
