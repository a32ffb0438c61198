// SPDX-License-Identifier: GPL-3.0-or-later
/// Watches a window from inside the unchanged program: a plugin that Qt loads when the environment
/// says QT_QPA_GENERIC_PLUGINS=eye. It tells on standard output, one JSON object a line, when what
/// has been painted; `at` is the monotonic clock in seconds, which every process shares. On
/// standard input it takes "open NAME": scrolls the inbox to that customer and clicks the row.
#include <QAbstractItemModel>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QGenericPlugin>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListView>
#include <QMouseEvent>
#include <QPointer>
#include <QSocketNotifier>
#include <QTimer>

#include <chrono>
#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int WatchedRows = 100;
constexpr auto Marker = "#"_L1; ///< a row whose words hold "#7" is told as number 7
constexpr std::chrono::milliseconds Settle{150};

double monotonicSeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void tell(QJsonObject what, double at)
{
    what.insert(u"at"_s, at);
    std::printf("%s\n", QJsonDocument(what).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

class Eye final : public QObject
{
    Q_OBJECT

public:
    Eye()
        : m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        connect(&m_input, &QSocketNotifier::activated, this, &Eye::onInput);
    }

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && watched->isWidgetType())
            notePaint(watched);
        if (!showsAll(watched, *event) || std::exchange(m_isInside, true))
            return false;
        const QPointer<QObject> window = watched;
        QCoreApplication::sendEvent(watched, event); // paints, and hands it to the screen
        m_isInside = false;
        if (window)
            report(*window, monotonicSeconds());
        return true;
    }

private:
    /// The two ways to the screen: what became visible, and what changed.
    static bool showsAll(const QObject *watched, const QEvent &event)
    {
        return watched->isWidgetType() ? event.type() == QEvent::UpdateRequest
                                       : watched->isWindowType() && event.type() == QEvent::Paint;
    }

    void notePaint(QObject *watched)
    {
        m_hasPainted = true;
        QObject *area = watched->parent();
        if (!area)
            return;
        if (area->inherits("peerdesk::ui::ConversationList"))
            m_list = static_cast<QListView *>(area);
        else if (area->inherits("peerdesk::ui::TimelineView"))
            m_hasTimeline = true;
    }

    void report(const QObject &window, double at)
    {
        if (!std::exchange(m_hasPainted, false))
            return;
        if (!std::exchange(m_hasWindow, true))
            tell({{u"painted"_s, QString::fromLatin1(window.metaObject()->className())}}, at);
        if (m_list && m_list->model() && m_list->model()->rowCount() > 0)
            reportList(at);
        if (std::exchange(m_hasTimeline, false) && std::exchange(m_isOpened, false))
            tell({{u"opened"_s, m_rows}}, at);
    }

    void reportList(double at)
    {
        const QAbstractItemModel &model = *m_list->model();
        if (!std::exchange(m_hasList, true)) {
            tell({{u"list"_s, model.rowCount()}}, at);
            followMessages();
        }
        for (int row = 0; row < std::min(WatchedRows, model.rowCount()); ++row) {
            const QModelIndex index = model.index(row, 0);
            const QString words = index.data(Qt::AccessibleTextRole).toString();
            const qsizetype mark = words.lastIndexOf(Marker);
            if (mark < 0 || !m_list->viewport()->rect().intersects(m_list->visualRect(index)))
                continue;
            const QString number = words.mid(mark + 1).section(u' ', 0, 0);
            if (number != m_lastNumber)
                tell({{u"row"_s, number}}, at);
            m_lastNumber = number;
        }
        m_list.clear();
    }

    /// A conversation is open when its first page has been put into the model and then painted.
    void followMessages()
    {
        for (auto *model : m_list->window()->findChildren<QAbstractItemModel *>()) {
            if (!model->inherits("peerdesk::ui::MessageModel"))
                continue;
            connect(model, &QAbstractItemModel::modelReset, this, [this, model] {
                m_rows = model->rowCount();
                m_isOpened = m_rows > 0;
            });
        }
        m_clickable = m_list;
    }

    void onInput()
    {
        char buffer[512];
        const ssize_t size = read(STDIN_FILENO, buffer, sizeof buffer);
        if (size <= 0)
            return m_input.setEnabled(false);
        const QString line = QString::fromUtf8(buffer, size).trimmed();
        const QString name = line.mid(line.indexOf(u' ') + 1);
        for (int row = 0; m_clickable && row < m_clickable->model()->rowCount(); ++row) {
            const QModelIndex index = m_clickable->model()->index(row, 0);
            if (index.data().toString() != name)
                continue;
            m_clickable->scrollTo(index);
            if (line.startsWith(u"show "_s))
                return tell({{u"shown"_s, row}}, monotonicSeconds());
            return QTimer::singleShot(Settle, this, [this, index] { click(index); });
        }
        tell({{u"missing"_s, name}}, monotonicSeconds());
    }

    void click(const QPersistentModelIndex &index)
    {
        QWidget *viewport = m_clickable->viewport();
        const QPointF place = m_clickable->visualRect(index).center();
        const QPointF global = viewport->mapToGlobal(place);
        tell({{u"clicked"_s, index.row()}}, monotonicSeconds());
        for (const auto type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
            const auto held = type == QEvent::MouseButtonPress ? Qt::LeftButton : Qt::NoButton;
            QMouseEvent event(type, place, global, Qt::LeftButton, held, Qt::NoModifier);
            QCoreApplication::sendEvent(viewport, &event);
        }
    }

    QSocketNotifier m_input;
    QPointer<QListView> m_list; ///< painted in this update
    QPointer<QListView> m_clickable;
    QString m_lastNumber;
    int m_rows = 0;
    bool m_isInside = false;
    bool m_hasPainted = false;
    bool m_hasWindow = false;
    bool m_hasList = false;
    bool m_hasTimeline = false;
    bool m_isOpened = false;
};

} // namespace

class EyePlugin final : public QGenericPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QGenericPluginFactoryInterface_iid FILE "eye.json")

public:
    QObject *create(const QString &key, const QString &) override
    {
        if (key != u"eye"_s)
            return nullptr;
        auto *eye = new Eye; // Qt deletes what its generic plugins made
        qApp->installEventFilter(eye);
        return eye;
    }
};

#include "eye.moc"
