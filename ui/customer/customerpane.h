// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"
#include "ui/conversation/libraries.h"

#include <QPlainTextEdit>
#include <QScrollArea>

class QVBoxLayout;

namespace peerdesk::ui {

/// The customer card: who this is, where to reach them and how we know, who else it may be, facts,
/// timeline over all channels, notes. Real widgets, few of them. Cards become one, or two again,
/// only when somebody presses the button.
class CustomerPane : public QScrollArea
{
    Q_OBJECT

public:
    CustomerPane(const Context &context, QWidget *parent);

    void showCustomer(CustomerId customer, ConversationId current);
    const api::CustomerCard &card() const { return m_card; }
    /// M67: what is kept for replies, as far as the open conversation's channel takes it.
    void setLibraries(const Libraries &libraries);

Q_SIGNALS:
    void conversationWanted(peerdesk::ConversationId conversation);
    void libraryItemWanted(const peerdesk::ui::LibraryItem &item);
    /// Its fields are other widgets now.
    void rebuilt();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    static constexpr int MaxTimeline = 12;

    void reload();
    void rebuild();
    void addTabs(QVBoxLayout &column);
    void addCard(QVBoxLayout &column);
    void addLibrary(QVBoxLayout &column, const std::vector<LibraryItem> &items,
                    const QString &ifEmpty);
    void addHead(QVBoxLayout &column);
    void addTags(QVBoxLayout &column);
    void addReach(QVBoxLayout &column);
    void addAddress(QVBoxLayout &section, const Address &address);
    void addSameMaybe(QVBoxLayout &column);
    void addJoins(QVBoxLayout &column);
    void addFacts(QVBoxLayout &column);
    void addTimeline(QVBoxLayout &column);
    void addNotes(QVBoxLayout &column);
    QVBoxLayout *addSection(QVBoxLayout &column, const QString &title);
    /// A button that only supervisors may press; others see why not.
    Button *identityButton(const QString &text, const QString &name);
    void confirmAddress(const Address &address);
    void askWhoseAddresses();
    void split(const std::vector<AddressId> &addresses);
    void runIdentity(const api::Command &command, const QString &done);
    void saveTag(const QString &tag);
    void saveNotes();
    void save(api::SaveCustomer command);
    bool eventFilter(QObject *watched, QEvent *event) override;

    const Context &m_context;
    CustomerId m_customer;
    ConversationId m_current;
    api::CustomerCard m_card;
    enum class Tab { Card, Rich, Templates };
    Tab m_tab = Tab::Card;
    Libraries m_libraries;
    QPlainTextEdit *m_notes = nullptr;
    Label *m_notesState = nullptr;
    Strip *m_said;         ///< what became of a merge or a split
    CustomerId m_splitOff; ///< the card that the last split made; null = none to undo
};

/// "verified", "typed by the customer": how sure an address is.
QString evidenceText(Evidence evidence);
/// "Same phone number +49 30 1234": why two cards may be one person.
QString likenessText(const Address &address);

} // namespace peerdesk::ui
