// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/common/widgets.h"
#include "ui/office/qrcode.h"

#include <QDialog>
#include <QGridLayout>
#include <QTimer>

#include <array>
#include <set>

namespace peerdesk::ui {

/// Six words that let another PC join: large, to copy and to scan, with the time that is left.
/// Tells when somebody used them, and who asks to be let in without them. GUI thread.
class InviteDialog : public QDialog
{
    Q_OBJECT

public:
    InviteDialog(const Context &context, OfficeState &office, QWidget *parent);

    QString code() const { return m_code; }
    QString statusWords() const { return m_status->text(); }
    QPushButton &copyButton() { return *m_copy; }
    QPushButton &againButton() { return *m_again; }

private:
    enum class Step { Asking, Open, Failed, Used, Expired };

    void build();
    void buildInvitation(QVBoxLayout &column);
    /// Asks for new words; those before stay good until their time is over.
    void ask();
    void take(const Result<QString> &code);
    void turnTo(Step step, const QString &words, Ink ink);
    void tick();
    void watchMembers();
    void fit();
    void showAskers();
    void answer(const api::Asker &asker, bool isOurs);
    void onRefused(const api::Asker &asker, const Error &error);
    std::set<NodeId> members() const;

    const Context &m_context;
    OfficeState &m_office;
    Step m_step = Step::Asking;
    QString m_code;
    Time m_expires;
    std::set<NodeId> m_before;
    QWidget *m_invitation;
    std::array<Label *, 6> m_words;
    QrCode *m_qr;
    Label *m_address;
    Label *m_hint;
    std::vector<api::Asker> m_shown;
    QWidget *m_askers;
    Label *m_trouble; ///< why somebody could not be let in
    Label *m_status;
    Button *m_copy;
    Button *m_again;
    Button *m_close;
    QTimer m_tick;
};

} // namespace peerdesk::ui
