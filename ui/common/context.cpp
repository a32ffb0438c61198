// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/context.h"

#include <QCoreApplication>

namespace peerdesk::ui {

namespace {
struct Sentence
{
    Q_DECLARE_TR_FUNCTIONS(Sentence)
};
} // namespace

QString sentence(const Error &error)
{
    switch (error.code) {
    case Error::Code::Cancelled:
        return Sentence::tr("This was interrupted. Nothing was changed; please try again.");
    case Error::Code::Rejected:
        return error.state.isEmpty()
                   ? Sentence::tr("The office refused this. Nothing was changed.")
                   : Sentence::tr("This is not possible now (%1). Nothing was changed.")
                         .arg(error.state);
    case Error::Code::Invalid:
        return Sentence::tr("Something in this is not right: %1").arg(error.detail);
    case Error::Code::NotFound:
        return Sentence::tr("This is no longer there.");
    case Error::Code::Forbidden:
        return Sentence::tr("Your role does not allow this. Ask an administrator.");
    case Error::Code::Unauthorized:
        return Sentence::tr("Please sign in again.");
    case Error::Code::Conflict:
        return Sentence::tr("This was already sent with other content. Please write it again.");
    case Error::Code::TooLarge:
        return Sentence::tr("This is too large. Please make it smaller.");
    case Error::Code::Busy:
        return Sentence::tr("The office is very busy. Please try again in a moment.");
    case Error::Code::Network:
        return Sentence::tr("The connection failed. Please try again.");
    case Error::Code::Storage:
        return Sentence::tr("This PC could not write to its disk. Please check its free space.");
    case Error::Code::NoMajority:
        return Sentence::tr("Too few PCs of the office are on. Nothing was sent; try again later.");
    case Error::Code::Unknown:
        return Sentence::tr("It is not known whether this worked. Asking again is safe.");
    }
    return {};
}

} // namespace peerdesk::ui
