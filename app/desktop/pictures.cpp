// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/pictures.h"

#include <QDir>
#include <QPixmap>
#include <QSaveFile>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds Every{700};
constexpr QSize WindowSize{1440, 900};

} // namespace

QString Pictures::wantedFolder()
{
    return qEnvironmentVariable("PEERDESK_PICTURES");
}

Pictures::Pictures(ui::Window &window, ui::Look &look, api::Desk &desk, const QString &folder)
    : m_window(window)
    , m_look(look)
    , m_desk(desk)
    , m_folder(folder)
{
    QDir().mkpath(m_folder);
    m_window.resize(WindowSize);
    m_look.setScheme(ui::Look::Scheme::Light);
    connect(&m_timer, &QTimer::timeout, this, &Pictures::takeNext);
    m_timer.start(Every);
}

/// One picture a turn: what the turn before asked for has been painted by now.
void Pictures::takeNext()
{
    if (m_window.offerCard().isVisible())
        save(m_isDark ? u"offer-dark.png"_s : u"offer-light.png"_s);
    save(m_isDark ? u"inbox-dark.png"_s : u"inbox-light.png"_s);
    m_isDark = !m_isDark;
    m_look.setScheme(m_isDark ? ui::Look::Scheme::Dark : ui::Look::Scheme::Light);
    m_desk.conversations({}, {1, {}},
                         {this, [this](const Result<api::PageOf<Conversation>> &found) {
                              if (found && !found->items.empty())
                                  m_window.openConversation(found->items.front().id);
                          }});
}

void Pictures::save(const QString &name)
{
    QSaveFile file(m_folder + u'/' + name);
    const bool isSaved =
        file.open(QIODevice::WriteOnly) && m_window.grab().save(&file, "PNG") && file.commit();
    if (!isSaved)
        qWarning("picture not saved: %ls", qUtf16Printable(file.errorString()));
}

} // namespace peerdesk::desktop
