// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/suggestions.h"

#include "ui/common/announcer.h"
#include "ui/common/fuzzy.h"
#include "ui/common/plural.h"
#include "ui/conversation/editor.h"
#include "ui/conversation/emoji.h"
#include "ui/conversation/sendguard.h"

#include <QHBoxLayout>
#include <QKeyEvent>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxWord = 40;
constexpr int EmojiFrom = 2; ///< letters after the colon: prose has colons too

QString mentionText(const Agent &agent)
{
    return u'@' + agent.name.simplified().replace(u' ', u'.') + u' ';
}

struct Ranked
{
    int score;
    int uses;
    Suggestion row;
};

std::vector<Suggestion> best(std::vector<Ranked> all, size_t limit)
{
    std::stable_sort(all.begin(), all.end(), [](const Ranked &a, const Ranked &b) {
        return std::pair(a.uses > 0 ? a.score + qMin(a.uses, 50) : a.score, a.uses) >
               std::pair(b.uses > 0 ? b.score + qMin(b.uses, 50) : b.score, b.uses);
    });
    std::vector<Suggestion> rows;
    for (size_t i = 0; i < all.size() && i < limit; ++i)
        rows.push_back(std::move(all[i].row));
    return rows;
}

} // namespace

Trigger triggerAt(const QString &text, int caret)
{
    for (int at = caret - 1; at >= 0 && caret - at <= MaxWord; --at) {
        const QChar c = text[at];
        if (c.isSpace())
            return {};
        const bool isSign = c == u'/' || c == u':' || c == u'@';
        if (isSign && (at == 0 || text[at - 1].isSpace()))
            return {c, at, text.mid(at + 1, caret - at - 1)};
    }
    return {};
}

Suggestions::Suggestions(const Context &context, Preferences &preferences, Editor &editor)
    : QWidget(&editor)
    , m_context(context)
    , m_preferences(preferences)
    , m_editor(editor)
    , m_list(new QListWidget(this))
    , m_preview(new Label(context.look, {12.5, QFont::Normal, Ink::Text2, false, true}, {}, this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(8, 8, 12, 8);
    row->setSpacing(12);
    row->addWidget(m_list, 3);
    row->addWidget(m_preview, 2, Qt::AlignTop);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setAccessibleName(tr("Suggestions"));
    m_list->viewport()->setAutoFillBackground(false);
    connect(m_list, &QListWidget::clicked, this,
            [this](const QModelIndex &index) { choose(index.row()); });
    connect(&editor, &QPlainTextEdit::textChanged, this, &Suggestions::refresh);
    connect(&editor, &QPlainTextEdit::cursorPositionChanged, this, &Suggestions::refresh);
    editor.setKeyTaker([this](QKeyEvent &key) { return takeKey(key); });
    hide();
}

void Suggestions::setMode(DraftMode mode)
{
    m_mode = mode;
    hide();
}

void Suggestions::start(QChar sign)
{
    m_editor.setFocus(Qt::OtherFocusReason);
    QTextCursor cursor = m_editor.textCursor();
    const QString text = m_editor.toPlainText();
    const int at = cursor.position();
    const bool needsSpace = at > 0 && !text[at - 1].isSpace();
    cursor.insertText(needsSpace ? u' ' + QString(sign) : QString(sign));
}

void Suggestions::refresh()
{
    m_trigger = triggerAt(m_editor.toPlainText(), m_editor.textCursor().position());
    if (m_trigger.start != m_dismissed)
        m_dismissed = -1;
    m_rows.clear();
    if (m_trigger.start >= 0 && m_dismissed < 0 && m_editor.hasFocus()) {
        const QString word = foldText(m_trigger.word);
        if (m_trigger.sign == u'/')
            collectSnippets(word);
        else if (m_trigger.sign == u'@')
            collectPeople(word);
        else if (word.size() >= EmojiFrom)
            collectEmojis(word);
    }
    if (m_rows.empty())
        return hide();
    m_list->clear();
    for (const Suggestion &row : m_rows)
        m_list->addItem(row.detail.isEmpty() ? row.title
                                             : u"%1   %2"_s.arg(isolate(row.title), row.detail));
    if (parentWidget() != m_editor.window())
        setParent(m_editor.window());
    m_list->setFont(m_context.look.font(13));
    m_list->setCurrentRow(0);
    showPreview(0);
    place();
    show();
    raise();
    m_context.announcer.announce(
        counted(int(m_rows.size()), tr("%1 suggestion"), tr("%1 suggestions")) + u". "_s +
        m_rows.front().title);
}

void Suggestions::collectSnippets(const QString &word)
{
    std::vector<Ranked> found;
    for (const Snippet &snippet : m_preferences.snippets()) {
        const int byName = fuzzyScore(foldText(snippet.name), word);
        const int byShortcut =
            snippet.shortcut.isEmpty() ? 0 : fuzzyScore(foldText(snippet.shortcut), word) + 100;
        const int byBody = foldText(snippet.body).contains(word) ? 100 : 0;
        const int score = std::max({byName, byShortcut > 100 ? byShortcut : 0, byBody});
        if (score == 0)
            continue;
        const QString detail = snippet.shortcut.isEmpty() ? QString() : u'/' + snippet.shortcut;
        found.push_back({score,
                         snippet.uses,
                         {Suggestion::Kind::Snippet, snippet.name, detail,
                          fillPlaceholders(snippet.body, m_values)}});
    }
    m_rows = best(std::move(found), MaxRows);
    if (m_preferences.snippets().empty() && word.isEmpty())
        m_rows.push_back({Suggestion::Kind::Hint,
                          tr("No saved replies yet"),
                          tr("Settings \u2192 Saved replies"),
                          {}});
}

void Suggestions::collectEmojis(const QString &word)
{
    std::vector<Ranked> found;
    for (const Emoji &emoji : emojis()) {
        const int score = fuzzyScore(emoji.words, word);
        if (score >= 500)
            found.push_back(
                {score, 0, {Suggestion::Kind::Emoji, emoji.text, emoji.words, emoji.text}});
    }
    m_rows = best(std::move(found), MaxRows);
}

void Suggestions::collectPeople(const QString &word)
{
    const bool isNote = m_mode == DraftMode::Note;
    if (!isNote && word.isEmpty())
        return; // an address may begin like this; a name has letters
    std::vector<Ranked> found;
    for (const Agent &agent : m_context.directory.agents()) {
        if (!agent.isActive || agent.role == Role::Channel || agent.id == m_context.caller.agent)
            continue;
        const int score = fuzzyScore(foldText(agent.name), word);
        if (score < (isNote ? 1 : 500))
            continue;
        const QString title =
            isNote ? agent.name : tr("Switch to an internal note for %1?").arg(isolate(agent.name));
        found.push_back(
            {score,
             0,
             {isNote ? Suggestion::Kind::Mention : Suggestion::Kind::SwitchToNote, title,
              isNote ? QString() : tr("the customer will not see it"), mentionText(agent)}});
    }
    for (const Queue &queue : m_context.directory.queues()) {
        const int score = isNote ? fuzzyScore(foldText(queue.friendlyName), word) : 0;
        if (score > 0)
            found.push_back({score - 1,
                             0,
                             {Suggestion::Kind::Mention, queue.friendlyName, tr("queue"),
                              u'@' + queue.friendlyName.simplified().replace(u' ', u'.') + u' '}});
    }
    m_rows = best(std::move(found), MaxRows);
}

bool Suggestions::takeKey(QKeyEvent &key)
{
    if (!isVisible() ||
        !(key.modifiers() == Qt::NoModifier || key.modifiers() == Qt::KeypadModifier))
        return false;
    const bool isPress = key.type() == QEvent::KeyPress;
    switch (key.key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (isPress)
            move(key.key() == Qt::Key_Up ? -1 : 1);
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_rows.front().kind == Suggestion::Kind::Hint)
            return false;
        if (isPress)
            choose(m_list->currentRow());
        return true;
    case Qt::Key_Escape:
        if (isPress) {
            m_dismissed = m_trigger.start;
            hide();
        }
        return true;
    default:
        return false;
    }
}

void Suggestions::move(int step)
{
    const int count = m_list->count();
    m_list->setCurrentRow((m_list->currentRow() + step + count) % count);
    showPreview(m_list->currentRow());
    m_context.announcer.announce(m_rows[size_t(m_list->currentRow())].title);
}

void Suggestions::showPreview(int row)
{
    const Suggestion &shown = m_rows[size_t(row)];
    const bool isSnippet = shown.kind == Suggestion::Kind::Snippet;
    m_preview->setVisible(isSnippet);
    m_preview->setText(shown.text.left(400));
}

void Suggestions::choose(int row)
{
    if (row < 0 || row >= int(m_rows.size()))
        return;
    const Suggestion chosen = m_rows[size_t(row)];
    if (chosen.kind == Suggestion::Kind::Hint)
        return;
    QTextCursor cursor = m_editor.textCursor();
    const int end = cursor.position();
    cursor.setPosition(m_trigger.start);
    cursor.setPosition(end, QTextCursor::KeepAnchor);
    if (chosen.kind == Suggestion::Kind::SwitchToNote) {
        cursor.removeSelectedText();
        hide();
        return Q_EMIT noteWanted(chosen.text);
    }
    if (chosen.kind == Suggestion::Kind::Snippet)
        m_preferences.countUse(chosen.title);
    cursor.insertText(chosen.text);
    hide();
}

/// Above the composer's text, as wide as it, never over it.
void Suggestions::place()
{
    const QRect area(m_editor.mapTo(m_editor.window(), QPoint(0, 0)), m_editor.size());
    const int wide = qMin(area.width(), m_context.look.px(560));
    const int rowHeight = qMax(m_list->sizeHintForRow(0), m_context.look.px(26));
    const int high = qMax(m_list->count() * rowHeight + 20,
                          m_preview->isVisibleTo(this) ? m_context.look.px(120) : 0);
    QRect where(area.left(), qMax(8, area.top() - m_context.look.px(48) - high), wide, high);
    if (layoutDirection() == Qt::RightToLeft)
        where.moveRight(area.right());
    setGeometry(where);
}

void Suggestions::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.borderStrong, 1));
    painter.setBrush(t.isDark ? t.raised : t.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

} // namespace peerdesk::ui

#include "moc_suggestions.cpp"
