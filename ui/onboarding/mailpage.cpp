// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/mailpage.h"

#include "ui/common/paint.h"
#include "ui/onboarding/problem.h"

#include <QIntValidator>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxField = 250;
const QString SignInKey = u"sign_in"_s;
const QStringList SignInParts{SignInKey, u"client_id"_s, u"client_secret"_s, u"refresh_token"_s};
const QStringList Securities{u"tls"_s, u"starttls"_s, u"none"_s}; // in the order of the box

QLineEdit *lineField(QWidget *parent)
{
    auto *field = new QLineEdit(parent);
    field->setMaxLength(MaxField);
    return field;
}

/// Where mail lets in who signs in in the browser; empty = there are passwords only.
QStringList waysOf(const QJsonObject &type)
{
    for (const QJsonValue setting : type[u"settings"_s].toArray()) {
        const QStringList ways = signInsOf(setting[u"form"].toString());
        if (!ways.isEmpty())
            return ways;
    }
    return {};
}

/// The part of the record that is about signing in, with the browsers' ways alone.
QJsonObject signInPart(const QJsonObject &type)
{
    QJsonArray settings;
    for (const QJsonValue value : type[u"settings"_s].toArray()) {
        QJsonObject setting = value.toObject();
        const QString key = setting[u"key"_s].toString();
        if (key == SignInKey) {
            setting.insert(u"form"_s, u"one-of "_s + waysOf(type).join(u' '));
            setting.insert(u"default"_s, QString());
        }
        if (SignInParts.contains(key)) {
            setting.insert(u"required"_s, key != u"client_secret"_s);
            settings.append(setting);
        }
    }
    QJsonObject part = type;
    part.insert(u"settings"_s, settings);
    return part;
}

} // namespace

MailHost MailPage::ServerFields::value() const
{
    return {host->text().trimmed(), port->text().toInt(), Securities[security->currentIndex()]};
}

void MailPage::ServerFields::set(const MailHost &server) const
{
    host->setText(server.host);
    port->setText(QString::number(server.port));
    security->setCurrentIndex(int(qMax(0, Securities.indexOf(server.security))));
}

MailPage::MailPage(const Look &look, Workshop &workshop, QWidget *parent)
    : Page(
          look, tr("Connect a mailbox"),
          tr("Mail that is new and unread comes into the inbox of your office; answers go out "
             "through the same mailbox. Mail that was taken in is marked as read there; nothing is "
             "deleted."),
          parent)
    , m_workshop(workshop)
    , m_address(lineField(this))
    , m_password(lineField(this))
    , m_displayName(lineField(this))
{
    m_password->setEchoMode(QLineEdit::Password);
    addField(tr("E-mail address"), m_address);
    m_hint = new Label(look, {12.5, QFont::Medium, Ink::Warning, false, true}, {}, this);
    column().addWidget(m_hint);
    m_hint->hide();
    buildWays();
    addField(tr("Name shown to customers (may be left empty)"), m_displayName);
    m_more = new Button(look, Button::Kind::Quiet, {}, this);
    column().addWidget(m_more, 0, Qt::AlignLeading);
    buildServers();
    m_destination = new DestinationFields(this);
    Button *back = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    m_connect = addButton(Button::Kind::Primary, {});
    connect(back, &QPushButton::clicked, this, &MailPage::backWanted);
    connect(m_connect, &QPushButton::clicked, this, &MailPage::connectMailbox);
    connect(m_more, &QPushButton::clicked, this, [this] { showServers(m_servers->isHidden()); });
    connect(m_address, &QLineEdit::textChanged, this, &MailPage::onAddressChanged);
    for (QLineEdit *field : {m_address, m_password})
        connect(field, &QLineEdit::returnPressed, this, &MailPage::connectMailbox);
    restart();
}

void MailPage::buildWays()
{
    m_passwordGroup = new QWidget(this);
    auto *group = new QVBoxLayout(m_passwordGroup);
    group->setContentsMargins(0, 0, 0, 0);
    group->setSpacing(5);
    const QString name = tr("Password of the mailbox");
    group->addWidget(
        new Label(look(), {12.5, QFont::Medium, Ink::Text2, false, true}, name, m_passwordGroup));
    m_password->setAccessibleName(name);
    group->addWidget(m_password);
    group->addWidget(new Label(look(), {12, QFont::Normal, Ink::Text3, false, true},
                               tr("It goes to the place for secrets that you chose, nowhere else."),
                               m_passwordGroup));
    column().addWidget(m_passwordGroup);
    m_signInPlace = new QVBoxLayout;
    column().addLayout(m_signInPlace);
    m_way = new Button(look(), Button::Kind::Quiet, {}, this);
    m_way->hide();
    column().addWidget(m_way, 0, Qt::AlignLeading);
    connect(m_way, &QPushButton::clicked, this, [this] { showSignIn(!isSignedInByBrowser()); });
}

void MailPage::setType(const QJsonObject &type)
{
    if (type == m_type)
        return;
    m_type = type;
    m_way->setHidden(waysOf(type).isEmpty());
    showSignIn(isSignedInByBrowser());
}

void MailPage::showSignIn(bool isShown)
{
    delete m_signIn;
    if (isShown) {
        m_signIn = new SettingFields(look(), signInPart(m_type), &m_workshop.browser(), this);
        m_signIn->setNew();
        m_signInPlace->addWidget(m_signIn);
        m_signIn->orderAfter(m_address);
        m_signIn->show(); // the page may be seen already
    }
    m_passwordGroup->setVisible(!isShown);
    m_way->setText(isShown ? tr("Use a password instead")
                           : tr("Sign in in the browser instead (Google, Microsoft 365)"));
}

void MailPage::buildServers()
{
    m_servers = new QWidget(this);
    auto *inside = new QVBoxLayout(m_servers);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(6);
    m_imap = addServer(inside, tr("Incoming mail server (IMAP)"), 993);
    m_smtp = addServer(inside, tr("Outgoing mail server (SMTP)"), 465);
    const auto add = [&](const QString &name) {
        inside->addWidget(
            new Label(look(), {12.5, QFont::Medium, Ink::Text2, false, true}, name, m_servers));
        QLineEdit *field = lineField(m_servers);
        field->setAccessibleName(name);
        inside->addWidget(field);
        return field;
    };
    m_user = add(tr("User name, if it is not the address"));
    m_caFile = add(tr("Certificate file of your own authority, if it has one"));
    column().addWidget(m_servers);
}

MailPage::ServerFields MailPage::addServer(QVBoxLayout *column, const QString &name, int usualPort)
{
    column->addWidget(
        new Label(look(), {12.5, QFont::Medium, Ink::Text2, false, true}, name, m_servers));
    ServerFields fields{lineField(m_servers), lineField(m_servers), new QComboBox(m_servers)};
    fields.host->setAccessibleName(name);
    fields.port->setAccessibleName(tr("Port of: %1").arg(name));
    fields.port->setValidator(new QIntValidator(1, 65535, fields.port));
    fields.port->setText(QString::number(usualPort));
    fields.port->setMaximumWidth(look().px(84));
    fields.security->setAccessibleName(tr("Encryption of: %1").arg(name));
    fields.security->addItems({tr("TLS"), tr("STARTTLS"), tr("None (this PC only)")});
    fields.security->setMinimumHeight(look().px(34));
    fields.security->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    fields.security->setMinimumContentsLength(8);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(fields.host, 3);
    row->addWidget(fields.port);
    row->addWidget(fields.security, 1);
    column->addLayout(row);
    return fields;
}

void MailPage::restart()
{
    for (QLineEdit *field : {m_address, m_password, m_displayName, m_user, m_caFile})
        field->clear();
    m_imap.set({{}, 993, u"tls"_s});
    m_smtp.set({{}, 465, u"tls"_s});
    m_isConnected = false;
    m_connect->setText(tr("Test and connect"));
    notice().clear();
    showServers(false);
    showSignIn(false);
}

void MailPage::showServers(bool isShown)
{
    m_servers->setVisible(isShown);
    m_more->setText(isShown ? tr("Find the servers for me") : tr("Enter the servers myself"));
}

void MailPage::onAddressChanged()
{
    const QString hint = m_workshop.mailHint(m_address->text());
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

MailDraft MailPage::draft() const
{
    MailDraft draft;
    draft.address = m_address->text().trimmed();
    draft.displayName = m_displayName->text().trimmed();
    draft.user = m_user->text().trimmed();
    if (isSignedInByBrowser()) {
        draft.signIn = m_signIn->choices();
        draft.secrets = m_signIn->secrets();
    } else {
        draft.password = m_password->text().toUtf8();
    }
    draft.servers = {m_imap.value(), m_smtp.value(), m_caFile->text().trimmed()};
    draft.destination = m_destination->destination();
    return draft;
}

void MailPage::connectMailbox()
{
    if (m_isConnected)
        return Q_EMIT added();
    if (const QString lacking = missing(); !lacking.isEmpty())
        return notice().say(NoticeBox::Tone::Danger, lacking);
    bool isWritten = !m_servers->isHidden();
    if (isSignedInByBrowser() && !isWritten) {
        const MailServers known = m_workshop.mailOf(draft().signIn[SignInKey]);
        m_imap.set(known.imap);
        m_smtp.set(known.smtp);
        isWritten = true;
    }
    setBusy(true);
    if (isWritten) {
        notice().say(NoticeBox::Tone::Info, tr("Signing in for reading and sending..."));
        return m_workshop.tryMail(draft(),
                                  {this, [this](const Result<QString> &r) { onTried(r); }});
    }
    notice().say(NoticeBox::Tone::Info, tr("Looking for the servers and signing in..."),
                 tr("This can take a minute."));
    m_workshop.findMail(draft().address, draft().password,
                        {this, [this](const Result<MailServers> &r) { onFound(r); }});
}

/// What has to be there before anything is tried, with the keyboard put there; empty = all is.
QString MailPage::missing() const
{
    const bool hasAddress = !m_address->text().trimmed().isEmpty();
    if (!hasAddress)
        m_address->setFocus();
    if (isSignedInByBrowser())
        return hasAddress ? m_signIn->firstFault() : tr("The address is needed");
    if (hasAddress && !m_password->text().isEmpty())
        return {};
    if (hasAddress)
        m_password->setFocus();
    return tr("Address and password are needed");
}

void MailPage::onFound(const Result<MailServers> &found)
{
    if (!found)
        return refuse(found.error());
    m_imap.set(found->imap);
    m_smtp.set(found->smtp);
    m_workshop.tryMail(draft(), {this, [this](const Result<QString> &r) { onTried(r); }});
}

void MailPage::onTried(const Result<QString> &tried)
{
    if (!tried)
        return refuse(tried.error());
    m_workshop.addMail(draft(), {this, [this](const Result<AccountId> &account) {
                                     account ? succeed() : refuse(account.error());
                                 }});
}

void MailPage::refuse(const Error &error)
{
    setBusy(false);
    if (isSignedInByBrowser() &&
        (error.code == Error::Code::Unauthorized || error.state == u"credentials"))
        return notice().say(NoticeBox::Tone::Danger, tr("The mailbox does not take this sign-in"),
                            tr("Sign in again, as the mailbox itself. IMAP has to be switched on "
                               "there, and the registration needs leave for mail."),
                            error.detail);
    const Problem problem = mailProblem(error);
    notice().say(NoticeBox::Tone::Danger, problem.title, problem.text, problem.details);
    if (error.code == Error::Code::Network && error.state != u"credentials") {
        showTriedServers();
        return m_imap.host->setFocus();
    }
    if (isSignedInByBrowser())
        return;
    m_password->setFocus();
    m_password->selectAll();
}

/// What was tried stands in the fields, so that the one wrong word can be corrected.
void MailPage::showTriedServers()
{
    if (m_imap.host->text().trimmed().isEmpty() && m_smtp.host->text().trimmed().isEmpty()) {
        const MailServers tried = m_workshop.likelyMail(m_address->text().trimmed());
        if (!tried.imap.host.isEmpty()) {
            m_imap.set(tried.imap);
            m_smtp.set(tried.smtp);
        }
    }
    showServers(true);
}

void MailPage::succeed()
{
    setBusy(false);
    m_isConnected = true;
    m_password->clear();
    showSignIn(false); // what it gave is kept now, not here
    m_connect->setText(tr("Continue"));
    m_connect->setFocus();
    notice().say(NoticeBox::Tone::Success,
                 tr("%1 is connected").arg(isolateLtr(m_address->text().trimmed())),
                 tr("Reading and sending work. New mail comes as an offer while you are "
                    "available."));
}

} // namespace peerdesk::ui

#include "moc_mailpage.cpp"
