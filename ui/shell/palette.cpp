// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/palette.h"

#include "ui/common/announcer.h"
#include "ui/common/fuzzy.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/shell/moment.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int EntryRole = Qt::UserRole + 1;
constexpr int Wide = 620;

QString groupName(PaletteEntry::Group group)
{
    switch (group) {
    case PaletteEntry::Group::Commands:
        return Palette::tr("Commands");
    case PaletteEntry::Group::Conversations:
        return Palette::tr("Conversations");
    case PaletteEntry::Group::People:
        return Palette::tr("People");
    case PaletteEntry::Group::Replies:
        return Palette::tr("Saved replies");
    }
    return {};
}

} // namespace

Palette::Palette(const Context &context, Sources sources, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_sources(std::move(sources))
    , m_field(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(22, 22, 22, 22);
    column->setSpacing(8);
    column->addWidget(m_field);
    column->addWidget(m_list, 1);
    m_field->setPlaceholderText(tr("Type a command, a name or words\u2026"));
    m_field->setAccessibleName(tr("Command palette"));
    m_field->setMaxLength(200);
    m_field->installEventFilter(this);
    m_list->setColumnCount(2);
    m_list->setHeaderHidden(true);
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(0);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("What was found"));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_pause.setSingleShot(true);
    m_pause.setInterval(Pause);
    connect(&m_pause, &QTimer::timeout, this, &Palette::askOffice);
    connect(m_field, &QLineEdit::textChanged, this, &Palette::refresh);
    connect(m_list, &QTreeWidget::itemClicked, this, &Palette::runCurrent);
    hide();
}

void Palette::open()
{
    m_opener = QApplication::focusWidget();
    qApp->installEventFilter(this); // a click elsewhere closes it
    const QSize room = parentWidget()->size();
    const int wide = qMin(m_context.look.px(Wide), room.width() - 24);
    const int high = qMin(m_context.look.px(480), room.height() - 48);
    setGeometry((room.width() - wide) / 2, qMin(m_context.look.px(64), (room.height() - high) / 2),
                wide, high);
    m_field->setFont(m_context.look.font(14));
    m_list->setFont(m_context.look.font(13));
    m_field->clear();
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
    refresh();
}

void Palette::close()
{
    if (!isVisible())
        return;
    ++m_request;
    m_pause.stop();
    qApp->removeEventFilter(this);
    hide();
    if (m_opener)
        m_opener->setFocus(Qt::OtherFocusReason);
}

void Palette::refresh()
{
    m_entries.clear();
    const QString wanted = foldText(m_field->text().simplified());
    collectCommands(wanted);
    collectReplies(wanted);
    fill();
    ++m_request;
    if (wanted.size() >= 2)
        m_pause.start();
    else
        m_pause.stop();
}

void Palette::collectCommands(const QString &wanted)
{
    struct Ranked
    {
        int score;
        PaletteEntry entry;
    };
    std::vector<Ranked> found;
    // "snooze tue 15": a command with a moment of its own.
    const QString word = foldText(tr("snooze"));
    if (wanted.startsWith(word + u' ')) {
        const auto moment =
            parseMoment(m_field->text().simplified().mid(word.size()), m_context.clock.wall());
        if (moment)
            found.push_back({5000,
                             {PaletteEntry::Group::Commands,
                              tr("Snooze: %1").arg(wakeText(*moment, m_context.clock.wall())),
                              {},
                              [this, moment] { m_sources.snooze(*moment); }}});
    }
    for (const Shortcuts::Entry &entry : m_sources.shortcuts.entries()) {
        const QString title = entry.action->text();
        const int score = fuzzyScore(foldText(title), wanted);
        if (score == 0 || !entry.action->isVisible() || entry.isPlumbing)
            continue;
        const auto used = m_used.find(title);
        const int bonus = used == m_used.end() ? 0 : qMin(used->second, 20) * 5;
        QAction *action = entry.action;
        found.push_back({score + bonus,
                         {PaletteEntry::Group::Commands, title,
                          action->shortcut().toString(QKeySequence::NativeText),
                          [action] { action->trigger(); }}});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Ranked &a, const Ranked &b) { return a.score > b.score; });
    const size_t limit = wanted.isEmpty() ? 40 : PerGroup;
    for (size_t i = 0; i < found.size() && i < limit; ++i)
        m_entries.push_back(std::move(found[i].entry));
}

void Palette::collectReplies(const QString &wanted)
{
    int shown = 0;
    for (const Snippet &snippet : m_sources.preferences.snippets()) {
        if (wanted.size() < 2 || fuzzyScore(foldText(snippet.name), wanted) == 0)
            continue;
        if (++shown > PerGroup)
            return;
        m_entries.push_back({PaletteEntry::Group::Replies, snippet.name,
                             snippet.body.left(60).simplified(),
                             [this, snippet] { m_sources.insert(snippet); }});
    }
}

void Palette::askOffice()
{
    const quint64 request = m_request;
    const QString text = m_field->text().simplified();
    api::ConversationFilter filter;
    filter.text = text;
    m_context.desk.conversations(
        filter, {PerGroup, {}},
        {this, [this, request](const Result<api::PageOf<Conversation>> &page) {
             if (request != m_request || !page)
                 return; // other words stand there by now
             for (const Conversation &c : page->items)
                 m_entries.push_back({PaletteEntry::Group::Conversations, c.customerName,
                                      c.snippet.left(60).simplified(),
                                      [this, id = c.id] { m_sources.open(id); }});
             fill();
         }});
    m_context.desk.customers(text, {PerGroup, {}},
                             {this, [this, request](const Result<api::PageOf<Customer>> &page) {
                                  if (request != m_request || !page)
                                      return;
                                  for (const Customer &c : page->items)
                                      m_entries.push_back(
                                          {PaletteEntry::Group::People, c.name, tr("customer"),
                                           [this, id = c.id] { m_sources.openCustomer(id); }});
                                  fill();
                              }});
}

void Palette::fill()
{
    std::stable_sort(
        m_entries.begin(), m_entries.end(),
        [](const PaletteEntry &a, const PaletteEntry &b) { return a.group < b.group; });
    m_list->clear();
    QTreeWidgetItem *first = nullptr;
    std::optional<PaletteEntry::Group> group;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        const PaletteEntry &entry = m_entries[i];
        if (entry.group != group) {
            group = entry.group;
            auto *head = new QTreeWidgetItem(m_list, {groupName(entry.group)});
            head->setFlags(Qt::NoItemFlags);
            head->setFont(0, m_context.look.font(12, QFont::DemiBold));
        }
        auto *item = new QTreeWidgetItem(m_list, {entry.title, entry.detail});
        item->setData(0, EntryRole, int(i));
        item->setForeground(1, m_context.look.theme().text2);
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setSizeHint(0, QSize(10, m_context.look.px(32)));
        if (!first)
            first = item;
    }
    if (!first)
        (new QTreeWidgetItem(m_list, {tr("Nothing found")}))->setFlags(Qt::NoItemFlags);
    else
        m_list->setCurrentItem(first);
}

std::vector<QString> Palette::titles() const
{
    std::vector<QString> all;
    for (const PaletteEntry &entry : m_entries)
        all.push_back(entry.title);
    return all;
}

void Palette::move(int step)
{
    const int count = m_list->topLevelItemCount();
    int at = m_list->indexOfTopLevelItem(m_list->currentItem());
    for (int tries = 0; tries < count; ++tries) {
        at = (at + step + count) % count;
        if (m_list->topLevelItem(at)->flags() & Qt::ItemIsSelectable)
            break;
    }
    if (QTreeWidgetItem *item = m_list->topLevelItem(at)) {
        m_list->setCurrentItem(item);
        m_context.announcer.announce(item->text(0));
    }
}

void Palette::runCurrent()
{
    const QTreeWidgetItem *item = m_list->currentItem();
    if (!item || !item->data(0, EntryRole).isValid())
        return;
    const PaletteEntry entry = m_entries[size_t(item->data(0, EntryRole).toInt())];
    if (entry.group == PaletteEntry::Group::Commands)
        ++m_used[entry.title];
    close();
    entry.run();
}

bool Palette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::MouseButtonPress) {
        const auto *target = qobject_cast<QWidget *>(watched);
        if (target && target != this && !isAncestorOf(target))
            close();
    }
    if (watched != m_field ||
        (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride))
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool isPress = event->type() == QEvent::KeyPress;
    switch (key->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (isPress)
            move(key->key() == Qt::Key_Up ? -1 : 1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isPress)
            runCurrent();
        break;
    case Qt::Key_Escape:
    case Qt::Key_Tab:
        if (isPress)
            close();
        break;
    default:
        return QWidget::eventFilter(watched, event);
    }
    event->accept();
    return true;
}

void Palette::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(rect()).adjusted(12, 12, -12, -12);
    paintShadow(painter, m_context.look, card, 14);
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.surface);
    painter.drawRoundedRect(card, 14, 14);
}

} // namespace peerdesk::ui

#include "moc_palette.cpp"
