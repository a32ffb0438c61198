// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapclient.h"

#include "core/channels/email/mimetree.h"

#include <QLocale>
#include <QRandomGenerator>

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr std::chrono::milliseconds LongestPause{300'000};
/// Most mails remembered from one listing; the folder is listed again after them.
constexpr size_t MaxListed = 5'000;
/// A mail that fails this often is reported instead of fetched.
constexpr int MaxTroubles = 4;
constexpr int HeaderBytes = 64 * 1024;

QByteArray uidSet(const std::vector<FetchedMail> &mails)
{
    QByteArray set;
    for (const FetchedMail &mail : mails)
        set += (set.isEmpty() ? "" : ",") + QByteArray::number(mail.uid);
    return set;
}

void drop(ImapSession *session)
{
    if (session == nullptr)
        return;
    session->close();
    session->disconnect();
    session->deleteLater();
}

} // namespace

ImapClient::ImapClient(ImapClientSettings settings, MailAccess *access, QObject *parent)
    : QObject(parent)
    , m_settings(std::move(settings))
    , m_access(access)
    , m_session(nullptr, drop)
    , m_backOff(m_settings.firstBackOff)
{
    if (m_settings.folders.isEmpty())
        m_settings.folders.append(u"INBOX"_s);
    m_pauseTimer.setSingleShot(true);
    m_pollTimer.setSingleShot(true);
    connect(&m_pauseTimer, &QTimer::timeout, this, &ImapClient::connectNow);
    connect(&m_pollTimer, &QTimer::timeout, this, [this] {
        if (m_session && m_session->isIdling())
            m_session->endIdle();
        else if (m_session && m_session->isReady())
            beginCycle();
    });
}

void ImapClient::start(const Positions &positions, Time since)
{
    m_positions = positions;
    m_since = since;
    setState(AccountState::Starting, {});
    connectNow();
}

void ImapClient::setState(AccountState state, const QString &sentence)
{
    const std::pair<AccountState, QString> now{state, sentence};
    if (m_lastState == now)
        return;
    m_lastState = now;
    Q_EMIT stateChanged(state, sentence);
}

void ImapClient::stop()
{
    m_step = Step::Stopped;
    m_pauseTimer.stop();
    m_pollTimer.stop();
    m_session.reset();
}

void ImapClient::connectNow()
{
    m_step = Step::Opening;
    m_selected.clear();
    m_session.reset();
    m_server = {};
    if (!m_access)
        return open(m_settings.server);
    const quint64 entering = ++m_entering;
    m_access->enter(m_settings.server, {this, [this, entering](const Result<MailServer> &server) {
                                            if (entering != m_entering || m_step != Step::Opening)
                                                return;
                                            if (server)
                                                return open(*server);
                                            const bool isRefused =
                                                server.error().code == Error::Code::Unauthorized;
                                            onFailed({isRefused ? ImapFailure::Kind::Credentials
                                                                : ImapFailure::Kind::Unreachable,
                                                      server.error().detail});
                                        }});
}

void ImapClient::open(const MailServer &server)
{
    m_server = server;
    m_session.reset(new ImapSession(server, this));
    connect(m_session.get(), &ImapSession::opened, this, &ImapClient::beginCycle);
    connect(m_session.get(), &ImapSession::untagged, this, &ImapClient::onUntagged);
    connect(m_session.get(), &ImapSession::failed, this, &ImapClient::onFailed);
    m_session->open();
}

void ImapClient::pause(std::chrono::milliseconds span)
{
    m_step = Step::Pausing;
    m_pollTimer.stop();
    m_session.reset();
    m_pauseTimer.start(span);
}

/// A token may be refused before its time; once it is worth asking for another.
bool ImapClient::entersAnew(const ImapFailure &failure)
{
    return failure.kind == ImapFailure::Kind::Credentials && m_access &&
           m_access->refuse(m_server) && !std::exchange(m_isRenewed, true);
}

void ImapClient::onFailed(const ImapFailure &failure)
{
    if (m_step != Step::Stopped && entersAnew(failure))
        return connectNow();
    if (m_step == Step::Fetching)
        countTrouble();
    const bool isTemporary = failure.kind == ImapFailure::Kind::Unreachable;
    setState(AccountState::Down, failure.sentence);
    if (m_step == Step::Stopped)
        return;
    // A wrong password tried too often locks the mailbox.
    if (!isTemporary)
        return pause(std::max(LongestPause, m_settings.firstBackOff));
    const double jitter = 0.75 + QRandomGenerator::global()->generateDouble() / 2;
    pause(std::chrono::milliseconds(qint64(double(m_backOff.count()) * jitter)));
    m_backOff = std::min(m_backOff * 2, LongestPause);
}

void ImapClient::countTrouble()
{
    if (m_page.mails.empty())
        return;
    const quint32 first = m_page.mails.front().uid;
    m_troubles = first == m_troubleUid ? m_troubles + 1 : 1;
    m_troubleUid = first;
}

void ImapClient::beginCycle()
{
    m_folder = 0;
    m_isRenewed = false;
    m_folderTrouble.clear();
    m_pollTimer.stop();
    selectFolder();
}

void ImapClient::selectFolder()
{
    m_isDirty = false;
    if (m_selected == folder())
        return list();
    m_step = Step::Selecting;
    m_selected.clear();
    m_validity = 0;
    m_uidNext = 0;
    m_session->command("SELECT " + imapFolder(folder()),
                       [this](const ImapResponse &response) { onSelected(response); });
}

void ImapClient::onUntagged(const ImapResponse &response)
{
    const QByteArray code = response.code.toUpper();
    if (code.startsWith("UIDVALIDITY "))
        m_validity = code.mid(12).toUInt();
    else if (code.startsWith("UIDNEXT "))
        m_uidNext = code.mid(8).toUInt();
    if (response.values.size() < 2)
        return;
    const QByteArray word = response.values[1].text.toUpper();
    if (word == "EXISTS") {
        m_isDirty = true;
        if (m_session->isIdling())
            m_session->endIdle();
    } else if (word == "FETCH" && response.values.size() > 2) {
        onFetchData(response.values[2].list);
    }
}

/// Notes which folder is open and where reading of it stands.
bool ImapClient::takeSelection(const ImapResponse &response)
{
    if (response.status != "OK" || m_validity == 0)
        return false;
    m_selected = folder();
    m_isDirty = false;
    const auto known = m_positions.find(folder());
    m_position = known == m_positions.end() ? FolderPosition{} : known->second;
    m_isFirstReading = m_position.validity == 0;
    if (m_position.validity != m_validity)
        m_position = {m_validity, 1};
    return true;
}

void ImapClient::onSelected(const ImapResponse &response)
{
    if (takeSelection(response))
        return list();
    m_folderTrouble = u"The mail folder %1 cannot be opened."_s.arg(folder());
    finishFolder();
}

void ImapClient::list()
{
    m_step = Step::Listing;
    m_isDirty = false;
    m_isListCut = false;
    m_listed.clear();
    const quint32 from = m_position.nextUid;
    m_highestListed = from - 1;
    m_session->command(
        "UID FETCH " + QByteArray::number(from) + ":* (UID FLAGS RFC822.SIZE INTERNALDATE)",
        [this](const ImapResponse &response) { onListed(response); }, ImapSession::MaxListing);
}

void ImapClient::onFetchData(const std::vector<ImapValue> &items)
{
    Listed entry;
    const QByteArray *body = nullptr;
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
        const QByteArray key = items[i].text.toUpper();
        const ImapValue &value = items[i + 1];
        if (key == "UID")
            entry.uid = value.text.toUInt();
        else if (key == "RFC822.SIZE")
            entry.size = value.text.toLongLong();
        else if (key == "INTERNALDATE")
            entry.receivedAt = parseInternalDate(value.text);
        else if (key.startsWith("BODY["))
            body = &value.text;
        else if (key == "FLAGS")
            entry.isSeen =
                std::any_of(value.list.begin(), value.list.end(),
                            [](const ImapValue &flag) { return flag.text.toLower() == "\\seen"; });
    }
    if (m_step == Step::Listing)
        return addListed(entry);
    for (FetchedMail &mail : m_page.mails) {
        if (m_step == Step::Fetching && body != nullptr && mail.uid == entry.uid)
            mail.raw = *body;
    }
}

void ImapClient::addListed(const Listed &entry)
{
    if (entry.uid < m_position.nextUid || entry.uid == 0)
        return;
    m_highestListed = std::max(m_highestListed, entry.uid);
    m_listed.emplace(entry.uid, entry);
    if (m_listed.size() > MaxListed) {
        m_listed.erase(std::prev(m_listed.end()));
        m_isListCut = true;
    }
}

void ImapClient::onListed(const ImapResponse &response)
{
    if (response.status != "OK") {
        m_folderTrouble = u"The mail folder %1 cannot be read."_s.arg(folder());
        return finishFolder();
    }
    nextPage();
}

bool ImapClient::isWanted(const Listed &entry) const
{
    const bool isOld = m_since.isSet() && entry.receivedAt.isSet() && entry.receivedAt < m_since;
    return !isOld && !(m_isFirstReading && entry.isSeen);
}

void ImapClient::nextPage()
{
    m_page = {folder(), m_position, {}};
    qint64 bytes = 0;
    const size_t limit = m_troubles > 0 ? 1 : PageMails;
    while (!m_listed.empty() && m_page.mails.size() < limit) {
        const Listed entry = m_listed.begin()->second;
        const bool isTooLarge = entry.size > MaxMailBytes;
        const bool isFull = bytes + entry.size > PageBytes || isTooLarge;
        if (isWanted(entry)) {
            if (isFull && !m_page.mails.empty())
                break;
            m_page.mails.push_back(
                {isTooLarge ? FetchedMail::Kind::TooLarge : FetchedMail::Kind::Whole,
                 entry.uid,
                 entry.size,
                 entry.receivedAt,
                 {}});
            bytes += entry.size;
        }
        m_page.after.nextUid = entry.uid + 1;
        m_listed.erase(m_listed.begin());
        if (isFull && !m_page.mails.empty())
            break;
    }
    if (m_listed.empty() && !m_isListCut)
        m_page.after.nextUid = std::max({m_page.after.nextUid, m_highestListed + 1, m_uidNext});
    const auto committed = m_positions.find(folder());
    if (m_page.mails.empty() && committed != m_positions.end() && m_page.after == committed->second)
        return finishFolder();
    fetchPage();
}

void ImapClient::fetchPage()
{
    m_step = Step::Fetching;
    if (m_page.mails.empty())
        return deliverPage();
    FetchedMail &first = m_page.mails.front();
    if (m_troubles >= MaxTroubles && first.uid == m_troubleUid) {
        first.kind = FetchedMail::Kind::Unreadable;
        return deliverPage();
    }
    const bool isHeader = first.kind == FetchedMail::Kind::TooLarge;
    const QByteArray what = isHeader
                                ? "BODY.PEEK[HEADER]<0." + QByteArray::number(HeaderBytes) + '>'
                                : "BODY.PEEK[]<0." + QByteArray::number(MaxMailBytes + 1) + '>';
    m_session->command("UID FETCH " + uidSet(m_page.mails) + " (UID " + what + ')',
                       [this](const ImapResponse &response) { onFetched(response); });
}

void ImapClient::onFetched(const ImapResponse &response)
{
    if (response.status != "OK") {
        countTrouble();
        return list();
    }
    // A mail that was listed and has no bytes was deleted meanwhile.
    std::erase_if(m_page.mails, [](const FetchedMail &mail) { return mail.raw.isEmpty(); });
    for (FetchedMail &mail : m_page.mails) {
        if (mail.kind != FetchedMail::Kind::Whole || mail.raw.size() <= MaxMailBytes)
            continue;
        mail.kind = FetchedMail::Kind::TooLarge;
        mail.raw.truncate(HeaderBytes);
    }
    deliverPage();
}

void ImapClient::deliverPage()
{
    m_step = Step::Committing;
    Q_EMIT pageFetched(m_page);
}

void ImapClient::confirmPage()
{
    if (m_step != Step::Committing)
        return;
    m_position = m_page.after;
    m_positions[folder()] = m_page.after;
    m_troubles = 0;
    m_troubleUid = 0;
    markSeen();
}

void ImapClient::restart(const Positions &positions)
{
    m_positions = positions;
    if (m_step != Step::Committing)
        return;
    pause(m_backOff);
    m_backOff = std::min(m_backOff * 2, LongestPause);
}

void ImapClient::markSeen()
{
    m_step = Step::Working;
    std::vector<FetchedMail> whole;
    for (const FetchedMail &mail : m_page.mails) {
        if (mail.kind == FetchedMail::Kind::Whole)
            whole.push_back({mail.kind, mail.uid, 0, {}, {}});
    }
    if (whole.empty() || m_settings.keepsUnread)
        return afterPage();
    // A mailbox that cannot be marked is still read; a refusal is not worth a word.
    m_session->command("UID STORE " + uidSet(whole) + " +FLAGS.SILENT (\\Seen)",
                       [this](const ImapResponse &) { afterPage(); });
}

void ImapClient::afterPage()
{
    if (!m_listed.empty())
        nextPage();
    else if (m_isListCut)
        list();
    else
        finishFolder();
}

void ImapClient::finishFolder()
{
    m_step = Step::Working;
    m_page = {};
    m_isFirstReading = false;
    if (m_isDirty && !m_selected.isEmpty())
        return list();
    if (++m_folder < m_settings.folders.size())
        return selectFolder();
    m_folder = 0;
    waitForMore();
}

void ImapClient::waitForMore()
{
    m_backOff = m_settings.firstBackOff;
    setState(m_folderTrouble.isEmpty() ? AccountState::Connected : AccountState::Degraded,
             m_folderTrouble);
    Q_EMIT caughtUp();
    if (m_step == Step::Stopped)
        return;
    m_pollTimer.start(m_settings.poll);
    if (!m_session->can("IDLE"))
        return;
    if (m_selected == folder())
        return idle();
    m_selected.clear();
    m_validity = 0;
    m_uidNext = 0;
    m_session->command("SELECT " + imapFolder(folder()), [this](const ImapResponse &response) {
        if (!takeSelection(response))
            return;
        // Something came while the other folders were read.
        if (m_uidNext > m_position.nextUid || m_isFirstReading)
            beginCycle();
        else
            idle();
    });
}

void ImapClient::idle()
{
    m_session->idle([this](const ImapResponse &) {
        // A server that ends IDLE at once is asked again by the poll timer only.
        if (m_isDirty || !m_pollTimer.isActive())
            beginCycle();
    });
}

Time parseInternalDate(const QByteArray &text)
{
    const QString clean = QString::fromLatin1(text).trimmed();
    if (clean.size() < 20 || clean.size() > 40)
        return {};
    const QString zone = clean.section(u' ', -1);
    QDateTime local = QLocale::c().toDateTime(clean.section(u' ', 0, -2), u"d-MMM-yyyy HH:mm:ss"_s);
    const int hours = zone.mid(1, 2).toInt();
    const int minutes = zone.mid(3, 2).toInt();
    if (!local.isValid() || zone.size() != 5)
        return {};
    local.setTimeZone(QTimeZone::utc());
    const int sign = zone.startsWith(u'-') ? -1 : 1;
    return {local.toMSecsSinceEpoch() - sign * (hours * 60 + minutes) * 60'000LL};
}

} // namespace peerdesk::channels::email

#include "moc_imapclient.cpp"
