// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/testchat.h"

#include "ui/common/paint.h"

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int MaxText = 1000;  ///< characters of one test message
constexpr int MaxLines = 1000; ///< the oldest go
} // namespace

TestChat::TestChat(const Look &look, std::unique_ptr<Visitor> visitor, QWidget *parent)
    : QWidget(parent, Qt::Window)
    , m_look(look)
    , m_visitor(std::move(visitor))
    , m_state(new Label(look, {12.5, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_lines(new QPlainTextEdit(this))
    , m_field(new QLineEdit(this))
    , m_send(new Button(look, Button::Kind::Primary, tr("Send"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Test chat - you are the customer"));
    resize(look.px(420), look.px(460));
    m_state->setText(tr("Connecting to the chat of this office..."));
    m_lines->setReadOnly(true);
    m_lines->setTabChangesFocus(true);
    m_lines->setMaximumBlockCount(MaxLines);
    m_lines->setAccessibleName(tr("What was said"));
    m_field->setMaxLength(MaxText);
    m_field->setAccessibleName(tr("Write as a customer"));
    m_field->setText(tr("Hello! I would like to talk to a live agent."));
    m_send->setEnabled(false);
    auto *row = new QHBoxLayout;
    row->addWidget(m_field, 1);
    row->addWidget(m_send);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 16);
    column->setSpacing(10);
    column->addWidget(new Label(look, {16, QFont::DemiBold, Ink::Text, false, true},
                                tr("Write as if you were a customer"), this));
    column->addWidget(m_state);
    column->addWidget(m_lines, 1);
    column->addLayout(row);
    connect(m_send, &QPushButton::clicked, this, &TestChat::send);
    connect(m_field, &QLineEdit::returnPressed, this, &TestChat::send);
    connect(m_visitor.get(), &Visitor::opened, this, [this] {
        m_send->setEnabled(true);
        m_state->setText(
            tr("Send this line as it is: it asks for a person. Then accept the offer in "
               "Peerdesk and answer."));
    });
    connect(m_visitor.get(), &Visitor::kept, this,
            [this](const QString &text) { add(tr("You"), text); });
    connect(m_visitor.get(), &Visitor::heard, this,
            [this](const QString &from, const QString &author, const QString &text) {
                if (from != u"visitor")
                    add(!author.isEmpty() ? author
                        : from == u"bot"  ? tr("Assistant")
                                          : tr("Agent"),
                        text);
            });
    connect(m_visitor.get(), &Visitor::failed, this, [this](const QString &reason) {
        m_send->setEnabled(false);
        m_state->setInk(Ink::Danger);
        m_state->setText(
            tr("The chat of this office cannot be reached, so customers cannot write either. What "
               "is not in the list below was not sent. %1")
                .arg(reason));
    });
    connect(m_visitor.get(), &Visitor::refused, this, [this](const QString &reason) {
        m_state->setInk(Ink::Danger);
        m_state->setText(reason);
    });
    m_field->setFocus();
    m_visitor->open();
}

void TestChat::send()
{
    const QString text = m_field->text().trimmed();
    if (text.isEmpty() || !m_send->isEnabled())
        return;
    m_field->clear();
    m_visitor->say(text);
}

void TestChat::add(const QString &who, const QString &text)
{
    m_lines->appendPlainText(isolate(who) + u": "_s + isolate(text));
}

} // namespace peerdesk::ui

#include "moc_testchat.cpp"
