// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/look.h"

#include "ui/common/style.h"

#include <QApplication>
#include <QFontDatabase>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

Look::Look(QObject *parent)
    : QObject(parent)
    , m_theme(Theme::light())
{
    m_systemIsDark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    m_theme = wantsDark() ? Theme::dark() : Theme::light();
}

/// To list what is installed takes as long as to show an empty window, so that waits for words.
const QStringList &Look::families() const
{
    if (!m_families.isEmpty())
        return m_families;
    const QStringList wanted{u"Inter"_s,
                             u"Noto Sans"_s,
                             u"Noto Sans CJK JP"_s,
                             u"Noto Sans Arabic"_s,
                             u"Noto Sans Hebrew"_s,
                             u"Noto Color Emoji"_s};
    const QStringList installed = QFontDatabase::families();
    for (const QString &family : wanted) {
        if (installed.contains(family))
            m_families.append(family);
    }
    if (!m_families.contains(u"Inter"_s) && !m_families.contains(u"Noto Sans"_s))
        m_families.prepend(QGuiApplication::font().family());
    return m_families;
}

QColor Look::ink(Ink ink) const
{
    switch (ink) {
    case Ink::Text:
        return m_theme.text;
    case Ink::Text2:
        return m_theme.text2;
    case Ink::Text3:
        return m_theme.text3;
    case Ink::Accent:
        return m_theme.accent;
    case Ink::AccentText:
        return m_theme.accentText;
    case Ink::Success:
        return m_theme.success;
    case Ink::Warning:
        return m_theme.warning;
    case Ink::Danger:
        return m_theme.danger;
    case Ink::Note:
        return m_theme.noteText;
    case Ink::Rail:
        return m_theme.railText;
    }
    return m_theme.text;
}

QFont Look::font(double size, QFont::Weight weight) const
{
    QFont font;
    font.setFamilies(families());
    font.setPixelSize(qMax(1, px(size)));
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

bool Look::isMirrored() const
{
    return QGuiApplication::layoutDirection() == Qt::RightToLeft;
}

bool Look::wantsDark() const
{
    return m_scheme == Scheme::Dark || (m_scheme == Scheme::System && m_systemIsDark);
}

void Look::setScheme(Scheme scheme)
{
    m_scheme = scheme;
    m_theme = wantsDark() ? Theme::dark() : Theme::light();
    apply();
}

void Look::setScale(double scale)
{
    m_scale = qBound(0.85, scale, 2.0);
    apply();
}

void Look::restore(Scheme scheme, double scale)
{
    m_scheme = scheme;
    m_scale = qBound(0.85, scale, 2.0);
    m_theme = wantsDark() ? Theme::dark() : Theme::light();
    if (m_isInstalled)
        apply();
}

void Look::ensureApplied()
{
    if (!m_isInstalled)
        apply();
}

void Look::apply()
{
    if (!m_isInstalled) {
        QApplication::setStyle(new Style(*this)); // the application owns its style
        m_isInstalled = true;
    }
    QApplication::setPalette(m_theme.palette());
    QApplication::setFont(font(13));
    Q_EMIT changed();
}

} // namespace peerdesk::ui

#include "moc_look.cpp"
