// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/window.h"

#include <QScreen>

/// What the window keeps from one start to the next.
namespace peerdesk::ui {

using namespace Qt::StringLiterals;

QString Window::splitterKey() const
{
    return u"window/panes/"_s + (screen() ? screen()->name() : QString());
}

void Window::restoreState()
{
    QSettings &settings = m_parts.settings;
    resize(keptSize(settings));
    m_splitter->setSizes({m_context.look.px(ListWidth), 700, m_context.look.px(CardWidth)});
    const QByteArray panes = settings.value(splitterKey()).toByteArray();
    if (!panes.isEmpty())
        m_splitter->restoreState(panes);
    restoreLook(settings, m_context.look);
    arrange();
}

QSize Window::keptSize(const QSettings &settings)
{
    const QSize kept = settings.value(u"window/size"_s, QSize(1440, 900)).toSize();
    const QScreen *display = QGuiApplication::primaryScreen();
    return display ? kept.boundedTo(display->availableSize()) : kept;
}

void Window::restoreLook(const QSettings &settings, Look &look)
{
    const int kept = settings.value(u"look/scheme"_s, -1).toInt();
    const bool isKnown = kept >= 0 && kept <= int(Look::Scheme::Dark);
    const Look::Scheme scheme = isKnown ? Look::Scheme(kept) : look.scheme();
    const double scale = settings.value(u"look/scale"_s, look.scale()).toDouble();
    if (scheme != look.scheme() || scale != look.scale())
        look.restore(scheme, scale);
}

void Window::saveState()
{
    QSettings &settings = m_parts.settings;
    settings.setValue(u"window/size"_s, size());
    if (m_shape == Shape::Wide)
        settings.setValue(splitterKey(), m_splitter->saveState());
    settings.setValue(u"look/scheme"_s, int(m_context.look.scheme()));
    settings.setValue(u"look/scale"_s, m_context.look.scale());
}

} // namespace peerdesk::ui
