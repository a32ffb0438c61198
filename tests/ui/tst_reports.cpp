// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/demoreports.h"
#include "tests/ui/stage.h"

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// What happened over some days, for who may see it.
class TestReports : public WindowTest
{
    Q_OBJECT

private Q_SLOTS:
    void aRowForEachQueueBelowTheWholeOffice()
    {
        Stage stage(*m_look);
        stage.role = Role::Supervisor;
        fillReports(stage.desk);
        stage.open();
        stage.window->showSection(Window::Section::Reports);
        ReportsPage &page = stage.window->reports();
        QTRY_VERIFY(!page.isCounting());
        QCOMPARE(page.words(), QString());
        QCOMPARE(page.model().rowCount(), int(stage.desk.queueList.size()) + 1);
        QCOMPARE(page.model().index(0, 0).data().toString(), u"Whole office"_s);
        QCOMPARE(page.model().index(0, 1).data().toString(), u"28"_s);
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestReports>(argc, argv);
}

#include "tst_reports.moc"
