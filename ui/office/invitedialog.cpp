// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/invitedialog.h"

#include "ui/common/announcer.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/office/askerrow.h"
#include "ui/office/officewords.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int Columns = 3;
constexpr Seconds Lasts = std::chrono::minutes(15);
constexpr Seconds SoonOver = std::chrono::minutes(2);
constexpr qsizetype MostAddresses = 3;
} // namespace

InviteDialog::InviteDialog(const Context &context, OfficeState &office, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_office(office)
    , m_before(members())
    , m_invitation(new QWidget(this))
    , m_qr(new QrCode(m_invitation))
    , m_address(new Label(context.look, {13, QFont::Normal, Ink::Text, false, true}, {}, this))
    , m_hint(new Label(context.look, {12, QFont::Normal, Ink::Text3, false, true}, {}, this))
    , m_askers(new QWidget(this))
    , m_trouble(new Label(context.look, {13, QFont::Medium, Ink::Danger, false, true}, {}, this))
    , m_status(new Label(context.look, {13, QFont::Medium, Ink::Text2, false, true}, {}, this))
    , m_copy(new Button(context.look, Button::Kind::Plain, tr("Copy"), this))
    , m_again(new Button(context.look, Button::Kind::Plain, tr("New words"), this))
    , m_close(new Button(context.look, Button::Kind::Primary, tr("Close"), this))
{
    setWindowTitle(tr("Invite a PC"));
    setAttribute(Qt::WA_DeleteOnClose);
    build();
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(
            invitationText(m_code, m_address->property("first").toString()));
        m_context.announcer.announce(tr("Copied"));
    });
    connect(m_again, &QPushButton::clicked, this, &InviteDialog::ask);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(&office, &OfficeState::changed, this, &InviteDialog::watchMembers);
    connect(&office, &OfficeState::changed, this, &InviteDialog::showAskers);
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, &InviteDialog::tick);
    ask();
}

void InviteDialog::build()
{
    const Look &look = m_context.look;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 18);
    column->setSpacing(12);
    column->addWidget(new Label(look, {17, QFont::DemiBold, Ink::Text}, tr("Invite a PC"), this));
    column->addWidget(new Label(look, {13, QFont::Normal, Ink::Text2, false, true},
                                tr("On the other PC start Peerdesk, choose \"Join my office\" and "
                                   "type these six words. They let in one PC, once. It may also "
                                   "ask to be let in; then it appears here."),
                                this));
    buildInvitation(*column);
    auto *askers = new QVBoxLayout(m_askers);
    askers->setContentsMargins(0, 0, 0, 0);
    askers->setSpacing(12);
    askers->addWidget(new Line(look, Qt::Horizontal, m_askers));
    askers->addWidget(new Label(look, {13, QFont::Normal, Ink::Text, false, true},
                                tr("Asks to be let in without the six words. Let in only what you "
                                   "know, and whose screen shows the same three words:",
                                   "one PC or several"),
                                m_askers));
    m_askers->hide();
    m_trouble->hide();
    column->addWidget(m_askers);
    column->addWidget(m_trouble);
    column->addWidget(m_status);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_again);
    buttons->addStretch();
    buttons->addWidget(m_close);
    column->addLayout(buttons);
    setMinimumWidth(look.px(520));
}

/// Words and addresses are read from left to right in every language.
void InviteDialog::buildInvitation(QVBoxLayout &column)
{
    const Look &look = m_context.look;
    auto *row = new QHBoxLayout(m_invitation);
    row->setContentsMargins(0, 4, 0, 4);
    row->setSpacing(20);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    auto *words = new QWidget(m_invitation);
    words->setLayoutDirection(Qt::LeftToRight);
    auto *grid = new QGridLayout(words);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(look.px(24));
    grid->setVerticalSpacing(10);
    for (int i = 0; i < int(m_words.size()); ++i) {
        auto *word = new Label(look, {24, QFont::Bold, Ink::Text}, {}, words);
        word->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_words[size_t(i)] = word;
        grid->addWidget(word, i / Columns, i % Columns);
    }
    left->addWidget(words, 0, Qt::AlignLeading);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse);
    left->addWidget(m_address);
    left->addWidget(m_hint);
    left->addStretch();
    row->addLayout(left, 1);
    row->addWidget(m_qr, 0, Qt::AlignTop);
    column.addWidget(m_invitation);
}

void InviteDialog::ask()
{
    m_invitation->hide();
    turnTo(Step::Asking, tr("Making six words\u2026"), Ink::Text2);
    m_before = members();
    m_trouble->hide();
    m_context.desk.invite(m_context.caller, {1, Lasts},
                          {this, [this](const Result<QString> &code) { take(code); }});
}

void InviteDialog::take(const Result<QString> &code)
{
    if (!code && code.error().state == u"no-peers")
        return turnTo(Step::Failed,
                      tr("Other PCs cannot reach this one, so they cannot join here. The Office "
                         "page says why; another PC of the office may invite as well."),
                      Ink::Danger);
    if (!code)
        return turnTo(Step::Failed, sentence(code.error()), Ink::Danger);
    m_code = *code;
    m_expires = m_context.clock.wall() + Lasts;
    const QStringList words = m_code.split(u'-');
    for (size_t i = 0; i < m_words.size(); ++i)
        m_words[i]->setText(words.value(qsizetype(i)));
    const api::OfficeStatus &status = m_office.status();
    QStringList addresses;
    for (const api::MemberStatus &member : status.members) {
        if (member.node.id == status.node)
            addresses = addressesOf(member.node);
    }
    QStringList shown;
    for (const QString &address : addresses.mid(0, MostAddresses))
        shown += isolateLtr(address);
    const QString first = addresses.value(0);
    m_address->setProperty("first", first);
    m_address->setText(
        first.isEmpty() ? tr("This PC has no address in a network now.")
                        : tr("Address of this PC: %1").arg(QLocale().createSeparatedList(shown)));
    m_hint->setText(first.isEmpty() ? QString()
                                    : tr("If the other PC gets no answer, let this PC's firewall "
                                         "accept port %1 (TCP).")
                                          .arg(portOf(first)));
    m_qr->setText(invitationText(m_code, first));
    m_invitation->setAccessibleName(tr("The words are %1").arg(words.join(u", "_s)));
    m_invitation->show();
    turnTo(Step::Open, {}, Ink::Text2);
    m_context.announcer.announce(m_invitation->accessibleName());
    m_tick.start();
    tick();
}

void InviteDialog::turnTo(Step step, const QString &words, Ink ink)
{
    m_step = step;
    m_status->setInk(ink);
    m_status->setText(words);
    m_copy->setVisible(step == Step::Open);
    m_again->setVisible(step != Step::Asking && step != Step::Open);
    m_again->setText(step == Step::Failed ? tr("Try again")
                     : step == Step::Used ? tr("Invite another PC")
                                          : tr("New words"));
    if (step != Step::Open)
        m_tick.stop();
    showAskers();
    fit();
}

void InviteDialog::tick()
{
    const Milliseconds left = m_expires - m_context.clock.wall();
    if (left.count() <= 0) {
        m_invitation->hide();
        return turnTo(Step::Expired, tr("These words are too old now: nobody used them."),
                      Ink::Warning);
    }
    m_status->setInk(left < SoonOver ? Ink::Warning : Ink::Text2);
    m_status->setText(
        tr("Good for %1. Keep this PC on until the other is in.").arg(spanText(left)));
}

std::set<NodeId> InviteDialog::members() const
{
    std::set<NodeId> ids;
    for (const api::MemberStatus &member : m_office.status().members)
        ids.insert(member.node.id);
    return ids;
}

/// Whoever came in while the words are shown has used them.
void InviteDialog::watchMembers()
{
    if (m_step != Step::Open)
        return;
    for (const api::MemberStatus &member : m_office.status().members) {
        if (m_before.contains(member.node.id))
            continue;
        m_invitation->hide();
        const QString words = tr("%1 has joined. What the office holds is on its way there.")
                                  .arg(isolate(member.node.name));
        m_context.announcer.announce(words);
        return turnTo(Step::Used, words, Ink::Success);
    }
}

/// As high as its words need, where Qt alone would stop at two thirds of the screen.
void InviteDialog::fit()
{
    adjustSize();
    resize(width(), std::max(height(), layout()->totalHeightForWidth(width())));
}

/// Rows stay what they are while a person reads them; only who comes or goes changes them.
void InviteDialog::showAskers()
{
    const std::vector<api::Asker> asking =
        m_step == Step::Open ? m_office.status().askers : std::vector<api::Asker>();
    if (asking == m_shown)
        return;
    for (AskerRow *row : m_askers->findChildren<AskerRow *>()) {
        row->setParent(nullptr); // it may be the one that was clicked
        row->deleteLater();
    }
    for (const api::Asker &asker : asking) {
        auto *row = new AskerRow(m_context.look, asker, m_askers);
        m_askers->layout()->addWidget(row);
        row->show(); // now, so that it counts when the dialog takes its size
        connect(row, &AskerRow::answered, this,
                [this, asker](bool isOurs) { answer(asker, isOurs); });
        if (std::find(m_shown.begin(), m_shown.end(), asker) == m_shown.end())
            m_context.announcer.announce(tr("%1 asks to be let in. Its words have to be %2.")
                                             .arg(isolate(asker.name), asker.words.join(u", "_s)));
    }
    m_shown = asking;
    m_askers->setVisible(!asking.empty());
    fit();
}

void InviteDialog::answer(const api::Asker &asker, bool isOurs)
{
    m_trouble->hide();
    m_context.desk.admit(m_context.caller, asker, isOurs,
                         {this, [this, asker](const Result<Done> &result) {
                              if (!result)
                                  onRefused(asker, result.error());
                          }});
}

void InviteDialog::onRefused(const api::Asker &asker, const Error &error)
{
    std::erase(m_shown, asker); // if it still asks its row is made anew
    showAskers();
    m_trouble->setText(sentence(error));
    m_trouble->show();
    fit();
}

} // namespace peerdesk::ui

#include "moc_invitedialog.cpp"
