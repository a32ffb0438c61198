// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/fakebrowserdoor.h"
#include "ui/onboarding/backstage.h"

#include <optional>

namespace peerdesk::test {

/// Answers as it is told.
class FakeFounder : public ui::Founder
{
    Q_OBJECT

public:
    QString folder() const override { return QStringLiteral("/home/linh/.local/share/peerdesk"); }
    void tryKeychain(Completion<Done> done) override
    {
        keychainError ? done.answer(*keychainError) : done.answer(Done{});
    }
    void found(const ui::NewOffice &office, Completion<Done> done) override
    {
        wanted = office;
        if (isHolding) {
            Q_EMIT progressed(ui::FoundingStep::Office);
            held = std::move(done);
            return;
        }
        foundError ? done.answer(*foundError) : done.answer(Done{});
    }

    std::optional<Error> keychainError;
    std::optional<Error> foundError;
    std::optional<ui::NewOffice> wanted;
    bool isHolding = false;
    Completion<Done> held;
};

/// Knows a few words, and answers as it is told.
class FakeEntrance : public ui::Entrance
{
    Q_OBJECT

public:
    static QString goodCode() { return QStringLiteral("bada-koru-mila-zobu-pano-tiku"); }

    const QStringList &words() const override { return all; }
    Result<Done> checkCode(const QString &code) const override
    {
        if (code != goodCode())
            return invalid(QStringLiteral("A word of the code is mistyped"));
        return Done{};
    }
    QString pcName() const override { return QStringLiteral("back-office"); }
    void look() override { ++looks; }
    std::vector<ui::NearOffice> offices() const override { return near; }
    void join(const ui::JoinWish &wish, Completion<QString> done) override
    {
        wanted = wish;
        if (isHolding)
            held = std::move(done);
        else
            done.answer(answer);
    }
    void confirmWords() override { ++confirmations; }
    void stopAsking() override
    {
        held.answer(Error{Error::Code::Cancelled, {}, {}}); // as an operation that is deleted
    }
    void find(std::vector<ui::NearOffice> found)
    {
        near = std::move(found);
        Q_EMIT officesChanged();
    }

    QStringList all = (goodCode() + QStringLiteral("-bado-badi-kora-milo")).split(u'-');
    std::vector<ui::NearOffice> near;
    Result<QString> answer = QStringLiteral("Harbor Shop");
    std::optional<ui::JoinWish> wanted;
    bool isHolding = false;
    Completion<QString> held;
    int looks = 0;
    int confirmations = 0;
};

class FakeVisitor : public ui::Visitor
{
    Q_OBJECT

public:
    void open() override { failure.isEmpty() ? Q_EMIT opened() : Q_EMIT failed(failure); }
    void say(const QString &text) override
    {
        if (!refusal.isEmpty())
            return Q_EMIT refused(refusal);
        Q_EMIT kept(text);
        Q_EMIT heard(QStringLiteral("agent"), QStringLiteral("Linh"),
                     QStringLiteral("Good morning, how can I help?"));
    }

    QString failure;
    QString refusal;
};

class FakeWorkshop : public ui::Workshop
{
    Q_OBJECT

public:
    QString mailHint(const QString &address) const override
    {
        return address.endsWith(QStringLiteral("@gmail.com"))
                   ? QStringLiteral("Google takes an app password or a Google sign-in, not the "
                                    "usual password.")
                   : QString();
    }
    ui::MailServers likelyMail(const QString &) const override { return servers; }
    ui::MailServers mailOf(const QString &signIn) const override
    {
        return {{QStringLiteral("imap.%1.example").arg(signIn), 993, QStringLiteral("tls")},
                {QStringLiteral("smtp.%1.example").arg(signIn), 587, QStringLiteral("starttls")},
                {}};
    }
    ui::BrowserDoor &browser() override { return door; }
    void findMail(const QString &, const QByteArray &, Completion<ui::MailServers> done) override
    {
        mailError ? done.answer(*mailError) : done.answer(servers);
    }
    void tryMail(const ui::MailDraft &draft, Completion<QString> done) override
    {
        tried = draft;
        mailError ? done.answer(*mailError) : done.answer(QStringLiteral("good"));
    }
    void addMail(const ui::MailDraft &draft, Completion<AccountId> done) override
    {
        added = draft;
        done.answer(randomId<AccountId>());
    }
    void addAccount(const ChannelAccount &account, const std::map<QString, QByteArray> &secrets,
                    Completion<AccountId> done) override
    {
        if (otherError)
            return done.answer(*otherError);
        other = account;
        otherSecrets = secrets;
        done.answer(randomId<AccountId>());
    }
    void addChat(const QString &, const ui::Destination &destination,
                 Completion<AccountId> done) override
    {
        chatDestination = destination;
        done.answer(chat);
    }
    QString address() const override
    {
        return trouble.isEmpty() ? QStringLiteral("http://127.0.0.1:8417") : QString();
    }
    QString doorTrouble() const override { return trouble; }
    QString snippet(const QString &server, AccountId account) const override
    {
        return QStringLiteral("<script src=\"%1/chat/widget.js\" data-account=\"%2\" async>"
                              "</script>")
            .arg(server, account.toString());
    }
    std::unique_ptr<ui::Visitor> visitor(AccountId) override
    {
        return std::make_unique<FakeVisitor>();
    }

    ui::MailServers servers{{QStringLiteral("imap.harbor.example"), 993, QStringLiteral("tls")},
                            {QStringLiteral("smtp.harbor.example"), 465, QStringLiteral("tls")},
                            {}};
    FakeBrowserDoor door;
    QString trouble;
    std::optional<Error> mailError;
    std::optional<ui::MailDraft> tried;
    std::optional<ui::MailDraft> added;
    std::optional<Error> otherError;
    std::optional<ChannelAccount> other;
    std::map<QString, QByteArray> otherSecrets;
    ui::Destination chatDestination;
    AccountId chat = AccountId::fromString(QStringLiteral("0123456789abcdef0123456789abcdef"));
};

} // namespace peerdesk::test
