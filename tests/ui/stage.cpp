// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/stage.h"

#include <QApplication>
#include <QTest>

namespace peerdesk::test {

using namespace Qt::StringLiterals;

void prepareApplication()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    QApplication::setCursorFlashTime(0);
    for (const auto effect : {Qt::UI_AnimateMenu, Qt::UI_FadeMenu, Qt::UI_AnimateCombo,
                              Qt::UI_AnimateTooltip, Qt::UI_FadeTooltip})
        QApplication::setEffectEnabled(effect, false);
}

Stage::Stage(ui::Look &look, Fill fill)
    : m_look(look)
    , m_settings(std::make_unique<QSettings>(m_folder.filePath(u"ui.ini"_s), QSettings::IniFormat))
{
    m_settings->setValue(u"look/scheme"_s, int(look.scheme()));
    if (fill == Fill::Demo) {
        office.fill();
        return;
    }
    Stage::desk.office.members.resize(1);
    Stage::desk.office.members[0].node.id = randomId<NodeId>();
    Stage::desk.office.members[0].isOnline = true;
    Stage::desk.office.leader = Stage::desk.office.members[0].node.id;
}

Stage::~Stage() = default;

ui::Window &Stage::open(QSize size)
{
    const ui::WindowParts parts{desk,  store,     clock,    m_look, *m_settings,
                                &tray, &pictures, &steward, &rules};
    api::Caller caller = office.linh();
    caller.role = role;
    window = std::make_unique<ui::Window>(parts, caller);
    if (quitsAtOnce)
        window->preferences().setKeepsRunning(false);
    window->resize(size);
    window->show();
    window->activateWindow();
    if (!QTest::qWaitForWindowActive(window.get(), 2000))
        qWarning("the window did not become active");
    return *window;
}

void Stage::settle()
{
    QCoreApplication::processEvents();
}

void Stage::openAiko()
{
    window->openConversation(office.aiko());
    QCoreApplication::processEvents();
}

void Stage::offerCarla()
{
    desk.offers = {office.offer()};
    desk.touch(desk.offers.front().reservation.id);
    QCoreApplication::processEvents();
}

void Stage::type(const QString &text)
{
    ui::Editor &editor = window->conversation().composer().editor();
    editor.setPlainText(text);
    editor.moveCursor(QTextCursor::End);
}

} // namespace peerdesk::test
