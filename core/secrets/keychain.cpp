// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/operation.h"
#include "core/secrets/secretstore.h"

#include <qt6keychain/keychain.h>

namespace peerdesk::secrets {

using namespace Qt::StringLiterals;

namespace {

/// QtKeychain 0.13 cannot say beforehand whether a keychain is there; its answers say it late, with
/// any code. So everything but "no such entry" means: offer the passphrase file.
Error errorOf(const QKeychain::Job &job)
{
    if (job.error() == QKeychain::EntryNotFound)
        return notFound(u"no such secret in the keychain"_s);
    if (job.error() == QKeychain::AccessDeniedByUser)
        return {Error::Code::Storage,
                u"access to the keychain was refused: unlock it and try again"_s,
                {}};
    return {Error::Code::Storage,
            u"the keychain of this PC does not work (%1): start and unlock it, or use a passphrase "
            "file"_s.arg(job.errorString()),
            {}};
}

/// Runs one job of QtKeychain; `read` takes its value. The job outlives this: libsecret calls it
/// back when the keychain answers, whether somebody still waits or not (QtKeychain 0.13 cannot take
/// that back, and crashes if the job is gone). Then it deletes itself.
template <typename T>
class KeychainOperation final : public Operation<T>
{
public:
    KeychainOperation(QKeychain::Job *job, std::function<Result<T>()> read, Completion<T> done,
                      QObject *parent)
        : Operation<T>(std::move(done), parent)
        , m_job(job)
        , m_read(std::move(read))
    {
        m_job->setAutoDelete(true);
        m_job->setInsecureFallback(false);
    }

    void start() override
    {
        QObject::connect(m_job, &QKeychain::Job::finished, this, [this] { onFinished(); });
        m_job->start();
    }

private:
    void onFinished()
    {
        if (m_job->error() != QKeychain::NoError)
            return this->finish(errorOf(*m_job));
        this->finish(m_read());
    }

    QKeychain::Job *m_job;
    std::function<Result<T>()> m_read;
};

class Keychain final : public SecretStore
{
public:
    explicit Keychain(QString service)
        : m_service(std::move(service))
    {}

    void store(const QString &key, const QByteArray &secret, Completion<Done> done) override
    {
        auto *job = new QKeychain::WritePasswordJob(m_service);
        job->setKey(key);
        job->setBinaryData(secret);
        run<Done>(
            job, [] { return Result<Done>(Done{}); }, std::move(done));
    }

    void fetch(const QString &key, Completion<QByteArray> done) override
    {
        auto *job = new QKeychain::ReadPasswordJob(m_service);
        job->setKey(key);
        run<QByteArray>(
            job, [job] { return Result<QByteArray>(job->binaryData()); }, std::move(done));
    }

    void remove(const QString &key, Completion<Done> done) override
    {
        auto *job = new QKeychain::DeletePasswordJob(m_service);
        job->setKey(key);
        run<Done>(
            job, [] { return Result<Done>(Done{}); }, std::move(done));
    }

private:
    template <typename T>
    void run(QKeychain::Job *job, std::function<Result<T>()> read, Completion<T> done)
    {
        auto *operation = new KeychainOperation<T>(job, std::move(read), std::move(done), this);
        operation->start();
    }

    QString m_service;
};

} // namespace

std::unique_ptr<SecretStore> keychain(const QString &service)
{
    return std::make_unique<Keychain>(service);
}

} // namespace peerdesk::secrets
