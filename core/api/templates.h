// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/domain/messagetemplate.h"

namespace peerdesk::api {

/// A desk that can tell which templates the provider of a channel has approved.
class Templates
{
public:
    virtual ~Templates() = default;
    /// Asked from the provider, by whichever PC runs the account. Errors: NotFound (no such
    /// account, or its provider has no list), Rejected "elsewhere" or "down", with a sentence.
    virtual void templates(AccountId account, Completion<TemplateList> done) = 0;
};

/// Asks `desk`; NotFound where it is none that can tell.
inline void askTemplates(Desk &desk, AccountId account, Completion<TemplateList> done)
{
    if (auto *source = dynamic_cast<Templates *>(&desk))
        return source->templates(account, std::move(done));
    done.answer(notFound(QStringLiteral("templates are not listed here")));
}

} // namespace peerdesk::api
