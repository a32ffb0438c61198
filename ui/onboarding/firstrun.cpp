// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/firstrun.h"

#include <QCloseEvent>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxName = 100;
constexpr int MaxSecret = 200; ///< far below what hashing accepts
constexpr int MinPassphrase = 8;

QLineEdit *secretField(QWidget *parent)
{
    auto *field = new QLineEdit(parent);
    field->setEchoMode(QLineEdit::Password);
    field->setMaxLength(MaxSecret);
    return field;
}

QLineEdit *nameField(QWidget *parent)
{
    auto *field = new QLineEdit(parent);
    field->setMaxLength(MaxName);
    return field;
}

} // namespace

FirstRun::FirstRun(Look &look, Founder &founder, Entrance &entrance, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_founder(founder)
    , m_entrance(entrance)
    , m_head(new QWidget(this))
    , m_steps(new StepHeader(
          look, {tr("Start"), tr("Office and you"), tr("Secrets"), tr("Channels")}, m_head))
    , m_pages(new QStackedWidget(this))
    , m_choice(buildChoice())
    , m_office(buildOffice())
    , m_join(buildJoin())
    , m_secrets(buildSecrets())
    , m_working(buildWorking())
    , m_words(buildWords())
    , m_unlock(buildUnlock())
    , m_blocked(buildBlocked())
{
    setWindowTitle(tr("Peerdesk"));
    setWindowIcon(makeIcon(Icon::Inbox, look.theme().accent, 32));
    setMinimumSize(560, 480);
    resize(look.px(760), look.px(640));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *top = new QVBoxLayout(m_head);
    top->setContentsMargins(0, 16, 0, 0);
    top->setSpacing(14);
    auto *steps = new QHBoxLayout;
    steps->setContentsMargins(28, 0, 28, 0);
    steps->addWidget(m_steps);
    top->addLayout(steps);
    top->addWidget(new Line(look, Qt::Horizontal, m_head));
    column->addWidget(m_head);
    column->addWidget(m_pages, 1);
    for (Page *page : std::initializer_list<Page *>{m_choice, m_office, m_join, m_secrets,
                                                    m_working, m_words, m_unlock, m_blocked})
        m_pages->addWidget(page);
    connect(&founder, &Founder::progressed, this, [this](FoundingStep step) {
        m_progress->setValue(int(step) + 1);
        m_working->setTitle(m_working->title(),
                            step == FoundingStep::Folder   ? tr("Preparing the folder...")
                            : step == FoundingStep::Office ? tr("Making the office...")
                                                           : tr("Signing you in..."));
    });
    showChoice();
}

void FirstRun::turnTo(Page *page, std::optional<Step> step)
{
    m_head->setVisible(step.has_value());
    if (step)
        m_steps->setStep(*step);
    m_pages->setCurrentWidget(page);
    page->begin();
}

Page *FirstRun::buildChoice()
{
    auto *page = new Page(m_look, tr("Welcome to Peerdesk"),
                          tr("Answer your customers from this PC: e-mail, the chat on your web "
                             "site and more. Everything stays in your office."),
                          this);
    const auto add = [&](Icon icon, const QString &title, const QString &text) {
        auto *card = new ChoiceCard(m_look, icon, title, text, page);
        page->column().addWidget(card);
        return card;
    };
    ChoiceCard *create =
        add(Icon::Plus, tr("Start a new office"),
            tr("This is the first PC. It takes about three minutes; no account is needed."));
    ChoiceCard *join =
        add(Icon::People, tr("Join my office"),
            tr("Another PC of the office invites this one with six words. Everything it holds "
               "comes here by itself."));
    ChoiceCard *demo = add(Icon::Eye, tr("Look around with sample data"),
                           tr("Opens an office with invented customers who write to you now. "
                              "Nothing leaves this PC, and it is gone when you close it."));
    connect(create, &QPushButton::clicked, this, [this] {
        m_isJoining = false;
        turnTo(m_office, OfficeStep);
    });
    connect(join, &QPushButton::clicked, this, [this] {
        m_isJoining = true;
        m_entrance.look();
        turnTo(m_join, OfficeStep);
    });
    connect(demo, &QPushButton::clicked, this, &FirstRun::demoWanted);
    page->setFirstField(create);
    return page;
}

Page *FirstRun::buildOffice()
{
    auto *page = new Page(m_look, tr("Your office and you"), {}, this);
    m_officeName = nameField(page);
    m_person = nameField(page);
    m_password = secretField(page);
    m_passwordAgain = secretField(page);
    m_officeName->setPlaceholderText(tr("Harbor Shop"));
    page->addField(tr("Name of the office"), m_officeName,
                   tr("Colleagues see it. Customers see it where a channel shows a sender."));
    page->addField(tr("Your name"), m_person,
                   tr("As customers and colleagues see it. You will be the administrator."));
    page->addField(tr("Password (may be left empty)"), m_password,
                   tr("Asked when you sign in. Without one, whoever uses this PC can sign in as "
                      "you."));
    page->addField(tr("Password once more"), m_passwordAgain);
    Button *back = page->addButton(Button::Kind::Plain, tr("Back"), Page::Side::Leading);
    Button *next = page->addButton(Button::Kind::Primary, tr("Continue"));
    connect(back, &QPushButton::clicked, this, &FirstRun::showChoice);
    connect(next, &QPushButton::clicked, this, &FirstRun::checkOffice);
    for (QLineEdit *field : {m_officeName, m_person, m_password, m_passwordAgain})
        connect(field, &QLineEdit::returnPressed, this, &FirstRun::checkOffice);
    return page;
}

JoinPage *FirstRun::buildJoin()
{
    auto *page = new JoinPage(m_look, m_entrance, this);
    connect(page, &JoinPage::backWanted, this, &FirstRun::showChoice);
    connect(page, &JoinPage::joinWanted, this, &FirstRun::beginSecrets);
    return page;
}

/// While people compare words the window may be closed: nothing was changed yet.
WordsPage *FirstRun::buildWords()
{
    auto *page = new WordsPage(m_look, this);
    connect(&m_entrance, &Entrance::wordsMade, this, [this](const QStringList &words) {
        m_mayClose = true;
        m_words->showWords(words, m_join->officeName());
        turnTo(m_words, SecretsStep);
    });
    connect(&m_entrance, &Entrance::letIn, page, &WordsPage::showLetIn);
    connect(page, &WordsPage::confirmed, &m_entrance, &Entrance::confirmWords);
    connect(page, &WordsPage::cancelled, &m_entrance, &Entrance::stopAsking);
    return page;
}

void FirstRun::checkOffice()
{
    const auto refuse = [this](QLineEdit *field, const QString &title, const QString &text) {
        m_office->notice().say(NoticeBox::Tone::Danger, title, text);
        field->setFocus();
        field->selectAll();
    };
    if (m_officeName->text().trimmed().isEmpty())
        return refuse(m_officeName, tr("The office needs a name"), tr("You can change it later."));
    if (m_person->text().trimmed().isEmpty())
        return refuse(m_person, tr("Who are you?"), tr("Write the name that customers may see."));
    if (m_password->text() != m_passwordAgain->text())
        return refuse(m_passwordAgain, tr("The two passwords differ"),
                      tr("Type the same password twice, or leave both empty."));
    m_office->notice().clear();
    beginSecrets();
}

Page *FirstRun::buildSecrets()
{
    auto *page = new Page(
        m_look, tr("Where should passwords be kept?"),
        tr("Peerdesk needs the passwords of your mailboxes and keys of its own. They never go into "
           "the database or a log. Choose where they lie on this PC."),
        this);
    m_keychain = new ChoiceCard(m_look, Icon::Lock, tr("In the keychain of this PC"), {}, page);
    m_file = new ChoiceCard(m_look, Icon::File, tr("In a file sealed with a passphrase"),
                            tr("For PCs without a keychain. You type the passphrase each time "
                               "Peerdesk starts."),
                            page);
    for (ChoiceCard *card : {m_keychain, m_file}) {
        card->setCheckable(true);
        card->setAutoExclusive(true);
        connect(card, &QPushButton::clicked, this, [page] { page->notice().clear(); });
    }
    page->column().addWidget(m_keychain);
    buildKeychainDetails(page);
    page->column().addWidget(m_file);
    connect(m_keychain, &QPushButton::clicked, this,
            [this] { choosePlace(SecretsPlace::Keychain); });
    connect(m_file, &QPushButton::clicked, this,
            [this] { choosePlace(SecretsPlace::PassphraseFile); });
    buildSecretsFields(page);
    Button *back = page->addButton(Button::Kind::Plain, tr("Back"), Page::Side::Leading);
    m_proceed = page->addButton(Button::Kind::Primary, {});
    connect(back, &QPushButton::clicked, this,
            [this] { turnTo(m_isJoining ? m_join : m_office, OfficeStep); });
    connect(m_proceed, &QPushButton::clicked, this, &FirstRun::proceed);
    page->setFirstField(m_keychain);
    return page;
}

/// The keychain's own words are for whoever asks.
void FirstRun::buildKeychainDetails(Page *page)
{
    m_detailsButton = new Button(m_look, Button::Kind::Quiet, tr("Details"), page);
    m_details = new Label(m_look, {12, QFont::Normal, Ink::Text2, false, true}, {}, page);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    page->column().addWidget(m_detailsButton, 0, Qt::AlignLeading);
    page->column().addWidget(m_details);
    m_detailsButton->hide();
    m_details->hide();
    connect(m_detailsButton, &QPushButton::clicked, this,
            [this] { m_details->setVisible(m_details->isHidden()); });
}

void FirstRun::buildSecretsFields(Page *page)
{
    m_fileFields = new QWidget(page);
    auto *column = new QVBoxLayout(m_fileFields);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(8);
    const auto add = [&](const QString &name) {
        auto *label =
            new Label(m_look, {12.5, QFont::Medium, Ink::Text2, false, true}, name, m_fileFields);
        QLineEdit *field = secretField(m_fileFields);
        field->setAccessibleName(name);
        label->setBuddy(field);
        column->addWidget(label);
        column->addWidget(field);
        connect(field, &QLineEdit::returnPressed, this, &FirstRun::proceed);
        connect(field, &QLineEdit::textEdited, page, [page] { page->notice().clear(); });
        return field;
    };
    column->addWidget(new Label(
        m_look, {12.5, QFont::Normal, Ink::Warning, false, true},
        tr("Write it down and keep it safe. If it is forgotten nobody can open the file: your "
           "conversations stay, but Peerdesk cannot open this office without it."),
        m_fileFields));
    m_passphrase = add(tr("Passphrase (at least %n characters)", nullptr, MinPassphrase));
    m_passphraseAgain = add(tr("Passphrase once more"));
    page->column().addWidget(m_fileFields);
    m_fileFields->hide();
}

void FirstRun::beginSecrets()
{
    m_proceed->setText(!m_isJoining         ? tr("Create the office")
                       : m_join->isAsking() ? tr("Ask to be let in")
                                            : tr("Join the office"));
    turnTo(m_secrets, SecretsStep);
    if (std::exchange(m_hasTriedKeychain, true))
        return;
    m_keychain->setEnabled(false);
    m_keychain->setWords(tr("Looking whether the keychain answers..."));
    m_founder.tryKeychain({this, [this](const Result<Done> &r) { onKeychainTried(r); }});
}

void FirstRun::onKeychainTried(const Result<Done> &result)
{
    m_keychain->setEnabled(bool(result));
    m_details->setText(result ? QString() : result.error().detail);
    m_details->hide();
    m_detailsButton->setVisible(!m_details->text().isEmpty());
    if (result) {
        m_keychain->setWords(tr("Recommended. It is unlocked together with your session."));
        if (!m_file->isChecked())
            choosePlace(SecretsPlace::Keychain);
        if (m_pages->currentWidget() == m_secrets && !m_file->isChecked())
            m_keychain->setFocus(Qt::OtherFocusReason); // lost while it was off
        return;
    }
    m_hasTriedKeychain = false; // it may be unlocked and tried again
    m_keychain->setWords(tr("Not possible now: this PC has no keychain that answers."));
    choosePlace(SecretsPlace::PassphraseFile); // the only way left; a passphrase must be typed
}

void FirstRun::choosePlace(SecretsPlace place)
{
    const bool isFile = place == SecretsPlace::PassphraseFile;
    (isFile ? m_file : m_keychain)->setChecked(true);
    m_fileFields->setVisible(isFile);
    if (isFile)
        m_passphrase->setFocus(Qt::OtherFocusReason);
}

std::pair<QString, QWidget *> FirstRun::secretsObjection() const
{
    if (m_keychain->isChecked())
        return {};
    if (!m_file->isChecked())
        return {tr("Choose one of the two"), m_file};
    if (m_passphrase->text().size() < MinPassphrase)
        return {tr("The passphrase is too short"), m_passphrase};
    if (m_passphrase->text() != m_passphraseAgain->text())
        return {tr("The two passphrases differ"), m_passphraseAgain};
    return {};
}

bool FirstRun::checkSecrets()
{
    if (const auto [objection, field] = secretsObjection(); field) {
        m_secrets->notice().say(NoticeBox::Tone::Danger, objection,
                                tr("Nothing was created yet. Correct it and go on."));
        field->setFocus(Qt::OtherFocusReason);
        return false;
    }
    m_secrets->notice().clear();
    return true;
}

void FirstRun::proceed()
{
    if (checkSecrets())
        m_isJoining ? join() : found();
}

SecretsPlace FirstRun::place() const
{
    return m_file->isChecked() ? SecretsPlace::PassphraseFile : SecretsPlace::Keychain;
}

void FirstRun::join()
{
    JoinWish wish = m_join->wish();
    wish.place = place();
    if (wish.place == SecretsPlace::PassphraseFile)
        wish.passphrase = m_passphrase->text();
    m_mayClose = false;
    m_working->setTitle(tr("Joining the office"),
                        wish.code.isEmpty()
                            ? tr("Asking %1 to let this PC in...").arg(isolateLtr(wish.address))
                        : wish.address.isEmpty()
                            ? tr("Looking for the PC that invites on this network...")
                            : tr("Proving the six words to %1...").arg(isolateLtr(wish.address)));
    m_progress->setRange(0, 0);
    turnTo(m_working, SecretsStep);
    m_entrance.join(
        wish, {this, [this, wish](const Result<QString> &office) { onJoined(wish, office); }});
}

void FirstRun::onJoined(const JoinWish &wish, const Result<QString> &office)
{
    m_mayClose = true;
    if (office) {
        showArrival({*office, 0, 0, false});
        return Q_EMIT joined(*office);
    }
    if (office.error().code == Error::Code::Cancelled) // by whoever sits here
        return turnTo(m_join, OfficeStep);
    const Problem problem = joinProblem(office.error(), wish.address, m_founder.folder());
    m_join->notice().say(NoticeBox::Tone::Danger, problem.title, problem.text, problem.details);
    turnTo(m_join, OfficeStep);
}

void FirstRun::found()
{
    NewOffice office;
    office.name = m_officeName->text().trimmed();
    office.person = m_person->text().trimmed();
    office.password = m_password->text();
    office.place = place();
    if (office.place == SecretsPlace::PassphraseFile)
        office.passphrase = m_passphrase->text();
    m_mayClose = false;
    m_working->setTitle(tr("Creating %1").arg(office.name), {});
    m_progress->setRange(0, 4);
    m_progress->setValue(0);
    turnTo(m_working, SecretsStep);
    m_founder.found(office, {this, [this](const Result<Done> &result) {
                                 m_mayClose = true;
                                 if (result)
                                     return Q_EMIT founded();
                                 const Problem problem =
                                     officeProblem(result.error(), m_founder.folder());
                                 m_secrets->notice().say(NoticeBox::Tone::Danger, problem.title,
                                                         problem.text, problem.details);
                                 turnTo(m_secrets, SecretsStep);
                             }});
}

Page *FirstRun::buildWorking()
{
    auto *page = new Page(m_look, {}, {}, this);
    m_progress = new QProgressBar(page);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress"));
    page->column().addWidget(m_progress);
    m_begin = page->addButton(Button::Kind::Primary, tr("Begin now"));
    m_begin->hide();
    connect(m_begin, &QPushButton::clicked, this, &FirstRun::beginWanted);
    return page;
}

void FirstRun::showArrival(const Arrival &arrival)
{
    const QLocale locale;
    const QString count = tr("Copying history: %1 of %2.")
                              .arg(locale.toString(arrival.have), locale.toString(arrival.of));
    const QString rest = tr("You can begin now; older items follow.");
    m_working->setTitle(tr("Welcome to %1").arg(isolate(arrival.office)),
                        arrival.of == 0
                            ? tr("Waiting for a PC of the office that is on. Peerdesk must be open "
                                 "there, and its firewall must let this PC in.")
                        : arrival.mayBegin ? count + u' ' + rest
                                           : count);
    m_progress->setRange(0, arrival.of == 0 ? 0 : 1000);
    if (arrival.of > 0)
        m_progress->setValue(int(std::min(arrival.have, arrival.of) * 1000 / arrival.of));
    m_begin->setVisible(arrival.mayBegin);
    if (m_pages->currentWidget() != m_working)
        turnTo(m_working, std::nullopt);
    m_head->hide();
}

void FirstRun::showWorking(const QString &text)
{
    m_working->setTitle(text, {});
    m_begin->hide();
    m_progress->setRange(0, 0);
    turnTo(m_working, std::nullopt);
}

Page *FirstRun::buildUnlock()
{
    auto *page = new Page(m_look, tr("Unlock this office"),
                          tr("The passwords of this office lie in a sealed file on this PC. Type "
                             "the passphrase that was chosen when the office was made."),
                          this);
    m_unlockField = secretField(page);
    page->addField(tr("Passphrase"), m_unlockField);
    Button *quit = page->addButton(Button::Kind::Plain, tr("Quit"), Page::Side::Leading);
    Button *open = page->addButton(Button::Kind::Primary, tr("Unlock"));
    const auto give = [this] {
        if (m_unlockField->text().isEmpty())
            return m_unlockField->setFocus();
        m_unlock->notice().clear();
        m_unlock->setBusy(true);
        Q_EMIT passphraseGiven(m_unlockField->text());
    };
    connect(open, &QPushButton::clicked, this, give);
    connect(m_unlockField, &QLineEdit::returnPressed, this, give);
    connect(quit, &QPushButton::clicked, this, &QWidget::close);
    return page;
}

void FirstRun::showUnlock()
{
    turnTo(m_unlock, std::nullopt);
}

void FirstRun::refuseUnlock(const Error &error)
{
    const Problem problem = officeProblem(error, m_founder.folder());
    m_unlock->setBusy(false);
    m_unlock->notice().say(NoticeBox::Tone::Danger, problem.title, problem.text);
    turnTo(m_unlock, std::nullopt);
    m_unlockField->selectAll();
}

Page *FirstRun::buildBlocked()
{
    auto *page = new Page(m_look, tr("Peerdesk cannot open the office"), {}, this);
    Button *quit = page->addButton(Button::Kind::Plain, tr("Quit"), Page::Side::Leading);
    Button *retry = page->addButton(Button::Kind::Primary, tr("Try again"));
    connect(quit, &QPushButton::clicked, this, &QWidget::close);
    connect(retry, &QPushButton::clicked, this, &FirstRun::retryWanted);
    page->setFirstField(retry);
    return page;
}

void FirstRun::showBlocked(const Error &error, const QString &folder)
{
    const Problem problem = officeProblem(error, folder);
    m_blocked->notice().say(NoticeBox::Tone::Danger, problem.title, problem.text, problem.details);
    turnTo(m_blocked, std::nullopt);
}

void FirstRun::showChoice()
{
    turnTo(m_choice, StartStep);
}

void FirstRun::showChannels(QWidget *assistant)
{
    m_steps->setStep(ChannelsStep);
    m_head->show();
    m_pages->addWidget(assistant);
    m_pages->setCurrentWidget(assistant);
}

void FirstRun::closeEvent(QCloseEvent *event)
{
    if (!m_mayClose) // a moment: the office is there in whole or not at all
        return event->ignore();
    event->accept();
    Q_EMIT closed();
}

} // namespace peerdesk::ui

#include "moc_firstrun.cpp"
