// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/metrics.h"

#include <algorithm>

namespace peerdesk::doors {

namespace {

void add(QByteArray &out, const QByteArray &name, const QByteArray &kind, const QByteArray &help)
{
    out += "# HELP peerdesk_" + name + ' ' + help + "\n# TYPE peerdesk_" + name + ' ' + kind + '\n';
}

void gauge(QByteArray &out, const QByteArray &name, const QByteArray &help, quint64 value)
{
    add(out, name, "gauge", help);
    out += "peerdesk_" + name + ' ' + QByteArray::number(value) + '\n';
}

} // namespace

QByteArray metricsText(const api::OfficeStatus &status, const std::map<int, quint64> &answers,
                       int streams)
{
    QByteArray out;
    gauge(out, "applied_index", "Log index that this node has applied.", status.appliedIndex);
    gauge(out, "term", "Term of the log.", status.term);
    gauge(out, "is_leader", "1 if this node is the task router.", status.leader == status.node);
    gauge(out, "trouble", "1 if no new work is being decided.", !status.trouble.isEmpty());
    gauge(out, "queued_outbound", "Messages waiting to be sent.", quint64(status.queuedOutbound));
    gauge(out, "event_subscribers", "Open event streams.", quint64(streams));
    add(out, "channel_up", "gauge", "1 if the channel account is connected.");
    for (const api::AccountStatus &one : status.channels)
        out += "peerdesk_channel_up{id=\"" + one.account.id.toString().toLatin1() + "\",type=\"" +
               one.account.type.toUtf8().replace('\\', "").replace('"', "").replace('\n', "") +
               "\"} " + (one.state == AccountState::Connected ? "1\n" : "0\n");
    add(out, "http_responses_total", "counter", "Answers of the API by status.");
    for (const auto &[code, count] : answers)
        out += "peerdesk_http_responses_total{status=\"" + QByteArray::number(code) + "\"} " +
               QByteArray::number(count) + '\n';
    return out;
}

} // namespace peerdesk::doors
