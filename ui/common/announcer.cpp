// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/announcer.h"

#include <QAccessible>

namespace peerdesk::ui {

Announcer::Announcer(QWidget *parent)
    : QLabel(parent)
{
    setGeometry(0, 0, 1, 1);
    setFocusPolicy(Qt::NoFocus);
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void Announcer::announce(const QString &words)
{
    m_last = words;
    setAccessibleName(words);
    QAccessibleEvent renamed(this, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&renamed);
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

} // namespace peerdesk::ui

#include "moc_announcer.cpp"
