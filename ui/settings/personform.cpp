// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/personform.h"

#include "core/base/json.h"
#include "ui/common/announcer.h"
#include "ui/common/paint.h"

#include <QGridLayout>
#include <QMessageBox>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxPersonName = 64;
constexpr int MaxFactsText = 2000;
constexpr int MaxAtOnce = 100;
const std::array Roles{Role::Agent, Role::Supervisor, Role::Admin}; // in the order of the box

QString shownChannel(const TaskChannel &channel)
{
    const std::map<QString, QString> known{{u"voice"_s, PersonForm::tr("Calls")},
                                           {u"video"_s, PersonForm::tr("Video calls")},
                                           {u"chat"_s, PersonForm::tr("Chats and messages")},
                                           {u"sms"_s, PersonForm::tr("SMS")},
                                           {u"email"_s, PersonForm::tr("E-mails")},
                                           {u"social"_s, PersonForm::tr("Comments and reviews")},
                                           {u"callback"_s, PersonForm::tr("Callbacks")},
                                           {u"default"_s, PersonForm::tr("Everything else")}};
    const auto it = known.find(channel.uniqueName);
    if (it != known.end())
        return it->second;
    return channel.friendlyName.isEmpty() ? channel.uniqueName : channel.friendlyName;
}

QLineEdit *lineField(QWidget *parent, int most)
{
    auto *field = new QLineEdit(parent);
    field->setMaxLength(most);
    return field;
}

} // namespace

PersonForm::PersonForm(const Context &context, Steward *steward, QWidget *parent)
    : Page(context.look, {}, {}, parent)
    , m_context(context)
    , m_steward(steward)
    , m_name(lineField(this, MaxPersonName))
    , m_role(new QComboBox(this))
    , m_password(lineField(this, MaxFactsText))
    , m_languages(lineField(this, MaxFactsText))
    , m_skills(lineField(this, MaxFactsText))
    , m_sharePlace(new QWidget(this))
{
    build();
    buildButtons();
    for (QLineEdit *field : {m_name, m_password, m_languages, m_skills})
        connect(field, &QLineEdit::textEdited, this, &PersonForm::onEdited);
    connect(m_role, &QComboBox::currentIndexChanged, this, &PersonForm::onEdited);
    connect(&context.directory, &Directory::changed, this, &PersonForm::onDirectory);
}

void PersonForm::build()
{
    addField(tr("Name"), m_name);
    m_role->addItems({tr("Agent: answers customers"), tr("Supervisor: also sees the queues"),
                      tr("Administrator: also changes people and channels")});
    m_role->setMinimumHeight(look().px(34));
    m_role->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    addField(tr("Role"), m_role);
    m_ownLimit = new Label(look(), {12, QFont::Normal, Ink::Text3, false, true}, {}, this);
    column().addWidget(m_ownLimit);
    m_password->setEchoMode(QLineEdit::Password);
    m_passwordName =
        addField(tr("Password"), m_password,
                 tr("At least %1 characters. Tell it to this person; nobody can read it here "
                    "later, but you can set another one.")
                     .arg(MinPassword));
    addField(tr("Languages"), m_languages,
             tr("Codes, apart by commas: en, de, vi. A queue can ask for them."));
    addField(tr("Skills"), m_skills,
             tr("Apart by commas; a level from 1 to 10 may follow: billing 7, returns."));
    m_others = new Label(look(), {12, QFont::Normal, Ink::Text3, false, true}, {}, this);
    column().addWidget(m_others);
    auto *title =
        new Label(look(), {12.5, QFont::Medium, Ink::Text2}, tr("How much at once"), this);
    column().addWidget(title);
    new QGridLayout(m_sharePlace);
    m_sharePlace->layout()->setContentsMargins(0, 0, 0, 0);
    column().addWidget(m_sharePlace);
}

void PersonForm::buildButtons()
{
    m_close = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    m_putOut = addButton(Button::Kind::Quiet, {}, Side::Leading);
    m_discard = addButton(Button::Kind::Plain, tr("Discard changes"));
    m_save = addButton(Button::Kind::Primary, {});
    connect(m_close, &QPushButton::clicked, this, &PersonForm::closeWanted);
    connect(m_putOut, &QPushButton::clicked, this, &PersonForm::askToPutOut);
    connect(m_discard, &QPushButton::clicked, this,
            [this] { m_before.id.isNull() ? Q_EMIT closeWanted() : showPerson(m_before.id); });
    connect(m_save, &QPushButton::clicked, this, &PersonForm::save);
    connect(m_name, &QLineEdit::returnPressed, this, &PersonForm::save);
    connect(m_password, &QLineEdit::returnPressed, this, &PersonForm::save);
}

/// What may have changed since the window was opened: kinds of work, and where one rests.
void PersonForm::readOffice()
{
    m_context.desk.status({this, [this](const Result<api::OfficeStatus> &status) {
                               if (status)
                                   m_resting = status->office.defaultActivity;
                           }});
    m_context.desk.taskChannels({this, [this](const Result<std::vector<TaskChannel>> &channels) {
                                     if (channels)
                                         buildShares(*channels);
                                 }});
}

void PersonForm::buildShares(const std::vector<TaskChannel> &channels)
{
    const bool isSame =
        std::equal(channels.begin(), channels.end(), m_shares.begin(), m_shares.end(),
                   [](const TaskChannel &a, const Share &b) { return a == b.channel; });
    if (isSame)
        return;
    auto *grid = static_cast<QGridLayout *>(m_sharePlace->layout());
    for (const Share &share : m_shares) {
        delete share.isOn;
        delete share.count;
    }
    m_shares.clear();
    for (const TaskChannel &channel : channels) {
        Share share{channel, new QCheckBox(shownChannel(channel), m_sharePlace),
                    new QSpinBox(m_sharePlace)};
        share.count->setRange(0, MaxAtOnce);
        share.count->setMinimumHeight(look().px(32));
        share.count->setAccessibleName(tr("At once: %1").arg(shownChannel(channel)));
        const int row = int(m_shares.size());
        grid->addWidget(share.isOn, row, 0);
        grid->addWidget(share.count, row, 1);
        share.isOn->show(); // the form may be seen already
        share.count->show();
        m_shares.push_back(share);
        connect(share.isOn, &QCheckBox::toggled, share.count, &QWidget::setEnabled);
        connect(share.isOn, &QCheckBox::toggled, this, &PersonForm::onEdited);
        connect(share.count, &QSpinBox::valueChanged, this, &PersonForm::onEdited);
    }
    grid->setColumnStretch(0, 1);
    QWidget *before = m_skills;
    for (const Share &share : m_shares) {
        setTabOrder(before, share.isOn);
        setTabOrder(share.isOn, share.count);
        before = share.count;
    }
    fillShares();
}

void PersonForm::showNew()
{
    notice().clear();
    setBusy(false);
    m_isStale = false;
    m_before = {};
    m_worker.reset();
    setTitle(tr("Add a colleague"),
             tr("They sign in on any PC of the office with this name and password."));
    fill();
    begin();
}

void PersonForm::showPerson(AgentId agent)
{
    notice().clear();
    setBusy(false);
    m_isStale = false;
    m_before = {};
    if (!take(agent))
        Q_EMIT closeWanted();
}

/// Fills the form with the person as the directory knows them; false if it does not.
bool PersonForm::take(AgentId agent)
{
    const auto &all = m_context.directory.agents();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Agent &one) { return one.id == agent; });
    if (found == all.end())
        return false;
    m_before = *found;
    m_worker = m_context.directory.worker(found->worker);
    setTitle(found->name,
             found->isActive ? QString() : tr("Deactivated: cannot sign in and gets no work."));
    fill();
    return true;
}

/// What others changed is shown, unless something is being typed here.
void PersonForm::onDirectory()
{
    if (m_before.id.isNull() || (isDirty() && !m_isStale))
        return;
    const auto &all = m_context.directory.agents();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Agent &one) { return one.id == m_before.id; });
    if (found == all.end())
        return;
    const auto worker = m_context.directory.worker(found->worker);
    const auto shown = [](const std::optional<Worker> &w) {
        return w ? std::tuple(w->friendlyName, w->attributes, w->channels)
                 : std::tuple(QString(), Json{}, std::map<QString, WorkerChannel>());
    };
    if (m_isStale || *found != m_before || shown(worker) != shown(m_worker))
        take(m_before.id);
    m_isStale = false;
}

void PersonForm::fill()
{
    m_isFilling = true;
    readOffice();
    const bool isNew = m_before.id.isNull();
    const Json attributes = m_worker ? m_worker->attributes : Json{};
    const PersonFacts facts = factsOf(attributes);
    m_name->setText(m_before.name);
    m_role->setCurrentIndex(
        int(std::find(Roles.begin(), Roles.end(), m_before.role) - Roles.begin()));
    m_password->clear();
    m_password->setPlaceholderText(isNew ? QString() : tr("as it is"));
    m_languages->setText(languagesText(facts.languages));
    m_skills->setText(skillsText(facts.skills));
    const QStringList others = otherFacts(attributes);
    m_others->setText(tr("Further attributes stay as they are: %1").arg(others.join(u", "_s)));
    m_others->setVisible(!others.isEmpty());
    m_save->setText(isNew ? tr("Add") : tr("Save"));
    m_putOut->setText(m_before.isActive ? tr("Deactivate\u2026") : tr("Activate again"));
    fillShares();
    showOwnLimits();
    m_isFilling = false;
    showState();
}

void PersonForm::fillShares()
{
    const bool wasFilling = std::exchange(m_isFilling, true);
    for (const Share &share : m_shares) {
        const WorkerChannel own = shareOf(share);
        share.isOn->setChecked(own.available);
        share.count->setValue(own.configuredCapacity);
        share.count->setEnabled(own.available);
    }
    m_isFilling = wasFilling;
    showState();
}

/// As it is now in the office.
WorkerChannel PersonForm::shareOf(const Share &share) const
{
    if (m_worker) {
        const auto own = m_worker->channels.find(share.channel.uniqueName);
        if (own != m_worker->channels.end())
            return own->second;
    }
    return {share.channel.defaultCapacity, true};
}

/// An office without an administrator could not be helped; so nobody puts himself out.
void PersonForm::showOwnLimits()
{
    const bool isSelf = m_before.id == m_context.caller.agent && !m_before.id.isNull();
    m_role->setEnabled(!isSelf);
    m_ownLimit->setText(
        tr("This is you. Another administrator can change your role or deactivate you."));
    m_ownLimit->setVisible(isSelf);
    m_putOut->setVisible(!m_before.id.isNull() && !isSelf);
}

std::map<QString, WorkerChannel> PersonForm::changedShares() const
{
    std::map<QString, WorkerChannel> changed;
    for (const Share &share : m_shares) {
        const WorkerChannel wanted{share.count->value(), share.isOn->isChecked()};
        if (wanted != shareOf(share))
            changed[share.channel.uniqueName] = wanted;
    }
    return changed;
}

bool PersonForm::isDirty() const
{
    const PersonFacts facts = factsOf(m_worker ? m_worker->attributes : Json{});
    return m_name->text().trimmed() != m_before.name ||
           Roles[size_t(std::max(0, m_role->currentIndex()))] != m_before.role ||
           !m_password->text().isEmpty() || m_languages->text() != languagesText(facts.languages) ||
           m_skills->text() != skillsText(facts.skills) || !changedShares().empty();
}

/// What was said about the words before is over with them.
void PersonForm::onEdited()
{
    if (m_isFilling)
        return;
    notice().clear();
    showState();
}

void PersonForm::showState()
{
    if (m_isFilling)
        return;
    const bool isNew = m_before.id.isNull();
    const bool isChanged = isDirty();
    m_discard->setText(isNew ? tr("Cancel") : tr("Discard changes"));
    m_discard->setVisible(isNew || isChanged);
    m_save->setEnabled(m_steward && (isNew || isChanged));
}

void PersonForm::askAboutChanges()
{
    refuse(tr("There are changes that are not saved"), tr("Save them or discard them first."));
    m_save->setFocus();
}

void PersonForm::refuse(const QString &title, const QString &text, const QString &details)
{
    notice().say(NoticeBox::Tone::Danger, title, text, details);
    m_context.announcer.announce(title);
}

/// Names are looked up here first, so that the answer comes while the form is still in mind; the
/// office decides all the same.
Result<Done> PersonForm::check(const QString &name) const
{
    if (name.isEmpty())
        return invalid(tr("The person needs a name"));
    for (const Agent &other : m_context.directory.agents()) {
        if (other.id != m_before.id && other.name.compare(name, Qt::CaseInsensitive) == 0)
            return rejected({}, u"exists"_s);
    }
    for (const Worker &other : m_context.directory.workers()) {
        if (other.id != m_before.worker &&
            other.friendlyName.compare(name, Qt::CaseInsensitive) == 0)
            return rejected({}, u"exists"_s);
    }
    if (m_before.id.isNull() || !m_password->text().isEmpty()) {
        const QString fault = passwordFault(m_password->text(), name);
        if (!fault.isEmpty())
            return invalid(fault);
    }
    return Done{};
}

Result<PersonDraft> PersonForm::draft() const
{
    PersonDraft draft;
    draft.before = m_before;
    draft.agent = m_before;
    draft.agent.name = m_name->text().trimmed();
    draft.agent.role = Roles[size_t(std::max(0, m_role->currentIndex()))];
    if (const Result<Done> good = check(draft.agent.name); !good)
        return good.error();
    const auto languages = parseLanguages(m_languages->text());
    if (!languages)
        return languages.error();
    const auto skills = parseSkills(m_skills->text());
    if (!skills)
        return skills.error();
    const Json before = m_worker ? m_worker->attributes : Json{};
    const Result<Json> attributes = withFacts(before, {*languages, *skills});
    if (!attributes)
        return attributes.error();
    draft.attributes = *attributes;
    draft.isWorkerNew = m_worker && (json::object(before) != json::object(*attributes) ||
                                     m_worker->friendlyName != draft.agent.name);
    draft.password = m_password->text();
    draft.channels = changedShares();
    draft.resting = m_resting;
    return draft;
}

void PersonForm::save()
{
    if (!m_steward || !m_save->isEnabled())
        return;
    const Result<PersonDraft> wanted = draft();
    if (wanted)
        return submit(*wanted);
    if (wanted.error().state == u"exists")
        return onSaved(wanted.error(), m_name->text().trimmed());
    refuse(tr("Nothing was saved yet"), wanted.error().detail);
}

void PersonForm::submit(PersonDraft draft)
{
    setBusy(true);
    notice().say(NoticeBox::Tone::Info, tr("Saving\u2026"));
    const QString name = draft.agent.name;
    (new PersonSave({m_context.desk, *m_steward, m_context.caller}, std::move(draft),
                    {this, [this, name](const Result<PersonSaved> &r) { onSaved(r, name); }},
                    &m_context.desk)) // goes on when the page is left
        ->start();
}

void PersonForm::onSaved(const Result<PersonSaved> &result, const QString &name)
{
    setBusy(false);
    showOwnLimits();
    if (!result) {
        const Error &error = result.error();
        const QString title = tr("%1 was not saved").arg(isolate(name));
        if (error.state == u"exists")
            return refuse(tr("There is somebody called %1 already").arg(isolate(name)),
                          tr("Everybody needs a name of their own: add a family name or an "
                             "initial. Nothing was saved."));
        if (error.code == Error::Code::Unknown)
            return refuse(tr("It is not known whether this was saved"),
                          tr("Look at the list before you save again."), error.detail);
        return refuse(title, sentence(error), error.detail);
    }
    const bool isNew = m_before.id.isNull();
    m_before.id = result->agent;
    m_password->clear();
    if (result->rest) {
        refuse(tr("%1 is saved, but not everything").arg(isolate(name)),
               tr("What is below is how it is now. %1").arg(sentence(*result->rest)),
               result->rest->detail);
    } else {
        notice().say(NoticeBox::Tone::Success, tr("%1 is saved").arg(isolate(name)),
                     isNew ? tr("They can sign in now, on any PC of the office.") : QString());
        m_context.announcer.announce(notice().title());
    }
    m_isStale = true; // the directory tells how it is now
    m_context.directory.refresh();
    Q_EMIT saved(result->agent);
}

/// UX: confirmed, because the person is thrown out where she sits.
void PersonForm::askToPutOut()
{
    if (!m_before.isActive)
        return setActive(true);
    auto *box = new QMessageBox(QMessageBox::Question, tr("Deactivate"),
                                tr("Deactivate %1?").arg(isolate(m_before.name)),
                                QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(
        tr("%1 is signed out everywhere, cannot sign in again and gets no more work. Messages and "
           "history stay; conversations they hold can be given to others. You can activate them "
           "again at any time.")
            .arg(isolate(m_before.name)));
    const QAbstractButton *yes = box->addButton(tr("Deactivate"), QMessageBox::DestructiveRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, yes](const QAbstractButton *button) {
        if (button == yes)
            setActive(false);
    });
    box->open();
}

void PersonForm::setActive(bool isActive)
{
    if (!m_steward)
        return;
    PersonDraft draft;
    draft.before = m_before;
    draft.agent = m_before;
    draft.agent.isActive = isActive;
    draft.resting = m_resting;
    submit(draft);
}

} // namespace peerdesk::ui

#include "moc_personform.cpp"
