// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

#include <deque>
#include <vector>

namespace peerdesk::channels::email {

/// One value of an IMAP response.
struct ImapValue
{
    enum class Kind { Atom, String, Nil, List };
    Kind kind = Kind::Nil;
    QByteArray text;             ///< of atoms and strings
    std::vector<ImapValue> list; ///< of lists

    bool operator==(const ImapValue &) const = default;
};

/// One complete response of the server.
struct ImapResponse
{
    QByteArray tag;                ///< "*", "+" or the tag of the command it ends
    QByteArray status;             ///< OK, NO, BAD, BYE or PREAUTH, upper case; empty for data
    QByteArray code;               ///< response code without brackets, "UIDVALIDITY 12"
    QByteArray text;               ///< human text of a status or of a continuation
    std::vector<ImapValue> values; ///< of a data response, without the "*"

    bool operator==(const ImapResponse &) const = default;
};

/// Cuts the bytes of an IMAP server into responses. Takes them in pieces of any size; keeps at most
/// one incomplete response. Errors are final: the stream cannot be trusted afterwards.
/// Source: RFC 3501 section 9.
class ImapParser
{
public:
    /// Longest response without its literals.
    static constexpr qsizetype MaxLine = 256 * 1024;
    /// Longest literal: the largest mail and a little.
    static constexpr qsizetype MaxLiteral = 51LL * 1024 * 1024;
    static constexpr int MaxDepth = 32;
    static constexpr size_t MaxValues = 20'000;
    /// Complete responses waiting to be taken; more is an error of the caller or an attack.
    static constexpr size_t MaxWaiting = 100'000;

    /// Errors: Invalid (not IMAP), TooLarge (a bound).
    Result<Done> feed(const QByteArray &bytes);
    bool hasResponse() const { return !m_ready.empty(); }
    ImapResponse take();
    /// Nothing half read and nothing waiting: the moment for STARTTLS.
    bool isAtRest() const;

private:
    /// A response is text and literals in turn: text[0], literal[0], text[1], ...
    struct Draft
    {
        std::vector<QByteArray> texts{QByteArray()};
        std::vector<QByteArray> literals;
        qsizetype size = 0; ///< of the texts
        qsizetype literalSize = 0;
    };

    Result<Done> addText(const QByteArray &bytes, qsizetype &at);
    Result<Done> endLine();
    Result<Done> finishDraft();

    Draft m_draft;
    qsizetype m_literalLeft = 0;
    bool m_isBroken = false;
    std::deque<ImapResponse> m_ready;
};

} // namespace peerdesk::channels::email
