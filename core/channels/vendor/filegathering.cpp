// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/filegathering.h"

#include "core/channels/vendor/items.h"

#include <QCoreApplication>
#include <QTimer>

namespace peerdesk::channels::vendor {

namespace {

bool isWorthAnotherTry(Error::Code code)
{
    return code == Error::Code::Network || code == Error::Code::Unknown ||
           code == Error::Code::Busy;
}

QString reasonOf(const Error &error)
{
    if (error.code == Error::Code::TooLarge)
        return QCoreApplication::translate("FileGathering", "it is too large to be taken");
    if (error.code == Error::Code::NotFound)
        return QCoreApplication::translate("FileGathering", "the provider no longer has it");
    return QCoreApplication::translate("FileGathering", "it could not be fetched (%1)")
        .arg(error.detail);
}

} // namespace

FileGathering::FileGathering(Work work, Clock &clock, Completion<InboundPage> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_work(std::move(work))
    , m_clock(clock)
{}

void FileGathering::next()
{
    if (m_at == m_work.files.size())
        return finish(std::move(m_work.page));
    m_work.fetch(m_work.files[m_at],
                 {this, [this](const Result<QByteArray> &bytes) { onFetched(bytes); }});
}

void FileGathering::onFetched(const Result<QByteArray> &bytes)
{
    if (!bytes && isWorthAnotherTry(bytes.error().code) && ++m_tries < m_work.bounds.tries) {
        const Milliseconds pause = m_work.bounds.firstPause * (1 << (m_tries - 1));
        QTimer::singleShot(m_clock.toReal(pause), this, [this] { next(); });
        return;
    }
    m_tries = 0;
    const WantedFile &wanted = m_work.files[m_at++];
    InboundItem &item = m_work.page.items.at(wanted.item);
    const qsizetype size = bytes ? bytes->size() : 0;
    if (!bytes)
        addMissingFile(item, wanted.name, reasonOf(bytes.error()));
    else if (m_bytes + size > m_work.bounds.pageBytes)
        addMissingFile(item, wanted.name, reasonOf({Error::Code::TooLarge, {}, {}}));
    else
        item.content.attachments.push_back(addAttachment(m_work.page, *bytes, wanted.name));
    m_bytes += size;
    next();
}

} // namespace peerdesk::channels::vendor
