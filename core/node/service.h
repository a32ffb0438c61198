// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QObject>

#include <any>

namespace peerdesk::node {

/// The answer to a numbered request of a desk, on its way to the desk's thread.
struct Answer
{
    quint64 request = 0;
    std::any value; ///< a Result<T>
};

/// Something in a thread of its own that desks ask. Requests come as queued calls, answers go as a
/// queued signal, so that either side may end at any time.
class Service : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

Q_SIGNALS:
    void answered(const peerdesk::node::Answer &answer);
};

} // namespace peerdesk::node

Q_DECLARE_METATYPE(peerdesk::node::Answer)
