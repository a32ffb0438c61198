// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace peerdesk::ui {

/// A failure as a person needs it: what happened, what is safe and what to do.
struct Problem
{
    QString title;
    QString text;
    QString details; ///< technical words, may be empty
    bool operator==(const Problem &) const = default;
};

/// Why the office in `folder` could not be made or opened.
Problem officeProblem(const Error &error, const QString &folder);
/// Why this PC could not join an office through the PC at `address`.
Problem joinProblem(const Error &error, const QString &address, const QString &folder);
/// Why a mail account does not work.
Problem mailProblem(const Error &error);

} // namespace peerdesk::ui
