// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QLineEdit>
#include <QTest>

namespace peerdesk::test {

/// The control in `root` that a person sees under this name: a button's text or the accessible
/// name.
template <typename Widget>
Widget *seen(QWidget &root, const QString &name)
{
    for (Widget *widget : root.findChildren<Widget *>()) {
        if (!widget->isVisible())
            continue;
        if (widget->accessibleName() == name)
            return widget;
        if (auto *button = qobject_cast<QAbstractButton *>(static_cast<QWidget *>(widget));
            button && button->text() == name)
            return widget;
    }
    return nullptr;
}

/// Clicks what a person sees under this name. False if it is not there or off.
inline bool click(QWidget &root, const QString &name)
{
    auto *button = seen<QAbstractButton>(root, name);
    if (!button || !button->isEnabled()) {
        qWarning("no button to click: %ls", qUtf16Printable(name));
        return false;
    }
    button->click();
    return true;
}

inline bool write(QWidget &root, const QString &name, const QString &text)
{
    auto *field = seen<QLineEdit>(root, name);
    if (!field) {
        qWarning("no field to write in: %ls", qUtf16Printable(name));
        return false;
    }
    field->setText(text);
    return true;
}

} // namespace peerdesk::test
