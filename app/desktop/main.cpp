// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/localdrafts.h"
#include "app/desktop/signindialog.h"
#include "app/headless/doorway.h"
#include "core/doors/control.h"
#include "core/doors/verbline.h"
#include "core/node/node.h"
#include "ui/shell/window.h"

#include <QApplication>
#include <QJsonDocument>
#include <QMessageBox>

#include <cstdio>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

/// The program with a window: a node, a desk for the GUI thread, sign-in, the window. Members go in
/// the reverse order: the window before the desk before the node.
class Desktop : public QObject
{
public:
    explicit Desktop(const doors::VerbLine &line)
        : m_line(line)
    {}

    void start()
    {
        m_look.apply();
        node::Options options;
        options.dataDir = m_line.dataDir;
        options.keystore = m_line.keystore;
        options.passphrase = qEnvironmentVariable("PEERDESK_KEYSTORE_PASSPHRASE");
        options.makeDoors = makeDoors();
        auto opened = node::NodeProcess::open(options);
        if (!opened)
            return fail(opened.error());
        m_node = std::move(*opened);
        connect(
            m_node.get(), &node::NodeProcess::started, this,
            [this](const Result<Done> &started) { started ? onStarted() : fail(started.error()); });
        connect(m_node.get(), &node::NodeProcess::stopped, qApp, &QCoreApplication::quit);
        m_node->start();
    }

private:
    /// The same doors as the program without a window; a port that is taken costs them, not the
    /// window.
    node::MakeDoors makeDoors() const
    {
        const QString wanted = m_line.arguments.value(u"http"_s).toString(u"127.0.0.1:8417"_s);
        const auto http = app::hostAndPort(wanted);
        app::DoorwayOptions door{true, m_line.dataDir, u"127.0.0.1"_s, 0, 1.0};
        if (http) {
            door.host = http->first;
            door.port = http->second;
        }
        return app::doorway(door, [](const Result<QString> &address) {
            if (!address)
                qWarning("no web chat and no API: %ls", qUtf16Printable(address.error().detail));
        });
    }

    void fail(const Error &error)
    {
        auto *box = new QMessageBox(QMessageBox::Critical, tr("Peerdesk"),
                                    tr("Peerdesk cannot start. Nothing was changed."));
        box->setInformativeText(error.detail);
        box->setAttribute(Qt::WA_DeleteOnClose);
        connect(box, &QMessageBox::finished, qApp, [] { QCoreApplication::exit(1); });
        box->open();
    }

    void onStarted()
    {
        m_desk = m_node->makeDesk();
        m_drafts = std::make_unique<desktop::LocalDrafts>(m_node->folder().local());
        m_settings = std::make_unique<QSettings>(m_node->folder().path() + u"/window.ini"_s,
                                                 QSettings::IniFormat);
        m_desk->agents({this, [this](const Result<std::vector<Agent>> &agents) {
                            agents ? signIn(*agents) : fail(agents.error());
                        }});
    }

    void signIn(const std::vector<Agent> &agents)
    {
        auto *dialog = new desktop::SignInDialog(*m_desk, m_look, agents);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &desktop::SignInDialog::signedIn, this,
                [this](const api::Caller &caller) { open(caller); });
        connect(dialog, &QDialog::rejected, this, [this] { m_node->stop(); });
        dialog->open();
    }

    void open(const api::Caller &caller)
    {
        const ui::WindowParts parts{*m_desk, *m_drafts, m_clock, m_look, *m_settings};
        m_window = std::make_unique<ui::Window>(parts, caller);
        connect(m_window.get(), &ui::Window::closed, this, [this] { m_node->stop(); });
        m_window->show();
    }

    doors::VerbLine m_line;
    SystemClock m_clock;
    ui::Look m_look;
    std::unique_ptr<node::NodeProcess> m_node;
    std::unique_ptr<api::Desk> m_desk;
    std::unique_ptr<desktop::LocalDrafts> m_drafts;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<ui::Window> m_window;
};

/// A verb for the node that runs on this folder.
int runVerb(QCoreApplication &app, const doors::VerbLine &line)
{
    const Result<doors::VerbLine> complete = doors::withFiles(line);
    if (!complete) {
        std::fprintf(stderr, "peerdesk: %s\n", qPrintable(complete.error().detail));
        return int(doors::Exit::Refused);
    }
    doors::ControlClient client;
    client.send(
        complete->dataDir, complete->verb, complete->arguments,
        {&client, [&](const Result<QJsonObject> &answer) {
             if (answer)
                 std::printf("%s\n", line.wantsJson ? QJsonDocument(*answer).toJson().constData()
                                                    : qPrintable(doors::readable(*answer)));
             else
                 std::fprintf(stderr, "peerdesk: %s\n", qPrintable(answer.error().detail));
             QMetaObject::invokeMethod(
                 &app,
                 [isDone = bool(answer)] {
                     QCoreApplication::exit(int(isDone ? doors::Exit::Done : doors::Exit::Refused));
                 },
                 Qt::QueuedConnection);
         }});
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments += QString::fromLocal8Bit(argv[i]);
    if (arguments.isEmpty() || arguments.front().startsWith(u'-'))
        arguments.prepend(u"run"_s);
    QCoreApplication::setApplicationName(u"peerdesk"_s);
    const Result<doors::VerbLine> line = doors::parseVerbLine(arguments);
    if (!line) {
        std::fprintf(stderr, "peerdesk: %s\n%s\n", qPrintable(line.error().detail),
                     qPrintable(doors::usage(u"peerdesk"_s)));
        return int(doors::Exit::Usage);
    }
    if (line->verb != u"run") {
        QCoreApplication app(argc, argv);
        return runVerb(app, *line);
    }
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false); // the node closes its files first
    Desktop desktop(*line);
    desktop.start();
    return QApplication::exec();
}
