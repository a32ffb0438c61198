// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/joinpage.h"

#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int MaxPcName = 64;
constexpr size_t MaxShown = 6;
constexpr int MaxPort = 65535;

bool isAddress(const QString &text)
{
    static const QRegularExpression form(u"^(\\S+):(\\d{1,5})$"_s);
    const QRegularExpressionMatch match = form.match(text);
    const int port = match.captured(2).toInt();
    return match.hasMatch() && port > 0 && port <= MaxPort;
}
} // namespace

JoinPage::JoinPage(const Look &look, Entrance &entrance, QWidget *parent)
    : Page(look, tr("Join your office"),
           tr("On a PC that is already in, open Settings, Office and choose "
              "\"Invite a PC\". It shows six words: type them here. Or ask it to let this PC in: "
              "then both screens show three words to compare."),
           parent)
    , m_entrance(entrance)
    , m_code(new CodeFields(look, entrance.words(), this))
    , m_trouble(new Label(look, {12.5, QFont::Medium, Ink::Danger, false, true}, {}, this))
    , m_nearTitle(new Label(look, {12.5, QFont::Medium, Ink::Text2, false, true}, {}, this))
    , m_near(new QVBoxLayout)
    , m_address(new QLineEdit(this))
    , m_name(new QLineEdit(this))
{
    column().addWidget(m_code);
    column().addWidget(m_trouble);
    column().addWidget(m_nearTitle);
    m_near->setSpacing(8);
    column().addLayout(m_near);
    m_trouble->hide();
    m_address->setMaxLength(260);
    m_address->setPlaceholderText(u"192.168.1.20:8418"_s);
    addField(tr("Address of the PC that invites"), m_address,
             tr("It stands below the six words. Not needed if both PCs are in the same network."));
    m_name->setMaxLength(MaxPcName);
    m_name->setText(entrance.pcName());
    addField(tr("Name of this PC"), m_name, tr("Colleagues see it: \"Front desk\", \"Laptop\"."));
    setFirstField(&m_code->field(0));
    addButtons();
    for (QLineEdit *field : {m_address, m_name})
        connect(field, &QLineEdit::returnPressed, this, [this] { go(false); });
    connect(m_code, &CodeFields::finished, this, [this] { go(false); });
    connect(m_code, &CodeFields::changed, this, &JoinPage::showTrouble);
    connect(m_code, &CodeFields::edited, this, [this] { notice().clear(); });
    connect(m_code, &CodeFields::addressPasted, m_address, &QLineEdit::setText);
    connect(&entrance, &Entrance::officesChanged, this, &JoinPage::showOffices);
    showOffices();
}

void JoinPage::addButtons()
{
    Button *back = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    Button *ask = addButton(Button::Kind::Plain, tr("Ask to be let in"));
    Button *next = addButton(Button::Kind::Primary, tr("Continue"));
    connect(back, &QPushButton::clicked, this, &JoinPage::backWanted);
    connect(ask, &QPushButton::clicked, this, [this] { go(true); });
    connect(next, &QPushButton::clicked, this, [this] { go(false); });
}

void JoinPage::go(bool isAsking)
{
    m_isAsking = isAsking;
    if (check())
        Q_EMIT joinWanted();
}

/// As it is typed: which word is none, or that the six do not fit together.
void JoinPage::showTrouble()
{
    QString words = m_code->trouble();
    if (words.isEmpty() && m_code->isComplete() && !m_entrance.checkCode(m_code->code()))
        words = tr("These six words do not belong together: one is mistyped. Compare them one by "
                   "one.");
    m_trouble->setText(words);
    m_trouble->setVisible(!words.isEmpty());
}

void JoinPage::showOffices()
{
    std::vector<NearOffice> offices = m_entrance.offices();
    offices.resize(std::min(offices.size(), MaxShown));
    if (offices == m_shown && !m_nearTitle->text().isEmpty())
        return;
    m_shown = offices;
    while (QLayoutItem *item = m_near->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    const auto isChosen = [this](const NearOffice &one) { return one.address == m_chosen; };
    if (std::none_of(offices.begin(), offices.end(), isChosen))
        m_chosen.clear();
    bool isDoubled = false;
    for (const NearOffice &office : offices) {
        auto *card = new ChoiceCard(look(), Icon::People, isolate(office.name),
                                    isolateLtr(office.address), this);
        card->setCheckable(true);
        card->setAutoExclusive(true);
        card->setAccessibleName(tr("%1 at %2").arg(office.name, office.address));
        m_near->addWidget(card);
        connect(card, &QPushButton::clicked, this, [this, office] { choose(office); });
        card->setChecked(office.address == m_chosen);
        isDoubled = isDoubled || std::any_of(offices.begin(), offices.end(), [&](const auto &one) {
                        return one.name == office.name && one.id != office.id;
                    });
        if (offices.size() == 1 && m_address->text().isEmpty()) {
            card->setChecked(true);
            m_chosen = office.address;
        }
    }
    m_nearTitle->setText(
        offices.empty() ? tr("No office has answered on this network yet. If the other PC is in "
                             "another network, type its address.")
        : isDoubled ? tr("Found on this network. Two offices have the same name: choose the one "
                         "with the address that stands below the six words.")
                    : tr("Found on this network"));
}

void JoinPage::choose(const NearOffice &office)
{
    m_chosen = office.address;
    m_address->clear();
    notice().clear();
}

QString JoinPage::address() const
{
    const QString typed = m_address->text().trimmed();
    return typed.isEmpty() ? m_chosen : typed;
}

JoinWish JoinPage::wish() const
{
    return {m_isAsking ? QString() : m_code->code(), m_name->text().trimmed(), address(), {}, {}};
}

QString JoinPage::officeName() const
{
    for (const NearOffice &office : m_shown) {
        if (office.address == address())
            return isolate(office.name);
    }
    return isolateLtr(address());
}

bool JoinPage::refuse(QWidget *field, const QString &title, const QString &text)
{
    notice().say(NoticeBox::Tone::Danger, title, text);
    field->setFocus(Qt::OtherFocusReason);
    return false;
}

bool JoinPage::checkCode()
{
    const int wrong = m_code->wrongField();
    if (wrong >= 0)
        return refuse(&m_code->field(wrong), tr("Word %1 is not a word of a code").arg(wrong + 1),
                      tr("Compare it with the screen of the other PC."));
    if (!m_code->isComplete())
        return refuse(&m_code->field(0), tr("The code has six words"),
                      tr("Type all six, in their order."));
    if (!m_entrance.checkCode(m_code->code()))
        return refuse(&m_code->field(0), tr("A word of the code is mistyped"),
                      tr("Each is a word, but the six do not belong together. Compare them with "
                         "the screen of the other PC, one by one."));
    return true;
}

bool JoinPage::check()
{
    if (!m_isAsking && !checkCode())
        return false;
    if (address().isEmpty() && m_isAsking)
        return refuse(m_address, tr("Which PC shall be asked?"),
                      tr("Choose the office in the list, or type the address that its PC shows "
                         "under \"Invite a PC\"."));
    if (address().isEmpty() && m_shown.size() > 1)
        return refuse(m_address, tr("Which office?"),
                      tr("Choose one of the list, or type the address that stands below the six "
                         "words."));
    if (!address().isEmpty() && !isAddress(address()))
        return refuse(m_address, tr("This is no address"),
                      tr("It is written with a colon and a number at its end, like "
                         "192.168.1.20:8418."));
    if (m_name->text().trimmed().isEmpty())
        return refuse(m_name, tr("What is this PC called?"),
                      tr("Colleagues see the name where it says which PCs are on."));
    notice().clear();
    return true;
}

} // namespace peerdesk::ui

#include "moc_backstage.cpp"
#include "moc_joinpage.cpp"
