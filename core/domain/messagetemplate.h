// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"

#include <QString>

#include <vector>

namespace peerdesk {

/// Something to fill in before a template goes out.
struct TemplateVariable
{
    QString part;    ///< "header", "body" or "buttons", as in rich content of kind "template"
    int place = 0;   ///< within its part, from 0
    QString mark;    ///< what stands for it in the texts: "{{1}}"
    QString example; ///< as the business wrote it when it asked for approval

    static constexpr auto fields()
    {
        return FieldList{field(1, "part", &TemplateVariable::part),
                         field(2, "place", &TemplateVariable::place),
                         field(3, "mark", &TemplateVariable::mark),
                         field(4, "example", &TemplateVariable::example)};
    }
    bool operator==(const TemplateVariable &) const = default;
};

/// A message that a provider approves, or does not, for writing to people who have not just
/// written. The provider's record, asked for when it is needed; nothing of it is kept.
struct MessageTemplate
{
    QString name;     ///< what the provider knows it by: goes into rich content
    QString title;    ///< for people
    QString language; ///< "en_US"
    QString category; ///< the provider's word: "MARKETING"
    QString status;   ///< the provider's word in lower case: "approved", "rejected", "paused"
    QString whyNot;   ///< why it cannot be sent, for people; empty = it can
    QString header;
    QString body;
    QString footer;
    std::vector<QString> buttons; ///< their titles
    std::vector<TemplateVariable> variables;

    static constexpr auto fields()
    {
        using T = MessageTemplate;
        return FieldList{field(1, "name", &T::name),           field(2, "title", &T::title),
                         field(3, "language", &T::language),   field(4, "category", &T::category),
                         field(5, "status", &T::status),       field(6, "why_not", &T::whyNot),
                         field(7, "header", &T::header),       field(8, "body", &T::body),
                         field(9, "footer", &T::footer),       field(10, "buttons", &T::buttons),
                         field(11, "variables", &T::variables)};
    }
    bool operator==(const MessageTemplate &) const = default;
};

/// A provider's whole list.
struct TemplateList
{
    std::vector<MessageTemplate> templates;

    static constexpr auto fields()
    {
        return FieldList{field(1, "templates", &TemplateList::templates)};
    }
    bool operator==(const TemplateList &) const = default;
};

} // namespace peerdesk
