// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/channels/email/imapsession.h"
#include "core/channels/email/mailaccess.h"
#include "core/domain/channel.h"

#include <QStringList>

#include <deque>
#include <map>
#include <memory>

namespace peerdesk::channels::email {

/// Where reading of one folder stands.
struct FolderPosition
{
    quint32 validity = 0; ///< UIDVALIDITY; 0 = never read
    quint32 nextUid = 1;

    bool operator==(const FolderPosition &) const = default;
};
using Positions = std::map<QString, FolderPosition>;

struct FetchedMail
{
    enum class Kind {
        Whole,
        TooLarge,  ///< `raw` holds the headers alone
        Unreadable ///< the server could not hand it over
    };
    Kind kind = Kind::Whole;
    quint32 uid = 0;
    qint64 size = 0; ///< as the server says
    Time receivedAt; ///< INTERNALDATE
    QByteArray raw;
};

/// Mails of one folder in the order of their UIDs, and where the folder stands after them.
struct FetchedPage
{
    QString folder;
    FolderPosition after;
    std::vector<FetchedMail> mails;
};

struct ImapClientSettings
{
    MailServer server;
    QStringList folders{QStringLiteral("INBOX")};
    bool keepsUnread = false;       ///< never set \Seen
    std::chrono::seconds poll{120}; ///< every folder is looked at this often even if IDLE is silent
    std::chrono::milliseconds firstBackOff{1000}; ///< doubles up to five minutes
};

/// Reads mailboxes page by page and waits between pages until the owner says that the page is
/// committed; only then mails are marked as seen. Reconnects for ever with growing pauses.
/// Thread: its own; never blocks. Nothing is deleted or moved on the server.
class ImapClient final : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t PageMails = 16;
    static constexpr qint64 PageBytes = 8LL * 1024 * 1024;

    /// `access` outlives it; null = the settings' own secret gets in.
    explicit ImapClient(ImapClientSettings settings, MailAccess *access = nullptr,
                        QObject *parent = nullptr);

    /// Mails that reached the mailbox before `since` are passed over, as are seen ones where a
    /// folder is read for the first time.
    void start(const Positions &positions, Time since);
    void stop();
    /// Answers to pageFetched: go on, or begin anew from `positions` after a pause.
    void confirmPage();
    void restart(const Positions &positions);

signals:
    void pageFetched(const peerdesk::channels::email::FetchedPage &page);
    void stateChanged(peerdesk::AccountState state, const QString &sentence);
    /// Everything that the server has is committed; waiting for more.
    void caughtUp();

private:
    enum class Step {
        Stopped,
        Pausing,
        Opening,
        Selecting,
        Listing,
        Fetching,
        Committing,
        Working
    };
    struct Listed
    {
        quint32 uid = 0;
        qint64 size = 0;
        Time receivedAt;
        bool isSeen = false;
    };

    void connectNow();
    void open(const MailServer &server);
    void pause(std::chrono::milliseconds span);
    void onFailed(const ImapFailure &failure);
    bool entersAnew(const ImapFailure &failure);
    void onUntagged(const ImapResponse &response);
    void onFetchData(const std::vector<ImapValue> &items);
    void beginCycle();
    void selectFolder();
    void onSelected(const ImapResponse &response);
    bool takeSelection(const ImapResponse &response);
    void idle();
    void setState(AccountState state, const QString &sentence);
    void list();
    void addListed(const Listed &entry);
    void onListed(const ImapResponse &response);
    void nextPage();
    void fetchPage();
    void onFetched(const ImapResponse &response);
    void deliverPage();
    void markSeen();
    void finishFolder();
    void waitForMore();
    bool isWanted(const Listed &entry) const;
    void countTrouble();
    void afterPage();
    const QString &folder() const { return m_settings.folders.at(m_folder); }

    ImapClientSettings m_settings;
    MailAccess *m_access;
    MailServer m_server;      ///< as it was opened last
    quint64 m_entering = 0;   ///< answers to an earlier connectNow() are not for this one
    bool m_isRenewed = false; ///< this token came after one that was refused
    Positions m_positions;
    Time m_since;
    Step m_step = Step::Stopped;
    std::unique_ptr<ImapSession, void (*)(ImapSession *)> m_session;
    QTimer m_pauseTimer;
    QTimer m_pollTimer;
    std::chrono::milliseconds m_backOff;
    std::optional<std::pair<AccountState, QString>> m_lastState;
    QString m_folderTrouble; ///< of this cycle

    qsizetype m_folder = 0;
    QString m_selected;
    quint32 m_validity = 0;
    quint32 m_uidNext = 0;
    FolderPosition m_position; ///< of the open folder; may be ahead of what is committed
    bool m_isFirstReading = false;
    bool m_isDirty = false; ///< the server spoke of new mail since the last listing began
    bool m_isListCut = false;
    quint32 m_highestListed = 0;
    std::map<quint32, Listed> m_listed;

    FetchedPage m_page;
    quint32 m_troubleUid = 0; ///< first mail of the page that fails
    int m_troubles = 0;
};

/// "17-Jul-1996 02:44:25 -0700"; not set if it is anything else.
Time parseInternalDate(const QByteArray &text);

} // namespace peerdesk::channels::email
