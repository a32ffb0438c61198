// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settingsmenu.h"

#include <QActionGroup>

namespace peerdesk::ui {

SettingsMenu::SettingsMenu(Look &look, const Shortcuts &shortcuts, const Setup &setup,
                           std::function<void()> keep, QWidget *parent)
    : QMenu(parent)
    , m_look(look)
    , m_keep(std::move(keep))
{
    setAttribute(Qt::WA_DeleteOnClose);
    for (const auto &[text, run] : setup)
        connect(addAction(text), &QAction::triggered, parent, run);
    for (const Shortcuts::Entry &entry : shortcuts.entries()) {
        if (holds(entry))
            addAction(entry.action);
    }
    addAppearance();
    addSizes();
}

bool SettingsMenu::holds(const Shortcuts::Entry &entry)
{
    return entry.action->text().endsWith(QChar(0x2026));
}

void SettingsMenu::addAppearance()
{
    addSection(tr("Appearance"));
    auto *group = new QActionGroup(this);
    const auto add = [&](const QString &text, Look::Scheme scheme) {
        QAction *action = addAction(text);
        action->setCheckable(true);
        action->setChecked(m_look.scheme() == scheme);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, scheme] {
            m_look.setScheme(scheme);
            m_keep();
        });
    };
    add(tr("Like the system"), Look::Scheme::System);
    add(tr("Light"), Look::Scheme::Light);
    add(tr("Dark"), Look::Scheme::Dark);
}

void SettingsMenu::addSizes()
{
    addSection(tr("Text size"));
    auto *sizes = new QActionGroup(this);
    for (const int percent : {85, 100, 125, 150, 200}) {
        QAction *action = addAction(tr("%1 %").arg(percent));
        action->setCheckable(true);
        action->setChecked(qRound(m_look.scale() * 100) == percent);
        sizes->addAction(action);
        connect(action, &QAction::triggered, &m_look,
                [look = &m_look, percent] { look->setScale(percent / 100.0); });
    }
}

} // namespace peerdesk::ui

#include "moc_settingsmenu.cpp"
