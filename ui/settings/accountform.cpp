// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/accountform.h"

#include "ui/common/announcer.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/onboarding/problem.h"

#include <QJsonObject>
#include <QMenu>
#include <QMessageBox>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxAccountName = 64;

QString refusal(const Error &error)
{
    if (error.state == u"not-sealed")
        return AccountForm::tr("That PC cannot open the passwords of this channel yet. Leave it "
                               "on for a minute, then try again.");
    if (error.state == enumName(EffectState::Ready) ||
        error.state == enumName(EffectState::Claimed))
        return AccountForm::tr("Messages still wait to be sent on it. Try again when they are "
                               "out.");
    return sentence(error);
}

} // namespace

AccountWords wordsOf(const OfficeState &office, const api::AccountStatus &status)
{
    if (office.isElsewhere(status))
        return {AccountForm::tr("Runs on another PC"),
                AccountForm::tr("That PC has not said yet how it is."), Ink::Text2, false};
    const Time since = office.since(status.account.id);
    const QString time = since.isSet() ? clockText(since) : QString();
    switch (status.state) {
    case AccountState::Starting:
        return {AccountForm::tr("Starting"), status.detail, Ink::Text2, false};
    case AccountState::Connected:
        return {AccountForm::tr("Connected"), status.detail, Ink::Success, false};
    case AccountState::Degraded:
        return {AccountForm::tr("Has trouble since %1").arg(time), status.detail, Ink::Warning,
                true};
    case AccountState::Down:
        return {AccountForm::tr("Not connected since %1").arg(time), status.detail, Ink::Danger,
                true};
    case AccountState::Paused:
        return {AccountForm::tr("Paused"), status.detail, Ink::Text2, false};
    }
    return {};
}

QString hostOf(const api::OfficeStatus &office, const ChannelAccount &account)
{
    for (const api::MemberStatus &member : office.members) {
        if (member.node.id == account.owner && !account.owner.isNull())
            return member.node.name;
    }
    return {};
}

AccountForm::AccountForm(const Context &context, const OfficeState &office, Steward *steward,
                         QWidget *parent)
    : Page(context.look, {}, {}, parent)
    , m_context(context)
    , m_office(office)
    , m_steward(steward)
    , m_state(new NoticeBox(context.look, this))
    , m_host(new Label(context.look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_templates(new TemplateListing(context, this))
    , m_address(new Label(context.look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_name(new QLineEdit(this))
{
    build();
    connect(&office, &OfficeState::changed, this, &AccountForm::onOffice);
    connect(m_name, &QLineEdit::textChanged, this, &AccountForm::onEdited);
    connect(m_destination, &DestinationFields::changed, this, &AccountForm::onEdited);
    connect(m_name, &QLineEdit::returnPressed, this, &AccountForm::save);
}

void AccountForm::build()
{
    column().addWidget(m_state);
    column().addWidget(m_host);
    column().addWidget(m_address);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    buildActions();
    column().addWidget(m_templates);
    m_name->setMaxLength(MaxAccountName);
    addField(tr("Name"), m_name);
    m_destination = new DestinationFields(this);
    m_close = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    m_discard = addButton(Button::Kind::Plain, tr("Discard changes"));
    m_save = addButton(Button::Kind::Primary, tr("Save"));
    connect(m_close, &QPushButton::clicked, this, &AccountForm::closeWanted);
    connect(m_discard, &QPushButton::clicked, this, [this] { showAccount(m_account.id); });
    connect(m_save, &QPushButton::clicked, this, &AccountForm::save);
}

void AccountForm::buildActions()
{
    auto *place = new QWidget(this);
    auto *row = new FlowLayout(8);
    place->setLayout(row);
    const auto add = [&](const QString &text) {
        auto *button = new Button(look(), Button::Kind::Plain, text, place);
        row->addWidget(button);
        return button;
    };
    m_test = add(tr("Test now"));
    m_pause = add(tr("Pause"));
    m_move = add(tr("Move to another PC"));
    m_remove = add(tr("Remove\u2026"));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    place->setSizePolicy(policy);
    column().addWidget(place);
    connect(m_test, &QPushButton::clicked, this, &AccountForm::test);
    connect(m_pause, &QPushButton::clicked, this, [this] { setPaused(!m_account.isPaused); });
    connect(m_move, &QPushButton::clicked, this, &AccountForm::openMoveMenu);
    connect(m_remove, &QPushButton::clicked, this, &AccountForm::askToRemove);
}

/// What this kind of channel is and can do; empty = this program does not know it.
QJsonObject AccountForm::record() const
{
    for (const QJsonValue value : m_context.desk.channelTypes()) {
        if (value[u"type"].toString() == m_account.type)
            return value.toObject();
    }
    return {};
}

void AccountForm::buildFields(const QString &type)
{
    if (m_fields && m_fieldsType == type)
        return;
    delete m_fields;
    m_fieldsType = type;
    const QJsonObject record = AccountForm::record();
    m_fields = new SettingFields(look(), record, m_steward ? &m_steward->browser() : nullptr, this);
    m_fields->setKept();
    column().addWidget(m_fields);
    m_fields->show(); // the form may be seen already
    m_fields->orderAfter(&m_destination->lastField());
    connect(m_fields, &SettingFields::changed, this, &AccountForm::onEdited);
}

/// What calls here has to know where; it is the same on every PC.
void AccountForm::showAddress()
{
    const QString ingress = record()[u"capabilities"_s][u"ingress"_s].toString();
    const QString id = m_account.id.toString();
    m_address->setText(m_account.type == u"byoc" ? tr("Your bridge calls /api/v1/byoc/%1/").arg(id)
                       : ingress == u"webhook"_s ? tr("The provider calls /hooks/%1").arg(id)
                                                 : QString());
    m_address->setVisible(!m_address->text().isEmpty());
}

void AccountForm::readPlan()
{
    m_context.desk.flows({this, [this](const Result<std::vector<Flow>> &flows) {
                              if (flows)
                                  m_plan.flows = *flows;
                              showPlan();
                          }});
    m_context.desk.queues({this, [this](const Result<std::vector<Queue>> &queues) {
                               if (queues)
                                   m_plan.queues = *queues;
                               showPlan();
                           }});
}

/// It may come late: what was typed meanwhile stays.
void AccountForm::showPlan()
{
    const bool wasFilling = std::exchange(m_isFilling, true);
    m_destination->setPlan(m_plan);
    m_destination->choose({m_account.flow, m_account.queue});
    m_isFilling = wasFilling;
    showChanges();
}

bool AccountForm::isPlanned() const
{
    return !m_plan.flows.empty() && !m_plan.queues.empty();
}

void AccountForm::showAccount(AccountId id)
{
    const api::AccountStatus *status = m_office.account(id);
    if (!status)
        return Q_EMIT closeWanted();
    notice().clear();
    setBusy(false);
    m_isStale = false;
    m_account = status->account;
    buildFields(m_account.type);
    readPlan();
    showAddress();
    const QString after = record()[u"capabilities"_s][u"after_window"_s].toString();
    m_templates->showAccount(after == u"template"_s ? m_account.id : AccountId());
    fill();
    showStatus(*status);
}

void AccountForm::fill()
{
    m_isFilling = true;
    setTitle(m_account.name, channelName(m_account.type));
    m_name->setText(m_account.name);
    showPlan();
    if (m_fields)
        m_fields->setValues(m_account.settings);
    m_isFilling = false;
    showChanges();
}

/// What others changed is shown, unless something is being typed here.
void AccountForm::onOffice()
{
    if (m_account.id.isNull())
        return;
    const api::AccountStatus *status = m_office.account(m_account.id);
    if (!status) {
        if (isVisible())
            Q_EMIT closeWanted();
        m_account = {};
        return;
    }
    const bool mayFill = m_isStale || !isDirty();
    const bool isSame =
        status->account.name == m_account.name && status->account.flow == m_account.flow &&
        status->account.queue == m_account.queue && status->account.settings == m_account.settings;
    if (!isSame && mayFill) {
        m_account = status->account;
        m_isStale = false;
        fill();
    }
    m_account.isPaused = status->account.isPaused;
    m_account.owner = status->account.owner;
    showStatus(*status);
}

void AccountForm::showStatus(const api::AccountStatus &status)
{
    const AccountWords words = wordsOf(m_office, status);
    QString detail = words.detail;
    if (detail.isEmpty() && status.state == AccountState::Paused)
        detail = tr("Nothing comes in and nothing goes out until it is resumed.");
    if (detail.isEmpty() && words.isTrouble)
        detail = tr("The cause is not known yet. Test it to learn more.");
    m_state->say(words.isTrouble                           ? NoticeBox::Tone::Danger
                 : status.state == AccountState::Connected ? NoticeBox::Tone::Success
                                                           : NoticeBox::Tone::Info,
                 words.state, detail);
    const QString host = hostOf(m_office.status(), status.account);
    m_host->setText(host.isEmpty() ? tr("No PC of the office runs it now.")
                                   : tr("Runs on %1.").arg(isolate(host)));
    m_pause->setText(status.account.isPaused ? tr("Resume") : tr("Pause"));
    const bool hasOthers = !otherPcs().empty();
    m_move->setEnabled(hasOthers);
    m_move->setToolTip(hasOthers ? QString() : tr("No other PC of the office is on."));
    m_test->setEnabled(m_tested != m_account.id);
}

std::vector<Node> AccountForm::otherPcs() const
{
    std::vector<Node> found;
    for (const api::MemberStatus &member : m_office.status().members) {
        if (member.isOnline && !member.node.isRemoved && member.node.id != m_account.owner)
            found.push_back(member.node);
    }
    return found;
}

bool AccountForm::isDirty() const
{
    const Destination chosen = m_destination->destination();
    return !m_account.id.isNull() &&
           (m_name->text().trimmed() != m_account.name ||
            (isPlanned() && (chosen.flow != m_account.flow || chosen.queue != m_account.queue)) ||
            (m_fields && m_fields->isChanged()));
}

/// What was said about the words before is over with them.
void AccountForm::onEdited()
{
    if (m_isFilling)
        return;
    notice().clear();
    showChanges();
}

void AccountForm::showChanges()
{
    const bool isChanged = isDirty();
    m_discard->setVisible(isChanged);
    m_save->setEnabled(isChanged && m_steward && isPlanned());
}

void AccountForm::askAboutChanges()
{
    refuse(tr("There are changes that are not saved"), tr("Save them or discard them first."));
    m_save->setFocus();
}

void AccountForm::refuse(const QString &title, const QString &text, const QString &details)
{
    notice().say(NoticeBox::Tone::Danger, title, text, details);
    m_context.announcer.announce(title);
}

/// M28: both are needed, so that no customer waits where nobody looks.
void AccountForm::save()
{
    if (!m_steward || !m_save->isEnabled())
        return;
    AccountEdit edit{m_account, m_fields ? m_fields->secrets() : std::map<QString, QByteArray>()};
    const Destination chosen = m_destination->destination();
    edit.account.name = m_name->text().trimmed();
    edit.account.flow = chosen.flow;
    edit.account.queue = chosen.queue;
    const QString title = tr("Nothing was saved yet");
    if (edit.account.name.isEmpty())
        return refuse(title, tr("The channel needs a name."));
    if (chosen.flow.isNull() || chosen.queue.isNull())
        return refuse(title, tr("Choose what happens first and who answers: without both, "
                                "customers would wait where nobody looks."));
    if (m_fields) {
        const QString fault = m_fields->firstFault();
        if (!fault.isEmpty())
            return refuse(title, fault);
        edit.account.settings = m_fields->values();
    }
    setBusy(true);
    notice().say(NoticeBox::Tone::Info, tr("Saving\u2026"));
    m_steward->saveAccount(edit,
                           {this, [this](const Result<AccountId> &result) { onSaved(result); }});
}

void AccountForm::onSaved(const Result<AccountId> &result)
{
    setBusy(false);
    if (!result) {
        const Error &error = result.error();
        if (error.state == u"exists")
            return refuse(tr("There is a channel of this name already"),
                          tr("Choose another name. Nothing was saved."));
        return refuse(tr("The channel was not saved"), sentence(error), error.detail);
    }
    notice().say(NoticeBox::Tone::Success, tr("Saved"),
                 tr("The channel goes on with the new settings."));
    m_isStale = true;
    m_isFilling = true;
    if (m_fields)
        m_fields->setValues(m_fields->values()); // the typed secrets are kept now, not here
    m_isFilling = false;
    onOffice();
    showChanges();
}

void AccountForm::test()
{
    const AccountId id = m_tested = m_account.id;
    m_test->setEnabled(false);
    notice().say(NoticeBox::Tone::Info, tr("Testing what is saved\u2026"),
                 tr("This can take a minute."));
    m_context.desk.testAccount(
        m_context.caller, id,
        {this, [this, id](const Result<QString> &result) { onAnswered(id, result); }});
}

/// The agent may look at another account by now: an answer belongs to the one that was asked.
void AccountForm::onAnswered(AccountId id, const Result<QString> &result)
{
    if (m_tested == id)
        m_tested = {};
    if (m_account.id == id)
        onTested(result);
}

void AccountForm::onTested(const Result<QString> &result)
{
    m_test->setEnabled(true);
    if (result) {
        notice().say(NoticeBox::Tone::Success, tr("It works"), *result);
        return m_context.announcer.announce(notice().title());
    }
    const Error &error = result.error();
    if (m_account.type == u"email" && error.code != Error::Code::Forbidden) {
        const Problem problem = mailProblem(error);
        return refuse(problem.title, problem.text, problem.details);
    }
    refuse(tr("It does not work"), sentence(error), error.detail);
}

void AccountForm::setPaused(bool isPaused)
{
    ChannelAccount account = m_account;
    account.isPaused = isPaused;
    submit(api::SaveAccount{account}, isPaused ? tr("Paused") : tr("Resumed"),
           isPaused ? tr("It was not paused") : tr("It was not resumed"));
}

void AccountForm::openMoveMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const Node &node : otherPcs())
        connect(menu->addAction(node.name), &QAction::triggered, this,
                [this, node] { moveTo(node); });
    menu->popup(m_move->mapToGlobal(QPoint(0, m_move->height())));
}

void AccountForm::moveTo(const Node &node)
{
    submit(api::Appoint{m_account.id, node.id}, tr("%1 runs it now").arg(isolate(node.name)),
           tr("%1 did not take it over").arg(isolate(node.name)));
}

/// Confirmed, because it cannot be undone.
void AccountForm::askToRemove()
{
    auto *box =
        new QMessageBox(QMessageBox::Warning, tr("Remove the channel"),
                        tr("Remove %1?").arg(isolate(m_account.name)), QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(
        tr("Nothing more comes in or goes out on it, and its password is forgotten. Conversations "
           "and their history stay. To use it again you would connect it anew."));
    const QAbstractButton *yes =
        box->addButton(tr("Remove the channel"), QMessageBox::DestructiveRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, yes](const QAbstractButton *button) {
        if (button == yes)
            submit(api::RemoveAccount{m_account.id}, tr("Removed"), tr("It was not removed"));
    });
    box->open();
}

void AccountForm::submit(const api::Command &command, const QString &done, const QString &failed)
{
    const auto answered = [this, done, failed](const Result<api::Outcome> &outcome) {
        if (!outcome)
            return refuse(failed, refusal(outcome.error()), outcome.error().detail);
        notice().say(NoticeBox::Tone::Success, done);
        m_context.announcer.announce(done);
    };
    m_context.desk.submit(m_context.caller, randomId<CommandId>(), command, {this, answered});
}

} // namespace peerdesk::ui

#include "moc_accountform.cpp"
#include "moc_steward.cpp"
