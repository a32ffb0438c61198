// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/otherpage.h"

#include "ui/common/context.h"

#include <QJsonObject>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxChannelName = 64;

/// E-mail and the web chat have pages of their own.
bool isOffered(const QJsonObject &type)
{
    return type.value(u"type"_s) != u"email"_s && type.value(u"type"_s) != u"webchat"_s;
}

} // namespace

OtherPage::OtherPage(const AssistantParts &parts, QWidget *parent)
    : Page(parts.look, tr("Connect another channel"),
           tr("You need an account at the provider. The fields say where each value stands there."),
           parent)
    , m_parts(parts)
    , m_kinds(new QComboBox(this))
    , m_name(new QLineEdit(this))
{
    m_kinds->setMinimumHeight(look().px(34));
    m_name->setMaxLength(MaxChannelName);
    addField(tr("Kind of channel"), m_kinds);
    addField(tr("Name of this channel"), m_name);
    m_destination = new DestinationFields(this);
    m_back = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    m_connect = addButton(Button::Kind::Primary, tr("Connect"));
    connect(m_kinds, &QComboBox::currentIndexChanged, this, &OtherPage::showKind);
    connect(m_back, &QPushButton::clicked, this, &OtherPage::backWanted);
    connect(m_connect, &QPushButton::clicked, this, &OtherPage::connectChannel);
    setFirstField(m_kinds);
}

void OtherPage::restart()
{
    notice().clear();
    m_isAdded = false;
    m_connect->setText(tr("Connect"));
    m_types = {};
    QSignalBlocker blocker(m_kinds);
    m_kinds->clear();
    for (const QJsonValue type : m_parts.desk.channelTypes()) {
        if (!isOffered(type.toObject()))
            continue;
        m_types.append(type);
        m_kinds->addItem(type[u"label"_s].toString());
    }
    showKind(m_kinds->currentIndex());
}

void OtherPage::showKind(int index)
{
    delete m_fields;
    notice().clear();
    m_connect->setEnabled(index >= 0);
    if (index < 0)
        return;
    const QJsonObject type = m_types[index].toObject();
    m_name->setText(type.value(u"label"_s).toString());
    m_fields = new SettingFields(look(), type, &m_parts.workshop.browser(), this);
    m_fields->setNew();
    column().addWidget(m_fields);
    m_fields->show(); // the page may be seen already
    m_fields->orderAfter(&m_destination->lastField());
}

void OtherPage::refuse(const QString &text, const QString &details)
{
    notice().say(NoticeBox::Tone::Danger, tr("The channel is not connected yet"), text, details);
}

void OtherPage::connectChannel()
{
    if (m_isAdded)
        return Q_EMIT backWanted();
    ChannelAccount account;
    account.type = m_types[m_kinds->currentIndex()][u"type"_s].toString();
    account.name = m_name->text().trimmed();
    account.flow = m_destination->destination().flow;
    account.queue = m_destination->destination().queue;
    if (account.name.isEmpty()) {
        m_name->setFocus();
        return refuse(tr("The channel needs a name."));
    }
    if (account.flow.isNull() || account.queue.isNull())
        return refuse(tr("Choose what happens first and who answers: without both, customers would "
                         "wait where nobody looks."));
    if (const QString fault = m_fields->firstFault(); !fault.isEmpty())
        return refuse(fault);
    account.settings = m_fields->values();
    setBusy(true);
    notice().say(NoticeBox::Tone::Info, tr("Saving\u2026"));
    m_parts.workshop.addAccount(account, m_fields->secrets(),
                                {this, [this](const Result<AccountId> &added) { onAdded(added); }});
}

void OtherPage::onAdded(const Result<AccountId> &account)
{
    if (!account) {
        setBusy(false);
        return refuse(sentence(account.error()), account.error().detail);
    }
    notice().say(NoticeBox::Tone::Info, tr("Saved. The provider is asked\u2026"));
    m_parts.desk.testAccount(m_parts.caller, *account,
                             {this, [this](const Result<QString> &said) { onTried(said); }});
}

/// It is there in any case: what the provider did not like is changed in the settings.
void OtherPage::onTried(const Result<QString> &said)
{
    setBusy(false);
    m_isAdded = true;
    m_connect->setText(tr("Continue"));
    if (said)
        return notice().say(NoticeBox::Tone::Success, tr("The channel is connected"), *said);
    notice().say(NoticeBox::Tone::Danger, tr("The channel is saved, but it does not work yet"),
                 tr("%1 Put it right in Settings, Channels.").arg(sentence(said.error())),
                 said.error().detail);
}

} // namespace peerdesk::ui

#include "moc_otherpage.cpp"
