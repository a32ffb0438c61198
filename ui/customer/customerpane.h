// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QPlainTextEdit>
#include <QScrollArea>

class QVBoxLayout;

namespace peerdesk::ui {

/// The customer card: who this is, where to reach them and how we know, facts, timeline over all
/// channels, notes. Real widgets, few of them.
class CustomerPane : public QScrollArea
{
    Q_OBJECT

public:
    CustomerPane(const Context &context, QWidget *parent);

    void showCustomer(CustomerId customer, ConversationId current);
    const api::CustomerCard &card() const { return m_card; }

Q_SIGNALS:
    void conversationWanted(peerdesk::ConversationId conversation);
    /// Its fields are other widgets now.
    void rebuilt();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    static constexpr int MaxTimeline = 12;

    void reload();
    void rebuild();
    void addHead(QVBoxLayout &column);
    void addTags(QVBoxLayout &column);
    void addReach(QVBoxLayout &column);
    void addFacts(QVBoxLayout &column);
    void addTimeline(QVBoxLayout &column);
    void addNotes(QVBoxLayout &column);
    QVBoxLayout *addSection(QVBoxLayout &column, const QString &title);
    void saveTag(const QString &tag);
    void saveNotes();
    void save(api::SaveCustomer command);
    bool eventFilter(QObject *watched, QEvent *event) override;

    const Context &m_context;
    CustomerId m_customer;
    ConversationId m_current;
    api::CustomerCard m_card;
    QPlainTextEdit *m_notes = nullptr;
    Label *m_notesState = nullptr;
};

/// "verified", "typed by the customer": how sure an address is.
QString evidenceText(Evidence evidence);

} // namespace peerdesk::ui
