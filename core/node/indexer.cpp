// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/indexer.h"

#include <set>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {
/// Facts read at once: bounds how long one transaction on search.db takes.
constexpr int PageFacts = 1000;
} // namespace

/// Reading and writing go on without it.
void Indexer::tell(const QString &trouble)
{
    if (trouble == m_trouble)
        return;
    m_trouble = trouble;
    if (!trouble.isEmpty())
        qWarning("%ls", qUtf16Printable(trouble));
    Q_EMIT troubleChanged(trouble);
}

void Indexer::start()
{
    if (const Result<Done> opened = open(); !opened)
        return tell(u"Search is off: "_s + opened.error().detail);
    follow(m_office->appliedIndex());
}

void Indexer::follow(quint64 appliedIndex)
{
    m_target = std::max(m_target, appliedIndex);
    if (m_isRunning)
        return;
    if (const Result<Done> opened = open(); !opened)
        return tell(u"Search is off: "_s + opened.error().detail);
    if (m_search->appliedIndex() >= m_target)
        return;
    if (const Result<Done> indexed = indexPage(); !indexed) // tried again with the next fact
        return tell(u"Search does not find what is new: "_s + indexed.error().detail);
    tell({});
    m_isRunning = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isRunning = false;
            follow(m_target);
        },
        Qt::QueuedConnection);
}

Result<Done> Indexer::open()
{
    if (m_search)
        return Done{};
    Result<std::unique_ptr<store::OfficeReader>> office = store::OfficeReader::open(m_files.office);
    if (!office)
        return office.error();
    Result<std::unique_ptr<store::SearchStore>> search = store::SearchStore::open(m_files.search);
    if (!search)
        return search.error();
    m_office = std::move(*office);
    m_search = std::move(*search);
    return Done{};
}

/// Indexes whole batches only: the applied index of search.db is a log index.
Result<Done> Indexer::indexPage()
{
    const auto facts = m_office->eventsAfter(m_search->appliedIndex() + 1, -1, PageFacts);
    if (!facts)
        return facts.error();
    std::vector<store::SearchDocument> documents;
    const bool isLastPage = facts->size() < size_t(PageFacts);
    const quint64 lastIndex = facts->empty() ? m_target : facts->back().at.index;
    const bool isCutBatch = !isLastPage && lastIndex > m_search->appliedIndex() + 1;
    quint64 upTo = isLastPage ? std::max(m_target, lastIndex) : lastIndex;
    if (isCutBatch)
        upTo = lastIndex - 1; // its last batch may go on in the next page
    std::vector<MessageId> erased;
    for (const store::HistoricFact &fact : *facts) {
        if (fact.at.index > upTo)
            break;
        if (const auto document = documentOf(fact.fact))
            documents.push_back(*document);
        if (const auto *gone = std::get_if<events::ContentErased>(&fact.fact))
            erased.insert(erased.end(), gone->messages.begin(), gone->messages.end());
    }
    if (erased.empty())
        return m_search->index(documents, upTo);
    return indexErasing(documents, erased, upTo);
}

/// The index says that it has come this far when all of it is done: a crash does it again.
Result<Done> Indexer::indexErasing(std::vector<store::SearchDocument> documents,
                                   const std::vector<MessageId> &erased, quint64 upTo)
{
    const std::set<MessageId> gone(erased.begin(), erased.end());
    std::erase_if(documents, [&](const store::SearchDocument &document) {
        return gone.contains(document.message);
    });
    if (const Result<Done> removed = m_search->remove(erased); !removed)
        return removed;
    if (const Result<Done> scrubbed = m_search->scrub(); !scrubbed)
        return scrubbed;
    return m_search->index(documents, upTo);
}

std::optional<store::SearchDocument> Indexer::documentOf(const events::Fact &fact) const
{
    std::optional<Message> message;
    if (const auto *received = std::get_if<events::MessageReceived>(&fact))
        message = received->message;
    else if (const auto *added = std::get_if<events::MessageAdded>(&fact))
        message = added->message;
    else if (const auto *imported = std::get_if<events::MessageImported>(&fact))
        message = imported->message;
    else if (const auto *altered = std::get_if<events::MessageAltered>(&fact))
        message = m_office->find<Message>(altered->message); // as it is by now
    if (!message)
        return std::nullopt;
    const auto conversation = m_office->find<Conversation>(message->conversation);
    const auto customer =
        conversation ? m_office->find<Customer>(conversation->customer) : std::nullopt;
    const QString name = customer ? customer->name : QString();
    return store::SearchDocument{message->id, message->conversation, message->createdAt,
                                 message->content.subject + u'\n' + message->content.text + u'\n' +
                                     name};
}

} // namespace peerdesk::node

#include "moc_indexer.cpp"
