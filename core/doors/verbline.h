// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QStringList>

namespace peerdesk::doors {

/// Exit status of every subcommand.
enum class Exit { Done = 0, Refused = 1, Usage = 2 };

/// A command line, taken apart. File contents are not read yet.
struct VerbLine
{
    QString verb; ///< "office create", "run", ...
    QJsonObject arguments;
    QString dataDir;
    QString keystore = QStringLiteral("os"); ///< "os" or "file:PATH"
    bool wantsJson = false;
};

/// `arguments` without the program's name. Errors: Invalid, with a sentence about what is wrong.
Result<VerbLine> parseVerbLine(const QStringList &arguments);
/// All subcommands, one a line.
QString usage(const QString &program);
/// What to show below the sentence about a slip: the usage of the verb that was meant.
QString usageAfterSlip(const QString &program, const QStringList &arguments);

/// Reads the files that `--secret k=@FILE`, `config import FILE` and the like name, in the calling
/// process, so that they are the caller's files. Errors: Storage, naming the file; TooLarge.
Result<VerbLine> withFiles(VerbLine line);

/// What a verb answered, for people: "name: value" lines, lists as indented blocks.
QString readable(const QJsonObject &answer);

} // namespace peerdesk::doors
