// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/office/officewords.h"
#include "ui/office/pccard.h"

#include <QLineEdit>
#include <QSettings>
#include <QTimer>

class QVBoxLayout;

namespace peerdesk::ui {

/// The health of the office: its PCs, who routes since when, how many it needs, which channels run
/// where, how other PCs reach this one; admins invite, remove and move. GUI thread.
class OfficePage : public QWidget
{
    Q_OBJECT

public:
    /// In the settings of this PC: the port that a person chose for other PCs; unset = none.
    static inline const QString PortKey = QStringLiteral("office/peer-port");

    OfficePage(const Context &context, OfficeState &office, QSettings &settings, QWidget *parent);

    QPushButton &inviteButton() { return *m_invite; }
    QString words() const; ///< what it says above the list, for tests and screen readers
    const std::vector<PcCard *> &cards() const { return m_cards; }
    /// Moves an account; the menu's choice.
    void move(AccountId account, NodeId node);
    void invite();
    void printSheet();
    /// Asks whether the office shall go on without the PCs it waits for.
    void takeOver();

Q_SIGNALS:
    /// Something could not be done, in words.
    void refused(const QString &words);

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct ChannelRow
    {
        AccountId account;
        QString type;
        QString name;
        QString where;
        bool operator==(const ChannelRow &) const = default;
    };

    void build();
    Label *addHeading(const QString &text);
    void buildDoor();
    bool isAdmin() const { return m_context.caller.role == Role::Admin; }
    void refresh();
    void refreshHealth();
    void refreshPcs();
    void refreshChannels();
    void refreshDoor();
    void refreshLists();
    void openRemoveDialog(const Node &node);
    PcCard::Row rowOf(const api::MemberStatus &member) const;
    void openRemove(size_t index);
    void openMove(AccountId account, QWidget *below);

    const Context &m_context;
    OfficeState &m_office;
    QSettings &m_settings;
    QWidget *m_content;
    QVBoxLayout *m_column;
    Button *m_sheet;
    Button *m_invite;
    ChipLabel *m_health;
    Label *m_quorum;
    Label *m_router;
    Label *m_advice;
    Label *m_notices;
    QVBoxLayout *m_pcs;
    QVBoxLayout *m_lists; ///< of removed PCs, what is still to be changed at vendors
    std::vector<Button *> m_listButtons;
    std::vector<PcCard *> m_cards;
    std::vector<NodeId> m_ids;
    QWidget *m_channelList = nullptr;
    std::vector<ChannelRow> m_channels;
    Label *m_noChannels;
    QVBoxLayout *m_channelColumn;
    Label *m_address;
    Label *m_firewall;
    QLineEdit *m_port;
    Label *m_portHint;
    QTimer m_minute; ///< while visible: what was long ago gets longer ago
};

} // namespace peerdesk::ui
