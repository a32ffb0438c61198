// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/theme.h"

#include <cmath>
#include <map>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

QColor hex(const char *code)
{
    return QColor(QLatin1String(code));
}

const std::map<QString, const char *> &channelColours()
{
    static const std::map<QString, const char *> colours{
        {u"email"_s, "#3A5BA0"},     {u"webchat"_s, "#0F766E"},  {u"phone"_s, "#15803D"},
        {u"sms"_s, "#6D28D9"},       {u"whatsapp"_s, "#0B7A45"}, {u"messenger"_s, "#0A66C2"},
        {u"instagram"_s, "#B0246F"}, {u"telegram"_s, "#1B75A8"}, {u"line"_s, "#077A3A"},
        {u"discord"_s, "#4752C4"},   {u"slack"_s, "#6B1D6B"},    {u"teams"_s, "#4B53BC"},
        {u"viber"_s, "#6A4FBF"},     {u"wechat"_s, "#1B7F3A"},   {u"gbm"_s, "#1A5FB4"},
        {u"apple"_s, "#3F4650"},     {u"youtube"_s, "#B91C1C"},  {u"gplay"_s, "#00695C"},
        {u"appstore"_s, "#0A5FC0"},  {u"linkedin"_s, "#0A5C97"}, {u"x"_s, "#20242B"},
        {u"byoc"_s, "#7A4B00"}};
    return colours;
}

const std::array<QColor, 7> &avatarHues()
{
    static const std::array<QColor, 7> hues{hex("#5B5399"), hex("#8A3F4D"), hex("#2C6E69"),
                                            hex("#3D6B35"), hex("#3D5A8C"), hex("#8A5A1F"),
                                            hex("#7A3F7A")};
    return hues;
}

double linear(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &colour)
{
    return 0.2126 * linear(double(colour.redF())) + 0.7152 * linear(double(colour.greenF())) +
           0.0722 * linear(double(colour.blueF()));
}

} // namespace

Theme Theme::light()
{
    Theme t;
    t.window = hex("#F3F5F8");
    t.surface = hex("#FFFFFF");
    t.raised = hex("#F8FAFC");
    t.hover = hex("#EDF1F7");
    t.select = hex("#E3ECFF");
    t.border = hex("#D8DEE7");
    t.borderStrong = hex("#7B8798");
    t.text = hex("#17202E");
    t.text2 = hex("#4B5768");
    t.text3 = hex("#5F6B7D");
    t.accent = hex("#2257D6");
    t.accentText = hex("#FFFFFF");
    t.link = hex("#1B4BC0");
    t.bubbleIn = hex("#EEF1F5");
    t.bubbleOut = hex("#DCE8FF");
    t.note = hex("#FFF3CC");
    t.noteText = hex("#4F3D00");
    t.noteBorder = hex("#E3CC7A");
    t.success = hex("#136C3B");
    t.successBg = hex("#DDF4E6");
    t.warning = hex("#8A5000");
    t.warningBg = hex("#FFEBCC");
    t.danger = hex("#B42323");
    t.dangerBg = hex("#FFE1DF");
    t.infoBg = hex("#E3ECFF");
    t.rail = hex("#1B2740");
    t.railText = hex("#C3CEE2");
    t.railActive = hex("#FFFFFF");
    t.railSelected = hex("#33415F");
    t.onColour = hex("#FFFFFF");
    t.badge = hex("#C62828");
    t.badgeRing = hex("#FFFFFF");
    t.shadow = QColor(16, 24, 40, 9);
    t.avatars = avatarHues();
    return t;
}

Theme Theme::dark()
{
    Theme t;
    t.isDark = true;
    t.window = hex("#12161D");
    t.surface = hex("#191F28");
    t.raised = hex("#202733");
    t.hover = hex("#232B38");
    t.select = hex("#26395F");
    t.border = hex("#313B4A");
    t.borderStrong = hex("#6F7E95");
    t.text = hex("#E8ECF2");
    t.text2 = hex("#B3BDCB");
    t.text3 = hex("#9CA8B9");
    t.accent = hex("#7DA6FF");
    t.accentText = hex("#0B1322");
    t.link = hex("#8FB3FF");
    t.bubbleIn = hex("#27303D");
    t.bubbleOut = hex("#22407A");
    t.note = hex("#40361A");
    t.noteText = hex("#F6E7B4");
    t.noteBorder = hex("#6E5E2C");
    t.success = hex("#63D193");
    t.successBg = hex("#17382A");
    t.warning = hex("#F2B654");
    t.warningBg = hex("#3D2E12");
    t.danger = hex("#FF8F86");
    t.dangerBg = hex("#472023");
    t.infoBg = hex("#1F3156");
    t.rail = hex("#0C1016");
    t.railText = hex("#A9B6CB");
    t.railActive = hex("#FFFFFF");
    t.railSelected = hex("#262D38");
    t.onColour = hex("#FFFFFF");
    t.badge = hex("#C62828");
    t.badgeRing = hex("#C9D3E2");
    t.shadow = QColor(0, 0, 0, 22);
    t.avatars = avatarHues();
    return t;
}

QColor Theme::channel(const QString &type) const
{
    const auto it = channelColours().find(type);
    return it != channelColours().end() ? hex(it->second) : hex("#3F4650");
}

QColor Theme::avatar(const QString &seed) const
{
    return avatars.at(stableHash(seed) % avatars.size());
}

QPalette Theme::palette() const
{
    QPalette p;
    p.setColor(QPalette::Window, window);
    p.setColor(QPalette::WindowText, text);
    p.setColor(QPalette::Base, surface);
    p.setColor(QPalette::AlternateBase, raised);
    p.setColor(QPalette::Text, text);
    p.setColor(QPalette::PlaceholderText, text3);
    p.setColor(QPalette::Button, surface);
    p.setColor(QPalette::ButtonText, text);
    p.setColor(QPalette::BrightText, accentText);
    p.setColor(QPalette::Highlight, accent);
    p.setColor(QPalette::HighlightedText, accentText);
    p.setColor(QPalette::Link, link);
    p.setColor(QPalette::LinkVisited, link);
    p.setColor(QPalette::ToolTipBase, raised);
    p.setColor(QPalette::ToolTipText, text);
    p.setColor(QPalette::Light, raised);
    p.setColor(QPalette::Midlight, border);
    p.setColor(QPalette::Mid, border);
    p.setColor(QPalette::Dark, borderStrong);
    p.setColor(QPalette::Shadow, borderStrong);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, text3);
    p.setColor(QPalette::Disabled, QPalette::Highlight, border);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, text3);
    return p;
}

std::vector<ContrastPair> contrastPairs(const Theme &t)
{
    std::vector<ContrastPair> pairs;
    const auto text = [&](const char *name, const QColor &ink, std::vector<QColor> grounds) {
        for (size_t i = 0; i < grounds.size(); ++i)
            pairs.push_back({u"%1 %2"_s.arg(QLatin1String(name)).arg(i), ink, grounds[i], 4.5});
    };
    const std::vector<QColor> panes{t.window, t.surface, t.raised, t.hover, t.select};
    auto all = panes;
    all.insert(all.end(), {t.bubbleIn, t.bubbleOut});
    text("text", t.text, all);
    text("text2", t.text2, all);
    text("text3", t.text3, panes);
    text("accent", t.accent, {t.window, t.surface, t.raised, t.hover, t.select});
    text("accentText", t.accentText, {t.accent});
    text("link", t.link, {t.bubbleIn, t.bubbleOut, t.surface});
    text("noteText", t.noteText, {t.note});
    text("success", t.success, {t.successBg, t.surface, t.window, t.select});
    text("warning", t.warning, {t.warningBg, t.surface, t.window});
    text("danger", t.danger, {t.dangerBg, t.surface, t.window, t.bubbleOut, t.select});
    text("info", t.text, {t.infoBg});
    text("railText", t.railText, {t.rail});
    text("railActive", t.railActive, {t.rail, t.railSelected});
    text("badge", t.onColour, {t.badge});
    for (const QString &type : knownChannels())
        pairs.push_back({u"channel "_s + type, t.onColour, t.channel(type), 4.5});
    for (size_t i = 0; i < t.avatars.size(); ++i)
        pairs.push_back({u"avatar %1"_s.arg(i), t.onColour, t.avatars[i], 4.5});
    pairs.push_back({u"outline on window"_s, t.borderStrong, t.window, 3.0});
    pairs.push_back({u"outline on surface"_s, t.borderStrong, t.surface, 3.0});
    return pairs;
}

std::vector<QString> knownChannels()
{
    std::vector<QString> names;
    for (const auto &[name, colour] : channelColours())
        names.push_back(name);
    return names;
}

double contrast(const QColor &a, const QColor &b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return first > second ? first / second : second / first;
}

quint32 stableHash(const QString &text)
{
    quint32 hash = 2166136261U;
    for (const char byte : text.toUtf8()) {
        hash ^= static_cast<quint8>(byte);
        hash *= 16777619U;
    }
    return hash;
}

} // namespace peerdesk::ui
