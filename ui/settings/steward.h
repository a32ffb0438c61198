// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"
#include "core/domain/channel.h"
#include "ui/onboarding/backstage.h"

/// What the settings ask of the program around the window: acts that the window may not do itself.
/// The program implements them; tests do so too. GUI thread; every call returns at once.
namespace peerdesk::ui {

/// A channel account as an administrator wants it. Secrets that are not named stay as they are.
struct AccountEdit
{
    ChannelAccount account;
    std::map<QString, QByteArray> secrets;
};

class Steward : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// The hash by which a password is recognised, made off this thread. Errors: Invalid (empty or
    /// too long), Busy.
    virtual void hashPassword(const QString &password, Completion<QByteArray> done) = 0;
    /// Saves settings and secrets together. Errors: Invalid with what is wrong in words, and
    /// those of Desk::submit and Desk::storeSecret.
    virtual void saveAccount(const AccountEdit &edit, Completion<AccountId> done) = 0;
    virtual BrowserDoor &browser() = 0;
};

} // namespace peerdesk::ui
