// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/text.h"

#include "core/channels/vendor/items.h"
#include "core/channels/vendor/markup.h"

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;

namespace {

QString plain(QString text)
{
    return text.replace(u"&lt;"_s, u"<"_s).replace(u"&gt;"_s, u">"_s).replace(u"&amp;"_s, u"&"_s);
}

/// What stands between < and >.
QString meaningOf(const QString &token)
{
    const qsizetype bar = token.indexOf(u'|');
    const QString target = token.left(bar < 0 ? token.size() : bar);
    const QString label = bar < 0 ? QString() : token.mid(bar + 1);
    if (target.startsWith(u'@'))
        return u'@' + (label.isEmpty() ? target.mid(1) : label);
    if (target.startsWith(u'#'))
        return u'#' + (label.isEmpty() ? target.mid(1) : label);
    if (target.startsWith(u'!')) // <!here>, <!subteam^S1|@team>, <!date^...|in words>
        return label.isEmpty() ? u'@' + target.mid(1).section(u'^', 0, 0) : label;
    QString address = target;
    if (address.startsWith(u"mailto:"_s))
        address = address.mid(7);
    const bool isSame = label.isEmpty() || label == address || label == target;
    return isSame ? address : u"%1 (%2)"_s.arg(label, address);
}

} // namespace

QString readable(const QString &text)
{
    QString out;
    qsizetype at = 0;
    while (at < text.size()) {
        const qsizetype open = text.indexOf(u'<', at);
        const qsizetype close = open < 0 ? -1 : text.indexOf(u'>', open);
        if (close < 0)
            break;
        out += plain(text.mid(at, open - at));
        out += plain(meaningOf(text.mid(open + 1, close - open - 1)));
        at = close + 1;
    }
    return out + plain(text.mid(at));
}

QString escaped(const QString &text)
{
    QString out = text;
    return out.replace(u"&"_s, u"&amp;"_s).replace(u"<"_s, u"&lt;"_s).replace(u">"_s, u"&gt;"_s);
}

QString toMarkup(const QString &markdown)
{
    QString out;
    for (const vendor::Run &run : vendor::runsOf(markdown)) {
        QString text = escaped(run.text);
        if (!run.link.isEmpty())
            text = u"<%1|%2>"_s.arg(escaped(run.link).replace(u"|"_s, u"%7C"_s),
                                    text.replace(u"|"_s, u"/"_s));
        const bool isBlank = run.text.trimmed().isEmpty();
        if (run.isCode && !isBlank)
            text = u'`' + text + u'`';
        if (run.isStruck && !isBlank)
            text = u'~' + text + u'~';
        if (run.isItalic && !isBlank)
            text = u'_' + text + u'_';
        if (run.isBold && !isBlank)
            text = u'*' + text + u'*';
        out += text;
    }
    return out;
}

namespace {

const std::map<QString, QString> &emojis()
{
    static const std::map<QString, QString> known{
        {u"+1"_s, u"👍"_s},         {u"thumbsup"_s, u"👍"_s},
        {u"-1"_s, u"👎"_s},         {u"thumbsdown"_s, u"👎"_s},
        {u"heart"_s, u"❤️"_s}, {u"joy"_s, u"😂"_s},
        {u"smile"_s, u"😄"_s},      {u"tada"_s, u"🎉"_s},
        {u"eyes"_s, u"👀"_s},       {u"white_check_mark"_s, u"✅"_s},
        {u"pray"_s, u"🙏"_s},       {u"raised_hands"_s, u"🙌"_s},
        {u"fire"_s, u"🔥"_s},       {u"cry"_s, u"😢"_s},
        {u"rage"_s, u"😡"_s}};
    return known;
}

} // namespace

QString emojiFor(const QString &name)
{
    const QString bare = name.section(u"::"_s, 0, 0); // without the tone of the skin
    const auto it = emojis().find(bare);
    return it == emojis().end() ? u':' + vendor::cleanText(bare, 60) + u':' : it->second;
}

QString nameOf(const QString &emoji)
{
    const bool isName = emoji.size() > 2 && emoji.startsWith(u':') && emoji.endsWith(u':');
    if (isName)
        return emoji.mid(1, emoji.size() - 2);
    const QString bare = QString(emoji).remove(QChar(0xfe0f)); // told or not, it is the same
    for (const auto &[name, known] : emojis()) {
        if (QString(known).remove(QChar(0xfe0f)) == bare)
            return name;
    }
    return {};
}

} // namespace peerdesk::channels::slack
