#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the rules of the house that a compiler does not: layers, purity, refused calls, sizes.

Usage: lint.py [ROOT]. Prints one line per finding, "path:line: [rule] what and why"; exit status 1
if there is one. Every rule has a planted violation in selftest.py.
"""
import fnmatch
import os
import re
import sys

CODE = (".h", ".cpp")
WITH_SPDX = CODE + (".py", ".sh", ".js", ".css")
TEXTS = WITH_SPDX + (".md", ".txt", ".conf")
FOLDERS = ("core", "ui", "app", "tests", "packaging", "resources")
MAX_FUNCTION, MAX_FILE, MAX_PARAMETERS, MAX_CONNECTS = 70, 1000, 5, 40

IMPURE = re.compile(
    r"\b(QTimer|QBasicTimer|QElapsedTimer|QDeadlineTimer|currentDateTime(Utc)?|currentMSecsSinceEpoch|"
    r"currentSecsSinceEpoch|currentDate|currentTime|QRandomGenerator|QUuid::createUuid|QFile|QSaveFile|"
    r"QTemporaryFile|QDir|QSettings|QProcess|QTcpSocket|QTcpServer|QUdpSocket|QSslSocket|QLocalSocket|"
    r"QWebSocket|QNetworkAccessManager|QSql\w*|system_clock|steady_clock|high_resolution_clock|"
    r"random_device|mt19937\w*|fstream|ifstream|ofstream|sqlite3\w*|std::thread|QThread|getenv|"
    r"QSystemSemaphore)\b|(?<![\w.>])(rand|time|fopen|socket)\s*\(\s*(\)|nullptr|NULL|\")")
MERGE_MARK = re.compile(r"^(<{7}|>{7}) ", re.M)
GUI = re.compile(
    r"#include\s*<(QtGui|QtWidgets|QWidget|QApplication|QGuiApplication|QImage|QPixmap|QColor|QFont|"
    r"QIcon|QPainter|QPalette|QTextDocument|QTextCursor|QClipboard|QDesktopServices|QStyle|QMenu|"
    r"QLabel|QDialog|QMessageBox|QSystemTrayIcon|QWindow|QValidator|QMovie)\w*[/>]")
SQL = re.compile(r"#include\s*<(QtSql|QSql\w*)[/>]|#include\s*<sqlite3\.h>")
REFUSED = (
    ("blocking-call", re.compile(r"\bBlockingQueuedConnection\b"),
     "a thread must not wait for another: use a queued call and a Completion"),
    ("lock", re.compile(r"\b(std::(recursive_|shared_|timed_)?(recursive_)?mutex|QMutex|QReadWriteLock|"
                        r"QSemaphore|QWaitCondition|std::condition_variable\w*|QMutexLocker)\b"),
     "no locks: pass values by queued signals"),
    ("nested-loop", re.compile(r"\bQEventLoop\b|\bprocessEvents\s*\("),
     "no nested event loops: use an Operation or a Completion"),
    ("sleep", re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|qSleep|qWait)\s*\(|"
                         r"\bQThread::(m|u)?sleep\s*\(|(?<![\w.:>])sleep\s*\("),
     "no sleeping: wait for a signal"),
    ("old-connect", re.compile(r"\b(SIGNAL|SLOT)\s*\("), "connect with pointers to members"),
)
RULES = ("layer", "unlisted-folder", "pure", "gui-in-core", "sql-outside-store", "long-function",
         "long-file", "many-parameters", "many-connects", "spdx", "readme", "top-level", "merge-mark",
         ) + tuple(name for name, _, _ in REFUSED)


class Config:
    def __init__(self, path):
        self.layers, self.pure, self.top, self.allowed = [], [], [], {}
        with open(path, encoding="utf-8") as file:
            for raw in file:
                line = raw.split("#", 1)[0].strip()
                if not line:
                    continue
                if line.startswith("allow "):
                    _, rule, where, reason = line.split(None, 3)
                    self.allowed[(rule, where)] = reason
                    continue
                key, _, value = line.partition(":")
                if key == "pure":
                    self.pure = value.split()
                elif key == "top":
                    self.top = value.split()
                else:
                    self.layers.append((key.strip(), value.split()))

    def layer_of(self, folder):
        """The most exact line wins: core/channels/api before core/channels/*."""
        for pattern, may in sorted(self.layers, key=lambda entry: "*" in entry[0]):
            if matches(folder, pattern):
                return may
        return None


def matches(folder, pattern):
    if folder.count("/") != pattern.count("/"):
        return False
    return fnmatch.fnmatchcase(folder, pattern)


def stripped(text):
    """Comments, strings and character literals blanked out; every line stays where it is."""
    def blank(match):
        found = match.group(0)
        if found.startswith("R\""):
            return '""' + "\n" * found.count("\n")
        if found[0] in "\"'":
            return found[0] + " " * (len(found) - 2) + found[0] if len(found) > 1 else found
        return re.sub(r"[^\n]", " ", found)
    pattern = (r'R"([^\s()\\]{0,16})\((?:.|\n)*?\)\1"|//(?:[^\n\\]|\\.|\\\n)*|/\*(?:.|\n)*?\*/|'
               r'"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])\'(?:[^\'\\\n]|\\.)+\'')
    return re.sub(pattern, blank, text)


def without_directives(text):
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text,
                  flags=re.M)


def closing(text, at):
    depth = 0
    for position in range(at, len(text)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    return len(text) - 1


def parameter_list(head):
    """Text between the parentheses that follow the function's name, or None."""
    match = re.search(r"(operator\s*\(\s*\)|operator\s*[^\s\w(]+|[A-Za-z_~][\w:~]*)\s*\(", head)
    if not match or "=" in re.sub(r"operator\s*[^\w\s(]+", "", head[:match.start()]):
        return None
    name = match.group(1)
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) or name in ("if", "for", "while", "switch", "return",
                                                          "decltype", "alignas", "static_assert",
                                                          "requires", "using", "sizeof"):
        return None
    depth, start = 0, match.end()
    for position in range(match.end() - 1, len(head)):
        depth += {"(": 1, ")": -1}.get(head[position], 0)
        if depth == 0:
            return name, head[start:position]
    return None


def parameter_count(text):
    depth, count = 0, 1 if text.strip() not in ("", "void") else 0
    for previous, char in zip(" " + text, text):
        if char in "(<[{":
            depth += 1
        elif char in ")]}" or (char == ">" and previous != "-"):
            depth -= 1
        elif char == "," and depth == 0:
            count += 1
    return count


def functions(text):
    """Yields (line, name, lines of the body or 0, parameters) for definitions and declarations
    outside function bodies. A reader of layout, not a parser: good enough for our own format."""
    head_start, position = 0, 0
    initialiser = re.compile(r"\)[^;{}]*[^:]:[^:]")
    while position < len(text):
        char = text[position]
        if char in ";}":
            head = text[head_start:position]
            found = parameter_list(head) if char == ";" else None
            if found and not re.search(r"\b(using|typedef|return|friend class)\b", head):
                yield line_of(text, position), found[0], 0, parameter_count(found[1])
            head_start = position + 1
        elif char == "{":
            head = text[head_start:position]
            is_scope = re.search(r"\b(namespace|class|struct|union|enum|extern)\b", head) and not (
                "(" in re.sub(r"alignas\s*\([^)]*\)|template\s*<[^{;]*?>\s*(?=class|struct)", "", head))
            found = None if is_scope else parameter_list(head)
            if is_scope and not re.search(r"\benum\b", head):
                head_start = position + 1
            elif found:
                word = re.search(r"([\w>]+)\s*$", head)
                is_member = (initialiser.search(head) and word
                             and word.group(1) not in ("const", "override", "final", "noexcept"))
                end = closing(text, position)
                if is_member:
                    position = end + 1
                    continue
                lines = text.count("\n", position, end) + 1
                yield line_of(text, position), found[0], lines, parameter_count(found[1])
                position, head_start = end, end + 1
            else:
                position = closing(text, position)
        position += 1


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Linter:
    def __init__(self, root, config):
        self.root, self.config, self.findings = root, config, []

    def report(self, rule, path, line, why):
        if (rule, path) not in self.config.allowed:
            self.findings.append(f"{path}:{line}: [{rule}] {why}")

    def run(self):
        self.check_top_level()
        for top in FOLDERS:
            for folder, folders, files in os.walk(os.path.join(self.root, top)):
                folders[:] = sorted(f for f in folders if f not in ("node_modules", "__pycache__"))
                relative = os.path.relpath(folder, self.root).replace(os.sep, "/")
                self.check_folder(relative, files)
                for name in sorted(files):
                    if name.endswith(TEXTS):
                        self.check_marks(f"{relative}/{name}")
                    if name.endswith(WITH_SPDX):
                        self.check_file(relative, name)
        return self.findings

    def check_top_level(self):
        for name in sorted(os.listdir(self.root)):
            if not name.startswith(".") and name not in self.config.top:
                self.report("top-level", name, 1, "does not belong at the top: see 'top' in layers.conf")
            elif name.endswith(TEXTS):
                self.check_marks(name)

    def check_marks(self, path):
        """Also of files that no compiler reads."""
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            text = file.read()
        for found in MERGE_MARK.finditer(text):
            self.report("merge-mark", path, line_of(text, found.start()), "left over from a merge")

    def check_folder(self, folder, files):
        build = os.path.join(self.root, folder, "CMakeLists.txt")
        is_module = folder.split("/")[0] in ("core", "ui") and any(f.endswith(CODE) for f in files)
        if is_module and "README.md" not in files:
            self.report("readme", folder, 1, "a module has a README.md of one screen")
        if folder.startswith("core/") and os.path.exists(build):
            with open(build, encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    if re.search(r"\bQt6::(Gui|Widgets)\b", line):
                        self.report("gui-in-core", folder + "/CMakeLists.txt", number,
                                    "core never sees QtGui or QtWidgets")
                    if ("Qt6::Sql" in line or "SQLite::" in line) and folder != "core/store":
                        self.report("sql-outside-store", folder + "/CMakeLists.txt", number,
                                    "only core/store speaks SQL")

    def check_file(self, folder, name):
        path = f"{folder}/{name}"
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            text = file.read()
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in text[:300]:
            self.report("spdx", path, 1, "the file must begin with the SPDX line")
        count = text.count("\n")
        if name.endswith(CODE) and count > MAX_FILE:
            self.report("long-file", path, count, f"{count} lines, {MAX_FILE} at most")
        if not name.endswith(CODE):
            return
        clean = stripped(text)
        self.check_includes(folder, path, text)
        self.check_words(folder, path, without_directives(clean))
        self.check_sizes(folder, path, without_directives(clean))

    def check_includes(self, folder, path, text):
        may = self.config.layer_of(folder)
        top = folder.split("/")[0]
        if top in ("core", "ui", "app") and may is None:
            self.report("unlisted-folder", path, 1, f"{folder} is not in layers.conf")
            may = []
        for number, line in enumerate(text.splitlines(), 1):
            if top == "core" and GUI.search(line):
                self.report("gui-in-core", path, number, "core never sees QtGui or QtWidgets")
            if top in ("core", "ui", "app") and folder != "core/store" and SQL.search(line):
                self.report("sql-outside-store", path, number, "only core/store speaks SQL")
            found = re.match(r'\s*#include\s*"([^"]+)/[^"/]+"', line)
            if not found or may is None:
                continue
            target = found.group(1)
            if target != folder and not any(matches(target, pattern) for pattern in may):
                self.report("layer", path, number, f"{folder} may not include {target}")

    def check_words(self, folder, path, clean):
        is_pure = folder in self.config.pure
        for number, line in enumerate(clean.splitlines(), 1):
            impure = IMPURE.search(line) if is_pure else None
            if impure:
                self.report("pure", path, number, f"{impure.group(0)} in a pure module: time, chance "
                                                  "and files arrive as arguments")
            for rule, pattern, why in REFUSED:
                if pattern.search(line):
                    self.report(rule, path, number, why)
        connects = len(re.findall(r"\bconnect\s*\(", clean))
        if connects > MAX_CONNECTS:
            self.report("many-connects", path, 1, f"{connects} connections, {MAX_CONNECTS} at most")

    def check_sizes(self, folder, path, clean):
        is_test = folder.startswith("tests/")
        for line, name, lines, parameters in functions(clean):
            is_table = is_test and name.endswith("_data")
            if lines > MAX_FUNCTION and not is_table:
                self.report("long-function", path, line,
                            f"{name} has {lines} lines, {MAX_FUNCTION} at most")
            if parameters > MAX_PARAMETERS:
                self.report("many-parameters", path, line,
                            f"{name} has {parameters} parameters, {MAX_PARAMETERS} at most")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..")
    findings = Linter(root, Config(os.path.join(here, "layers.conf"))).run()
    print("\n".join(findings) if findings else "the house is in order")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
