// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"

#include <QLabel>

namespace peerdesk::test {

/// Without the marks of direction.
inline QString plain(QString words)
{
    return words.remove(QChar(0x2066)).remove(QChar(0x2068)).remove(QChar(0x2069));
}

/// What tests of Settings > Routing do with their hands.
class RoutingTest : public WindowTest
{
protected:
    using Kind = ui::RoutingPage::Kind;

    static ui::RoutingPage &openPage(Stage &stage, Role role = Role::Admin)
    {
        stage.role = role;
        stage.office.fillRouting();
        ui::Window &window = stage.open();
        window.openSettingsPage(window.routing());
        return *window.routing();
    }
    static ui::WorkflowForm &openWorkflow(Stage &stage, ui::RoutingPage &page)
    {
        page.open(Kind::Workflows, stage.desk.workflowList.front().id.value);
        return static_cast<ui::WorkflowForm &>(*page.form(Kind::Workflows));
    }
    static void type(QWidget &root, const QString &name, const QString &text)
    {
        auto *field = seen<QLineEdit>(root, name);
        QVERIFY(field);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, text);
        if (text.isEmpty())
            QTest::keyClick(field, Qt::Key_Delete);
    }
    static bool isSaid(QWidget &root, const QString &words)
    {
        for (const QLabel *label : root.findChildren<QLabel *>()) {
            if (label->isVisible() && plain(label->text()).contains(words))
                return true;
        }
        return false;
    }
};

} // namespace peerdesk::test
