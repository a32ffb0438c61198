// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/recordforms.h"

#include "ui/common/plural.h"

#include <QRegularExpression>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxReserved = 50;
constexpr int MaxAtOnce = 1000;
constexpr int Units = 100;

/// The first with this id.
template <typename Record>
const Record *recordOf(const std::vector<Record> &records, const QUuid &id)
{
    const auto found = std::find_if(records.begin(), records.end(),
                                    [&](const Record &record) { return record.id.value == id; });
    return found == records.end() ? nullptr : &*found;
}

} // namespace

QString matchWords(const RuleParts &parts, const QString &expression)
{
    if (!parts.rules)
        return {};
    const RuleOffice office = parts.records.office();
    const auto members = parts.rules->members(office, expression);
    if (!members)
        return {};
    int here = 0;
    for (const Worker &worker : office.workers)
        here += worker.available &&
                std::find(members->begin(), members->end(), worker.id) != members->end();
    if (members->empty())
        return QueueForm::tr("Nobody is in this queue: its tasks would wait for ever.");
    return counted(int(office.workers.size()), QueueForm::tr("%2 of %1 person, %3 available now"),
                   QueueForm::tr("%2 of %1 people, %3 available now"))
        .arg(members->size())
        .arg(here);
}

QueueForm::QueueForm(const RuleParts &parts, QWidget *parent)
    : RuleForm(parts, parent)
    , m_name(addLine(tr("Name")))
    , m_members(addLine(tr("Who is in it"),
                        tr("Such as skills HAS 'billing'; 1==1 is everybody, empty is nobody.")))
    , m_fault(addFault())
    , m_matches(new Label(look(), {13, QFont::Medium, Ink::Text2, false, true}, {}, this))
    , m_order(new QComboBox(this))
    , m_reserved(number(1, MaxReserved))
    , m_autoAccept(new QCheckBox(tr("Who is offered a task has it at once"), this))
    , m_pull(new QCheckBox(tr("Nobody is offered anything: people take tasks themselves"), this))
{
    m_name->setMaxLength(MaxRuleName);
    m_matches->setAccessibleName(tr("Who matches"));
    column().addWidget(m_matches);
    m_order->addItems({tr("The longest waiting first"), tr("The newest first")});
    m_order->setMinimumHeight(look().px(34));
    addField(tr("Order"), m_order);
    addField(tr("How many are asked at the same time"), m_reserved);
    column().addWidget(m_autoAccept);
    column().addWidget(m_pull);
    connect(m_members, &QLineEdit::textChanged, this, &QueueForm::judge);
    connect(&parts.records, &OfficeRecords::changed, this, &QueueForm::judge);
    connect(m_order, &QComboBox::currentIndexChanged, this, &QueueForm::edited);
    connect(m_autoAccept, &QCheckBox::toggled, this, &QueueForm::edited);
    connect(m_pull, &QCheckBox::toggled, this, &QueueForm::edited);
    addButtons();
}

void QueueForm::judge()
{
    const QString words =
        parts().rules ? parts().rules->fault(Rules::Field::Members, m_members->text()) : QString();
    say(m_fault, words);
    m_matches->setVisible(words.isEmpty());
    m_matches->setText(words.isEmpty() ? matchWords(parts(), m_members->text()) : QString());
}

std::optional<api::Command> QueueForm::current(const QUuid &id) const
{
    const auto queue = parts().records.queue({id});
    return queue ? std::optional<api::Command>(api::SaveQueue{*queue}) : std::nullopt;
}

void QueueForm::fill(const QUuid &id)
{
    Queue queue = parts().records.queue({id}).value_or(Queue{});
    if (id.isNull())
        queue.targetWorkers = u"1==1"_s;
    setTitle(id.isNull() ? tr("New queue") : queue.friendlyName, {});
    m_name->setText(queue.friendlyName);
    m_members->setText(queue.targetWorkers);
    m_members->setCursorPosition(0);
    m_order->setCurrentIndex(queue.taskOrder == TaskOrder::Fifo ? 0 : 1);
    m_reserved->setValue(queue.maxReservedWorkers);
    m_autoAccept->setChecked(queue.autoAccept);
    m_pull->setChecked(queue.isPull);
    judge();
}

QString QueueForm::fault()
{
    if (typedName().isEmpty()) {
        m_name->setFocus();
        return tr("The queue needs a name.");
    }
    const QString words = parts().rules->fault(Rules::Field::Members, m_members->text());
    if (!words.isEmpty())
        m_members->setFocus();
    return words.isEmpty() ? QString() : tr("Who is in it: %1").arg(words);
}

api::Command QueueForm::typed(const QUuid &id) const
{
    Queue queue = parts().records.queue({id}).value_or(Queue{});
    queue.id = {id};
    queue.friendlyName = typedName();
    queue.targetWorkers = m_members->text();
    queue.taskOrder = m_order->currentIndex() == 0 ? TaskOrder::Fifo : TaskOrder::Lifo;
    queue.maxReservedWorkers = m_reserved->value();
    queue.autoAccept = m_autoAccept->isChecked();
    queue.isPull = m_pull->isChecked();
    return api::SaveQueue{queue};
}

ActivityForm::ActivityForm(const RuleParts &parts, QWidget *parent)
    : RuleForm(parts, parent)
    , m_name(addLine(tr("Name")))
    , m_available(new QCheckBox(tr("People in it are offered tasks"), this))
{
    m_name->setMaxLength(MaxRuleName);
    column().addWidget(m_available);
    column().addWidget(new Label(look(), {12, QFont::Normal, Ink::Text3, false, true},
                                 tr("This is fixed once the activity is there."), this));
    connect(m_available, &QCheckBox::toggled, this, &ActivityForm::edited);
    addButtons();
}

std::optional<api::Command> ActivityForm::current(const QUuid &id) const
{
    const auto activity = parts().context.directory.activity({id});
    return activity ? std::optional<api::Command>(api::SaveActivity{*activity}) : std::nullopt;
}

void ActivityForm::fill(const QUuid &id)
{
    const Activity activity = parts().context.directory.activity({id}).value_or(Activity{});
    setTitle(id.isNull() ? tr("New activity") : activity.friendlyName, {});
    m_name->setText(activity.friendlyName);
    m_available->setChecked(activity.available);
    m_available->setEnabled(id.isNull());
}

QString ActivityForm::fault()
{
    if (!typedName().isEmpty())
        return {};
    m_name->setFocus();
    return tr("The activity needs a name.");
}

api::Command ActivityForm::typed(const QUuid &id) const
{
    Activity activity = parts().context.directory.activity({id}).value_or(Activity{});
    activity.id = {id};
    activity.friendlyName = typedName();
    activity.available = m_available->isChecked();
    return api::SaveActivity{activity};
}

TaskChannelForm::TaskChannelForm(const RuleParts &parts, QWidget *parent)
    : RuleForm(parts, parent)
    , m_name(addLine(tr("Name")))
    , m_unique(addLine(tr("Name in rules"),
                       tr("Letters, digits and _; fixed once the channel is there.")))
    , m_fault(addFault())
    , m_capacity(number(0, MaxAtOnce))
    , m_timeout(number(0, MaxOffer))
    , m_weight(number(0, Units))
{
    m_name->setMaxLength(MaxRuleName);
    m_unique->setMaxLength(MaxRuleName);
    addField(tr("How many at once"), m_capacity,
             tr("Where nothing else is said of a person on the People page."));
    m_timeout->setSuffix(tr(" s"));
    m_timeout->setSpecialValueText(tr("for ever"));
    addField(tr("How long an offer stands"), m_timeout);
    addField(tr("What one costs"), m_weight,
             tr("Of the 100 units of a person, in an office that counts in units; 0 = nothing."));
    addButtons();
}

std::optional<api::Command> TaskChannelForm::current(const QUuid &id) const
{
    const TaskChannel *channel = recordOf(parts().records.taskChannels(), id);
    return channel ? std::optional<api::Command>(api::SaveTaskChannel{*channel}) : std::nullopt;
}

void TaskChannelForm::fill(const QUuid &id)
{
    const TaskChannel *found = recordOf(parts().records.taskChannels(), id);
    const TaskChannel channel = found ? *found : TaskChannel{};
    setTitle(found ? channel.friendlyName : tr("New task channel"), {});
    m_name->setText(channel.friendlyName);
    m_unique->setText(channel.uniqueName);
    m_unique->setEnabled(!found);
    m_capacity->setValue(channel.defaultCapacity);
    m_timeout->setValue(int(channel.offerTimeout.count()));
    m_weight->setValue(channel.channelWeight);
    say(m_fault, {});
}

QString TaskChannelForm::fault()
{
    static const QRegularExpression usable(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
    const bool isGood = usable.match(m_unique->text()).hasMatch();
    const QString words = isGood ? QString() : tr("Letters, digits and _, no digit first.");
    say(m_fault, words);
    if (words.isEmpty())
        return {};
    m_unique->setFocus();
    return tr("Name in rules: %1").arg(words);
}

api::Command TaskChannelForm::typed(const QUuid &id) const
{
    const TaskChannel *found = recordOf(parts().records.taskChannels(), id);
    TaskChannel channel = found ? *found : TaskChannel{};
    channel.id = {id};
    channel.friendlyName = typedName().isEmpty() ? m_unique->text() : typedName();
    channel.uniqueName = m_unique->text();
    channel.defaultCapacity = m_capacity->value();
    channel.offerTimeout = Seconds(m_timeout->value());
    channel.channelWeight = m_weight->value();
    return api::SaveTaskChannel{channel};
}

} // namespace peerdesk::ui

#include "moc_recordforms.cpp"
