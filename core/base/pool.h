// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"

#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>

#include <functional>
#include <memory>

namespace peerdesk {

/// Runs pure or blocking work in a pool and answers in the thread of `owner`. Deleting the owner
/// drops the answer (the asker hears Cancelled); the work itself runs to its end.
template <typename T>
void runInPool(QThreadPool &pool, QObject *owner, std::function<T()> work, Completion<T> done)
{
    auto promise = std::make_shared<QPromise<T>>();
    auto answer = std::make_shared<Completion<T>>(std::move(done));
    auto *watcher = new QFutureWatcher<T>(owner);
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, [watcher, answer] {
        watcher->deleteLater();
        answer->answer(watcher->result());
    });
    watcher->setFuture(promise->future());
    pool.start([promise, work = std::move(work)] {
        promise->start();
        promise->addResult(work());
        promise->finish();
    });
}

} // namespace peerdesk
