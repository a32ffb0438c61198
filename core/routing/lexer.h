// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <vector>

namespace peerdesk::routing {

/// One word of the expression language (routing.md 2.4).
struct Token
{
    enum class Kind {
        Word,     ///< identifier or keyword
        Text,     ///< quoted; `text` without the quotes
        Number,   ///< integer or decimal
        Operator, ///< == = != < <= > >=
        Open,
        Close,
        ListOpen,
        ListClose,
        Comma,
        Dot,
        End
    };

    Kind kind = Kind::End;
    QString text;
    double number = 0;
    qsizetype position = 0; ///< index of its first character

    /// Keywords are accepted in any case.
    bool isKeyword(QLatin1String word) const
    {
        return kind == Kind::Word && text.compare(word, Qt::CaseInsensitive) == 0;
    }
};

/// Errors: Invalid with line and column. The last token is always End.
Result<std::vector<Token>> tokenize(const QString &text);

/// An Invalid error that names where: "line 1, column 12: expected an operator".
Error syntaxError(const QString &text, qsizetype position, const QString &what);

} // namespace peerdesk::routing
