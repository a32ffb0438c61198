// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/codec.h"

namespace peerdesk::codec {

bool Reader::value(bool &v)
{
    if (!m_cbor.isBool())
        return false;
    v = m_cbor.toBool();
    return m_cbor.next();
}

bool Reader::value(QString &v)
{
    if (!m_cbor.isString())
        return false;
    auto chunk = m_cbor.readString();
    while (chunk.status == QCborStreamReader::Ok) {
        v += chunk.data;
        chunk = m_cbor.readString();
    }
    return chunk.status == QCborStreamReader::EndOfString;
}

bool Reader::value(QByteArray &v)
{
    if (!m_cbor.isByteArray())
        return false;
    auto chunk = m_cbor.readByteArray();
    while (chunk.status == QCborStreamReader::Ok) {
        v += chunk.data;
        chunk = m_cbor.readByteArray();
    }
    return chunk.status == QCborStreamReader::EndOfString;
}

bool Reader::enter(quint64 &size)
{
    if (!m_cbor.isLengthKnown() || m_cbor.length() > MaxElements || ++m_depth > MaxDepth)
        return false;
    size = m_cbor.length();
    return m_cbor.enterContainer();
}

bool Reader::leave()
{
    --m_depth;
    return m_cbor.leaveContainer();
}

} // namespace peerdesk::codec
