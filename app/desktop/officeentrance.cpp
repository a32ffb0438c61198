// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/officeentrance.h"

#include "app/headless/keystore.h"

#include <QDateTime>
#include <QFile>
#include <QHostInfo>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

OfficeEntrance::OfficeEntrance(LocalOffice &office, QObject *parent)
    : Entrance(parent)
    , m_office(office)
    , m_words(cluster::joinWords())
{}

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
    auto *join = new node::JoinOffice({options.dataDir, options.keystore, options.passphrase,
                                       wish.code, wish.pcName, wish.address},
                                      {this, joined}, this);
    // It holds the folder until it is gone.
    connect(join, &QObject::destroyed, this, [answer, ending] { answer->answer(*ending); });
    join->start();
}

void OfficeEntrance::setAsideUnusedKeys()
{
    const QString file = app::secretsFile(m_office.options().dataDir);
    if (QFile::exists(file))
        QFile::rename(file,
                      file + u".unused-"_s + QString::number(QDateTime::currentSecsSinceEpoch()));
}

} // namespace peerdesk::desktop
