// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/columns.h"
#include "core/store/readerlist.h"

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

/// Two numbers, "time-row".
Result<QVariantList> valuesOfMessageCursor(const QString &cursor)
{
    if (cursor.isEmpty())
        return QVariantList{};
    const QStringList parts = cursor.split(u'-');
    bool isTime = false;
    bool isRow = false;
    const qint64 time = parts.value(0).toLongLong(&isTime);
    const qint64 row = parts.value(1).toLongLong(&isRow);
    if (parts.size() != 2 || !isTime || !isRow)
        return invalid(u"not a cursor of this list"_s);
    return QVariantList{time, row};
}

/// The least text greater than every text that begins with `prefix`, for a range in an index.
QString endOfPrefix(const QString &prefix)
{
    return prefix + QString::fromUcs4(U"\U0010FFFF");
}

/// One way to find customers by a beginning; they are listed one after the other.
const std::array<QString, 3> &customerSources()
{
    static const std::array<QString, 3> sources{
        u"SELECT body, folded, id FROM customer WHERE folded >= ? AND folded < ? "
        "AND (folded, id) > (?, ?) ORDER BY folded, id"_s,
        u"SELECT body, surname, id FROM customer WHERE surname >= ? "
        "AND surname < ? AND (surname, id) > (?, ?) ORDER BY surname, id"_s,
        u"SELECT c.body, a.folded, a.id FROM address a CROSS JOIN customer c "
        "ON c.id = a.customer WHERE a.folded >= ? AND a.folded < ? "
        "AND (a.folded, a.id) > (?, ?) ORDER BY a.folded, a.id"_s};
    return sources;
}

struct CustomerCursor
{
    size_t source = 0;
    QString value = u""_s;
    QByteArray id = QByteArray(16, '\0');
};

/// Whether a customer was found by an earlier source, or by an earlier one of several addresses.
bool isListedBefore(const Customer &customer, const std::vector<Address> &addresses,
                    const CustomerCursor &at, const QString &prefix)
{
    const auto columns = Columns<Customer>::values(customer);
    if (at.source > 0 && columns[0].toString().startsWith(prefix))
        return true;
    if (at.source > 1 && columns[1].toString().startsWith(prefix))
        return true;
    return at.source > 1 && std::any_of(addresses.begin(), addresses.end(), [&](const Address &a) {
               const QString value = foldedName(a.value);
               return value.startsWith(prefix) &&
                      std::pair(value, a.id.toBytes()) < std::pair(at.value, at.id);
           });
}

QString toText(const CustomerCursor &cursor)
{
    const QByteArray packed =
        QByteArray::number(qulonglong(cursor.source)) + cursor.id + cursor.value.toUtf8();
    return QString::fromLatin1(
        packed.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

Result<CustomerCursor> toCursor(const QString &text)
{
    if (text.isEmpty())
        return CustomerCursor{};
    const auto decoded = QByteArray::fromBase64Encoding(
        text.toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    const QByteArray packed = decoded ? *decoded : QByteArray();
    const size_t source = packed.size() < 17 ? customerSources().size() : size_t(packed[0] - '0');
    if (source >= customerSources().size())
        return invalid(u"not a cursor of this list"_s);
    return CustomerCursor{source, QString::fromUtf8(packed.mid(17)), packed.mid(1, 16)};
}

} // namespace

Result<api::PageOf<Message>> OfficeReader::messages(ConversationId conversation,
                                                    const api::Page &page) const
{
    const auto before = valuesOfMessageCursor(page.after);
    if (!before)
        return before.error();
    const int limit = pageLimit(page);
    QString sql = u"SELECT body, created_at, rowid FROM message WHERE conversation = ?"_s;
    if (!before->isEmpty())
        sql += u" AND (created_at, rowid) < (?, ?)"_s;
    sql += u" ORDER BY created_at DESC, rowid DESC LIMIT ?"_s;
    const auto rows =
        m_db->run(sql, QVariantList{conversation.toBytes()} + *before + QVariantList{limit + 1});
    if (!rows)
        return rows.error();
    api::PageOf<Message> answer;
    QString next;
    while ((*rows)->next()) {
        if (int(answer.items.size()) == limit) {
            answer.next = next;
            break;
        }
        if (auto message = decoded<Message>((*rows)->value(0).toByteArray()))
            answer.items.push_back(std::move(*message));
        next = u"%1-%2"_s.arg((*rows)->value(1).toLongLong()).arg((*rows)->value(2).toLongLong());
    }
    (*rows)->finish();
    if (auto trouble = takeTrouble())
        return *trouble;
    std::reverse(answer.items.begin(), answer.items.end());
    return answer;
}

std::optional<Message> OfficeReader::messageByProviderId(AccountId account,
                                                         const QString &providerId) const
{
    if (providerId.isEmpty())
        return std::nullopt;
    const auto seen = find<Seen>(Seen::idFor(account, providerId));
    if (seen && !seen->message.isNull())
        return find<Message>(seen->message);
    return first<Message>(
        u"SELECT m.body FROM message m CROSS JOIN conversation c "
        "ON c.id = m.conversation WHERE m.provider_id = ?1 AND (+c.account = ?2 OR EXISTS "
        "(SELECT 1 FROM route r WHERE r.conversation = c.id AND +r.account = ?2)) "
        "ORDER BY m.rowid DESC LIMIT 1"_s,
        {providerId, account.toBytes()});
}

std::optional<Message> OfficeReader::lastInbound(ConversationId conversation) const
{
    return first<Message>(u"SELECT body FROM message WHERE conversation = ? AND kind = ? "
                          "ORDER BY created_at DESC, rowid DESC LIMIT 1"_s,
                          {conversation.toBytes(), int(MessageKind::Inbound)});
}

std::vector<Message> OfficeReader::scheduledDue(Time now, int limit) const
{
    return list<Message>(u"SELECT body FROM message WHERE scheduled_at <= ? "
                         "ORDER BY scheduled_at LIMIT ?"_s,
                         {now.ms, limit});
}

int OfficeReader::queuedOutbound() const
{
    return int(number(u"SELECT count(*) FROM message WHERE outbound = 1"_s));
}

Result<api::PageOf<Customer>> OfficeReader::customers(const QString &text,
                                                      const api::Page &page) const
{
    auto cursor = toCursor(page.after);
    if (!cursor)
        return cursor.error();
    const int limit = pageLimit(page);
    const QString prefix = foldedName(text);
    api::PageOf<Customer> answer;
    const size_t sources = prefix.isEmpty() ? 1 : customerSources().size();
    for (; cursor->source < sources; *cursor = {cursor->source + 1}) {
        const auto rows = m_db->run(
            customerSources()[cursor->source],
            {prefix.isNull() ? u""_s : prefix, endOfPrefix(prefix), cursor->value, cursor->id});
        if (!rows)
            return rows.error();
        while ((*rows)->next()) {
            if (int(answer.items.size()) == limit) {
                answer.next = toText(*cursor);
                break;
            }
            auto customer = decoded<Customer>((*rows)->value(0).toByteArray());
            cursor->value = (*rows)->value(1).toString();
            cursor->id = (*rows)->value(2).toByteArray();
            if (customer && !isListedBefore(*customer, addressesOf(customer->id), *cursor, prefix))
                answer.items.push_back(std::move(*customer));
        }
        (*rows)->finish();
        if (!answer.next.isEmpty())
            break;
    }
    if (auto trouble = takeTrouble())
        return *trouble;
    return answer;
}

Result<api::PageOf<Task>> OfficeReader::tasks(const std::optional<TaskStatus> &status,
                                              const api::Page &page) const
{
    const auto after = valuesOfCursor(page.after);
    if (!after)
        return after.error();
    const int limit = pageLimit(page);
    QStringList conditions;
    QVariantList values;
    if (status) {
        conditions += u"status = ?"_s;
        values += int(*status);
    }
    if (!after->isEmpty()) {
        conditions += u"(created_at, id) < (?, ?)"_s;
        values += *after;
    }
    QString sql = u"SELECT body FROM task INDEXED BY "_s;
    sql += status ? u"task_by_status"_s : u"task_by_time"_s;
    if (!conditions.isEmpty())
        sql += u" WHERE "_s + conditions.join(u" AND "_s);
    sql += u" ORDER BY created_at DESC, id DESC LIMIT ?"_s;
    api::PageOf<Task> answer{list<Task>(sql, values + QVariantList{limit + 1}), {}};
    if (auto trouble = takeTrouble())
        return *trouble;
    if (int(answer.items.size()) > limit) {
        answer.items.resize(size_t(limit));
        answer.next = cursorOf(answer.items.back().dateCreated.ms, answer.items.back().id);
    }
    return answer;
}

} // namespace peerdesk::store
