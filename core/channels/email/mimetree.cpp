// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/mimetree.h"

#include "core/channels/email/gmime.h"

#include <QUrl>

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr int MaxHeaders = 500;
constexpr qsizetype MaxHeaderValue = 16 * 1024;
constexpr int MaxAddresses = 100;
/// Boundary lines times boundaries: what the search for part ends costs.
constexpr qint64 MaxBoundaryWork = 200'000'000;

QString bounded(const char *utf8, qsizetype limit = MaxHeaderValue)
{
    if (utf8 == nullptr)
        return {};
    QString text = QString::fromUtf8(utf8, qsizetype(qstrnlen(utf8, size_t(limit) * 4)));
    text.truncate(limit);
    text.remove(QChar(0));
    return text;
}

qint64 count(const QByteArray &haystack, QByteArrayView needle, qint64 limit)
{
    qint64 found = 0;
    for (qsizetype at = haystack.indexOf(needle); at >= 0 && found < limit;
         at = haystack.indexOf(needle, at + needle.size()))
        ++found;
    return found;
}

/// Cheap look before the parser runs: many boundaries and many lines like them are quadratic.
bool isBoundaryBomb(const QByteArray &raw)
{
    const qint64 lines = count(raw, "\n--", MaxBoundaryWork);
    if (lines < 10'000)
        return false;
    const QByteArray lower = raw.toLower();
    const qint64 boundaries = count(lower, "boundary", 100'000) + count(lower, "message/", 100'000);
    return lines * boundaries > MaxBoundaryWork;
}

GMimeParserOptions *parserOptions()
{
    GMimeParserOptions *options = g_mime_parser_options_new();
    const char *charsets[] = {"utf-8", "windows-1252", nullptr};
    g_mime_parser_options_set_fallback_charsets(options, charsets);
    return options;
}

QString canonical(const QString &address)
{
    const QString lower = address.trimmed().toLower();
    const qsizetype at = lower.lastIndexOf(u'@');
    if (at <= 0)
        return lower;
    const QString domain = lower.mid(at + 1);
    const QString ace = QString::fromLatin1(QUrl::toAce(domain));
    return lower.left(at + 1) + (ace.isEmpty() ? domain : ace);
}

bool isAddress(const QString &address)
{
    const qsizetype at = address.indexOf(u'@');
    return at > 0 && at + 1 < address.size() && address.size() <= 254 &&
           std::none_of(address.begin(), address.end(), [](QChar c) {
               return c.unicode() <= 0x20 || c == u'<' || c == u'>' || c.unicode() == 0x7f;
           });
}

// Groups cannot nest in the parser's result deeper than one level that matters to us.
void collect(InternetAddressList *list, std::vector<MailAddress> &out, int depth)
{
    const int length = list == nullptr ? 0 : internet_address_list_length(list);
    for (int i = 0; i < length && out.size() < MaxAddresses; ++i) {
        InternetAddress *entry = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(entry) && depth == 0) {
            // NOLINTNEXTLINE(misc-no-recursion): one level
            collect(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(entry)), out, 1);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(entry)) {
            const QString address = canonical(
                bounded(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry)), 300));
            if (isAddress(address))
                out.push_back(
                    {bounded(internet_address_get_name(entry), 200).simplified(), address});
        }
    }
}

std::vector<MailAddress> addresses(GMimeMessage *message, GMimeAddressType type)
{
    std::vector<MailAddress> out;
    collect(g_mime_message_get_addresses(message, type), out, 0);
    return out;
}

std::vector<HeaderField> headersOf(GMimeMessage *message)
{
    std::vector<HeaderField> fields;
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    const int length = std::min(g_mime_header_list_get_count(list), MaxHeaders);
    for (int i = 0; i < length; ++i) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        fields.push_back({bounded(g_mime_header_get_name(header), 200).toLower(),
                          bounded(g_mime_header_get_value(header))});
    }
    return fields;
}

QByteArray written(GMimeObject *object)
{
    const GRef<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(object, nullptr, stream.get());
    const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char *>(bytes->data), qsizetype(bytes->len)};
}

QByteArray content(GMimePart *part)
{
    GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
    if (wrapper == nullptr)
        return {};
    const GRef<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(wrapper, stream.get());
    const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char *>(bytes->data), qsizetype(bytes->len)};
}

class TreeReader
{
public:
    bool isOverBound() const { return m_isOverBound; }

    // NOLINTNEXTLINE(misc-no-recursion): depth is bounded by MaxPartDepth
    MimePart read(GMimeObject *object, int depth)
    {
        if (++m_count > MaxParts || depth > MaxPartDepth) {
            m_isOverBound = true;
            return {};
        }
        MimePart part = described(object);
        if (GMIME_IS_MULTIPART(object)) {
            GMimeMultipart *parts = GMIME_MULTIPART(object);
            const int length = g_mime_multipart_get_count(parts);
            for (int i = 0; i < length && !m_isOverBound; ++i)
                part.children.push_back(read(g_mime_multipart_get_part(parts, i), depth + 1));
        } else if (GMIME_IS_MESSAGE_PART(object)) {
            GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
            part.body = inner == nullptr ? QByteArray() : written(GMIME_OBJECT(inner));
        } else if (GMIME_IS_PART(object)) {
            part.body = content(GMIME_PART(object));
        }
        return part;
    }

private:
    static MimePart described(GMimeObject *object)
    {
        MimePart part;
        GMimeContentType *type = g_mime_object_get_content_type(object);
        const GText name(g_mime_content_type_get_mime_type(type));
        part.type = QByteArray(name.get()).toLower();
        const auto parameter = [type](const char *key) {
            return QByteArray(g_mime_content_type_get_parameter(type, key));
        };
        part.charset = parameter("charset").left(60);
        part.isFlowed = parameter("format").toLower() == "flowed";
        part.deletesSpace = parameter("delsp").toLower() == "yes";
        part.reportType = QString::fromUtf8(parameter("report-type")).toLower();
        const char *disposition = g_mime_object_get_disposition(object);
        part.isAttachment = disposition != nullptr && qstricmp(disposition, "attachment") == 0;
        part.contentId = bounded(g_mime_object_get_content_id(object), 250);
        part.fileName = fileName(object, type);
        return part;
    }

    static QString fileName(GMimeObject *object, GMimeContentType *type)
    {
        const char *name = g_mime_object_get_content_disposition_parameter(object, "filename");
        if (name == nullptr)
            name = g_mime_content_type_get_parameter(type, "name");
        return bounded(name, 1000);
    }

    int m_count = 0;
    bool m_isOverBound = false;
};

MailTree taken(GMimeMessage *message)
{
    MailTree tree;
    tree.headers = headersOf(message);
    tree.from = addresses(message, GMIME_ADDRESS_TYPE_FROM);
    if (tree.from.empty())
        tree.from = addresses(message, GMIME_ADDRESS_TYPE_SENDER);
    tree.replyTo = addresses(message, GMIME_ADDRESS_TYPE_REPLY_TO);
    tree.to = addresses(message, GMIME_ADDRESS_TYPE_TO);
    tree.cc = addresses(message, GMIME_ADDRESS_TYPE_CC);
    tree.subject = bounded(g_mime_message_get_subject(message), 2000);
    if (GDateTime *date = g_mime_message_get_date(message))
        tree.dateMs = g_date_time_to_unix(date) * 1000;
    return tree;
}

} // namespace

QString MailTree::header(const QString &name) const
{
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const HeaderField &field) { return field.name == name; });
    return found == headers.end() ? QString() : found->value;
}

bool MailTree::hasHeader(const QString &name) const
{
    return std::any_of(headers.begin(), headers.end(),
                       [&](const HeaderField &field) { return field.name == name; });
}

Result<MailTree> readMail(const QByteArray &raw)
{
    if (raw.size() > MaxMailBytes)
        return Error{Error::Code::TooLarge, u"The mail is larger than 50 MB."_s, {}};
    if (isBoundaryBomb(raw))
        return Error{Error::Code::TooLarge, u"The mail has too many parts."_s, {}};
    readyGmime();
    const GRef<GMimeStream> stream(
        g_mime_stream_mem_new_with_buffer(raw.constData(), size_t(raw.size())));
    const GRef<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    GMimeParserOptions *options = parserOptions();
    const GRef<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), options));
    g_mime_parser_options_free(options);
    if (!message || g_mime_message_get_mime_part(message.get()) == nullptr)
        return invalid(u"This is not a mail that can be read."_s);
    MailTree tree = taken(message.get());
    if (tree.headers.empty())
        return invalid(u"The mail has no headers."_s);
    TreeReader reader;
    tree.root = reader.read(g_mime_message_get_mime_part(message.get()), 1);
    if (reader.isOverBound())
        return Error{
            Error::Code::TooLarge, u"The mail is nested too deeply or has too many parts."_s, {}};
    return tree;
}

QString sniffedType(const QByteArray &bytes, const QByteArray &declared)
{
    if (bytes.startsWith("\x89PNG\r\n\x1a\n"))
        return u"image/png"_s;
    if (bytes.startsWith("\xff\xd8\xff"))
        return u"image/jpeg"_s;
    if (bytes.startsWith("GIF87a") || bytes.startsWith("GIF89a"))
        return u"image/gif"_s;
    if (bytes.startsWith("RIFF") && bytes.mid(8, 4) == "WEBP")
        return u"image/webp"_s;
    if (bytes.startsWith("%PDF-"))
        return u"application/pdf"_s;
    const QByteArray type = declared.toLower();
    const bool isWellFormed = type.count('/') == 1 && type.size() < 100 && !type.startsWith('/') &&
                              !type.endsWith('/') &&
                              std::all_of(type.begin(), type.end(), [](char c) {
                                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                         QByteArrayView("/.+-_").contains(c);
                              });
    const bool claimsPicture = type.startsWith("image/") && type != "image/svg+xml";
    if (!isWellFormed || (claimsPicture && bytes.isEmpty()))
        return u"application/octet-stream"_s;
    return QString::fromLatin1(type);
}

} // namespace peerdesk::channels::email
