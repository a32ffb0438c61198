// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/theme.h"

#include <QFont>
#include <QObject>

namespace peerdesk::ui {

/// What colour a piece of text or an icon has, by meaning.
enum class Ink { Text, Text2, Text3, Accent, AccentText, Success, Warning, Danger, Note, Rail };

/// How the window looks now: theme, fonts and text size. One per application; widgets borrow it.
/// GUI thread.
class Look : public QObject
{
    Q_OBJECT

public:
    enum class Scheme { System, Light, Dark };

    explicit Look(QObject *parent = nullptr);

    const Theme &theme() const { return m_theme; }
    QColor ink(Ink ink) const;
    Scheme scheme() const { return m_scheme; }
    /// Text size as a factor, 0.85..2.
    double scale() const { return m_scale; }
    /// Device-independent pixels of `size` at the agent's text size.
    int px(double size) const { return qRound(size * m_scale); }
    /// The window reads from right to left.
    bool isMirrored() const;
    /// `size` in pixels at 100 %.
    QFont font(double size, QFont::Weight weight = QFont::Normal) const;

    void setScheme(Scheme scheme);
    void setScale(double scale);
    /// Both, as they were kept; not installed before apply() was called.
    void restore(Scheme scheme, double scale);
    /// Installs style, palette and font in the application.
    void apply();
    /// Once.
    void ensureApplied();

Q_SIGNALS:
    void changed();

private:
    bool wantsDark() const;
    const QStringList &families() const;

    Scheme m_scheme = Scheme::System;
    double m_scale = 1.0;
    bool m_systemIsDark = false;
    bool m_isInstalled = false;
    mutable QStringList m_families; ///< once a font was asked for
    Theme m_theme;
};

} // namespace peerdesk::ui
