// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"
#include "app/headless/endsignals.h"

#include <QApplication>
#include <QJsonDocument>
#include <QScreen>
#include <QSocketNotifier>

#include <cstdio>
#include <unistd.h>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

/// One PC with its window for a test that plays several: the whole program but main(). It stands
/// where it is told, and does with its controls what lines of words say:
/// `available`, `accept`, `say TEXT`, `section office`, `seen`, `picture FILE`. Each is answered by
/// a line of JSON.
class PcWindow final : public QObject
{
public:
    PcWindow(desktop::Desktop::Options options, const QRect &place)
        : m_desktop(std::move(options))
        , m_place(place)
        , m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        connect(&m_desktop, &desktop::Desktop::windowOpened, this, &PcWindow::onOpened);
        connect(&m_desktop, &desktop::Desktop::ended, qApp, &QCoreApplication::quit);
        connect(&m_input, &QSocketNotifier::activated, this, &PcWindow::onReadable);
        m_desktop.start();
    }
    desktop::Desktop &desktop() { return m_desktop; }

private:
    static void answer(const QJsonObject &object)
    {
        std::printf("%s\n", QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
        std::fflush(stdout);
    }
    ui::Window &window() { return *m_desktop.window(); }

    void onOpened()
    {
        window().preferences().setHoldTime(u"webchat"_s, std::chrono::seconds(0));
        window().setGeometry(m_place);
        m_desktop.office().desk().status(
            {this, [this](const Result<api::OfficeStatus> &status) {
                 answer({{u"ready"_s, bool(status)}, {u"http"_s, m_desktop.office().address()}});
             }});
    }
    void onReadable()
    {
        char bytes[4096];
        const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
        if (count <= 0)
            return m_input.setEnabled(false);
        m_buffer.append(bytes, qsizetype(count));
        for (qsizetype end = m_buffer.indexOf('\n'); end >= 0; end = m_buffer.indexOf('\n')) {
            const QString line = QString::fromUtf8(m_buffer.left(end));
            m_buffer.remove(0, end + 1);
            perform(line.section(u' ', 0, 0), line.section(u' ', 1));
        }
    }
    void perform(const QString &verb, const QString &words)
    {
        if (verb == u"available")
            return beAvailable();
        if (verb == u"accept")
            return accept();
        if (verb == u"say")
            return say(words);
        if (verb == u"section")
            return openOffice();
        if (verb == u"picture")
            return takePicture(words);
        answer(seen());
    }
    void beAvailable()
    {
        api::Desk &desk = m_desktop.office().desk();
        desk.activities({this, [this, &desk](const Result<std::vector<Activity>> &all) {
                             for (const Activity &activity : *all) {
                                 if (activity.available)
                                     return desk.submit(m_desktop.caller(), randomId<CommandId>(),
                                                        api::SetActivity{m_desktop.caller().worker,
                                                                         activity.id, false},
                                                        {this, [](const Result<api::Outcome> &r) {
                                                             answer({{u"done"_s, bool(r)}});
                                                         }});
                             }
                         }});
    }
    void accept()
    {
        const bool isThere = window().offerCard().isVisible();
        if (isThere)
            window().offerCard().acceptButton().click();
        answer({{u"done"_s, isThere}});
    }
    void say(const QString &words)
    {
        ui::Composer &composer = window().conversation().composer();
        composer.editor().setPlainText(words);
        composer.send();
        answer({{u"done"_s, true}});
    }
    void openOffice()
    {
        const QList<QAction *> actions = window().findChildren<QAction *>();
        for (QAction *action : actions) {
            if (action->text().startsWith(u"Office"))
                return action->trigger(), answer({{u"done"_s, true}});
        }
        answer({{u"done"_s, false}});
    }
    /// What a person reads on it.
    QJsonObject seen()
    {
        ui::Window &shown = window();
        QJsonArray lines;
        const ui::MessageModel &messages = shown.conversation().messages();
        for (int row = 0; row < messages.rowCount(); ++row)
            lines.append(messages.spokenText(row));
        return {{u"status"_s, shown.status().words()},
                {u"banner"_s, shown.banner().text()},
                {u"offer"_s, shown.offerCard().isVisible()},
                {u"lines"_s, lines}};
    }
    /// Everything on the screen: the windows of all PCs.
    void takePicture(const QString &file)
    {
        const QPixmap all = QGuiApplication::primaryScreen()->grabWindow(0);
        answer({{u"done"_s, all.save(file, "PNG")}});
    }

    desktop::Desktop m_desktop;
    QRect m_place;
    QSocketNotifier m_input;
    QByteArray m_buffer;
};

QString argument(const QStringList &words, const QString &name)
{
    return words.value(words.indexOf(name) + 1);
}

} // namespace

int main(int argc, char **argv)
{
    const int descriptor = app::endSignals();
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    const QStringList words = QCoreApplication::arguments();
    desktop::Desktop::Options options;
    options.office.dataDir = argument(words, u"--data"_s);
    options.office.keystore = argument(words, u"--keystore"_s);
    options.office.passphrase = qEnvironmentVariable("PEERDESK_KEYSTORE_PASSPHRASE");
    options.office.http = argument(words, u"--http"_s);
    options.office.peer = u"127.0.0.1:0"_s;
    options.isKeystoreNamed = true;
    options.agent = argument(words, u"--agent"_s);
    const QStringList place = argument(words, u"--place"_s).split(u',');
    PcWindow pc(options, QRect(place.value(0).toInt(), place.value(1).toInt(),
                               place.value(2).toInt(), place.value(3).toInt()));
    const app::EndNotifier ending(descriptor);
    QObject::connect(&ending, &app::EndNotifier::endRequested, &pc.desktop(),
                     &desktop::Desktop::quit);
    return QApplication::exec();
}
