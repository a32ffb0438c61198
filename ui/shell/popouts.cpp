// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/popouts.h"

#include <QShortcut>
#include <QVBoxLayout>

namespace peerdesk::ui {

PopOut::PopOut(const Context &context, const ConversationParts &parts, const Shortcuts &shortcuts)
    : m_context(context)
    , m_parts(parts)
    , m_pane(new ConversationPane(context, parts, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumSize(480, 420);
    resize(context.look.px(760), context.look.px(720));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pane);
    m_pane->header().cardButton().hide(); // the card is in the main window
    m_pane->header().setBackVisible(false);
    addKeys(shortcuts);
}

/// The keys that the main window has for the same things.
void PopOut::addKeys(const Shortcuts &shortcuts)
{
    const auto add = [&](const QKeySequence &usual, const std::function<void()> &run) {
        const QString key = shortcuts.shownKey(usual);
        if (!key.isEmpty())
            connect(new QShortcut(QKeySequence::fromString(key, QKeySequence::NativeText), this),
                    &QShortcut::activated, this, run);
    };
    add(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { m_pane->composer().send(); });
    add(QKeySequence(Qt::CTRL | Qt::Key_F), [this] { m_pane->findBar().open(); });
    add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M), [this] {
        Composer &composer = m_pane->composer();
        composer.setMode(composer.mode() == DraftMode::Reply ? DraftMode::Note : DraftMode::Reply);
    });
    connect(new QShortcut(QKeySequence(Qt::Key_Escape), this), &QShortcut::activated, this, [this] {
        m_pane->findBar().isVisible() ? m_pane->findBar().close() : (close(), void());
    });
}

void PopOut::open(const Conversation &conversation)
{
    setWindowTitle(tr("%1 - Peerdesk").arg(conversation.customerName));
    m_pane->open(conversation.id);
    isMinimized() ? showNormal() : show();
    raise();
    activateWindow();
    m_pane->composer().focusText();
}

void PopOut::closeEvent(QCloseEvent *event)
{
    m_parts.drafts.flush();
    QWidget::closeEvent(event);
}

PopOuts::PopOuts(const Context &context, const ConversationParts &parts, const Shortcuts &shortcuts,
                 std::function<void(ConversationId)> wrapUp)
    : m_context(context)
    , m_parts(parts)
    , m_shortcuts(shortcuts)
    , m_wrapUp(std::move(wrapUp))
{}

PopOuts::~PopOuts()
{
    closeAll();
}

PopOut *PopOuts::open(const Conversation &conversation)
{
    std::erase_if(m_windows, [](const auto &entry) { return entry.second.isNull(); });
    QPointer<PopOut> &window = m_windows[conversation.id];
    if (!window) {
        if (m_windows.size() > MaxWindows) {
            m_windows.erase(conversation.id);
            return nullptr;
        }
        window = new PopOut(m_context, m_parts, m_shortcuts); // deletes itself when it is closed
        connect(&window->pane(), &ConversationPane::wrapUpWanted, this,
                [this, id = conversation.id] { m_wrapUp(id); });
    }
    window->open(conversation);
    return window;
}

void PopOuts::closeAll()
{
    for (const auto &[id, window] : std::exchange(m_windows, {}))
        delete window;
}

} // namespace peerdesk::ui

#include "moc_popouts.cpp"
