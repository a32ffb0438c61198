// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusUnixFileDescriptor>
#include <QSocketNotifier>
#include <QTextStream>

#include <unistd.h>

/// Stands for the login manager on the system bus: "sleep" or "wake" on standard input is what it
/// announces; it says who holds it up, and when nobody does any more.
class Logind final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")

public Q_SLOTS:
    QDBusUnixFileDescriptor Inhibit(const QString &what, const QString &who, const QString &,
                                    const QString &mode)
    {
        int ends[2];
        if (::pipe(ends) != 0)
            qFatal("no pipe");
        auto *released = new QSocketNotifier(ends[0], QSocketNotifier::Read, this);
        connect(released, &QSocketNotifier::activated, this, [this, released, end = ends[0]] {
            released->deleteLater();
            released->setEnabled(false);
            ::close(end);
            say(QStringLiteral("released"));
        });
        const QDBusUnixFileDescriptor lock(ends[1]);
        ::close(ends[1]);
        say(QStringLiteral("held: %1 %2 %3").arg(what, who, mode));
        return lock;
    }

public:
    void announce(bool sleep)
    {
        QDBusMessage signal = QDBusMessage::createSignal(
            QStringLiteral("/org/freedesktop/login1"),
            QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("PrepareForSleep"));
        signal << sleep;
        QDBusConnection::systemBus().send(signal);
    }

private:
    static void say(const QString &line) { QTextStream(stdout) << line << Qt::endl; }
};

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    Logind logind;
    QDBusConnection bus = QDBusConnection::systemBus();
    if (!bus.registerObject(QStringLiteral("/org/freedesktop/login1"), &logind,
                            QDBusConnection::ExportAllSlots) ||
        !bus.registerService(QStringLiteral("org.freedesktop.login1")))
        return 1;
    QTextStream(stdout) << "ready" << Qt::endl;
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &logind, [&] {
        char line[64] = {};
        const ssize_t count = ::read(STDIN_FILENO, line, sizeof line - 1);
        if (count <= 0)
            return QCoreApplication::quit();
        logind.announce(QByteArrayView(line, count).startsWith("sleep"));
    });
    return QCoreApplication::exec();
}

#include "logind.moc"
