#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants a violation of every rule in an otherwise clean tree and looks whether exactly that rule
finds it. A rule without a planted violation is an error too: it may have stopped working unseen."""
import os
import sys
import tempfile

import lint

SPDX = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
LONG = "void f()\n{\n" + "    g();\n" * 70 + "}\n"
FINE = "void f()\n{\n" + "    g();\n" * 68 + "}\n"

# Legal code that looks like a violation: comments, strings, raw strings, calls, members.
CLEAN = SPDX + """#include "core/base/result.h"
// QFile, std::mutex, sleep(1), processEvents() only in a comment
/* QTimer */
namespace peerdesk {
const char *text = "QFile sleep(1) QEventLoop { ( ";
const char *raw = R"x(QTimer QEventLoop sleep(1) { )x";
constexpr int Limits[] = {1, 2, 3, 4, 5, 6, 7};
enum class State { A, B, C, D, E, F, G };
struct Wide { int a, b, c, d, e, f; };
class Thing
{
public:
    Thing(int a, std::map<int, std::pair<int, int>> b)
        : m_a{a}
        , m_b(std::move(b))
    {}
    bool operator()(int a, int b) const { return call(a, b, 1, 2, 3, 4, 5, 6); }
    void asleep(int minutes);
    bool waits() { return QTest::qWaitFor([] { return true; }, 5); }
    int hour() const { return m_stamp.time().hour(); }
};
""" + FINE + "}\n"

PLANTED = {
    "layer": [
        ("core/domain/a.h", SPDX + '#include "core/store/b.h"\n'),
        ("core/channels/email/a.h", SPDX + '#include "core/channels/webchat/b.h"\n'),
        ("ui/inbox/a.cpp", SPDX + '#include "core/store/b.h"\n'),
        ("core/base/a.cpp", SPDX + '#include "core/domain/b.h"\n'),
        ("core/api/a.cpp", SPDX + '#include "ui/common/b.h"\n')],
    "unlisted-folder": [("core/surprise/a.h", SPDX)],
    "pure": [
        ("core/flow/a.cpp", SPDX + "auto t = QDateTime::currentDateTimeUtc();\n"),
        ("core/routing/a.cpp", SPDX + "#include <QTimer>\nQTimer timer;\n"),
        ("core/events/a.cpp", SPDX + "auto r = QRandomGenerator::global();\n"),
        ("core/domain/a.cpp", SPDX + "QFile file(path);\n"),
        ("core/metrics/a.cpp", SPDX + "QTcpSocket socket;\n"),
        ("core/flow/b.cpp", SPDX + "auto n = std::chrono::steady_clock::now();\n"),
        ("core/flow/d.cpp", SPDX + "auto n = time(nullptr);\n"),
        ("core/flow/c.cpp", SPDX + "QSqlQuery query(db);\n")],
    "gui-in-core": [
        ("core/net/a.cpp", SPDX + "#include <QImage>\n"),
        ("core/net/b.cpp", SPDX + "#include <QtWidgets/QLabel>\n"),
        ("core/net/CMakeLists.txt", "peerdesk_library(core_net PUBLIC Qt6::Gui)\n")],
    "sql-outside-store": [
        ("core/node/a.cpp", SPDX + "#include <QSqlQuery>\n"),
        ("ui/inbox/a.cpp", SPDX + "#include <QtSql/QSqlQuery>\n"),
        ("core/node/CMakeLists.txt", "peerdesk_library(core_node PRIVATE Qt6::Sql)\n")],
    "long-function": [
        ("core/net/a.cpp", SPDX + LONG),
        ("core/net/b.cpp", SPDX + "namespace x {\nA::A(int a)\n    : m_a{a}\n{\n" + "    g();\n" * 70 + "}\n}\n"),
        ("tests/core/net/a.cpp", SPDX + "class T\n{\n    " + LONG + "};\n")],
    "long-file": [("core/net/a.h", SPDX + "\n" * 1000)],
    "many-parameters": [
        ("core/net/a.h", SPDX + "void f(int a, int b, int c, int d, int e, int f);\n"),
        ("core/net/b.h", SPDX + "struct S\n{\n    S(int a, std::map<int, int> b, int c, int d, int e, int f);\n};\n"),
        ("core/net/c.cpp", SPDX + "int S::f(int a, int b, int c, int d, int e, int f = 0) const\n{\n    return a;\n}\n")],
    "many-connects": [("ui/inbox/a.cpp", SPDX + "void f()\n{\n    " + "connect(a, b, c, d); " * 41 + "\n}\n")],
    "spdx": [("core/net/a.h", "#pragma once\n"), ("packaging/a.py", "print()\n")],
    "readme": [("core/metrics/a.h", SPDX)],
    "top-level": [("notes.txt", "x\n")],
    "merge-mark": [
        ("core/net/a.cpp", SPDX + "int a;\n" + "<" * 7 + " HEAD\n"),
        ("packaging/a.py", SPDX + ">" * 7 + " 39afede (what it was)\n"),
        ("CHANGELOG.md", "# Changes\n\n" + "<" * 7 + " HEAD\n")],
    "blocking-call": [("core/node/a.cpp", SPDX + "auto c = Qt::BlockingQueuedConnection;\n")],
    "lock": [
        ("core/node/a.cpp", SPDX + "std::mutex m;\n"),
        ("ui/inbox/a.cpp", SPDX + "QMutex m;\n")],
    "nested-loop": [
        ("ui/inbox/a.cpp", SPDX + "QEventLoop loop;\n"),
        ("core/net/a.cpp", SPDX + "void f()\n{\n    QCoreApplication::processEvents();\n}\n")],
    "sleep": [
        ("core/net/a.cpp", SPDX + "void f()\n{\n    std::this_thread::sleep_for(s);\n}\n"),
        ("tests/core/net/a.cpp", SPDX + "void f()\n{\n    QTest::qSleep(5);\n}\n"),
        ("tests/core/net/b.cpp", SPDX + "void f()\n{\n    QTest::qWait(5);\n}\n"),
        ("core/net/b.cpp", SPDX + "void f()\n{\n    QThread::msleep(5);\n}\n"),
        ("core/net/c.cpp", SPDX + "void f()\n{\n    sleep(5);\n}\n")],
    "old-connect": [("ui/inbox/a.cpp", SPDX + "auto s = SIGNAL(x());\n")],
}


def findings_of(files, config):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files:
            os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return lint.Linter(root, config).run()


def main():
    config = lint.Config(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.conf"))
    modules = ("core/base", "core/domain", "core/flow", "core/routing", "core/events", "core/net",
               "core/node", "core/api", "core/channels/email", "ui/inbox", "core/surprise")
    base = [(f"{m}/README.md", "x\n") for m in modules] + [("core/flow/clean.cpp", CLEAN)]
    failed = [f"no planted violation for {rule}" for rule in lint.RULES if rule not in PLANTED]
    failed += [f"false alarm: {line}" for line in findings_of(base, config)]
    for rule, cases in PLANTED.items():
        for path, text in cases:
            extra = [] if rule == "readme" else [(os.path.dirname(path) + "/README.md", "x\n")] if "/" in path else []
            found = findings_of(base + extra + [(path, text)], config)
            if len(found) != 1 or f"[{rule}]" not in found[0] or not found[0].startswith(
                    path if rule != "readme" else os.path.dirname(path)):
                failed.append(f"[{rule}] planted in {path}: found {found}")
    print("\n".join(failed) if failed else f"all {len(lint.RULES)} rules find what was planted")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
