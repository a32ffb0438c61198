// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/timelineview.h"

#include "ui/common/style.h"
#include "ui/common/timetext.h"
#include "ui/common/widgets.h"
#include "ui/conversation/moderation.h"
#include "ui/conversation/timelineaccessible.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QTextLine>
#include <QToolTip>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int BottomSpace = 8;
constexpr int PageAhead =
    2; ///< viewport heights from the top at which older messages are asked for
constexpr Milliseconds Glance{1000}; ///< shorter than this nobody has read it
constexpr std::chrono::milliseconds SkeletonAfter{150};
} // namespace

TimelineView::TimelineView(const Context &context, MessageModel &model, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_context(context)
    , m_model(model)
    , m_pill(new Button(context.look, Button::Kind::Primary, {}, this))
{
    TimelineAccessible::install(); // before the first event that asks for an interface
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // Always there: a bar that comes and goes would lay out every message anew.
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setAccessibleName(tr("Messages"));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    verticalScrollBar()->setSingleStep(48);
    m_pill->hide();
    m_skeletonTimer.setSingleShot(true);
    connect(&m_skeletonTimer, &QTimer::timeout, this, [this] {
        m_showsSkeleton = m_model.isLoading() && m_model.rowCount() == 0;
        viewport()->update();
    });
    connect(m_pill, &QPushButton::clicked, this, &TimelineView::stickToBottom);
    connect(&context.look, &Look::changed, this, &TimelineView::restyle);
    connect(&context.directory, &Directory::changed, this, &TimelineView::restyle);
    connectModel();
}

void TimelineView::connectModel()
{
    connect(&m_model, &QAbstractItemModel::modelReset, this, &TimelineView::reset);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) {
                onRowsInserted(first, last);
                for (int row = first; row <= last; ++row)
                    onActed(row);
            });
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this,
            [this](const QModelIndex &, int first, int last) { onRowsRemoved(first, last); });
    connect(&m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &index) {
        onRowChanged(index.row());
        onActed(index.row());
    });
}

int TimelineView::width() const
{
    return viewport()->width();
}

int TimelineView::top() const
{
    // Few messages stand at the bottom, where the eye is.
    const int missing = viewport()->height() - m_heights.total() - BottomSpace;
    return missing > 0 ? -missing : verticalScrollBar()->value();
}

bool TimelineView::isAtBottom() const
{
    return verticalScrollBar()->value() >= verticalScrollBar()->maximum();
}

void TimelineView::setReadUpTo(Time readUpTo)
{
    m_readUpTo = readUpTo;
}

void TimelineView::restyle()
{
    m_bubbles.clear();
    estimateAll();
    realise();
    viewport()->update();
}

void TimelineView::reset()
{
    m_bubbles.clear();
    m_openQuotes.clear();
    m_anchor = m_cursor = {};
    m_focusRow = -1;
    m_newBelow = 0;
    m_shownAt.clear();
    m_showsSkeleton = false;
    m_skeletonTimer.stop();
    if (m_model.rowCount() == 0 && !m_model.conversation().isNull())
        m_skeletonTimer.start(SkeletonAfter);
    m_pill->hide();
    m_firstUnread = -1;
    for (int row = m_model.rowCount() - 1; row >= 0 && m_readUpTo.isSet(); --row) {
        const Message &message = m_model.at(row);
        if (message.createdAt <= m_readUpTo)
            break;
        if (message.kind == MessageKind::Inbound)
            m_firstUnread = row;
    }
    estimateAll();
    m_isStuck = true;
    realise();
    // UX-20: open at the first unread message, as far as the rest still fills the view.
    if (m_firstUnread > 0 && m_heights.before(m_firstUnread) < verticalScrollBar()->value()) {
        m_isStuck = false;
        setTop(m_heights.before(m_firstUnread) - 12);
        realise();
    }
    viewport()->update();
    if (m_isStuck && m_model.rowCount() > 0)
        Q_EMIT bottomSeen();
}

void TimelineView::estimateAll()
{
    std::vector<int> heights(size_t(m_model.rowCount()));
    for (size_t row = 0; row < heights.size(); ++row)
        heights[row] = estimateBubble(m_model.at(int(row)), m_context.look, width());
    m_known.assign(heights.size(), false);
    m_heights.assign(heights);
    updateRange();
}

void TimelineView::onRowsInserted(int first, int last)
{
    const bool wasAtBottom = m_isStuck;
    std::vector<int> heights = m_heights.heights();
    int added = 0;
    for (int row = first; row <= last; ++row) {
        const int height = estimateBubble(m_model.at(row), m_context.look, width());
        heights.insert(heights.begin() + row, height);
        m_known.insert(m_known.begin() + row, false);
        added += height;
    }
    const int count = last - first + 1;
    const int value = verticalScrollBar()->value();
    if (m_firstUnread >= first)
        m_firstUnread += count;
    if (m_focusRow >= first)
        m_focusRow += count;
    m_anchor = m_cursor = {};
    const bool isAbove = first < m_heights.rowAt(value) || (first == 0 && !heights.empty());
    m_heights.assign(heights);
    if (last + 1 < m_model.rowCount()) {
        m_bubbles.remove(m_model.at(last + 1).id.value); // its day separator may be gone
        m_known[size_t(last) + 1] = false;
    }
    updateRange();
    if (!wasAtBottom && isAbove && last + 1 < m_model.rowCount())
        setTop(value + added);
    if (!wasAtBottom && last + 1 == m_model.rowCount()) {
        m_newBelow += count;
        m_pill->setText(tr("%n new", nullptr, m_newBelow));
        m_pill->adjustSize();
        movePill();
        m_pill->show();
    }
    realise();
    viewport()->update();
    if (m_isStuck)
        Q_EMIT bottomSeen();
}

void TimelineView::onRowsRemoved(int first, int last)
{
    std::vector<int> heights = m_heights.heights();
    heights.erase(heights.begin() + first, heights.begin() + last + 1);
    m_known.erase(m_known.begin() + first, m_known.begin() + last + 1);
    m_heights.assign(heights);
    m_anchor = m_cursor = {};
    m_focusRow = qMin(m_focusRow, m_model.rowCount() - 1);
    updateRange();
    realise();
    viewport()->update();
}

void TimelineView::setLimits(const ChannelLimits &limits)
{
    const bool isSame = m_limits.actions == limits.actions;
    m_limits = limits;
    if (!isSame)
        restyle();
}

/// What was done to another message changes what can be done to it.
void TimelineView::onActed(int row)
{
    const Message &message = m_model.at(row);
    const int target =
        actionOf(message) == MessageAction::None ? -1 : m_model.rowOf(message.replyTo);
    if (target >= 0 && target != row)
        onRowChanged(target);
}

void TimelineView::onRowChanged(int row)
{
    m_bubbles.remove(m_model.at(row).id.value);
    m_known[size_t(row)] = false;
    realise();
    viewport()->update();
}

void TimelineView::updateRange()
{
    QSignalBlocker blocker(verticalScrollBar());
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0,
                                  qMax(0, m_heights.total() + BottomSpace - viewport()->height()));
}

void TimelineView::setTop(int top)
{
    QSignalBlocker blocker(verticalScrollBar());
    verticalScrollBar()->setValue(top);
}

bool TimelineView::measure(int row)
{
    if (m_known[size_t(row)])
        return false;
    ++m_measured;
    m_known[size_t(row)] = true;
    const int height = bubble(row)->height;
    if (height == m_heights.at(row))
        return false;
    m_heights.set(row, height);
    return true;
}

/// Measures every row in view. The row at the top keeps its lower edge in place, or the newest row
/// its place at the bottom. True: something moved, so that all must be painted anew.
bool TimelineView::realise()
{
    if (m_model.rowCount() == 0)
        return false;
    bool moved = false;
    if (m_isStuck) {
        int filled = 0;
        for (int row = m_model.rowCount() - 1; row >= 0 && filled < viewport()->height(); --row) {
            moved |= measure(row);
            filled += m_heights.at(row);
        }
        updateRange();
        setTop(verticalScrollBar()->maximum());
    } else {
        for (;;) {
            const int first = m_heights.rowAt(top());
            const int old = m_heights.at(first);
            if (!measure(first))
                break;
            moved = true;
            updateRange();
            setTop(verticalScrollBar()->value() + m_heights.at(first) - old);
        }
        int row = m_heights.rowAt(top());
        for (int y = m_heights.before(row) - top();
             row < m_model.rowCount() && y < viewport()->height(); ++row) {
            moved |= measure(row);
            y += m_heights.at(row);
        }
        if (moved)
            updateRange();
    }
    if (verticalScrollBar()->value() < viewport()->height() * PageAhead && m_model.hasOlder())
        m_model.loadOlder();
    return moved;
}

void TimelineView::stickToBottom()
{
    m_isStuck = true;
    m_newBelow = 0;
    m_pill->hide();
    realise();
    viewport()->update();
    Q_EMIT bottomSeen();
}

void TimelineView::scrollContentsBy(int dx, int dy)
{
    m_isStuck = isAtBottom();
    const int before = top();
    if (realise() || top() != before)
        viewport()->update();
    else
        viewport()->scroll(dx, dy);
    if (m_isStuck && m_newBelow > 0)
        stickToBottom();
}

void TimelineView::resizeEvent(QResizeEvent *event)
{
    if (event->oldSize().width() != event->size().width()) {
        m_bubbles.clear();
        const int first = m_heights.size() > 0 ? m_heights.rowAt(top()) : -1;
        estimateAll();
        if (!m_isStuck && first >= 0)
            setTop(m_heights.before(first));
    } else {
        updateRange();
    }
    realise();
    movePill();
    viewport()->update();
}

void TimelineView::movePill()
{
    m_pill->move((QWidget::width() - m_pill->width()) / 2, height() - m_pill->height() - 12);
    m_pill->raise();
}

BubbleInput TimelineView::input(int row) const
{
    const Message &message = m_model.at(row);
    BubbleInput in{message};
    in.previous = row > 0 ? &m_model.at(row - 1) : nullptr;
    in.author = m_model.authorName(message);
    in.customer = m_model.customerName();
    in.isMine = message.author == m_context.caller.agent;
    in.isFirstUnread = row == m_firstUnread;
    in.showsQuote = m_openQuotes.contains(message.id.value);
    in.question = m_model.questionOf(message);
    if (!m_limits.actions.empty())
        in.offered = offeredActions(m_limits.actions, message, m_model.all());
    in.held = m_model.isHeld(row) ? &m_model.heldAt(row) : nullptr;
    return in;
}

const Bubble *TimelineView::bubble(int row) const
{
    const QUuid key = m_model.at(row).id.value;
    Bubble *found = m_bubbles.object(key);
    if (!found) {
        found = new Bubble(layoutBubble(input(row), m_context, width())); // the cache owns it
        m_bubbles.insert(key, found);
    }
    return found;
}

QRect TimelineView::rowRect(int row) const
{
    return {0, m_heights.before(row) - top(), width(), m_heights.at(row)};
}

void TimelineView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_context.look.theme().surface);
    if (m_showsSkeleton)
        paintSkeleton(painter);
    if (m_model.rowCount() == 0)
        return;
    for (int row = m_heights.rowAt(qMax(0, event->rect().top() + top())); row < m_model.rowCount();
         ++row) {
        const QRect place = rowRect(row);
        if (place.top() > event->rect().bottom())
            break;
        noteSeen(row);
        painter.save();
        painter.translate(place.topLeft());
        painter.setLayoutDirection(layoutDirection());
        paintBubble(painter, *bubble(row), input(row), m_context.look, width(), span(row));
        if (row == m_focusRow && hasFocus())
            paintFocusRing(painter, bubble(row)->ground.adjusted(-4, -4, 4, 4), 14,
                           m_context.look.theme().accent);
        painter.restore();
    }
}

int TimelineView::rowAt(const QPoint &point) const
{
    return m_model.rowCount() == 0 ? -1 : m_heights.rowAt(qMax(0, point.y() + top()));
}

TimelineView::Place TimelineView::placeAt(const QPoint &point) const
{
    const int row = rowAt(point);
    if (row < 0)
        return {};
    const Bubble *b = bubble(row);
    if (!b->body)
        return {row, 0};
    const QPointF inside = QPointF(point - rowRect(row).topLeft()) - b->bodyAt;
    if (inside.y() < 0)
        return {row, 0};
    for (int i = 0; i < b->body->lineCount(); ++i) {
        const QTextLine line = b->body->lineAt(i);
        const double bottom =
            i + 1 < b->body->lineCount() ? b->body->lineAt(i + 1).y() : line.y() + line.height();
        if (inside.y() <= bottom)
            return {row, line.xToCursor(inside.x())};
    }
    return {row, int(b->body->text().size())};
}

const BubbleAction *TimelineView::actionAt(const QPoint &point, int *row) const
{
    *row = rowAt(point);
    if (*row < 0)
        return nullptr;
    const Bubble *b = bubble(*row);
    const QPointF inside(point - rowRect(*row).topLeft());
    for (const BubbleAction &action : b->actions) {
        if (action.rect.contains(inside))
            return &action;
    }
    if (!b->body || !b->ground.contains(inside))
        return nullptr;
    const int at = placeAt(point).at;
    for (size_t i = 0; i < b->links.size(); ++i) {
        if (at < b->links[i].start || at > b->links[i].start + b->links[i].length)
            continue;
        for (const BubbleAction &action : b->actions) {
            if (action.url == b->links[i].url)
                return &action;
        }
    }
    return nullptr;
}

TextSpan TimelineView::span(int row) const
{
    const Place from = qMin(m_anchor, m_cursor);
    const Place to = qMax(m_anchor, m_cursor);
    if (from.row < 0 || from == to || row < from.row || row > to.row || !bubble(row)->body)
        return {};
    const int end = int(bubble(row)->body->text().size());
    return {row == from.row ? from.at : 0, row == to.row ? to.at : end};
}

QString TimelineView::selectedText() const
{
    const Place from = qMin(m_anchor, m_cursor);
    const Place to = qMax(m_anchor, m_cursor);
    if (from.row < 0 || from == to)
        return {};
    QStringList parts;
    for (int row = from.row; row <= to.row; ++row) {
        const TextSpan part = span(row);
        if (part.from == part.to)
            continue;
        QString text = bubble(row)->body->text().mid(part.from, part.to - part.from);
        text.replace(QChar::LineSeparator, u'\n');
        const Message &message = m_model.at(row);
        parts += from.row == to.row ? text
                                    : u"[%1, %2] %3"_s.arg(m_model.authorName(message),
                                                           clockText(message.createdAt), text);
    }
    return parts.join(u'\n');
}

void TimelineView::copy()
{
    QString text = selectedText();
    if (text.isEmpty() && m_focusRow >= 0)
        text = m_model.at(m_focusRow).content.text;
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TimelineView::run(int row, const BubbleAction &action)
{
    const Message message = m_model.at(row);
    switch (action.kind) {
    case BubbleAction::Kind::OpenLink:
    case BubbleAction::Kind::OpenPart:
        return Q_EMIT linkActivated(action.url);
    case BubbleAction::Kind::Retry:
        return Q_EMIT retryWanted(message.id);
    case BubbleAction::Kind::CopyToDraft:
        return Q_EMIT copyWanted(message);
    case BubbleAction::Kind::Undo:
        return Q_EMIT undoWanted();
    case BubbleAction::Kind::Cancel:
        return Q_EMIT cancelWanted(message.id);
    case BubbleAction::Kind::ShowPicture:
        return Q_EMIT pictureWanted(message.content.attachments[size_t(action.attachment)]);
    case BubbleAction::Kind::SaveAttachment:
        return Q_EMIT attachmentWanted(message.content.attachments[size_t(action.attachment)]);
    case BubbleAction::Kind::ShowMail:
        return Q_EMIT mailWanted(message);
    case BubbleAction::Kind::Act:
        return Q_EMIT actionWanted(message.id, action.act, {});
    case BubbleAction::Kind::ToggleQuote:
        m_openQuotes.contains(message.id.value) ? m_openQuotes.remove(message.id.value)
                                                : (m_openQuotes.insert(message.id.value), true);
        m_isStuck = false;
        onRowChanged(row);
    }
}

void TimelineView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->pos();
    m_anchor = m_cursor = placeAt(event->pos());
    m_isSelecting = true;
    m_focusRow = -1;
    viewport()->update();
}

void TimelineView::mouseMoveEvent(QMouseEvent *event)
{
    if (m_isSelecting) {
        m_cursor = placeAt(event->pos());
        if (event->pos().y() < 0 || event->pos().y() > viewport()->height())
            verticalScrollBar()->setValue(verticalScrollBar()->value() +
                                          (event->pos().y() < 0 ? -24 : 24));
        viewport()->update();
        return;
    }
    int row = -1;
    const BubbleAction *action = actionAt(event->pos(), &row);
    const bool isText =
        row >= 0 && bubble(row)->body &&
        bubble(row)->ground.contains(QPointF(event->pos() - rowRect(row).topLeft()));
    viewport()->setCursor(action   ? Qt::PointingHandCursor
                          : isText ? Qt::IBeamCursor
                                   : Qt::ArrowCursor);
}

void TimelineView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!std::exchange(m_isSelecting, false) || m_anchor != m_cursor)
        return;
    int row = -1;
    const BubbleAction *action = actionAt(event->pos(), &row);
    if (action && (event->pos() - m_pressed).manhattanLength() < 6)
        run(row, BubbleAction(*action));
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Place place = placeAt(event->pos());
    if (place.row < 0 || !bubble(place.row)->body)
        return;
    const QTextLayout &body = *bubble(place.row)->body;
    m_anchor = {place.row, body.previousCursorPosition(place.at, QTextLayout::SkipWords)};
    m_cursor = {place.row, body.nextCursorPosition(place.at, QTextLayout::SkipWords)};
    viewport()->update();
}

void TimelineView::fillMenu(QMenu &menu, int row)
{
    menu.setAttribute(Qt::WA_DeleteOnClose);
    connect(menu.addAction(selectedText().isEmpty() ? tr("Copy message") : tr("Copy selection")),
            &QAction::triggered, this, &TimelineView::copy);
    if (row < 0)
        return;
    m_focusRow = row;
    for (const BubbleAction &action : bubble(row)->actions) {
        const BubbleAction kept = action;
        connect(menu.addAction(action.text), &QAction::triggered, this,
                [this, row, kept] { run(row, kept); });
    }
    addActs(menu, row);
}

std::vector<OfferedAct> TimelineView::actsOf(int row) const
{
    return offeredActs(m_limits, m_model.at(row), m_model.all(), m_context.caller);
}

/// What is done at the provider; what cannot be done says why.
void TimelineView::addActs(QMenu &menu, int row)
{
    const std::vector<OfferedAct> acts = actsOf(row);
    QMenu *reactions = nullptr;
    if (!acts.empty())
        menu.addSeparator();
    for (const OfferedAct &act : acts) {
        const bool isReaction = act.action == MessageAction::React && act.whyNot.isEmpty();
        if (isReaction && !reactions)
            reactions = menu.addMenu(tr("React"));
        if (act.action == MessageAction::React && !isReaction) {
            menu.addAction(tr("React (%1)").arg(act.whyNot))->setEnabled(false);
            break; // the same for each of them
        }
        const QString text =
            act.whyNot.isEmpty()
                ? act.label
                : tr("%1 (%2)", "what cannot be done (why)").arg(act.label, act.whyNot);
        QAction *entry = (isReaction ? reactions : &menu)->addAction(text);
        entry->setEnabled(act.whyNot.isEmpty());
        connect(entry, &QAction::triggered, this, [this, id = m_model.at(row).id, act] {
            Q_EMIT actionWanted(id, act.action, act.text);
        });
    }
}

void TimelineView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    const bool isKey = event->reason() == QContextMenuEvent::Keyboard;
    fillMenu(*menu, isKey ? m_focusRow : rowAt(event->pos()));
    menu->popup(event->globalPos());
}

void TimelineView::moveFocus(int step)
{
    if (m_model.rowCount() == 0)
        return;
    const int last = m_model.rowCount() - 1;
    setFocusRow(m_focusRow < 0 ? last : qBound(0, m_focusRow + step, last));
}

void TimelineView::setFocusRow(int row)
{
    m_focusRow = row;
    scrollTo(row);
    viewport()->update();
    tellFocus();
}

void TimelineView::scrollTo(int row)
{
    const QRect place = rowRect(row);
    if (place.top() < 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + place.top() - 8);
    else if (place.bottom() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + place.bottom() -
                                      viewport()->height() + BottomSpace);
}

void TimelineView::tellFocus()
{
    if (m_focusRow < 0 || !QAccessible::isActive())
        return;
    QAccessibleEvent focused(this, QAccessible::Focus);
    focused.setChild(m_focusRow);
    QAccessible::updateAccessibility(&focused);
}

void TimelineView::reveal(int row, const QString &words)
{
    m_isStuck = false;
    const Message &message = m_model.at(row);
    if (!words.isEmpty() &&
        !foldQuote(message.content.text).text.contains(words, Qt::CaseInsensitive) &&
        !m_openQuotes.contains(message.id.value)) {
        m_openQuotes.insert(message.id.value);
        onRowChanged(row);
    }
    m_focusRow = row;
    scrollTo(row);
    realise();
    scrollTo(row); // heights on the way were estimates until now
    const Bubble *b = bubble(row);
    const int at = b->body && !words.isEmpty()
                       ? int(b->body->text().indexOf(words, 0, Qt::CaseInsensitive))
                       : -1;
    m_anchor = at < 0 ? Place{} : Place{row, at};
    m_cursor = at < 0 ? Place{} : Place{row, at + int(words.size())};
    viewport()->update();
    tellFocus();
}

void TimelineView::clearSelection()
{
    m_anchor = m_cursor = {};
    viewport()->update();
}

void TimelineView::noteSeen(int row)
{
    const Message &message = m_model.at(row);
    const bool isColleagues =
        message.authorKind == AuthorKind::Agent && message.author != m_context.caller.agent;
    if (isColleagues && window()->isActiveWindow())
        m_shownAt.try_emplace(message.id, m_context.clock.boot());
}

bool TimelineView::wasSeen(MessageId message) const
{
    const auto it = m_shownAt.find(message);
    return it != m_shownAt.end() && m_context.clock.boot() - it->second >= Glance;
}

QStringList TimelineView::actionTexts(int row) const
{
    QStringList texts;
    for (const BubbleAction &action : bubble(row)->actions)
        texts += action.text;
    for (const OfferedAct &act : actsOf(row)) {
        if (act.whyNot.isEmpty())
            texts += act.label;
    }
    return texts;
}

void TimelineView::trigger(int row, const QString &action)
{
    for (const BubbleAction &known : bubble(row)->actions) {
        if (known.text == action)
            return run(row, BubbleAction(known));
    }
    for (const OfferedAct &act : actsOf(row)) {
        if (act.label == action && act.whyNot.isEmpty())
            return Q_EMIT actionWanted(m_model.at(row).id, act.action, act.text);
    }
}

/// Three empty bubbles at the bottom, where the words will be.
void TimelineView::paintSkeleton(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_context.look.theme().hover);
    const int high = m_context.look.px(58);
    const int wide = int(width() * 0.45);
    for (int i = 0; i < 3; ++i) {
        const int y = viewport()->height() - (3 - i) * (high + 14);
        const bool isOurs = (i == 1) != (layoutDirection() == Qt::RightToLeft);
        painter.drawRoundedRect(QRectF(isOurs ? width() - 24 - wide : 68, y, wide, high), 12, 12);
    }
}

void TimelineView::keyPressEvent(QKeyEvent *event)
{
    if (event == QKeySequence::Copy)
        return copy();
    QScrollBar *bar = verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_Up:
        return moveFocus(-1);
    case Qt::Key_Down:
        return moveFocus(1);
    case Qt::Key_Home:
        return bar->setValue(0);
    case Qt::Key_End:
        return stickToBottom();
    case Qt::Key_Space: {
        const bool isUp = event->modifiers().testFlag(Qt::ShiftModifier);
        return bar->setValue(bar->value() + (isUp ? -bar->pageStep() : bar->pageStep()));
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_focusRow >= 0) {
            auto *menu = new QMenu(this);
            fillMenu(*menu, m_focusRow);
            menu->popup(viewport()->mapToGlobal(rowRect(m_focusRow).center()));
        }
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void TimelineView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    const bool isKey =
        event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (isKey && m_focusRow < 0)
        moveFocus(0);
}

bool TimelineView::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    int row = -1;
    const BubbleAction *action = actionAt(help->pos(), &row);
    QString text;
    if (action && !action->url.isEmpty())
        text = action->url.toDisplayString();
    else if (row >= 0)
        text = QLocale().toString(QDateTime::fromMSecsSinceEpoch(m_model.at(row).createdAt.ms),
                                  QLocale::LongFormat);
    QToolTip::showText(help->globalPos(), text, viewport());
    return true;
}

void TimelineView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::LayoutDirectionChange)
        restyle();
    else if (event->type() == QEvent::ActivationChange)
        viewport()->update(); // what is on the screen now counts as seen
}

} // namespace peerdesk::ui

#include "moc_timelineview.cpp"
