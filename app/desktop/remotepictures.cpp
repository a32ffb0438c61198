// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/remotepictures.h"

#include <QHostInfo>

#include <algorithm>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

bool RemotePictures::isPublic(const QHostAddress &address)
{
    bool isV4 = false;
    const QHostAddress v4(address.toIPv4Address(&isV4)); // mapped ones, too
    if (!isV4)
        return address.isGlobal() && !address.isUniqueLocalUnicast() &&
               !address.isInSubnet(QHostAddress(u"64:ff9b::"_s), 96);
    // RFC 6890: private, shared, benchmarking and reserved blocks.
    static const std::vector<std::pair<QHostAddress, int>> inner = [] {
        std::vector<std::pair<QHostAddress, int>> out;
        for (const auto *block :
             {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
              "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"})
            out.push_back(QHostAddress::parseSubnet(QString::fromLatin1(block)));
        return out;
    }();
    return std::none_of(inner.begin(), inner.end(),
                        [&v4](const auto &block) { return v4.isInSubnet(block); });
}

bool RemotePictures::isAcceptable(const QUrl &url)
{
    const QString host = url.host();
    const bool isNumber = QHostAddress().setAddress(host);
    return url.isValid() && url.scheme() == u"https"_s && url.port(443) == 443 &&
           url.userInfo().isEmpty() && host.contains(u'.') && !isNumber;
}

void RemotePictures::fetch(const QUrl &url, Completion<QByteArray> done)
{
    if (!isAcceptable(url))
        return done.answer(invalid(u"only https addresses on the internet are loaded"_s));
    const auto kept = std::make_shared<Completion<QByteArray>>(std::move(done));
    QHostInfo::lookupHost(url.host(), this, [this, url, kept](const QHostInfo &found) {
        const QList<QHostAddress> addresses = found.addresses();
        if (addresses.isEmpty())
            return kept->answer(Error{Error::Code::Network, found.errorString(), {}});
        if (!std::all_of(addresses.begin(), addresses.end(), &RemotePictures::isPublic))
            return kept->answer(invalid(u"the address leads into the office's own network"_s));
        download(url, kept);
    });
}

void RemotePictures::download(const QUrl &url, const std::shared_ptr<Completion<QByteArray>> &done)
{
    net::HttpCall call;
    call.url = url;
    call.headers["accept"] = "image/*";
    call.maxBytes = MaxBytes;
    m_http.request(call, {this, [done](const Result<net::HttpReply> &reply) {
                              if (!reply)
                                  return done->answer(reply.error());
                              if (reply->status != 200)
                                  return done->answer(
                                      Error{Error::Code::Network,
                                            u"the server answered %1"_s.arg(reply->status),
                                            {}});
                              done->answer(reply->body);
                          }});
}

} // namespace peerdesk::desktop

#include "moc_remotepictures.cpp"
