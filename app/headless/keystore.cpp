// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/keystore.h"

#include "core/secrets/password.h"

#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace peerdesk::app {

namespace {
const QString TrialKey = u"trial"_s;
}

QString secretsFile(const QString &dataDir)
{
    return dataDir + u"/keys"_s;
}

QString keptKeystore(const QString &dataDir)
{
    const QString file = secretsFile(dataDir);
    return QFile::exists(file) ? u"file:"_s + file : u"os"_s;
}

SecretsTrial::SecretsTrial(Place place, Completion<Done> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_place(std::move(place))
{}

void SecretsTrial::start()
{
    if (m_place.keystore != u"os")
        return finish(checkFile());
    m_keychain = secrets::keychain(u"peerdesk-trial"_s);
    m_word = secrets::randomToken();
    m_keychain->store(TrialKey, m_word, {this, [this](const Result<Done> &r) { stored(r); }});
}

Result<Done> SecretsTrial::checkFile() const
{
    if (m_place.passphrase.isEmpty())
        return invalid(u"The passphrase of the sealed file is empty: set "
                       "PEERDESK_KEYSTORE_PASSPHRASE"_s);
    const QFileInfo folder(QFileInfo(m_place.keystore.mid(5)).absolutePath());
    const QString office = QFileInfo(m_place.dataDir).absoluteFilePath();
    if (folder.absoluteFilePath() != office && !(folder.isDir() && folder.isWritable()))
        return Error{Error::Code::Storage,
                     u"The folder %1 for the sealed file is missing or cannot be written"_s.arg(
                         folder.absoluteFilePath()),
                     {}};
    return Done{};
}

void SecretsTrial::stored(const Result<Done> &result)
{
    if (!result)
        return end(Error{Error::Code::Storage,
                         u"The keychain of this PC keeps no secrets: %1. Start it, or use "
                         "--keystore file:PATH"_s.arg(result.error().detail),
                         {}});
    m_keychain->fetch(TrialKey, {this, [this](const Result<QByteArray> &r) { fetched(r); }});
}

/// Removing the word is a courtesy: it is worth nothing to anybody.
void SecretsTrial::fetched(const Result<QByteArray> &result)
{
    Result<Done> outcome = Done{};
    if (!result)
        outcome = result.error();
    else if (*result != m_word)
        outcome =
            Error{Error::Code::Storage, u"The keychain of this PC gave back something else"_s, {}};
    m_keychain->remove(TrialKey, {this, [this, outcome](const Result<Done> &) { end(outcome); }});
}

/// Later: the keychain is still inside the call that brought its answer, and goes with this.
void SecretsTrial::end(const Result<Done> &outcome)
{
    QMetaObject::invokeMethod(
        this, [this, outcome] { finish(outcome); }, Qt::QueuedConnection);
}

} // namespace peerdesk::app
