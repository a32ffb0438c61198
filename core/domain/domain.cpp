// SPDX-License-Identifier: GPL-3.0-or-later
// Compiles every value once on its own, so that each header stands alone.
#include "core/domain/channel.h"
#include "core/domain/conversation.h"
#include "core/domain/flow.h"
#include "core/domain/ledger.h"
#include "core/domain/message.h"
#include "core/domain/office.h"
#include "core/domain/routing.h"
