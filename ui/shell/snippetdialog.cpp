// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/snippetdialog.h"

#include "ui/common/widgets.h"

#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

SnippetDialog::SnippetDialog(const Look &look, Preferences &preferences, QWidget *parent)
    : QDialog(parent)
    , m_preferences(preferences)
    , m_snippets(preferences.snippets())
    , m_list(new QListWidget(this))
    , m_name(new QLineEdit(this))
    , m_shortcut(new QLineEdit(this))
    , m_body(new QPlainTextEdit(this))
    , m_remove(new Button(look, Button::Kind::Plain, tr("Remove"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Saved replies"));
    resize(720, 480);
    build(look);
    for (const Snippet &snippet : m_snippets)
        m_list->addItem(snippet.name);
    connect(m_list, &QListWidget::currentRowChanged, this, &SnippetDialog::showCurrent);
    connect(m_name, &QLineEdit::textEdited, this, &SnippetDialog::keep);
    connect(m_shortcut, &QLineEdit::textEdited, this, &SnippetDialog::keep);
    connect(m_body, &QPlainTextEdit::textChanged, this, &SnippetDialog::keep);
    connect(m_remove, &QPushButton::clicked, this, &SnippetDialog::removeCurrent);
    m_list->setCurrentRow(m_snippets.empty() ? -1 : 0);
    showCurrent();
}

void SnippetDialog::build(const Look &look)
{
    auto *left = new QVBoxLayout;
    auto *more = new Button(look, Button::Kind::Plain, tr("New reply"), this);
    connect(more, &QPushButton::clicked, this, &SnippetDialog::add);
    m_list->setAccessibleName(tr("Saved replies"));
    left->addWidget(m_list, 1);
    left->addWidget(more);
    auto *right = new QVBoxLayout;
    const auto field = [&](const QString &name, QWidget *widget, int stretch) {
        right->addWidget(new Label(look, {12.5, QFont::Medium, Ink::Text2}, name, this));
        widget->setAccessibleName(name);
        right->addWidget(widget, stretch);
    };
    field(tr("Name"), m_name, 0);
    field(tr("Shortcut after the slash"), m_shortcut, 0);
    field(tr("Text"), m_body, 1);
    m_body->setTabChangesFocus(true);
    right->addWidget(new Label(
        look, {12.5, QFont::Normal, Ink::Text2, false, true},
        tr("Filled in by itself: {{customer.first_name}}, {{customer.name}}, "
           "{{agent.first_name}}, {{agent.name}}, {{conversation.subject}}. Others, such as "
           "{{order}}, you fill in before sending. These replies are kept on this PC, for you."),
        this));
    auto *close = new Button(look, Button::Kind::Primary, tr("Close"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *row = new QHBoxLayout;
    row->addWidget(m_remove);
    row->addStretch();
    row->addWidget(close);
    right->addLayout(row);
    auto *columns = new QHBoxLayout(this);
    columns->setContentsMargins(16, 16, 16, 16);
    columns->setSpacing(16);
    columns->addLayout(left, 1);
    columns->addLayout(right, 2);
}

void SnippetDialog::add()
{
    if (m_snippets.size() >= Preferences::MaxSnippets)
        return;
    m_snippets.push_back({tr("New reply"), {}, {}, 0});
    m_list->addItem(m_snippets.back().name);
    m_list->setCurrentRow(m_list->count() - 1);
    m_preferences.setSnippets(m_snippets);
    m_name->setFocus();
    m_name->selectAll();
}

void SnippetDialog::removeCurrent()
{
    const int row = m_list->currentRow();
    if (row < 0)
        return;
    m_snippets.erase(m_snippets.begin() + row);
    m_preferences.setSnippets(m_snippets);
    delete m_list->takeItem(row);
    showCurrent();
}

void SnippetDialog::showCurrent()
{
    const int row = m_list->currentRow();
    const bool isOne = row >= 0 && row < int(m_snippets.size());
    const Snippet shown = isOne ? m_snippets[size_t(row)] : Snippet{};
    m_isShowing = true;
    m_name->setText(shown.name);
    m_shortcut->setText(shown.shortcut);
    m_body->setPlainText(shown.body);
    m_isShowing = false;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_name, m_shortcut, m_body, m_remove})
        widget->setEnabled(isOne);
}

void SnippetDialog::keep()
{
    const int row = m_list->currentRow();
    if (m_isShowing || row < 0)
        return;
    Snippet &snippet = m_snippets[size_t(row)];
    snippet.name = m_name->text();
    snippet.shortcut = m_shortcut->text();
    snippet.body = m_body->toPlainText();
    m_list->item(row)->setText(snippet.name);
    m_preferences.setSnippets(m_snippets);
}

} // namespace peerdesk::ui

#include "moc_snippetdialog.cpp"
