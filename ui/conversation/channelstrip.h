// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"

namespace peerdesk::ui {

/// Says that the channel of the open conversation does not work: what is wrong, since when, and a
/// button that tries it now. Hidden while it works.
class ChannelStrip : public Strip
{
    Q_OBJECT

public:
    ChannelStrip(const Context &context, OfficeState &office, QWidget *parent);
    void setAccount(AccountId account);

private:
    void refresh();
    void retry();
    QString retryLabel() const;

    const Context &m_context;
    OfficeState &m_office;
    AccountId m_account;
    QString m_answer; ///< of the last try
    bool m_isTrying = false;
};

} // namespace peerdesk::ui
