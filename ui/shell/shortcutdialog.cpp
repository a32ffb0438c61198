// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcutdialog.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace peerdesk::ui {

namespace {
enum ShortcutColumn { CommandColumn, KeyColumn, ShortcutColumns };
}

ShortcutDialog::ShortcutDialog(const Look &look, Shortcuts &shortcuts, QWidget *parent)
    : QDialog(parent)
    , m_shortcuts(shortcuts)
    , m_table(new QTableWidget(0, ShortcutColumns, this))
    , m_key(new QKeySequenceEdit(this))
    , m_clear(new Button(look, Button::Kind::Plain, tr("No key"), this))
    , m_usual(new Button(look, Button::Kind::Plain, tr("Usual key"), this))
    , m_take(new Button(look, Button::Kind::Plain, tr("Take it from there"), this))
    , m_words(new Label(look, {12.5, QFont::Medium, Ink::Text2, false, true}, {}, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keyboard shortcuts"));
    build(look);
    fill();
    connect(m_table, &QTableWidget::currentCellChanged, this, &ShortcutDialog::showCurrent);
    connect(m_key, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutDialog::tryKey);
    connect(m_clear, &QPushButton::clicked, this, [this] { setKey(QKeySequence()); });
    connect(m_usual, &QPushButton::clicked, this, [this] { setKey(std::nullopt); });
    connect(m_take, &QPushButton::clicked, this, [this] { take(m_wanted); });
    m_table->setCurrentCell(0, 0);
    showCurrent();
}

void ShortcutDialog::build(const Look &look)
{
    m_table->setHorizontalHeaderLabels({tr("Command"), tr("Key")});
    m_table->setAccessibleName(tr("Commands and their keys"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(look.px(32));
    m_table->horizontalHeader()->setSectionResizeMode(CommandColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(KeyColumn, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_key->setAccessibleName(tr("Press the new key"));
    auto *row = new QHBoxLayout;
    row->addWidget(new Label(look, {13, QFont::Medium, Ink::Text}, tr("New key"), this));
    row->addWidget(m_key, 1);
    row->addWidget(m_clear);
    row->addWidget(m_usual);
    auto *close = new Button(look, Button::Kind::Plain, tr("Close"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *last = new QHBoxLayout;
    last->addWidget(m_take);
    last->addStretch();
    last->addWidget(close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->addWidget(m_table, 1);
    column->addLayout(row);
    column->addWidget(m_words);
    column->addLayout(last);
    resize(look.px(620), look.px(600));
}

void ShortcutDialog::fill()
{
    const auto &entries = m_shortcuts.entries();
    m_table->setRowCount(int(entries.size()));
    for (int row = 0; row < int(entries.size()); ++row) {
        const Shortcuts::Entry &entry = entries[size_t(row)];
        QStringList keys;
        for (const QKeySequence &key : entry.action->shortcuts())
            keys += key.toString(QKeySequence::NativeText);
        const QStringList texts{entry.action->text(), keys.join(tr(", "))};
        for (int column = 0; column < ShortcutColumns; ++column) {
            if (!m_table->item(row, column))
                m_table->setItem(row, column, new QTableWidgetItem);
            m_table->item(row, column)->setText(texts[column]);
        }
    }
}

QAction *ShortcutDialog::current() const
{
    const int row = m_table->currentRow();
    return row < 0 ? nullptr : m_shortcuts.entries()[size_t(row)].action;
}

void ShortcutDialog::showCurrent()
{
    say({}, Ink::Text2);
    m_isShowing = true;
    m_key->setKeySequence(current() ? current()->shortcut() : QKeySequence());
    m_isShowing = false;
}

void ShortcutDialog::say(const QString &words, Ink ink)
{
    m_words->setInk(ink);
    m_words->setText(words);
    m_take->setVisible(!m_wanted.isEmpty());
}

void ShortcutDialog::tryKey(const QKeySequence &key)
{
    if (m_isShowing || !current())
        return;
    m_wanted = {};
    const QString fault = Shortcuts::fault(key);
    if (!fault.isEmpty())
        return say(fault, Ink::Danger);
    if (const Shortcuts::Entry *owner = m_shortcuts.ownerOf(key, current())) {
        m_wanted = key;
        return say(tr("%1 belongs to \u201c%2\u201d.")
                       .arg(key.toString(QKeySequence::NativeText), owner->action->text()),
                   Ink::Warning);
    }
    setKey(key);
}

/// The command that had it has none then.
void ShortcutDialog::take(const QKeySequence &key)
{
    if (const Shortcuts::Entry *owner = m_shortcuts.ownerOf(key, current()))
        m_shortcuts.setKey(owner->action, QKeySequence());
    setKey(key);
}

void ShortcutDialog::setKey(const std::optional<QKeySequence> &key)
{
    if (!current())
        return;
    m_wanted = {};
    m_shortcuts.setKey(current(), key);
    fill();
    const QKeySequence now = current()->shortcut();
    m_isShowing = true;
    m_key->setKeySequence(now);
    m_isShowing = false;
    const Shortcuts::Entry *owner = m_shortcuts.ownerOf(now, current());
    say(owner
            ? tr("\u201c%1\u201d has this key, too: neither will work.").arg(owner->action->text())
        : now.isEmpty() ? tr("It has no key now; the palette still finds it.")
                        : tr("It is %1 now.").arg(now.toString(QKeySequence::NativeText)),
        owner ? Ink::Danger : Ink::Success);
}

} // namespace peerdesk::ui

#include "moc_shortcutdialog.cpp"
