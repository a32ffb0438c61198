// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"

#include <QtEndian>

namespace peerdesk::codec {

namespace {

// Low five bits of an initial byte, RFC 8949 section 3: a small argument itself, or how many bytes
// of it follow.
constexpr quint8 OneByte = 24;
constexpr quint8 TwoBytes = 25;
constexpr quint8 FourBytes = 26;
constexpr quint8 EightBytes = 27;
constexpr quint8 False = 20;
constexpr quint8 True = 21;

char initialByte(Major major, quint8 low)
{
    return char(quint8(major) << 5 | low);
}

template <typename Number>
void appendHead(QByteArray &out, Major major, quint8 low, Number argument)
{
    std::array<char, 1 + sizeof(Number)> bytes{initialByte(major, low)};
    qToBigEndian(argument, bytes.data() + 1);
    out.append(bytes.data(), qsizetype(bytes.size()));
}

} // namespace

QByteArray detail::pathText(const std::vector<int> &keys)
{
    QByteArray text;
    for (const int key : keys)
        text += (text.isEmpty() ? "" : ".") + QByteArray::number(key);
    return text;
}

void Writer::head(Major major, quint64 argument)
{
    if (argument < OneByte)
        m_out.append(initialByte(major, quint8(argument)));
    else if (argument <= std::numeric_limits<quint8>::max())
        appendHead(m_out, major, OneByte, quint8(argument));
    else if (argument <= std::numeric_limits<quint16>::max())
        appendHead(m_out, major, TwoBytes, quint16(argument));
    else if (argument <= std::numeric_limits<quint32>::max())
        appendHead(m_out, major, FourBytes, quint32(argument));
    else
        appendHead(m_out, major, EightBytes, argument);
}

void Writer::signedNumber(qint64 v)
{
    if (v < 0)
        head(Major::Negative, quint64(-1 - v));
    else
        head(Major::Unsigned, quint64(v));
}

void Writer::value(bool v)
{
    m_out.append(initialByte(Major::Simple, v ? True : False));
}

void Writer::value(const QString &v)
{
    const QByteArray utf8 = v.toUtf8();
    head(Major::Text, quint64(utf8.size()));
    m_out.append(utf8);
}

void Writer::value(const QByteArray &v)
{
    head(Major::Bytes, quint64(v.size()));
    m_out.append(v);
}

void Writer::identifier(const QUuid &id)
{
    std::array<char, 16> bytes{};
    qToBigEndian(id.data1, bytes.data());
    qToBigEndian(id.data2, bytes.data() + 4);
    qToBigEndian(id.data3, bytes.data() + 6);
    std::copy(std::begin(id.data4), std::end(id.data4), bytes.data() + 8);
    head(Major::Bytes, bytes.size());
    m_out.append(bytes.data(), qsizetype(bytes.size()));
}

std::optional<Reader::Head> Reader::head()
{
    if (m_rest.isEmpty())
        return std::nullopt;
    const quint8 initial = quint8(m_rest.front());
    const quint8 low = initial & 0x1f;
    Head head{Major(initial >> 5), low};
    m_rest = m_rest.sliced(1);
    if (low < OneByte)
        return head;
    const qsizetype size = qsizetype(1) << (low - OneByte);
    if (low > EightBytes || m_rest.size() < size)
        return std::nullopt;
    head.argument = 0;
    for (const char byte : m_rest.first(size))
        head.argument = head.argument << 8 | quint8(byte);
    m_rest = m_rest.sliced(size);
    return head;
}

std::optional<QByteArrayView> Reader::string(Major major)
{
    const std::optional<Head> read = head();
    if (!read || read->major != major || read->argument > quint64(m_rest.size()))
        return std::nullopt;
    const QByteArrayView bytes = m_rest.first(qsizetype(read->argument));
    m_rest = m_rest.sliced(bytes.size());
    return bytes;
}

bool Reader::value(bool &v)
{
    const std::optional<Head> read = head();
    if (!read || read->major != Major::Simple ||
        (read->argument != False && read->argument != True))
        return false;
    v = read->argument == True;
    return true;
}

bool Reader::value(QString &v)
{
    const std::optional<QByteArrayView> utf8 = string(Major::Text);
    if (!utf8 || !utf8->isValidUtf8())
        return false;
    v = QString::fromUtf8(*utf8);
    return true;
}

bool Reader::value(QByteArray &v)
{
    const std::optional<QByteArrayView> bytes = string(Major::Bytes);
    if (!bytes)
        return false;
    v = bytes->toByteArray();
    return true;
}

bool Reader::identifier(QUuid &id)
{
    const std::optional<QByteArrayView> bytes = string(Major::Bytes);
    if (!bytes || bytes->size() != 16)
        return false;
    id = QUuid::fromRfc4122(*bytes);
    return true;
}

/// Every item takes a byte at least, so that a claimed size is bounded by what is there.
bool Reader::skip()
{
    for (quint64 items = 1; items > 0; --items) {
        const std::optional<Head> read = head();
        if (!read)
            return false;
        const quint64 rest = quint64(m_rest.size());
        switch (read->major) {
        case Major::Bytes:
        case Major::Text:
            if (read->argument > rest)
                return false;
            m_rest = m_rest.sliced(qsizetype(read->argument));
            break;
        case Major::Array:
        case Major::Map:
            if (read->argument > rest)
                return false;
            items += read->argument * (read->major == Major::Map ? 2 : 1);
            break;
        case Major::Tag:
            ++items;
            break;
        case Major::Unsigned:
        case Major::Negative:
        case Major::Simple:
            break;
        }
    }
    return true;
}

bool Reader::enter(Major major, quint64 &size)
{
    const std::optional<Head> read = head();
    if (!read || read->major != major || read->argument > MaxElements || ++m_depth > MaxDepth)
        return false;
    size = read->argument;
    return true;
}

bool Reader::leave()
{
    --m_depth;
    return true;
}

} // namespace peerdesk::codec
