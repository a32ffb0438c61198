// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/attachmentwork.h"

#include <QFutureWatcher>
#include <QPromise>

#include <memory>

namespace peerdesk::node {

namespace {

using Stored = Result<std::vector<QByteArray>>;

Stored storeAll(const store::AttachmentStore &attachments, const std::vector<QByteArray> &files)
{
    std::vector<QByteArray> hashes;
    for (const QByteArray &bytes : files) {
        Result<QByteArray> stored = attachments.put(bytes);
        if (!stored)
            return stored.error();
        hashes.push_back(std::move(*stored));
    }
    return hashes;
}

} // namespace

AttachmentWork::AttachmentWork(store::AttachmentStore attachments, QObject *parent)
    : QObject(parent)
    , m_attachments(std::move(attachments))
{
    m_pool.setMaxThreadCount(1); // in order
}

AttachmentWork::~AttachmentWork()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void AttachmentWork::put(const std::vector<QByteArray> &files,
                         Completion<std::vector<QByteArray>> done)
{
    qsizetype size = 0;
    for (const QByteArray &bytes : files)
        size += bytes.size();
    if (m_waitingBytes > 0 && m_waitingBytes + size > MaxBytes)
        return done.answer(
            Error{Error::Code::Busy, QStringLiteral("too many attachments wait for the disk"), {}});
    m_waitingBytes += size;
    ++m_asked;
    auto promise = std::make_shared<QPromise<Stored>>();
    auto *watcher = new QFutureWatcher<Stored>(this);
    auto waiting = std::make_shared<Completion<std::vector<QByteArray>>>(std::move(done));
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, waiting, size] {
        --m_asked;
        m_waitingBytes -= size;
        watcher->deleteLater();
        waiting->answer(watcher->result());
    });
    watcher->setFuture(promise->future());
    m_pool.start([promise, attachments = m_attachments, files] {
        promise->start();
        promise->addResult(storeAll(attachments, files));
        promise->finish();
    });
}

} // namespace peerdesk::node

#include "moc_attachmentwork.cpp"
