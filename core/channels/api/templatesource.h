// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"
#include "core/domain/messagetemplate.h"

namespace peerdesk::channels {

/// A connector that can ask its provider which templates there are. Thread: node.
class TemplateSource
{
public:
    virtual ~TemplateSource() = default;
    /// All of them, those that may not be sent too. Errors: with a sentence for people.
    virtual void templates(Completion<TemplateList> done) = 0;
};

} // namespace peerdesk::channels
