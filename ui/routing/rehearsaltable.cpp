// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/rehearsaltable.h"

#include "ui/common/paint.h"

#include <QHeaderView>
#include <QLocale>

#include <cmath>
#include <optional>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

/// A line of the table and how its change is judged.
struct Figure
{
    enum class Kind { Count, Percent, Wait };
    enum class Better { More, Less, Neither };

    QString label;
    QString key; ///< in the answer; waits lie one level deeper
    Kind kind = Kind::Count;
    Better better = Better::Neither;
};

std::vector<Figure> figures()
{
    using Kind = Figure::Kind;
    using Better = Figure::Better;
    const auto tr = [](const char *text) { return RehearsalTable::tr(text); };
    return {{tr("Tasks"), u"tasks"_s},
            {tr("Answered within 20 s"), u"service_level"_s, Kind::Percent, Better::More},
            {tr("Mean wait"), u"avg"_s, Kind::Wait, Better::Less},
            {tr("Median wait"), u"p50"_s, Kind::Wait, Better::Less},
            {tr("9 of 10 waited at most"), u"p90"_s, Kind::Wait, Better::Less},
            {tr("19 of 20 waited at most"), u"p95"_s, Kind::Wait, Better::Less},
            {tr("Gave up waiting"), u"canceled"_s, Kind::Count, Better::Less},
            {tr("Never answered"), u"unanswered"_s, Kind::Count, Better::Less},
            {tr("Refused"), u"refused"_s, Kind::Count, Better::Less},
            {tr("Occupancy of people"), u"occupancy"_s, Kind::Percent, Better::Neither}};
}

/// Nothing where there is nothing to count: nobody was answered, or queues have no such figure.
std::optional<double> valueOf(const Figure &figure, const QJsonObject &from)
{
    const QJsonValue value = figure.kind == Figure::Kind::Wait
                                 ? from.value(u"wait"_s).toObject().value(figure.key)
                                 : from.value(figure.key);
    const bool hasWaits = from.value(u"answered"_s).toInt() > 0;
    const bool isService = figure.key == u"service_level";
    const bool isSilent = (figure.kind == Figure::Kind::Wait && !hasWaits) ||
                          (isService && from.value(u"tasks"_s).toInt() == 0);
    return value.isDouble() && !isSilent ? std::optional(value.toDouble()) : std::nullopt;
}

/// As it is shown, without its sign: what looks the same is the same.
QString sizeOf(Figure::Kind kind, double value)
{
    const QLocale locale;
    const double size = std::abs(value);
    switch (kind) {
    case Figure::Kind::Count:
        return locale.toString(qint64(std::llround(size)));
    case Figure::Kind::Percent:
        return RehearsalTable::tr("%1 %", "a share").arg(locale.toString(size, 'f', 1));
    case Figure::Kind::Wait:
        break;
    }
    const qint64 seconds = std::llround(size);
    const QString rest = QString::number(seconds % 60).rightJustified(2, u'0');
    if (seconds < 3600)
        return u"%1:%2"_s.arg(seconds / 60).arg(rest);
    return u"%1:%2:%3"_s.arg(seconds / 3600)
        .arg(QString::number(seconds / 60 % 60).rightJustified(2, u'0'), rest);
}

struct Verdict
{
    QString words;
    Ink ink = Ink::Text2;
};

Verdict verdictOf(const Figure &figure, double before, double after)
{
    const double change = after - before;
    const QString size = sizeOf(figure.kind, change);
    if (size == sizeOf(figure.kind, 0))
        return {RehearsalTable::tr("the same"), Ink::Text3};
    const QString shown = figure.kind == Figure::Kind::Percent
                              ? RehearsalTable::tr("%1 points", "of a percentage")
                                    .arg(QLocale().toString(std::abs(change), 'f', 1))
                              : size;
    const QString signedSize = isolateLtr((change < 0 ? QChar(0x2212) : QChar(u'+')) + shown);
    if (figure.better == Figure::Better::Neither)
        return {signedSize, Ink::Text2};
    const bool isBetter = (change > 0) == (figure.better == Figure::Better::More);
    return isBetter ? Verdict{RehearsalTable::tr("%1, better").arg(signedSize), Ink::Success}
                    : Verdict{RehearsalTable::tr("%1, worse").arg(signedSize), Ink::Danger};
}

} // namespace

RehearsalTable::RehearsalTable(const Look &look, QWidget *parent)
    : QTreeWidget(parent)
    , m_look(look)
{
    setColumnCount(Columns);
    setHeaderLabels({tr("In virtual time"), tr("Saved"), tr("Edited"), tr("Change")});
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setIndentation(look.px(12));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    setAccessibleName(tr("What the rehearsal found, in total and for each queue"));
    header()->setSectionResizeMode(QHeaderView::Fixed);
    header()->setSectionsClickable(false);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(look.px(40));
}

void RehearsalTable::show(const QJsonObject &answer)
{
    clear();
    const QJsonObject before = answer.value(u"before"_s).toObject();
    const QJsonObject after = answer.value(u"after"_s).toObject();
    setColumnHidden(Saved, before.isEmpty());
    setColumnHidden(Edited, after.isEmpty());
    setColumnHidden(Change, before.isEmpty() || after.isEmpty());
    addGroup(tr("In total"), before, after);
    const QJsonObject queuesBefore = before.value(u"queues"_s).toObject();
    const QJsonObject queuesAfter = after.value(u"queues"_s).toObject();
    const QJsonObject &names = before.isEmpty() ? queuesAfter : queuesBefore;
    for (const QString &name : names.keys())
        addGroup(isolate(name), queuesBefore.value(name).toObject(),
                 queuesAfter.value(name).toObject());
    fitColumns();
    doItemsLayout(); // its height is known at once
}

void RehearsalTable::addGroup(const QString &title, const QJsonObject &before,
                              const QJsonObject &after)
{
    auto *group = new QTreeWidgetItem(this, {title});
    group->setFirstColumnSpanned(true);
    group->setFont(What, m_look.font(13, QFont::DemiBold));
    group->setForeground(What, m_look.theme().text);
    group->setToolTip(What, title);
    group->setSizeHint(What, {0, m_look.px(32)});
    group->setTextAlignment(What, Qt::AlignLeft | Qt::AlignBottom);
    const bool isIdle =
        before.value(u"tasks"_s).toInt() == 0 && after.value(u"tasks"_s).toInt() == 0;
    const auto words = [](const Figure &figure, const std::optional<double> &value) {
        return value ? isolateLtr(sizeOf(figure.kind, *value)) : u"\u2013"_s;
    };
    for (const Figure &figure : figures()) {
        const bool isThere = figure.kind == Figure::Kind::Wait || before.contains(figure.key) ||
                             after.contains(figure.key);
        if (!isThere || (isIdle && figure.key != u"tasks"))
            continue; // queues have fewer figures, and those without tasks none
        const auto was = valueOf(figure, before);
        const auto is = valueOf(figure, after);
        const Verdict verdict = was && is ? verdictOf(figure, *was, *is) : Verdict();
        auto *line = new QTreeWidgetItem(
            group, {figure.label, words(figure, was), words(figure, is), verdict.words});
        line->setSizeHint(What, {0, m_look.px(24)});
        QStringList spoken{figure.label};
        for (int column = 0; column < Columns; ++column) {
            line->setFont(column, m_look.font(13));
            line->setForeground(column, m_look.theme().text);
            line->setToolTip(column, line->text(column));
            if (column != What && !isColumnHidden(column) && !line->text(column).isEmpty())
                spoken += u"%1 %2"_s.arg(headerItem()->text(column), line->text(column));
        }
        line->setForeground(Change, m_look.ink(verdict.ink));
        line->setData(What, Qt::AccessibleTextRole, spoken.join(u", "_s));
    }
    group->setExpanded(true);
}

void RehearsalTable::resizeEvent(QResizeEvent *event)
{
    QTreeWidget::resizeEvent(event);
    fitColumns();
}

void RehearsalTable::fitColumns()
{
    const int all = viewport()->width();
    const int value = qMin(m_look.px(96), all / 5);
    const int change = isColumnHidden(Change) ? 0 : qMin(m_look.px(150), all * 3 / 10);
    const int values = (isColumnHidden(Saved) ? 0 : value) + (isColumnHidden(Edited) ? 0 : value);
    setColumnWidth(What, all - values - change);
    setColumnWidth(Saved, value);
    setColumnWidth(Edited, value);
    if (change > 0)
        setColumnWidth(Change, change);
}

} // namespace peerdesk::ui

#include "moc_rehearsaltable.cpp"
