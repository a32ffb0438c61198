// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/mailbody.h"

#include "core/channels/email/charset.h"
#include "core/channels/email/html.h"

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

struct Piece
{
    QString text;
    QString html;
    bool isFromHtml = false; ///< the text was derived
};

QString asHtml(const QString &text)
{
    QString html = text.toHtmlEscaped();
    return u"<div>"_s + html.replace(u'\n', u"<br>"_s) + u"</div>"_s;
}

bool isShown(const MimePart &part)
{
    return (part.type == "text/plain" || part.type == "text/html") && !part.isAttachment &&
           part.fileName.isEmpty();
}

Piece shown(const MimePart &part)
{
    Piece piece;
    if (part.type == "text/html") {
        const QByteArray label = part.charset.isEmpty() ? charsetOfHtml(part.body) : part.charset;
        piece.html = decodeText(part.body, label);
        piece.text = sanitize(piece.html).text;
        piece.isFromHtml = true;
        return piece;
    }
    piece.text = decodeText(part.body, part.charset);
    if (part.isFlowed)
        piece.text = unflowed(piece.text, part.deletesSpace);
    return piece;
}

void append(Piece &whole, const Piece &next)
{
    if (next.text.trimmed().isEmpty() && next.html.isEmpty())
        return;
    if (!whole.html.isEmpty() || !next.html.isEmpty()) {
        if (whole.html.isEmpty() && !whole.text.trimmed().isEmpty())
            whole.html = asHtml(whole.text);
        whole.html += next.html.isEmpty() ? asHtml(next.text) : next.html;
    }
    if (!whole.text.isEmpty() && !whole.text.endsWith(u'\n'))
        whole.text += u'\n';
    whole.text += next.text;
    whole.isFromHtml = whole.isFromHtml || next.isFromHtml;
}

class Chooser
{
public:
    explicit Chooser(MailBody &body)
        : m_body(body)
    {}

    // NOLINTNEXTLINE(misc-no-recursion): the tree is at most MaxPartDepth deep
    Piece choose(const MimePart &part)
    {
        if (part.type == "multipart/alternative")
            return alternative(part);
        if (part.type.startsWith("multipart/")) {
            Piece whole;
            for (const MimePart &child : part.children)
                append(whole, choose(child));
            return whole;
        }
        if (isShown(part))
            return shown(part);
        m_body.files.push_back(&part);
        return {};
    }

private:
    // NOLINTNEXTLINE(misc-no-recursion): the tree is at most MaxPartDepth deep
    Piece alternative(const MimePart &part)
    {
        Piece best;
        for (const MimePart &child : part.children) {
            const Piece next = choose(child);
            const bool isBetterText =
                best.text.trimmed().isEmpty() || (best.isFromHtml && !next.isFromHtml);
            if (isBetterText && !next.text.trimmed().isEmpty()) {
                best.text = next.text;
                best.isFromHtml = next.isFromHtml;
            }
            if (!next.html.isEmpty())
                best.html = next.html;
        }
        return best;
    }

    MailBody &m_body;
};

} // namespace

MailBody chooseBody(const MimePart &root)
{
    MailBody body;
    const Piece piece = Chooser(body).choose(root);
    body.text = piece.text.trimmed();
    body.html = piece.html;
    return body;
}

} // namespace peerdesk::channels::email
