// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/officeentrance.h"

#include "app/headless/keystore.h"

#include <QDateTime>
#include <QFile>
#include <QHostInfo>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {
constexpr Milliseconds AskEvery = std::chrono::seconds(2);
constexpr size_t MostOffices = 20;
constexpr qsizetype MostName = 100;
} // namespace

OfficeEntrance::OfficeEntrance(LocalOffice &office, QObject *parent)
    : Entrance(parent)
    , m_office(office)
    , m_words(cluster::joinWords())
{
    m_asking.setInterval(AskEvery);
}

/// Where that is not possible (no network, the port is taken) an address is typed.
void OfficeEntrance::look()
{
    if (m_beacon)
        return m_beacon->ask();
    m_beacon = std::make_unique<cluster::Beacon>(cluster::Beacon::Options{}, nullptr);
    connect(m_beacon.get(), &cluster::Beacon::sighted, this, &OfficeEntrance::onSighted);
    connect(&m_asking, &QTimer::timeout, m_beacon.get(), &cluster::Beacon::ask);
    if (!m_beacon->start())
        return;
    m_beacon->ask();
    m_asking.start();
}

/// Each office once, at the PC that invites; a name is what anybody says, so it is cut short.
void OfficeEntrance::onSighted(const cluster::Sighting &sighting)
{
    const ui::NearOffice heard{sighting.officeName.left(MostName),
                               QString::fromLatin1(sighting.office.toHex()), sighting.address()};
    const auto known = std::find_if(m_near.begin(), m_near.end(),
                                    [&](const ui::NearOffice &one) { return one.id == heard.id; });
    if (known == m_near.end() && m_near.size() < MostOffices)
        m_near.push_back(heard);
    else if (known == m_near.end() || *known == heard || !sighting.isInviting)
        return;
    else
        *known = heard;
    Q_EMIT officesChanged();
}

Result<Done> OfficeEntrance::checkCode(const QString &code) const
{
    const Result<QByteArray> secret = cluster::joinSecret(code);
    if (!secret)
        return secret.error();
    return Done{};
}

QString OfficeEntrance::pcName() const
{
    return QHostInfo::localHostName().left(64);
}

void OfficeEntrance::join(const ui::JoinWish &wish, Completion<QString> done)
{
    OfficeOptions &options = m_office.options();
    const QString keys = app::secretsFile(options.dataDir);
    const bool isInFile = wish.place == ui::SecretsPlace::PassphraseFile;
    options.keystore = isInFile ? u"file:"_s + keys : u"os"_s;
    options.passphrase = wish.passphrase;
    const bool hadKeys = QFile::exists(keys);
    const auto answer = std::make_shared<Completion<QString>>(std::move(done));
    const auto ending = std::make_shared<Result<QString>>(Error{Error::Code::Cancelled, {}, {}});
    const auto joined = [this, ending, hadKeys](const Result<cluster::Membership> &membership) {
        *ending = membership ? Result<QString>(membership->name) : membership.error();
        if (!membership && !hadKeys)
            setAsideUnusedKeys();
    };
    m_join = new node::JoinOffice({options.dataDir, options.keystore, options.passphrase, wish.code,
                                   wish.pcName, wish.address, wish.code.isEmpty()},
                                  {this, joined}, this);
    connect(m_join, &node::JoinOffice::wordsMade, this, &OfficeEntrance::wordsMade);
    connect(m_join, &node::JoinOffice::letIn, this, &OfficeEntrance::letIn);
    // It holds the folder until it is gone.
    connect(m_join, &QObject::destroyed, this, [answer, ending] { answer->answer(*ending); });
    m_join->start();
}

void OfficeEntrance::confirmWords()
{
    if (m_join)
        m_join->confirm();
}

void OfficeEntrance::stopAsking()
{
    delete m_join; // which answers
}

void OfficeEntrance::setAsideUnusedKeys()
{
    const QString file = app::secretsFile(m_office.options().dataDir);
    if (QFile::exists(file))
        QFile::rename(file,
                      file + u".unused-"_s + QString::number(QDateTime::currentSecsSinceEpoch()));
}

} // namespace peerdesk::desktop

#include "moc_officeentrance.cpp"
