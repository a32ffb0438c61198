// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"

#include <QLineEdit>

namespace peerdesk::ui {

/// A secret that is made here and that a program of the office has to be told: shown while it is
/// new, to be copied, and never again once it is kept. GUI thread.
class TokenRow : public QWidget
{
    Q_OBJECT

public:
    TokenRow(const Look &look, const QString &name, QWidget *parent);

    /// Makes one: 32 random bytes as text.
    void make();
    /// There is one already, from before.
    void setKept();
    /// It is kept now and not shown any more.
    void forget();
    const QByteArray &value() const { return m_value; }

Q_SIGNALS:
    void changed();

private:
    void refresh();

    QByteArray m_value;
    QLineEdit *m_shown;
    Button *m_copy;
    Button *m_make;
    Label *m_said;
    bool m_isKept = false;
};

} // namespace peerdesk::ui
