// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/channeltypes.h"
#include "core/channels/api/rich.h"
#include "core/channels/webchat/webchat.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

/// The product's two tables of rich content, copied by hand: A = API, bots and flows; B = agents.
/// Columns: adaptive card, markup, rich link, quick replies, list, time picker, form. Apple
/// Messages and Google Business Messages have no connector: the one is closed to small offices, the
/// other ended in 2024.
struct Row
{
    const char *type;
    const char *a;
    const char *b;
};
constexpr std::array Table{
    Row{"webchat", "YYYYYNY", "NNYYYNY"},   Row{"email", "NYNNNNN", "NYNNNNN"},
    Row{"messenger", "NNYYYYN", "NNYYYNN"}, Row{"whatsapp", "NYYYYYN", "NYYYYNN"},
    Row{"sms", "NNNNNNN", "NNNNNNN"},
};
const QStringList Columns{u"adaptive_card"_s, u"markup_text"_s, u"rich_link"_s, u"quick_replies"_s,
                          u"list_picker"_s,   u"time_picker"_s, u"form"_s};

std::vector<ChannelType> allTypes()
{
    std::vector<ChannelType> types = app::channelTypes();
    types.push_back(webchatType(nullptr, {}));
    return types;
}

} // namespace

/// M63 to M66, M28, M47, M49: what channels say they can do.
class TestMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoMaySendWhatIsTheTableOfTheProduct_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        for (const Row &row : Table)
            QTest::newRow(row.type) << QString::fromLatin1(row.type) << QString::fromLatin1(row.a)
                                    << QString::fromLatin1(row.b);
    }
    void whoMaySendWhatIsTheTableOfTheProduct()
    {
        QFETCH(QString, type);
        QFETCH(QString, a);
        QFETCH(QString, b);
        const std::vector<ChannelType> types = allTypes();
        const auto it = std::find_if(types.begin(), types.end(),
                                     [&](const ChannelType &one) { return one.type == type; });
        QVERIFY(it != types.end());
        QString flow;
        QString agent;
        for (const QString &kind : Columns) {
            flow += rich::isNative(it->capabilities, kind, rich::Sender::Flow) ? u'Y' : u'N';
            agent += rich::isNative(it->capabilities, kind, rich::Sender::Agent) ? u'Y' : u'N';
        }
        QCOMPARE(flow, a);
        QCOMPARE(agent, b);
    }

    void everyTypeSaysWhatItNeeds()
    {
        std::set<QString> names;
        for (const ChannelType &type : allTypes()) {
            QVERIFY2(names.insert(type.type).second, qPrintable(type.type));
            QVERIFY2(!type.label.isEmpty(), qPrintable(type.type));
            QVERIFY2(bool(type.make), qPrintable(type.type));
            for (const Setting &setting : type.settings) {
                const QString place = type.type + u'.' + setting.key;
                QVERIFY2(!setting.key.isEmpty() && !setting.label.isEmpty(), qPrintable(place));
                const bool needsHelp =
                    setting.isSecret && setting.isRequired && !setting.isGenerated;
                QVERIFY2(!needsHelp || !setting.hint.isEmpty(), qPrintable(place));
            }
            for (const auto &[kind, use] : type.capabilities.rich)
                QVERIFY2(rich::kinds().contains(kind), qPrintable(type.type + u' ' + kind));
        }
        for (const QString &expected :
             {u"telegram"_s, u"sms"_s, u"whatsapp_twilio"_s, u"whatsapp"_s, u"line"_s,
              u"messenger"_s, u"instagram"_s, u"facebook_comments"_s, u"instagram_comments"_s,
              u"google_play"_s, u"app_store"_s, u"youtube"_s, u"byoc"_s, u"email"_s, u"webchat"_s})
            QVERIFY2(names.contains(expected), qPrintable(expected));
    }

    void windowsAndLimitsAreThoseOfTheVendors_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<int>("windowHours");
        QTest::addColumn<int>("after");
        QTest::addColumn<int>("humanHours");
        const auto row = [](const char *type, int window, AfterWindow after, int human) {
            QTest::newRow(type) << QString::fromLatin1(type) << window << int(after) << human;
        };
        row("whatsapp", 24, AfterWindow::Template, 0);
        row("whatsapp_twilio", 24, AfterWindow::Template, 0);
        row("messenger", 24, AfterWindow::HumanTag, 7 * 24);
        row("instagram", 24, AfterWindow::HumanTag, 7 * 24);
        row("sms", 0, AfterWindow::Nothing, 0);
        row("telegram", 0, AfterWindow::Nothing, 0);
    }
    void windowsAndLimitsAreThoseOfTheVendors()
    {
        QFETCH(QString, type);
        QFETCH(int, windowHours);
        QFETCH(int, after);
        QFETCH(int, humanHours);
        const std::vector<ChannelType> types = allTypes();
        const auto it = std::find_if(types.begin(), types.end(),
                                     [&](const ChannelType &one) { return one.type == type; });
        QVERIFY(it != types.end());
        QCOMPARE(it->capabilities.replyWindow, Seconds(windowHours * 3'600));
        QCOMPARE(int(it->capabilities.afterWindow), after);
        QCOMPARE(it->capabilities.humanWindow, Seconds(humanHours * 3'600));
    }

    void lineTakesNoFilesAndStartsNoConversation()
    {
        for (const ChannelType &type : allTypes()) {
            if (type.type != u"line"_s && type.type != u"telegram"_s)
                continue;
            QVERIFY(!type.capabilities.proactive);
            if (type.type == u"line"_s)
                QCOMPARE(type.capabilities.files.maxBytes, qint64(0));
        }
    }

    void publicChannelsSaySo()
    {
        const std::set<QString> open{u"facebook_comments"_s, u"instagram_comments"_s,
                                     u"google_play"_s, u"app_store"_s, u"youtube"_s};
        for (const ChannelType &type : allTypes())
            QCOMPARE(type.capabilities.isPublic, open.contains(type.type));
    }
};

QTEST_GUILESS_MAIN(TestMatrix)
#include "tst_matrix.moc"
