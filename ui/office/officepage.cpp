// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/officepage.h"

#include "ui/common/announcer.h"
#include "ui/common/timetext.h"
#include "ui/office/invitedialog.h"
#include "ui/office/recoverydialog.h"
#include "ui/office/removedialog.h"
#include "ui/office/takeoverdialog.h"

#include <QIntValidator>
#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int ContentWidth = 860; ///< pixels at 100 % text size
constexpr int DefaultPort = 8418;

ChipLabel::Tone toneOf(Advice::Health health)
{
    return health == Advice::Health::Good   ? ChipLabel::Tone::Success
           : health == Advice::Health::Thin ? ChipLabel::Tone::Warning
                                            : ChipLabel::Tone::Danger;
}
} // namespace

OfficePage::OfficePage(const Context &context, OfficeState &office, QSettings &settings,
                       QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_office(office)
    , m_settings(settings)
    , m_content(new QWidget)
    , m_column(new QVBoxLayout(m_content))
    , m_sheet(new Button(context.look, Button::Kind::Quiet, tr("Recovery sheet\u2026"), m_content))
    , m_invite(new Button(context.look, Button::Kind::Primary, tr("Invite a PC"), m_content))
    , m_health(new ChipLabel(context.look, m_content))
    , m_quorum(
          new Label(context.look, {14, QFont::DemiBold, Ink::Text, false, true}, {}, m_content))
    , m_router(new Label(context.look, {13, QFont::Normal, Ink::Text2, false, true}, {}, m_content))
    , m_advice(new Label(context.look, {13, QFont::Normal, Ink::Text, false, true}, {}, m_content))
    , m_notices(
          new Label(context.look, {13, QFont::Medium, Ink::Warning, false, true}, {}, m_content))
    , m_pcs(new QVBoxLayout)
    , m_lists(new QVBoxLayout)
    , m_noChannels(new Label(context.look, {13, QFont::Normal, Ink::Text2, false, true},
                             tr("No channel is connected yet."), m_content))
    , m_channelColumn(new QVBoxLayout)
    , m_address(new Label(context.look, {13, QFont::Normal, Ink::Text, false, true}, {}, m_content))
    , m_firewall(
          new Label(context.look, {12.5, QFont::Normal, Ink::Text2, false, true}, {}, m_content))
    , m_port(new QLineEdit(m_content))
    , m_portHint(
          new Label(context.look, {12, QFont::Normal, Ink::Text3, false, true}, {}, m_content))
{
    build();
    buildDoor();
    m_column->addStretch();
    connect(m_sheet, &QPushButton::clicked, this, &OfficePage::printSheet);
    connect(m_invite, &QPushButton::clicked, this, &OfficePage::invite);
    connect(&office, &OfficeState::changed, this, &OfficePage::refresh);
    m_minute.setInterval(std::chrono::minutes(1));
    connect(&m_minute, &QTimer::timeout, this, &OfficePage::refreshPcs);
    refresh();
}

void OfficePage::build()
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(m_content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);
    outer->addWidget(scroll);
    m_column->setContentsMargins(28, 14, 28, 20);
    m_column->setSpacing(10);
    m_content->setMaximumWidth(m_context.look.px(ContentWidth));
    connect(&m_context.look, &Look::changed, m_content,
            [this] { m_content->setMaximumWidth(m_context.look.px(ContentWidth)); });
    auto *head = new QHBoxLayout;
    head->addWidget(new Label(m_context.look, {20, QFont::Bold, Ink::Text}, tr("Office"), this), 1);
    head->addWidget(m_sheet);
    head->addWidget(m_invite);
    m_column->addLayout(head);
    auto *state = new QHBoxLayout;
    state->setSpacing(10);
    state->addWidget(m_health);
    state->addWidget(m_quorum, 1);
    m_column->addLayout(state);
    for (Label *label : {m_router, m_advice, m_notices})
        m_column->addWidget(label);
    addHeading(tr("PCs"));
    m_pcs->setSpacing(8);
    m_column->addLayout(m_pcs);
    m_column->addLayout(m_lists);
    addHeading(tr("Where the channels run"));
    m_column->addWidget(m_noChannels);
    m_channelColumn->setSpacing(0);
    m_column->addLayout(m_channelColumn);
}

Label *OfficePage::addHeading(const QString &text)
{
    auto *label = new Label(m_context.look, {15, QFont::DemiBold, Ink::Text}, text, m_content);
    label->setContentsMargins(0, 10, 0, 0);
    m_column->addWidget(label);
    return label;
}

void OfficePage::buildDoor()
{
    addHeading(tr("How other PCs reach this one"));
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_column->addWidget(m_address);
    m_column->addWidget(m_firewall);
    m_port->setPlaceholderText(tr("Automatic (%1 if it is free)").arg(DefaultPort));
    m_port->setValidator(new QIntValidator(0, 65535, m_port));
    m_port->setMaxLength(5);
    const uint kept = m_settings.value(PortKey).toUInt();
    m_port->setText(kept == 0 ? QString() : QString::number(kept));
    m_port->setAccessibleName(tr("Port for other PCs"));
    m_port->setMinimumWidth(m_context.look.px(220));
    auto *row = new QHBoxLayout;
    auto *name = new Label(m_context.look, {13, QFont::Normal, Ink::Text2}, tr("Port"), m_content);
    name->setBuddy(m_port);
    row->addWidget(name);
    row->addWidget(m_port);
    row->addStretch();
    m_column->addLayout(row);
    m_column->addWidget(m_portHint);
    m_portHint->hide();
    connect(m_port, &QLineEdit::textEdited, this, [this](const QString &text) {
        const uint port = text.toUInt();
        const bool isPort = port <= 65535;
        port == 0 || !isPort ? m_settings.remove(PortKey) : m_settings.setValue(PortKey, port);
        m_portHint->setText(isPort ? tr("Used from the next start of Peerdesk on this PC.")
                                   : tr("A port is a number from 1 to 65535."));
        m_portHint->show();
    });
}

void OfficePage::refresh()
{
    m_invite->setVisible(isAdmin());
    m_sheet->setVisible(isAdmin() && m_office.status().members.size() > 1); // alone nothing is lost
    refreshHealth();
    refreshPcs();
    refreshChannels();
    refreshDoor();
    refreshLists();
}

QString OfficePage::words() const
{
    return QStringList{m_quorum->text(), m_router->text(), m_advice->text(), m_notices->text()}
        .join(u' ');
}

void OfficePage::refreshHealth()
{
    const api::OfficeStatus &status = m_office.status();
    const Advice advice = sizeAdvice(m_office);
    m_health->setChip(advice.health == Advice::Health::Good   ? tr("Good")
                      : advice.health == Advice::Health::Thin ? tr("No reserve")
                                                              : tr("Waiting"),
                      toneOf(advice.health));
    m_quorum->setText(m_office.quorumSentence());
    m_advice->setText(advice.text);
    const QString router = isolate(m_office.router());
    const Time since = status.routedSince;
    m_router->setText(
        status.leader.isNull() ? tr("Nobody routes now.")
        : !since.isSet()       ? tr("%1 routes the work.").arg(router)
        : isSameDay(since, m_context.clock.wall())
            ? tr("%1 routes the work, since %2.").arg(router, clockText(since))
            : tr("%1 routes the work, since %2, %3.", "PC, day, time")
                  .arg(router, dayText(since, m_context.clock.wall()), clockText(since)));
    QStringList notices(status.notices.begin(), status.notices.end());
    if (!status.trouble.isEmpty())
        notices.prepend(status.trouble);
    m_notices->setText(notices.join(u'\n'));
    m_notices->setVisible(!notices.isEmpty());
}

PcCard::Row OfficePage::rowOf(const api::MemberStatus &member) const
{
    const api::OfficeStatus &status = m_office.status();
    PcCard::Row row;
    row.name = member.node.name;
    row.isHere = member.node.id == status.node;
    row.isOn = member.isOnline;
    row.role = roleWords(member.role);
    row.presence = presenceWords(member, m_context.clock.wall());
    row.version = member.version;
    const QStringList hosts = hostedBy(status, member.node.id);
    if (!hosts.isEmpty())
        row.hosts = tr("Runs %1").arg(QLocale().createSeparatedList(hosts));
    row.mayRemove = isAdmin() && status.members.size() > 1;
    if (row.isHere)
        row.remove = tr("Remove this PC from another one.");
    else if (member.node.id == status.leader)
        row.remove = tr("It routes now. Close Peerdesk there first; another PC takes over.");
    return row;
}

/// In place while the same PCs are there, so that nothing loses the keyboard.
void OfficePage::refreshPcs()
{
    const std::vector<api::MemberStatus> &members = m_office.status().members;
    std::vector<NodeId> ids;
    for (const api::MemberStatus &member : members)
        ids.push_back(member.node.id);
    if (ids != m_ids) {
        m_ids = ids;
        for (PcCard *card : m_cards) {
            card->hide();
            card->deleteLater();
        }
        m_cards.clear();
        for (size_t i = 0; i < ids.size(); ++i) {
            auto *card = new PcCard(m_context.look, m_content);
            m_pcs->addWidget(card);
            m_cards.push_back(card);
            connect(card, &PcCard::removeWanted, this, [this, i] { openRemove(i); });
        }
    }
    for (size_t i = 0; i < members.size(); ++i) {
        if (const PcCard::Row row = rowOf(members[i]); !(row == m_cards[i]->row()))
            m_cards[i]->setRow(row);
    }
}

void OfficePage::refreshChannels()
{
    std::vector<ChannelRow> rows;
    for (const api::AccountStatus &channel : m_office.status().channels) {
        const QString pc = m_office.nameOf(channel.account.owner);
        rows.push_back({channel.account.id, channel.account.type, channel.account.name,
                        pc.isEmpty() ? tr("on no PC now") : tr("on %1").arg(isolate(pc))});
    }
    if (rows == m_channels && m_channelList)
        return;
    m_channels = rows;
    delete std::exchange(m_channelList, new QWidget(m_content));
    m_channelColumn->addWidget(m_channelList);
    auto *column = new QVBoxLayout(m_channelList);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    const Look &look = m_context.look;
    for (const ChannelRow &row : rows) {
        auto *line = new QHBoxLayout;
        line->setSpacing(10);
        line->addWidget(new ChannelBadge(look, row.type, m_channelList));
        line->addWidget(new Label(look, {13.5, QFont::Medium, Ink::Text, true}, isolate(row.name),
                                  m_channelList),
                        3);
        line->addWidget(
            new Label(look, {13, QFont::Normal, Ink::Text2, true}, row.where, m_channelList), 2);
        auto *move =
            new Button(look, Button::Kind::Quiet, tr("Move\u2026", "a channel"), m_channelList);
        move->setAccessibleName(tr("Move %1 to another PC").arg(row.name));
        move->setVisible(isAdmin() && m_office.status().members.size() > 1);
        connect(move, &QPushButton::clicked, this,
                [this, move, account = row.account] { openMove(account, move); });
        line->addWidget(move);
        column->addLayout(line);
    }
    m_noChannels->setVisible(rows.empty());
    m_channelList->setVisible(!rows.empty());
}

void OfficePage::refreshDoor()
{
    const api::OfficeStatus &status = m_office.status();
    QStringList addresses;
    for (const api::MemberStatus &member : status.members) {
        if (member.node.id == status.node)
            addresses = addressesOf(member.node);
    }
    QStringList shown;
    for (const QString &address : addresses)
        shown += isolateLtr(address);
    m_address->setText(addresses.isEmpty() ? tr("They cannot: this PC does not listen for others.")
                                           : tr("At %1").arg(QLocale().createSeparatedList(shown)));
    m_firewall->setText(addresses.isEmpty() ? QString()
                                            : tr("If another PC gets no answer, let the firewall "
                                                 "of this PC accept port %1 (TCP) from your own "
                                                 "network.")
                                                  .arg(portOf(addresses.front())));
    m_firewall->setVisible(!addresses.isEmpty());
}

void OfficePage::invite()
{
    (new InviteDialog(m_context, m_office, this))->open();
}

void OfficePage::printSheet()
{
    (new RecoveryDialog(m_context, m_office.status().office.name, this))->open();
}

void OfficePage::takeOver()
{
    (new TakeoverDialog(m_context, m_office, window()))->open();
}

void OfficePage::openRemove(size_t index)
{
    const api::OfficeStatus &status = m_office.status();
    if (index < status.members.size())
        openRemoveDialog(status.members[index].node);
}

void OfficePage::openRemoveDialog(const Node &node)
{
    auto *dialog = new RemoveDialog(m_context, m_office.status(), node, m_settings, this);
    connect(dialog, &QDialog::finished, this, &OfficePage::refreshLists);
    dialog->open();
}

/// Whoever closed the list with something left to do finds it here.
void OfficePage::refreshLists()
{
    const std::vector<Node> open =
        isAdmin() ? RemoveDialog::unfinished(m_settings) : std::vector<Node>();
    QStringList texts;
    for (const Node &node : open)
        texts += tr("Still to change since %1 was removed\u2026").arg(isolate(node.name.left(40)));
    QStringList shown;
    for (const Button *button : m_listButtons)
        shown += button->text();
    if (texts == shown)
        return;
    for (Button *button : m_listButtons) {
        button->hide();
        button->deleteLater();
    }
    m_listButtons.clear();
    for (size_t i = 0; i < open.size(); ++i) {
        auto *button =
            new Button(m_context.look, Button::Kind::Plain, texts[qsizetype(i)], m_content);
        m_lists->addWidget(button, 0, Qt::AlignLeading);
        m_listButtons.push_back(button);
        button->show();
        connect(button, &QPushButton::clicked, this,
                [this, node = open[i]] { openRemoveDialog(node); });
    }
}

void OfficePage::openMove(AccountId account, QWidget *below)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const api::AccountStatus *shown = m_office.account(account);
    for (const api::MemberStatus &member : m_office.status().members) {
        const bool isThere = shown && shown->account.owner == member.node.id;
        QAction *action =
            menu->addAction(member.isOnline ? tr("to %1").arg(isolate(member.node.name))
                                            : tr("to %1 (off now)").arg(isolate(member.node.name)));
        action->setEnabled(member.isOnline && !isThere);
        connect(action, &QAction::triggered, this,
                [this, account, node = member.node.id] { move(account, node); });
    }
    menu->popup(below->mapToGlobal(QPoint(0, below->height())));
}

void OfficePage::move(AccountId account, NodeId node)
{
    m_context.desk.submit(m_context.caller, randomId<CommandId>(), api::Appoint{account, node},
                          {this, [this](const Result<api::Outcome> &outcome) {
                               if (!outcome)
                                   Q_EMIT refused(sentence(outcome.error()));
                           }});
}

void OfficePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_minute.start();
    refreshPcs();
}

void OfficePage::hideEvent(QHideEvent *event)
{
    m_minute.stop();
    QWidget::hideEvent(event);
}

void OfficePage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_officepage.cpp"
