// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/destinationfields.h"
#include "ui/onboarding/settingfields.h"

#include <QPointer>

namespace peerdesk::ui {

/// Adds a channel of any kind that has no page of its own: the fields of its record, with what to
/// click at the provider. Saved first, then tried, and what the provider said stands there.
class OtherPage : public Page
{
    Q_OBJECT

public:
    OtherPage(const AssistantParts &parts, QWidget *parent);

    void setPlan(const ChannelPlan &plan) { m_destination->setPlan(plan); }
    /// Empty fields, for a further channel.
    void restart();
    QComboBox &kinds() { return *m_kinds; }
    SettingFields *fields() const { return m_fields; }

Q_SIGNALS:
    void backWanted();

private:
    void showKind(int index);
    void connectChannel();
    void onAdded(const Result<AccountId> &account);
    void onTried(const Result<QString> &said);
    void refuse(const QString &text, const QString &details = {});

    AssistantParts m_parts;
    QJsonArray m_types; ///< those that are offered here, in the order of the list
    QComboBox *m_kinds;
    QLineEdit *m_name;
    DestinationFields *m_destination;
    QPointer<SettingFields> m_fields;
    Button *m_back;
    Button *m_connect;
    bool m_isAdded = false;
};

} // namespace peerdesk::ui
