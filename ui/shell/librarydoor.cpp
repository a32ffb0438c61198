// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/librarydoor.h"

namespace peerdesk::ui {

void connectLibraries(ConversationPane &conversation, CustomerPane &card)
{
    QObject::connect(&conversation, &ConversationPane::librariesShown, &card,
                     &CustomerPane::setLibraries);
    QObject::connect(&card, &CustomerPane::libraryItemWanted, &conversation,
                     &ConversationPane::useLibraryItem);
}

} // namespace peerdesk::ui
