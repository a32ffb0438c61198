// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/searchpage.h"

#include "ui/common/announcer.h"
#include "ui/common/plural.h"

#include <QKeyEvent>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::milliseconds Pause{80};
constexpr int MaxTag = 64;

/// Keeps the chosen id while the names are read again.
void refill(QComboBox &box, const QString &all,
            const std::vector<std::pair<QString, QVariant>> &rows)
{
    const QVariant chosen = box.currentData();
    const QSignalBlocker blocker(&box);
    box.clear();
    box.addItem(all, QVariant());
    for (const auto &[text, id] : rows)
        box.addItem(text, id);
    box.setCurrentIndex(chosen.isValid() ? qMax(0, box.findData(chosen)) : 0);
}
} // namespace

SearchPage::SearchPage(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new ConversationModel(context, this))
    , m_field(new QLineEdit(this))
    , m_status(new QComboBox(this))
    , m_queue(new QComboBox(this))
    , m_agent(new QComboBox(this))
    , m_channel(new QComboBox(this))
    , m_tag(new QLineEdit(this))
    , m_state(new Label(context.look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_list(new ConversationList(context, *m_model, this))
{
    build();
    m_pause.setSingleShot(true);
    m_pause.setInterval(Pause);
    connect(&m_pause, &QTimer::timeout, this, &SearchPage::ask);
    for (QLineEdit *line : {m_field, m_tag})
        connect(line, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    for (QComboBox *box : {m_status, m_queue, m_agent, m_channel})
        connect(box, &QComboBox::currentIndexChanged, this, &SearchPage::ask);
    connect(&context.directory, &Directory::changed, this, &SearchPage::fillFilters);
    connect(m_model, &ConversationModel::moreWanted, this, &SearchPage::more);
    connect(m_list, &QListView::activated, this, &SearchPage::choose);
    connect(m_list, &QListView::clicked, this, &SearchPage::choose);
    fillFilters();
}

void SearchPage::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(28, 14, 28, 0);
    column->setSpacing(10);
    column->addWidget(new Label(m_context.look, {20, QFont::Bold, Ink::Text}, tr("Search"), this));
    m_field->setPlaceholderText(tr("Words in messages, subjects and names"));
    m_field->setAccessibleName(tr("Search everything"));
    m_field->setClearButtonEnabled(true);
    m_field->setMaxLength(200);
    m_field->installEventFilter(this);
    column->addWidget(m_field);
    auto *holder = new QWidget(this);
    auto *row = new FlowLayout(8);
    holder->setLayout(row);
    m_status->addItems({tr("Open and done"), tr("Only open"), tr("Only done")});
    const std::vector<std::pair<QComboBox *, QString>> boxes{{m_status, tr("State")},
                                                             {m_channel, tr("Channel")},
                                                             {m_queue, tr("Queue")},
                                                             {m_agent, tr("Agent")}};
    m_tag->setPlaceholderText(tr("Any tag"));
    m_tag->setAccessibleName(tr("Tag"));
    m_tag->setClearButtonEnabled(true);
    m_tag->setMaxLength(MaxTag);
    m_tag->setFixedWidth(m_context.look.px(150));
    for (const auto &[box, name] : boxes) {
        box->setAccessibleName(name);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        row->addWidget(box);
    }
    row->addWidget(m_tag);
    column->addWidget(holder);
    column->addWidget(m_state);
    column->addWidget(m_list, 1);
}

void SearchPage::fillFilters()
{
    std::vector<std::pair<QString, QVariant>> rows;
    for (const Queue &queue : m_context.directory.queues())
        rows.emplace_back(queue.friendlyName, queue.id.value);
    refill(*m_queue, tr("All queues"), rows);
    rows.clear();
    for (const Agent &agent : m_context.directory.agents()) {
        if (agent.role != Role::Channel)
            rows.emplace_back(agent.name, agent.id.value);
    }
    refill(*m_agent, tr("All agents"), rows);
    rows.clear();
    for (const QString &type : knownChannels())
        rows.emplace_back(channelName(type), type);
    refill(*m_channel, tr("All channels"), rows);
}

void SearchPage::open()
{
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
    ask();
}

api::ConversationFilter SearchPage::filter() const
{
    api::ConversationFilter filter;
    filter.text = m_field->text().simplified();
    filter.onlyActive = m_status->currentIndex() == 1;
    filter.onlyDone = m_status->currentIndex() == 2;
    filter.queue = {m_queue->currentData().toUuid()};
    filter.agent = {m_agent->currentData().toUuid()};
    filter.channel = m_channel->currentData().toString();
    filter.tag = m_tag->text().trimmed();
    return filter;
}

void SearchPage::ask()
{
    m_pause.stop();
    const quint64 request = ++m_request;
    m_model->setHasMore(false);
    m_context.desk.conversations(
        filter(), {PageSize, {}},
        {this, [this, request](const Result<api::PageOf<Conversation>> &page) {
             if (request != m_request)
                 return;
             if (!page)
                 return m_state->setText(sentence(page.error()));
             m_next = page->next;
             m_model->reset(page->items);
             m_model->setHasMore(!m_next.isEmpty());
             const int count = int(page->items.size());
             m_state->setText(count == 0 ? tr("Nothing found. Fewer words or filters find more.")
                              : m_next.isEmpty()
                                  ? counted(count, tr("%1 conversation"), tr("%1 conversations"))
                                  : counted(count, tr("More than %1 conversation"),
                                            tr("More than %1 conversations")));
             m_context.announcer.announce(m_state->text());
         }});
}

void SearchPage::more()
{
    if (m_next.isEmpty())
        return;
    const quint64 request = m_request;
    m_context.desk.conversations(
        filter(), {PageSize, m_next},
        {this, [this, request](const Result<api::PageOf<Conversation>> &page) {
             if (request != m_request || !page)
                 return; // scrolling further asks again
             m_next = page->next;
             m_model->append(page->items);
             m_model->setHasMore(!m_next.isEmpty());
         }});
}

void SearchPage::choose()
{
    const QModelIndex index = m_list->currentIndex();
    if (index.isValid())
        Q_EMIT chosen(m_model->at(index.row()).id, m_field->text().simplified());
}

bool SearchPage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    const bool isDown = key == Qt::Key_Down;
    const bool isEnter = key == Qt::Key_Return || key == Qt::Key_Enter;
    if ((!isDown && !isEnter) || m_model->rowCount() == 0)
        return QWidget::eventFilter(watched, event);
    m_list->setCurrentIndex(m_model->index(0));
    isDown ? m_list->setFocus(Qt::TabFocusReason) : choose();
    return true;
}

void SearchPage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_searchpage.cpp"
