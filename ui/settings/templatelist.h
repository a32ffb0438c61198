// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/messagetemplate.h"
#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QListWidget>

namespace peerdesk::ui {

/// M49: which templates the provider of an account has, and what it says of each. Shown for
/// channels that have templates.
class TemplateListing : public QWidget
{
    Q_OBJECT

public:
    TemplateListing(const Context &context, QWidget *parent);
    /// Asks again; a null account shows nothing.
    void showAccount(AccountId account);

    QListWidget &list() { return *m_list; }
    QString said() const { return m_said->text(); }

private:
    void ask();
    void onListed(AccountId account, const Result<TemplateList> &listed);

    const Context &m_context;
    AccountId m_account;
    Label *m_said;
    QListWidget *m_list;
    Button *m_again;
};

} // namespace peerdesk::ui
