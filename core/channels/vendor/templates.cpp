// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/templates.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

struct TemplateWords
{
    Q_DECLARE_TR_FUNCTIONS(Templates)
};

} // namespace

QStringList marksIn(const QString &text)
{
    static const QRegularExpression mark(u"\\{\\{\\s*([^{}\\s]{1,64})\\s*\\}\\}"_s);
    QStringList marks;
    for (auto found = mark.globalMatch(text); found.hasNext();) {
        const QString one = found.next().captured(0);
        if (!marks.contains(one))
            marks += one;
    }
    return marks;
}

void addVariables(MessageTemplate &entry, const QString &part, const QString &text,
                  const QStringList &examples)
{
    std::map<int, QString> numbered;
    for (const QString &mark : marksIn(text)) {
        bool isNumber = false;
        const int number = mark.mid(2, mark.size() - 4).trimmed().toInt(&isNumber);
        if (isNumber && number > 0)
            numbered.emplace(number, mark);
        else if (entry.whyNot.isEmpty())
            entry.whyNot = TemplateWords::tr("Its variables have names; only numbered ones can be "
                                             "filled in here");
    }
    for (const auto &[number, mark] : numbered) {
        const int place = int(std::distance(numbered.begin(), numbered.find(number)));
        entry.variables.push_back({part, place, mark, examples.value(place)});
    }
}

QString whyNotSent(const QString &status, const QString &reason)
{
    if (status == u"approved"_s)
        return {};
    const QString why = reason.isEmpty() || reason.compare(u"none"_s, Qt::CaseInsensitive) == 0
                            ? QString()
                            : u": "_s + reason;
    if (status == u"rejected"_s)
        return TemplateWords::tr("WhatsApp has rejected it") + why;
    if (status == u"paused"_s)
        return TemplateWords::tr("WhatsApp has paused it because customers disliked it") + why;
    if (status == u"disabled"_s)
        return TemplateWords::tr("WhatsApp has switched it off") + why;
    if (status == u"pending"_s || status == u"received"_s || status == u"in_appeal"_s)
        return TemplateWords::tr("WhatsApp has not decided yet") + why;
    if (status == u"unsubmitted"_s || status.isEmpty())
        return TemplateWords::tr("It was not handed in for approval yet");
    return TemplateWords::tr("WhatsApp says \u201c%1\u201d").arg(status) + why;
}

QStringList textsOf(const QJsonValue &list)
{
    QStringList texts;
    for (const QJsonValue one : list.toArray())
        texts += one.toString();
    return texts;
}

} // namespace peerdesk::channels::vendor
