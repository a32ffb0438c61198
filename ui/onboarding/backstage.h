// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"
#include "core/domain/channel.h"

#include <QUrl>

#include <map>
#include <memory>
#include <vector>

/// What the first run asks of the program around it: acts that the window may not do itself. The
/// program implements them; tests do so too. GUI thread; every call returns at once.
namespace peerdesk::ui {

/// Where passwords and keys of this PC lie. Always chosen by a person.
enum class SecretsPlace { Keychain, PassphraseFile };

struct NewOffice
{
    QString name;
    QString person;
    QString password; ///< of the person; empty = none
    SecretsPlace place = SecretsPlace::Keychain;
    QString passphrase; ///< for PassphraseFile
};

enum class FoundingStep { Folder, Office, Person };

class Founder : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// Where the office will lie on this PC.
    virtual QString folder() const = 0;
    /// Whether the keychain of this PC takes a secret and gives it back. Errors: Storage.
    virtual void tryKeychain(Completion<Done> done) = 0;
    /// Makes the office and signs its founder in. After an error it may be asked again; an office
    /// is there in whole or not at all. Errors: Rejected "in-use" or "exists", Storage, Invalid.
    virtual void found(const NewOffice &office, Completion<Done> done) = 0;

Q_SIGNALS:
    void progressed(peerdesk::ui::FoundingStep step);
};

/// An office that says on this network that it is there.
struct NearOffice
{
    QString name;
    QString id;
    QString address; ///< HOST:PORT of one of its PCs
    bool operator==(const NearOffice &) const = default;
};

/// What a person says who joins an office with this PC.
struct JoinWish
{
    QString code; ///< six words; empty = ask at `address` to be let in
    QString pcName;
    QString address; ///< HOST:PORT of the PC that invites; empty = look for it on this network
    SecretsPlace place = SecretsPlace::Keychain;
    QString passphrase; ///< for PassphraseFile
    bool operator==(const JoinWish &) const = default;
};

/// Joining an office that other PCs have.
class Entrance : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// All words that a code may be made of.
    virtual const QStringList &words() const = 0;
    /// Whether six words belong together. Errors: Invalid.
    virtual Result<Done> checkCode(const QString &code) const = 0;
    /// What this PC may be called.
    virtual QString pcName() const = 0;
    /// Looks for offices on this network from now on.
    virtual void look() = 0;
    virtual std::vector<NearOffice> offices() const = 0;
    /// Proves the code and becomes a PC of that office; answers with the office's name. What the
    /// office holds comes afterwards. After an error it may be asked again. Errors: Invalid (the
    /// code), Network, Rejected with "no-invitation", "refused", "not-them", "exists" or "in-use",
    /// Storage. Who asks to be let in waits for people, and gets besides: Network with "lost" or
    /// "unanswered", Rejected with "not-inviting", "busy", "older" or "declined", Cancelled.
    virtual void join(const JoinWish &wish, Completion<QString> done) = 0;
    /// Who asks says that the PC that invites shows the same words.
    virtual void confirmWords() = 0;
    /// Who asks does not wait any more.
    virtual void stopAsking() = 0;

Q_SIGNALS:
    void officesChanged();
    /// Three words, to be compared with those on the PC that invites.
    void wordsMade(const QStringList &words);
    /// The office lets this PC in; confirmWords() is waited for.
    void letIn();
};

/// One mail server as a person writes it down.
struct MailHost
{
    QString host;
    int port = 0;
    QString security = QStringLiteral("tls"); ///< tls, starttls, none (this PC only)
    bool operator==(const MailHost &) const = default;
};

struct MailServers
{
    MailHost imap;
    MailHost smtp;
    QString caFile; ///< certificate of a private authority, PEM; empty = none
    bool operator==(const MailServers &) const = default;
};

/// What a new channel needs besides its own settings (M28).
struct Destination
{
    FlowId flow;
    QueueId queue;
};

struct MailDraft
{
    QString address;
    QString displayName;
    QString user;                          ///< empty = the address
    QByteArray password;                   ///< empty, if a sign-in in the browser takes its place
    std::map<QString, QString> signIn;     ///< its settings
    std::map<QString, QByteArray> secrets; ///< and what it gave
    MailServers servers;
    Destination destination;
};

/// A visitor of the office's own web chat, through the same door as every customer.
class Visitor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    virtual void open() = 0;
    /// Sends a text; kept() follows once the office has committed it.
    virtual void say(const QString &text) = 0;

Q_SIGNALS:
    void opened();
    void kept(const QString &text);
    /// `from` is visitor, bot or agent; `author` a name or empty.
    void heard(const QString &from, const QString &author, const QString &text);
    /// The office cannot be reached.
    void failed(const QString &reason);
    /// One text was not taken; the next may be.
    void refused(const QString &reason);
};

/// What a sign-in in the browser begins with: the kind of channel and what was typed so far.
struct SignInWish
{
    QString type;
    std::map<QString, QString> settings;
    std::map<QString, QByteArray> secrets;
};

/// What it gives: a secret of the account that is kept when the account is saved.
struct SignedIn
{
    QString secret;
    QByteArray value;
};

/// Sign-in at a provider in the system's own browser.
class BrowserDoor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// Opens the browser and waits some minutes for the person to come back. One at a time: a new
    /// one ends the one before. Errors: with a sentence for people as `detail`; Cancelled.
    virtual void signIn(const SignInWish &wish, Completion<SignedIn> done) = 0;
    virtual void cancel() = 0;
};

class Workshop : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// What the provider of this address is known to want, for people; empty if nothing is known.
    virtual QString mailHint(const QString &address) const = 0;
    /// Which servers findMail() tries first.
    virtual MailServers likelyMail(const QString &address) const = 0;
    /// The servers that go with a sign-in in the browser ("google", "microsoft").
    virtual MailServers mailOf(const QString &signIn) const = 0;
    /// Finds the servers of an address and signs in there. Errors: Network with a sentence and the
    /// kind of failure as state (credentials, certificate, unreachable, ...), NotFound.
    virtual void findMail(const QString &address, const QByteArray &password,
                          Completion<MailServers> done) = 0;
    /// Signs in for reading and sending without saving anything. Errors: as findMail.
    virtual void tryMail(const MailDraft &draft, Completion<QString> done) = 0;
    virtual void addMail(const MailDraft &draft, Completion<AccountId> done) = 0;
    /// A channel of any kind; `account` without an id. Errors: Invalid with what is wrong in words,
    /// and those of Desk::submit and Desk::storeSecret.
    virtual void addAccount(const ChannelAccount &account,
                            const std::map<QString, QByteArray> &secrets,
                            Completion<AccountId> done) = 0;
    virtual void addChat(const QString &name, const Destination &destination,
                         Completion<AccountId> done) = 0;
    /// Where this PC answers browsers ("http://127.0.0.1:8417"); empty if it does not.
    virtual QString address() const = 0;
    /// Why it does not answer them; empty if it does.
    virtual QString doorTrouble() const = 0;
    /// The line for a web site.
    virtual QString snippet(const QString &server, AccountId account) const = 0;
    virtual std::unique_ptr<Visitor> visitor(AccountId account) = 0;
    virtual BrowserDoor &browser() = 0;
};

} // namespace peerdesk::ui
