// SPDX-License-Identifier: GPL-3.0-or-later
// Plays the written transcripts in transcripts/: a supervisor can read and review them.
//   flow NAME             the flow: reference, direct, or transcripts/NAME.json
//   knows KEY VALUE       a fact about the customer
//   > says TEXT           the customer writes
//   > sent | send fails   what became of the message the flow sent
//   > answers STATUS BODY the called service answers
//   > no answer REASON    it does not
//   > time SECONDS        time passes, the timer rings
//   > task created        the task that the flow asked for waits
//   > task refused REASON there is none
//   standing POSITION [SECONDS]  what the router says of a waiting task
// All other lines are what the flow does. With PEERDESK_TRANSCRIPTS_OUT the played text is written
// to that folder, to be read and taken over.
#include "talk.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace peerdesk;
using flow::Input;

class TestTranscripts : public QObject
{
    Q_OBJECT

private slots:
    void playAsWritten_data();
    void playAsWritten();

private:
    static QString read(const QString &path);
    static Json definition(const QString &name);
    static bool command(Talk &talk, const QString &line);
};

QString TestTranscripts::read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

Json TestTranscripts::definition(const QString &name)
{
    if (name == u"reference"_s)
        return flow::referenceFlow();
    if (name == u"direct"_s)
        return flow::directFlow();
    return {read(QFINDTESTDATA("transcripts") + u'/' + name + u".json"_s).toUtf8()};
}

bool TestTranscripts::command(Talk &talk, const QString &line)
{
    const QString word = line.section(u' ', 1, 1);
    const QString rest = line.section(u' ', 2);
    Input input;
    if (word == u"says"_s) {
        talk.say(rest);
    } else if (word == u"sent"_s) {
        talk.tellIt(Input::Kind::Sent);
    } else if (word == u"send"_s) {
        talk.tellIt(Input::Kind::SendFailed);
    } else if (word == u"answers"_s) {
        talk.answer(rest.section(u' ', 0, 0).toInt(), rest.section(u' ', 1));
    } else if (word == u"no"_s) {
        input.kind = Input::Kind::BotFailed;
        input.detail = rest.section(u' ', 1);
        talk.give(input);
    } else if (word == u"time"_s) {
        talk.waitAndTimeOut(Seconds(rest.toInt()));
    } else if (word == u"task"_s) {
        const bool isCreated = rest == u"created"_s;
        input.kind = isCreated ? Input::Kind::TaskCreated : Input::Kind::TaskRefused;
        input.detail = rest.section(u' ', 1);
        talk.give(input);
    } else {
        return false;
    }
    return true;
}

void TestTranscripts::playAsWritten_data()
{
    QTest::addColumn<QString>("name");
    const QDir folder(QFINDTESTDATA("transcripts"));
    const QStringList names = folder.entryList({u"*.txt"_s}, QDir::Files, QDir::Name);
    QVERIFY(names.size() >= 5);
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << name;
}

void TestTranscripts::playAsWritten()
{
    QFETCH(QString, name);
    const QString written = read(QFINDTESTDATA("transcripts") + u'/' + name);
    std::optional<Talk> talk;
    QString played;
    for (const QString &line : written.split(u'\n')) {
        const QString word = line.section(u' ', 0, 0);
        const bool isInput = word == u">"_s;
        const bool isRemark = line.isEmpty() || line.startsWith(u'#');
        const bool isGiven = word == u"flow"_s || word == u"knows"_s || word == u"standing"_s;
        if (!isInput && !isRemark && !isGiven)
            continue;
        played += line + u'\n';
        if (word == u"flow"_s) {
            talk.emplace(definition(line.section(u' ', 1)));
            const auto good = flow::validate(talk->flow.definition);
            QVERIFY2(good, qPrintable(good.error().detail));
        } else if (word == u"knows"_s) {
            QVERIFY(talk);
            talk->learn({{line.section(u' ', 1, 1), line.section(u' ', 2)}});
        } else if (word == u"standing"_s) {
            QVERIFY(talk);
            QJsonObject task{{u"position"_s, line.section(u' ', 1, 1).toInt()}};
            if (const QString wait = line.section(u' ', 2); !wait.isEmpty())
                task.insert(u"expected_wait"_s, wait.toInt());
            talk->context[u"task"_s] = task;
        } else if (isInput) {
            QVERIFY(talk);
            QVERIFY2(command(*talk, line), qPrintable(line));
            played += talk->tell(talk->step);
        }
    }
    const QString out = qEnvironmentVariable("PEERDESK_TRANSCRIPTS_OUT");
    if (QFile file(out + u'/' + name); !out.isEmpty() && file.open(QIODevice::WriteOnly))
        file.write(played.trimmed().toUtf8() + "\n");
    const QStringList expected = written.trimmed().split(u'\n');
    const QStringList actual = played.trimmed().split(u'\n');
    for (qsizetype i = 0; i < std::max(expected.size(), actual.size()); ++i)
        QVERIFY2(expected.value(i) == actual.value(i),
                 qPrintable(u"line %1: '%2' instead of '%3'"_s.arg(i + 1).arg(actual.value(i),
                                                                              expected.value(i))));
    QVERIFY2(talk && talk->survivedRestarts, "a restart changed what the flow does");
}

QTEST_GUILESS_MAIN(TestTranscripts)
#include "tst_transcripts.moc"
