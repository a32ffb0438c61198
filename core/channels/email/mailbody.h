// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/mimetree.h"

namespace peerdesk::channels::email {

/// What is read, and what hangs on it.
struct MailBody
{
    QString text;                        ///< from the plain parts, or derived from the HTML
    QString html;                        ///< as sent, not sanitised; empty = none
    std::vector<const MimePart *> files; ///< everything else, in order; points into the tree
};

/// Chooses from the tree: plain text preferred for reading by machines, HTML kept beside it; text
/// parts without a name that follow each other are one text. Pure.
MailBody chooseBody(const MimePart &root);

} // namespace peerdesk::channels::email
