// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/compose.h"

#include "core/base/json.h"
#include "core/channels/email/gmime.h"
#include "core/channels/email/headers.h"
#include "core/channels/email/html.h"
#include "core/channels/vendor/markup.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

/// Text with markup as HTML.
QString marked(const QString &markdown)
{
    QString html;
    for (const vendor::Run &run : vendor::runsOf(markdown)) {
        QString part = run.text.toHtmlEscaped().replace(u'\n', u"<br>\r\n"_s);
        for (const auto &[isSo, tag] : {std::pair(run.isCode, u"code"_s),
                                        {run.isStruck, u"s"_s},
                                        {run.isItalic, u"em"_s},
                                        {run.isBold, u"strong"_s}}) {
            if (isSo)
                part = u"<%1>%2</%1>"_s.arg(tag, part);
        }
        if (!run.link.isEmpty())
            part = u"<a href=\"%1\">%2</a>"_s.arg(run.link.toHtmlEscaped(), part);
        html += part;
    }
    return html;
}

QString htmlOf(const Content &content)
{
    const QJsonObject rich = json::object(content.rich);
    if (rich.value(u"kind"_s) == u"markup_text"_s)
        return marked(rich.value(u"markdown"_s).toString());
    if (!content.html.isEmpty())
        return sanitize(content.html).html;
    return content.text.toHtmlEscaped().replace(u'\n', u"<br>\r\n"_s);
}

/// Most of the original that is quoted below an answer, characters.
constexpr qsizetype MaxQuote = 8 * 1024;
/// Most further recipients.
constexpr size_t MaxCopies = 20;

bool isUsable(const QString &address)
{
    static const QRegularExpression pattern(u"^[^\\s<>()\\[\\]\\\\,;:@\"\\x00-\\x1f]{1,64}@"
                                            "[^\\s<>()\\[\\]\\\\,;:@\"\\x00-\\x1f]{1,253}$"_s);
    return pattern.match(address).hasMatch();
}

QString quotedText(const Message &answered, const QString &who)
{
    QString text = answered.content.text.left(MaxQuote);
    const Time at = answered.providerTime.isSet() ? answered.providerTime : answered.createdAt;
    QString out = u"%1 UTC, %2:\n"_s.arg(at.toString().left(16).replace(u'T', u' '), who);
    for (const QString &line : text.split(u'\n'))
        out += (line.startsWith(u'>') ? u">"_s : u"> "_s) + line + u'\n';
    return out;
}

QString quotedHtml(const Message &answered, const QString &who)
{
    const Time at = answered.providerTime.isSet() ? answered.providerTime : answered.createdAt;
    const QString when = at.toString().left(16).replace(u'T', u' ');
    QString text = answered.content.text.left(MaxQuote).toHtmlEscaped();
    text.replace(u'\n', u"<br>\r\n"_s);
    return u"<div>%1 UTC, %2:</div>\r\n<blockquote type=\"cite\">%3</blockquote>\r\n"_s.arg(
        when, who.toHtmlEscaped(), text);
}

/// The draft of one mail: the GMime objects are owned here and by each other.
class Composer
{
public:
    Composer(const Outgoing &outgoing, const MailIdentity &office)
        : m_outgoing(outgoing)
        , m_office(office)
        , m_message(g_mime_message_new(TRUE))
    {}

    Result<ComposedMail> run()
    {
        readRecipients();
        if (m_to.isEmpty() || !isUsable(m_to))
            return invalid(u"There is no usable e-mail address to write to."_s);
        if (!isUsable(m_office.address))
            return invalid(u"The account has no usable e-mail address of its own."_s);
        writeAddresses();
        writeThread();
        const GRef<GMimeObject> body = content();
        if (!body)
            return m_error;
        g_mime_message_set_mime_part(m_message.get(), body.get());
        return finished();
    }

private:
    void readRecipients()
    {
        m_answeredHeaders =
            m_outgoing.answered ? json::object(m_outgoing.answered->headers) : QJsonObject();
        const QJsonArray replyTo = m_answeredHeaders.value(u"reply_to"_s).toArray();
        if (!replyTo.isEmpty())
            m_to = replyTo.first().toObject().value(u"address"_s).toString();
        if (!isUsable(m_to) || m_to == m_office.address)
            m_to = m_outgoing.address.value;
        const QJsonObject own = json::object(m_outgoing.message.headers);
        if (own.contains(u"cc"_s))
            addCopies(own.value(u"cc"_s).toArray());
        else if (m_outgoing.message.authorKind == AuthorKind::Agent)
            keepCopies();
    }

    /// A person's answer goes to whoever wrote the last mail of the thread and to everybody it was
    /// for. Not to those if we got a blind copy: they must not learn of it. Automatic answers go to
    /// the customer alone (RFC 3834).
    void keepCopies()
    {
        if (m_answeredHeaders.value(u"reply_to"_s).toArray().isEmpty())
            addCopies(m_answeredHeaders.value(u"from"_s).toArray());
        const QJsonArray to = m_answeredHeaders.value(u"to"_s).toArray();
        const QJsonArray cc = m_answeredHeaders.value(u"cc"_s).toArray();
        const auto isOurs = [this](const QJsonValue &value) {
            return addressIn(value) == m_office.address;
        };
        if (std::none_of(to.begin(), to.end(), isOurs) &&
            std::none_of(cc.begin(), cc.end(), isOurs))
            return;
        addCopies(to);
        addCopies(cc);
    }

    static QString addressIn(const QJsonValue &value)
    {
        return value.isObject() ? value.toObject().value(u"address"_s).toString()
                                : value.toString();
    }

    void addCopies(const QJsonArray &addresses)
    {
        for (const QJsonValue value : addresses) {
            const QString copy = addressIn(value);
            const bool isKnown =
                copy == m_to || copy == m_office.address || copy == m_outgoing.address.value ||
                std::find(m_copies.begin(), m_copies.end(), copy) != m_copies.end();
            if (!isKnown && isUsable(copy) && m_copies.size() < MaxCopies)
                m_copies.push_back(copy);
        }
    }

    void add(GMimeAddressType type, const QString &name, const QString &address)
    {
        const QByteArray shown = oneLine(name, 120).toUtf8();
        g_mime_message_add_mailbox(m_message.get(), type, shown.isEmpty() ? nullptr : shown.data(),
                                   address.toUtf8().constData());
    }

    void header(const char *name, const QString &value)
    {
        g_mime_object_set_header(GMIME_OBJECT(m_message.get()), name,
                                 oneLine(value, 8000).toUtf8().constData(), "utf-8");
    }

    void writeAddresses()
    {
        const QString agent = m_outgoing.agentName;
        const QString office = m_office.displayName;
        const QString sender =
            agent.isEmpty() || office.isEmpty() ? agent + office : agent + u", "_s + office;
        add(GMIME_ADDRESS_TYPE_FROM, sender, m_office.address);
        add(GMIME_ADDRESS_TYPE_TO, m_outgoing.conversation.customerName, m_to);
        for (const QString &copy : m_copies)
            add(GMIME_ADDRESS_TYPE_CC, {}, copy);
    }

    QString subject() const
    {
        const QString own = m_outgoing.message.content.subject;
        const QString original = m_outgoing.answered ? m_outgoing.answered->content.subject
                                                     : m_outgoing.conversation.subject;
        if (!m_outgoing.answered)
            return oneLine(own.isEmpty() ? original : own);
        return replySubject(own.isEmpty() ? original : own);
    }

    void writeThread()
    {
        const Message &message = m_outgoing.message;
        m_messageId = messageIdFor(message.id, domainOf(m_office.address));
        g_mime_message_set_subject(m_message.get(), subject().toUtf8().constData(), "utf-8");
        g_mime_message_set_message_id(m_message.get(), m_messageId.toUtf8().constData());
        GDateTime *date = g_date_time_new_from_unix_utc(message.createdAt.ms / 1000);
        g_mime_message_set_date(m_message.get(), date);
        g_date_time_unref(date);
        writeReferences();
        if (message.authorKind == AuthorKind::Bot || message.authorKind == AuthorKind::System) {
            header("Auto-Submitted", u"auto-replied"_s);
            header("X-Auto-Response-Suppress", u"All"_s);
        }
    }

    void writeReferences()
    {
        const QString answeredId = m_answeredHeaders.value(u"message_id"_s).toString();
        if (messageIds(u'<' + answeredId + u'>').empty())
            return;
        QString chain;
        const QJsonArray earlier = m_answeredHeaders.value(u"references"_s).toArray();
        for (const QJsonValue value : earlier) {
            const auto ids = messageIds(u'<' + value.toString() + u'>');
            if (!ids.empty() && ids.front() != answeredId && chain.size() < 6000)
                chain += u'<' + ids.front() + u"> "_s;
        }
        header("In-Reply-To", u'<' + answeredId + u'>');
        header("References", chain + u'<' + answeredId + u'>');
    }

    GRef<GMimeObject> textPart(const char *subtype, const QString &text)
    {
        GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
        g_mime_text_part_set_charset(part, "utf-8");
        g_mime_text_part_set_text(part, text.toUtf8().constData());
        g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
        return GRef<GMimeObject>(GMIME_OBJECT(part));
    }

    GRef<GMimeObject> multipart(const char *subtype)
    {
        GMimeMultipart *parts = g_mime_multipart_new_with_subtype(subtype);
        const QByteArray boundary = "=_pd_" + m_outgoing.message.id.toString().toLatin1() + '_' +
                                    QByteArray::number(++m_boundaries);
        g_mime_multipart_set_boundary(parts, boundary.constData());
        return GRef<GMimeObject>(GMIME_OBJECT(parts));
    }

    static void put(const GRef<GMimeObject> &parent, const GRef<GMimeObject> &child)
    {
        g_mime_multipart_add(GMIME_MULTIPART(parent.get()), child.get());
    }

    GRef<GMimeObject> alternative()
    {
        const Content &content = m_outgoing.message.content;
        QString text = content.text;
        QString html = htmlOf(content);
        // With rich content the choices stand in its text already.
        const qsizetype choices =
            content.rich.isEmpty() ? qsizetype(content.quickReplies.size()) : 0;
        for (qsizetype i = 0; i < choices; ++i) {
            const QString line =
                u"%1. %2"_s.arg(i + 1).arg(oneLine(content.quickReplies[size_t(i)], 200));
            text += (i == 0 ? u"\n\n"_s : u"\n"_s) + line;
            html += u"<br>\r\n"_s + line.toHtmlEscaped();
        }
        html = u"<html><body>\r\n<div>"_s + html + u"</div>\r\n"_s;
        if (m_outgoing.answered) {
            const QString who = m_outgoing.conversation.customerName.isEmpty()
                                    ? m_to
                                    : oneLine(m_outgoing.conversation.customerName, 120);
            text += u"\n\n"_s + quotedText(*m_outgoing.answered, who);
            html += u"<br>\r\n"_s + quotedHtml(*m_outgoing.answered, who);
        }
        GRef<GMimeObject> parts = multipart("alternative");
        put(parts, textPart("plain", text));
        put(parts, textPart("html", html + u"</body></html>\r\n"_s));
        return parts;
    }

    GRef<GMimeObject> file(const Attachment &attachment, const QByteArray &bytes)
    {
        const QByteArray type = sniffable(attachment.mimeType);
        const qsizetype slash = type.indexOf('/');
        GMimePart *part = g_mime_part_new_with_type(type.left(slash).constData(),
                                                    type.mid(slash + 1).constData());
        const GRef<GMimeStream> stream(
            g_mime_stream_mem_new_with_buffer(bytes.constData(), size_t(bytes.size())));
        const GRef<GMimeDataWrapper> wrapper(
            g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
        g_mime_part_set_content(part, wrapper.get());
        g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
        g_mime_part_set_filename(
            part, safeFileName(attachment.name, u"attachment"_s).toUtf8().constData());
        const QString cid = oneLine(attachment.contentId, 200);
        if (attachment.isInline && !cid.isEmpty()) {
            g_mime_object_set_disposition(GMIME_OBJECT(part), "inline");
            g_mime_part_set_content_id(part,
                                       QString(cid).remove(u'<').remove(u'>').toUtf8().constData());
        }
        return GRef<GMimeObject>(GMIME_OBJECT(part));
    }

    /// text/* and message/* would be re-encoded on the way: they go as plain bytes.
    static QByteArray sniffable(const QString &declared)
    {
        static const QRegularExpression pattern(u"^[a-z]{2,20}/[a-z0-9.+_-]{1,80}$"_s);
        const bool isKept = pattern.match(declared).hasMatch() &&
                            !declared.startsWith("message/"_L1) &&
                            !declared.startsWith("multipart/"_L1);
        return isKept ? declared.toLatin1() : QByteArray("application/octet-stream");
    }

    /// Null with m_error set if an attachment cannot go.
    GRef<GMimeObject> content()
    {
        GRef<GMimeObject> body = alternative();
        GRef<GMimeObject> related = multipart("related");
        GRef<GMimeObject> mixed = multipart("mixed");
        put(related, body);
        std::vector<GRef<GMimeObject>> files;
        bool hasInline = false;
        qint64 total = 0;
        for (const Attachment &attachment : m_outgoing.message.content.attachments) {
            const auto bytes = m_outgoing.attachments.find(attachment.sha256);
            if (bytes == m_outgoing.attachments.end()) {
                m_error = notFound(u"The file %1 is not on this PC."_s.arg(attachment.name));
                return {};
            }
            total += bytes->second.size();
            const bool isInline = attachment.isInline && !attachment.contentId.isEmpty();
            hasInline = hasInline || isInline;
            if (isInline)
                put(related, file(attachment, bytes->second));
            else
                files.push_back(file(attachment, bytes->second));
        }
        if (total > MaxFileBytes) {
            m_error = {Error::Code::TooLarge, u"The attachments are larger than 25 MB."_s, {}};
            return {};
        }
        GRef<GMimeObject> top = hasInline ? std::move(related) : std::move(body);
        if (files.empty())
            return top;
        put(mixed, top);
        for (const GRef<GMimeObject> &one : files)
            put(mixed, one);
        return mixed;
    }

    ComposedMail finished()
    {
        g_mime_object_encode(GMIME_OBJECT(m_message.get()), GMIME_ENCODING_CONSTRAINT_7BIT);
        GMimeFormatOptions *format = g_mime_format_options_clone(nullptr);
        g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
        const GRef<GMimeStream> stream(g_mime_stream_mem_new());
        g_mime_object_write_to_stream(GMIME_OBJECT(m_message.get()), format, stream.get());
        g_mime_format_options_free(format);
        const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
        ComposedMail mail;
        mail.bytes = QByteArray(reinterpret_cast<const char *>(bytes->data), qsizetype(bytes->len));
        mail.messageId = m_messageId;
        mail.from = m_office.address;
        mail.recipients = m_copies;
        mail.recipients.insert(mail.recipients.begin(), m_to);
        return mail;
    }

    const Outgoing &m_outgoing;
    const MailIdentity &m_office;
    GRef<GMimeMessage> m_message;
    QJsonObject m_answeredHeaders;
    QString m_to;
    std::vector<QString> m_copies;
    QString m_messageId;
    int m_boundaries = 0;
    Error m_error;
};

} // namespace

Result<ComposedMail> compose(const Outgoing &outgoing, const MailIdentity &office)
{
    readyGmime();
    return Composer(outgoing, office).run();
}

} // namespace peerdesk::channels::email
