// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/localdrafts.h"

#include "core/base/json.h"

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {

bool isPrivate(const ui::Draft &draft)
{
    return draft.visibility == Visibility::Private;
}

Visibility visibilityOf(const QJsonValue &isPrivate)
{
    return isPrivate.toBool() ? Visibility::Private : Visibility::Public;
}

/// A list of attachments; with more than these, an object of all.
Json partsToJson(const ui::Draft &draft)
{
    if (draft.rich.isEmpty() && !isPrivate(draft))
        return {
            QJsonDocument(json::write(draft.attachments).toArray()).toJson(QJsonDocument::Compact)};
    return json::canonical({{u"attachments"_s, json::write(draft.attachments)},
                            {u"private"_s, isPrivate(draft)},
                            {u"rich"_s, json::object(draft.rich)}});
}

std::vector<Attachment> attachmentsFromJson(const QJsonValue &value)
{
    std::vector<Attachment> attachments;
    if (!json::read(value, attachments))
        attachments.clear();
    return attachments;
}

Json richFromJson(const QJsonValue &value)
{
    const QJsonObject rich = value.toObject();
    return rich.isEmpty() ? Json() : json::canonical(rich);
}

QString heldKey(AgentId agent)
{
    return u"held/"_s + agent.toString();
}

QJsonObject toJson(const ui::Draft &draft)
{
    return {{u"conversation"_s, draft.conversation.toString()},
            {u"note"_s, draft.mode == ui::DraftMode::Note},
            {u"command"_s, draft.command.toString()},
            {u"text"_s, draft.text},
            {u"attachments"_s, json::write(draft.attachments)},
            {u"private"_s, isPrivate(draft)},
            {u"rich"_s, json::object(draft.rich)}};
}

ui::Draft fromJson(const QJsonObject &object, AgentId agent)
{
    ui::Draft draft;
    draft.conversation = ConversationId::fromString(object.value(u"conversation"_s).toString());
    draft.agent = agent;
    draft.mode = object.value(u"note"_s).toBool() ? ui::DraftMode::Note : ui::DraftMode::Reply;
    draft.command = CommandId::fromString(object.value(u"command"_s).toString());
    draft.text = object.value(u"text"_s).toString();
    draft.attachments = attachmentsFromJson(object.value(u"attachments"_s));
    draft.rich = richFromJson(object.value(u"rich"_s));
    draft.visibility = visibilityOf(object.value(u"private"_s));
    return draft;
}

} // namespace

/// Lives in the store thread; its calls are queued.
class LocalDrafts::Worker : public QObject
{
public:
    explicit Worker(QString path)
        : m_path(std::move(path))
    {}

    Result<std::vector<ui::Draft>> load(AgentId agent)
    {
        if (const Result<Done> opened = open(); !opened)
            return opened.error();
        const auto stored = m_store->drafts(agent);
        if (!stored)
            return stored.error();
        std::vector<ui::Draft> drafts;
        for (const store::Draft &draft : *stored) {
            ui::Draft out;
            out.conversation = draft.conversation;
            out.agent = draft.agent;
            out.mode = ui::DraftMode(int(draft.mode));
            out.text = draft.text;
            const auto parts = QJsonDocument::fromJson(draft.attachments.text);
            out.attachments = attachmentsFromJson(parts.isArray() ? QJsonValue(parts.array())
                                                                  : parts[u"attachments"_s]);
            out.rich = richFromJson(parts[u"rich"_s]);
            out.visibility = visibilityOf(parts[u"private"_s]);
            out.savedAt = draft.changedAt;
            drafts.push_back(out);
        }
        const auto held = m_store->value(heldKey(agent));
        if (!held)
            return held.error();
        for (const QJsonValue value : QJsonDocument::fromJson(*held).array()) {
            const ui::Draft draft = fromJson(value.toObject(), agent);
            m_held[draft.command] = draft;
            drafts.push_back(draft);
        }
        return drafts;
    }

    Result<Done> save(const ui::Draft &draft)
    {
        if (const Result<Done> opened = open(); !opened)
            return opened;
        if (!draft.command.isNull())
            return saveHeld(draft);
        store::Draft out;
        out.conversation = draft.conversation;
        out.agent = draft.agent;
        out.mode = store::DraftMode(int(draft.mode));
        out.text = draft.text;
        if (!draft.attachments.empty() || !draft.rich.isEmpty() || isPrivate(draft))
            out.attachments = partsToJson(draft);
        out.changedAt = draft.savedAt;
        return m_store->saveDraft(out);
    }

private:
    Result<Done> open()
    {
        if (m_store)
            return Done{};
        auto opened = store::LocalStore::open(m_path);
        if (!opened)
            return opened.error();
        m_store = std::move(*opened);
        return Done{};
    }

    Result<Done> saveHeld(const ui::Draft &draft)
    {
        if (draft.isEmpty())
            m_held.erase(draft.command);
        else
            m_held[draft.command] = draft;
        QJsonArray all;
        for (const auto &[command, held] : m_held) {
            if (held.agent == draft.agent)
                all.append(toJson(held));
        }
        return m_store->setValue(heldKey(draft.agent),
                                 QJsonDocument(all).toJson(QJsonDocument::Compact));
    }

    QString m_path;
    std::unique_ptr<store::LocalStore> m_store;
    std::map<CommandId, ui::Draft> m_held;
};

LocalDrafts::LocalDrafts(const QString &path, QObject *parent)
    : QObject(parent)
    , m_worker(new Worker(path))
{
    m_thread.setObjectName(u"drafts"_s);
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

LocalDrafts::~LocalDrafts()
{
    // Queued behind every save, so that nothing written before is lost.
    QMetaObject::invokeMethod(m_worker, [this] { m_thread.quit(); });
    m_thread.wait();
}

void LocalDrafts::load(AgentId agent, Completion<std::vector<ui::Draft>> done)
{
    auto shared = std::make_shared<Completion<std::vector<ui::Draft>>>(std::move(done));
    QMetaObject::invokeMethod(m_worker, [this, agent, shared] {
        const auto drafts = m_worker->load(agent);
        QMetaObject::invokeMethod(this, [shared, drafts] { shared->answer(drafts); });
    });
}

void LocalDrafts::save(const ui::Draft &draft, Completion<Done> done)
{
    auto shared = std::make_shared<Completion<Done>>(std::move(done));
    QMetaObject::invokeMethod(m_worker, [this, draft, shared] {
        const Result<Done> result = m_worker->save(draft);
        QMetaObject::invokeMethod(this, [shared, result] { shared->answer(result); });
    });
}

} // namespace peerdesk::desktop

#include "moc_localdrafts.cpp"
