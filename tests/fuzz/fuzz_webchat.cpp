// SPDX-License-Identifier: GPL-3.0-or-later
// Web chat: any bytes of a visitor are a frame within bounds, a named refusal or junk; what is kept
// is clean and stays the same when cleaned again; no bytes are a valid token.
#include "core/channels/webchat/frames.h"
#include "core/channels/webchat/uploads.h"
#include "core/channels/webchat/visitortoken.h"

#include <cstdint>
#include <cstdlib>

using namespace peerdesk;
using namespace peerdesk::channels;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check(const webchat::MessageFrame &frame)
{
    require(!frame.sequence.isEmpty() && frame.sequence.size() <= 40);
    require(frame.text.size() <= webchat::MaxTextLength);
    require(frame.files.size() <= size_t(webchat::MaxFilesPerMessage));
    require(frame.name.size() <= webchat::MaxNameLength);
    require(frame.email.size() <= webchat::MaxEmailLength);
    require(webchat::cleanText(frame.text) == frame.text);
    require(QString::fromUtf8(frame.text.toUtf8()) == frame.text);
    for (const webchat::FileReference &file : frame.files) {
        require(file.sha256.size() == 32 && !file.name.isEmpty());
        require(!file.name.contains(u'/') && !file.name.contains(u'\\'));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const webchat::ClientFrame frame = webchat::parseFrame(bytes);
    if (const auto *message = std::get_if<webchat::MessageFrame>(&frame))
        check(*message);
    if (const auto *hello = std::get_if<webchat::HelloFrame>(&frame))
        require(hello->page.isEmpty() || hello->page.startsWith(QStringLiteral("http")));
    const QString text = QString::fromUtf8(bytes);
    require(!webchat::cleanFileName(text).contains(u'/'));
    require(!webchat::verifyToken(text, {}, "0123456789abcdef", {1}));
    require(!webchat::fileType(bytes, text).startsWith(QStringLiteral("text/html")));
    return 0;
}
