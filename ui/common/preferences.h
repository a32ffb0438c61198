// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/ids.h"

#include <QObject>
#include <QSettings>

#include <chrono>
#include <optional>
#include <vector>

namespace peerdesk::ui {

/// A reusable reply with placeholders such as {{customer.first_name}} (UX-32).
struct Snippet
{
    QString name;
    QString shortcut; ///< one word, without the slash; may be empty
    QString body;
    int uses = 0;
    bool operator==(const Snippet &) const = default;
};

/// A rich message that is used again (M67); its JSON with the words in it.
struct RichReply
{
    QString name;
    QByteArray rich;
    bool operator==(const RichReply &) const = default;
};

/// What the window may tell the agent about while it is not in front. Offers are always told.
enum class Notice { Message, Mention };

/// What one agent has chosen on this PC: hold times, what Enter does, notices, saved replies. It
/// lies beside the window's sizes and travels to no other PC. GUI thread.
class Preferences : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds MaxHold{30};
    static constexpr int MaxSnippets = 200;
    static constexpr int MaxSnippetText = 4000; ///< characters of a body

    static constexpr int MaxRichReplies = 100;
    static constexpr int MaxRichName = 80;      ///< characters
    static constexpr int MaxRichBytes = 64'000; ///< of one

    Preferences(QSettings &settings, AgentId agent, QObject *parent);

    /// How long a message waits for Undo (UX-35): e-mail 8 s, chat and SMS 3 s, others 5 s, unless
    /// the agent chose otherwise.
    std::chrono::seconds holdTime(const QString &channel) const;
    /// Clamped to 0..MaxHold; no value = back to the default.
    void setHoldTime(const QString &channel, std::optional<std::chrono::seconds> hold);
    /// UX-3A: Enter sends on chat channels and breaks the line in e-mail, unless chosen otherwise.
    bool enterSends(const QString &channel) const;
    void setEnterSends(std::optional<bool> sends);
    std::optional<bool> enterSends() const;
    bool tells(Notice notice) const;
    void setTells(Notice notice, bool on);
    /// May the window stay in the tray when it is closed? No value = ask.
    std::optional<bool> keepsRunning() const;
    void setKeepsRunning(bool on);
    /// The key that was chosen for a command, in portable words; empty = none. No value = the
    /// usual one.
    std::optional<QString> shortcut(const QString &command) const;
    void setShortcut(const QString &command, const std::optional<QString> &key);

    const std::vector<Snippet> &snippets() const { return m_snippets; }
    /// What is too long or too many is cut off.
    void setSnippets(std::vector<Snippet> snippets);
    void countUse(const QString &name);
    const std::vector<RichReply> &richReplies() const { return m_richReplies; }
    /// Under a name that is there it replaces; an empty `rich` removes. What is too long is not
    /// kept, and of too many the oldest goes.
    void keepRichReply(const RichReply &reply);

Q_SIGNALS:
    void changed();

private:
    QString key(const QString &name) const;
    std::optional<bool> flag(const QString &name) const;
    void set(const QString &name, const QVariant &value);
    void readSnippets();
    void readRichReplies();
    void writeRichReplies();
    void writeSnippets();

    QSettings &m_settings;
    AgentId m_agent;
    std::vector<Snippet> m_snippets;
    std::vector<RichReply> m_richReplies; ///< newest last
};

} // namespace peerdesk::ui
