// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/preferences.h"

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

QString noticeName(Notice notice)
{
    switch (notice) {
    case Notice::Message:
        return u"tell/message"_s;
    case Notice::Mention:
        return u"tell/mention"_s;
    }
    return {};
}

/// A command's name may hold what separates names here.
QString shortcutKey(const QString &command)
{
    return u"keys/"_s + QString::fromLatin1(command.toUtf8().toHex());
}

std::chrono::seconds defaultHold(const QString &channel)
{
    if (channel == u"email")
        return std::chrono::seconds(8);
    if (channel == u"webchat" || channel == u"sms")
        return std::chrono::seconds(3);
    return std::chrono::seconds(5);
}

} // namespace

Preferences::Preferences(QSettings &settings, AgentId agent, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_agent(agent)
{
    readSnippets();
    readRichReplies();
}

QString Preferences::key(const QString &name) const
{
    return u"agent-%1/%2"_s.arg(m_agent.toString(), name);
}

void Preferences::set(const QString &name, const QVariant &value)
{
    if (value.isValid())
        m_settings.setValue(key(name), value);
    else
        m_settings.remove(key(name));
    Q_EMIT changed();
}

std::optional<bool> Preferences::flag(const QString &name) const
{
    const QVariant value = m_settings.value(key(name));
    return value.isValid() ? std::optional(value.toBool()) : std::nullopt;
}

std::chrono::seconds Preferences::holdTime(const QString &channel) const
{
    bool isNumber = false;
    const int chosen = m_settings.value(key(u"hold/"_s + channel)).toInt(&isNumber);
    return isNumber ? std::clamp(std::chrono::seconds(chosen), std::chrono::seconds(0), MaxHold)
                    : defaultHold(channel);
}

void Preferences::setHoldTime(const QString &channel, std::optional<std::chrono::seconds> hold)
{
    const QVariant value =
        hold ? QVariant(int(std::clamp(*hold, std::chrono::seconds(0), MaxHold).count()))
             : QVariant();
    set(u"hold/"_s + channel, value);
}

bool Preferences::enterSends(const QString &channel) const
{
    return enterSends().value_or(channel != u"email");
}

std::optional<bool> Preferences::enterSends() const
{
    return flag(u"enter-sends"_s);
}

void Preferences::setEnterSends(std::optional<bool> sends)
{
    set(u"enter-sends"_s, sends ? QVariant(*sends) : QVariant());
}

bool Preferences::tells(Notice notice) const
{
    return flag(noticeName(notice)).value_or(true);
}

void Preferences::setTells(Notice notice, bool on)
{
    set(noticeName(notice), on);
}

std::optional<bool> Preferences::keepsRunning() const
{
    return flag(u"keeps-running"_s);
}

void Preferences::setKeepsRunning(bool on)
{
    set(u"keeps-running"_s, on);
}

std::optional<QString> Preferences::shortcut(const QString &command) const
{
    const QVariant kept = m_settings.value(key(shortcutKey(command)));
    return kept.isValid() ? std::optional(kept.toString()) : std::nullopt;
}

void Preferences::setShortcut(const QString &command, const std::optional<QString> &keys)
{
    set(shortcutKey(command), keys ? QVariant(*keys) : QVariant());
}

void Preferences::setSnippets(std::vector<Snippet> snippets)
{
    if (snippets.size() > MaxSnippets)
        snippets.resize(MaxSnippets);
    for (Snippet &snippet : snippets) {
        snippet.name = snippet.name.simplified().left(80);
        snippet.shortcut = snippet.shortcut.simplified().section(u' ', 0, 0).left(40);
        snippet.body = snippet.body.left(MaxSnippetText);
    }
    m_snippets = std::move(snippets);
    writeSnippets();
    Q_EMIT changed();
}

void Preferences::countUse(const QString &name)
{
    for (Snippet &snippet : m_snippets) {
        if (snippet.name == name)
            ++snippet.uses;
    }
    writeSnippets();
}

void Preferences::readSnippets()
{
    const int count = std::min(m_settings.beginReadArray(key(u"snippets"_s)), MaxSnippets);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        m_snippets.push_back({m_settings.value(u"name"_s).toString(),
                              m_settings.value(u"shortcut"_s).toString(),
                              m_settings.value(u"body"_s).toString().left(MaxSnippetText),
                              m_settings.value(u"uses"_s).toInt()});
    }
    m_settings.endArray();
}

void Preferences::keepRichReply(const RichReply &reply)
{
    const QString name = reply.name.simplified().left(MaxRichName);
    if (name.isEmpty() || reply.rich.size() > MaxRichBytes)
        return;
    std::erase_if(m_richReplies, [&](const RichReply &known) { return known.name == name; });
    if (!reply.rich.isEmpty())
        m_richReplies.push_back({name, reply.rich});
    if (m_richReplies.size() > MaxRichReplies)
        m_richReplies.erase(m_richReplies.begin());
    writeRichReplies();
    Q_EMIT changed();
}

void Preferences::readRichReplies()
{
    const int count = std::min(m_settings.beginReadArray(key(u"rich_replies"_s)), MaxRichReplies);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        m_richReplies.push_back({m_settings.value(u"name"_s).toString().left(MaxRichName),
                                 m_settings.value(u"rich"_s).toByteArray().left(MaxRichBytes)});
    }
    m_settings.endArray();
}

void Preferences::writeRichReplies()
{
    m_settings.remove(key(u"rich_replies"_s));
    m_settings.beginWriteArray(key(u"rich_replies"_s), int(m_richReplies.size()));
    for (int i = 0; i < int(m_richReplies.size()); ++i) {
        m_settings.setArrayIndex(i);
        m_settings.setValue(u"name"_s, m_richReplies[size_t(i)].name);
        m_settings.setValue(u"rich"_s, m_richReplies[size_t(i)].rich);
    }
    m_settings.endArray();
}

void Preferences::writeSnippets()
{
    m_settings.remove(key(u"snippets"_s));
    m_settings.beginWriteArray(key(u"snippets"_s), int(m_snippets.size()));
    for (int i = 0; i < int(m_snippets.size()); ++i) {
        const Snippet &snippet = m_snippets[size_t(i)];
        m_settings.setArrayIndex(i);
        m_settings.setValue(u"name"_s, snippet.name);
        m_settings.setValue(u"shortcut"_s, snippet.shortcut);
        m_settings.setValue(u"body"_s, snippet.body);
        m_settings.setValue(u"uses"_s, snippet.uses);
    }
    m_settings.endArray();
}

} // namespace peerdesk::ui

#include "moc_preferences.cpp"
