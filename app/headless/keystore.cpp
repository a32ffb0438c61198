// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/keystore.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace peerdesk::app {

QString secretsFile(const QString &dataDir)
{
    return dataDir + u"/keys"_s;
}

QString keptKeystore(const QString &dataDir)
{
    const QString file = secretsFile(dataDir);
    return QFile::exists(file) ? u"file:"_s + file : u"os"_s;
}

} // namespace peerdesk::app
