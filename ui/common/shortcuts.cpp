// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/shortcuts.h"

#include <algorithm>

namespace peerdesk::ui {

Shortcuts::Shortcuts(Preferences &preferences, QWidget *window)
    : QObject(window)
    , m_preferences(preferences)
    , m_window(window)
{}

QAction *Shortcuts::add(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                        const std::function<void()> &run)
{
    auto *action = new QAction(text, m_window);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setAutoRepeat(false);
    connect(action, &QAction::triggered, this, run);
    m_window->addAction(action);
    m_entries.push_back({group, action, false, keys});
    apply(m_entries.back());
    return action;
}

void Shortcuts::addMove(const QString &group, const QString &text, const QList<QKeySequence> &keys,
                        const std::function<void()> &run)
{
    add(group, text, keys, run);
    m_entries.back().isPlumbing = true;
}

/// Commands are known by their usual key, which is the same in every language; those without one by
/// their words.
QString Shortcuts::idOf(const Entry &entry)
{
    return entry.usual.isEmpty() ? entry.action->text()
                                 : entry.usual.front().toString(QKeySequence::PortableText);
}

void Shortcuts::apply(const Entry &entry) const
{
    const std::optional<QString> chosen = m_preferences.shortcut(idOf(entry));
    if (!chosen)
        return entry.action->setShortcuts(entry.usual);
    const QKeySequence key = QKeySequence::fromString(*chosen, QKeySequence::PortableText);
    entry.action->setShortcuts(key.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{key});
}

QString Shortcuts::shownKey(const QKeySequence &usual) const
{
    for (const Entry &entry : m_entries) {
        if (entry.usual.contains(usual))
            return entry.action->shortcut().toString(QKeySequence::NativeText);
    }
    return {};
}

void Shortcuts::setKey(const QAction *action, const std::optional<QKeySequence> &key)
{
    for (const Entry &entry : m_entries) {
        if (entry.action != action)
            continue;
        const bool isUsual = key && entry.usual.size() == 1 && *key == entry.usual.front();
        m_preferences.setShortcut(
            idOf(entry), key && !isUsual ? std::optional(key->toString(QKeySequence::PortableText))
                                         : std::nullopt);
        apply(entry);
    }
    Q_EMIT changed();
}

const Shortcuts::Entry *Shortcuts::ownerOf(const QKeySequence &key, const QAction *except) const
{
    const auto owner = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry &entry) {
        return entry.action != except && !key.isEmpty() && entry.action->shortcuts().contains(key);
    });
    return owner == m_entries.end() ? nullptr : &*owner;
}

/// Keys that text fields need, and those that are letters on some keyboard.
QString Shortcuts::fault(const QKeySequence &key)
{
    if (key.isEmpty())
        return {};
    if (key.count() > 1)
        return tr("One key with Ctrl, Alt or Shift, not several after each other.");
    const Qt::KeyboardModifiers held = key[0].keyboardModifiers();
    const int code = key[0].key();
    const bool isFunction = code >= Qt::Key_F1 && code <= Qt::Key_F35;
    if (!isFunction && !(held & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)))
        return tr("This key is for writing. Hold Ctrl or Alt with it, or take a function key.");
    if ((held & Qt::ControlModifier) && (held & Qt::AltModifier) && !isFunction)
        return tr("Ctrl+Alt writes signs on many keyboards. Take Ctrl+Shift or Alt instead.");
    for (const auto standard : {QKeySequence::Copy, QKeySequence::Cut, QKeySequence::Paste,
                                QKeySequence::Undo, QKeySequence::Redo, QKeySequence::SelectAll}) {
        if (QKeySequence::keyBindings(standard).contains(key))
            return tr("Text fields need this key.");
    }
    return {};
}

} // namespace peerdesk::ui

#include "moc_shortcuts.cpp"
