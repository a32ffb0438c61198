// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"

#include <QObject>

namespace peerdesk {

/// A job that outlives the call: start() once, one ending. Deleting it aborts it; finishing deletes
/// it later.
template <typename T>
class Operation : public QObject
{
public:
    Operation(Completion<T> done, QObject *parent)
        : QObject(parent)
        , m_done(std::move(done))
    {}

    virtual void start() = 0;

protected:
    /// Ends the operation. Only the first call counts. The answer may delete this object.
    void finish(Result<T> result)
    {
        if (m_finished)
            return;
        m_finished = true;
        Completion<T> done = std::move(m_done);
        deleteLater();
        done.answer(std::move(result));
    }
    bool isFinished() const { return m_finished; }

private:
    Completion<T> m_done;
    bool m_finished = false;
};

} // namespace peerdesk
