// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/ui/stage.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/conversationpane.h"
#include "ui/conversation/templatepicker.h"
#include "ui/settings/channelspage.h"

#include <QJsonArray>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// M49 and row 7: after the reply window the agent chooses an approved template, fills in what it
/// asks for, sees what the customer will see, and exactly that goes out.
class TestTemplates : public WindowTest
{
    Q_OBJECT

    static MessageTemplate ready()
    {
        MessageTemplate entry;
        entry.name = u"order_ready"_s;
        entry.title = entry.name;
        entry.language = u"en_US"_s;
        entry.status = u"approved"_s;
        entry.header = u"Order {{1}}"_s;
        entry.body = u"Dear {{1}}, it is ready at {{2}}."_s;
        entry.footer = u"The shop"_s;
        entry.buttons = {u"Call"_s, u"Track"_s};
        entry.variables = {{u"header"_s, 0, u"{{1}}"_s, u"17"_s},
                           {u"body"_s, 0, u"{{1}}"_s, u"Ada"_s},
                           {u"body"_s, 1, u"{{2}}"_s, u"5 pm"_s},
                           {u"buttons"_s, 1, u"{{1}}"_s, u"5"_s}};
        return entry;
    }
    static MessageTemplate refused(const QString &name, const QString &why)
    {
        MessageTemplate entry;
        entry.name = entry.title = name;
        entry.language = u"de"_s;
        entry.body = u"Hallo"_s;
        entry.whyNot = why;
        return entry;
    }
    static Window &openOutsideTheWindow(Stage &stage)
    {
        const QJsonObject can{{u"reply_window"_s, 24 * 3'600},
                              {u"after_window"_s, u"template"_s},
                              {u"rich"_s, QJsonObject{{u"template"_s, u"agent"_s}}}};
        stage.desk.types = {QJsonObject{
            {u"type"_s, u"whatsapp"_s}, {u"label"_s, u"WhatsApp"_s}, {u"capabilities"_s, can}}};
        stage.desk.templateAnswer = TemplateList{
            {refused(u"promo"_s, u"WhatsApp has rejected it: too short"_s), ready(),
             refused(u"sale"_s, u"WhatsApp has paused it because customers disliked it"_s)}};
        Conversation &aiko = stage.desk.conversationsById[stage.office.aiko()];
        aiko.lastInboundAt = stage.clock.wall() - std::chrono::hours(25);
        aiko.assignee = stage.office.linh().agent;
        Window &window = stage.open();
        stage.openAiko();
        return window;
    }
    static QAbstractButton *named(QWidget &root, const QString &words)
    {
        for (QAbstractButton *one : root.findChildren<QAbstractButton *>()) {
            if (one->isVisible() && one->text() == words)
                return one;
        }
        return nullptr;
    }
    static TemplatePicker *openPicker(Composer &composer)
    {
        QAbstractButton *use = named(composer, u"Use a template"_s);
        if (use)
            use->click();
        return composer.findChild<TemplatePicker *>(u"templatePicker"_s);
    }

private Q_SLOTS:
    void anApprovedTemplateIsFilledInAndGoesOut()
    {
        Stage stage(*m_look);
        Composer &composer = openOutsideTheWindow(stage).conversation().composer();
        TemplatePicker *picker = openPicker(composer);
        QVERIFY(picker);
        QCOMPARE(picker->list().count(), 3);
        QCOMPARE(picker->list().currentItem()->text(), u"order_ready (en_US)"_s);
        const auto fields = picker->fields();
        QCOMPARE(fields.size(), size_t(4));
        QVERIFY(!picker->insertButton().isEnabled());
        QVERIFY2(picker->problem().contains(u"Heading"_s), qPrintable(picker->problem()));
        const QStringList typed{u"20417"_s, u"Aiko {{2}}"_s, u"17:00"_s, u"20417-a"_s};
        for (size_t i = 0; i < fields.size(); ++i) {
            QVERIFY(!picker->insertButton().isEnabled());
            QTest::keyClicks(fields[i], typed[qsizetype(i)]);
        }
        QVERIFY(picker->insertButton().isEnabled());
        const QString text = u"Order 20417\n\nDear Aiko {{2}}, it is ready at 17:00.\n\nThe shop"_s;
        QVERIFY2(picker->preview().contains(text), qPrintable(picker->preview()));
        QVERIFY(picker->preview().contains(u"Track"_s));
        picker->insertButton().click();
        QVERIFY(composer.sendButton().isEnabled());
        composer.send();
        stage.clock.advance(std::chrono::seconds(6)); // until then it can be undone
        stage.window->outbox().tick();
        QCOMPARE(sent<api::SendMessage>(stage.desk), 1);
        QCOMPARE(json::object(lastSent<api::SendMessage>(stage.desk).content.rich),
                 (QJsonObject{{u"kind"_s, u"template"_s},
                              {u"name"_s, u"order_ready"_s},
                              {u"language"_s, u"en_US"_s},
                              {u"text"_s, text},
                              {u"header"_s, QJsonArray{u"20417"_s}},
                              {u"header_format"_s, u"text"_s},
                              {u"body"_s, QJsonArray{u"Aiko {{2}}"_s, u"17:00"_s}},
                              {u"buttons"_s, QJsonArray{QString(), u"20417-a"_s}}}));
    }
    void whatIsNotApprovedSaysWhyAndCannotBeChosen()
    {
        Stage stage(*m_look);
        TemplatePicker *picker = openPicker(openOutsideTheWindow(stage).conversation().composer());
        QVERIFY(picker);
        for (const int row : {1, 2}) {
            const QListWidgetItem *item = picker->list().item(row);
            QVERIFY(!(item->flags() & Qt::ItemIsSelectable));
            QVERIFY(!(item->flags() & Qt::ItemIsEnabled));
            QVERIFY2(item->text().contains(u"WhatsApp has"_s), qPrintable(item->text()));
        }
        picker->list().setCurrentRow(1);
        QVERIFY(!picker->insertButton().isEnabled());
    }
    void wordsBesideATemplateAreNotLeftBehindUnseen()
    {
        Stage stage(*m_look);
        Composer &composer = openOutsideTheWindow(stage).conversation().composer();
        stage.type(u"are you there?"_s);
        TemplatePicker *picker = openPicker(composer);
        QVERIFY(picker);
        for (QLineEdit *field : picker->fields())
            field->setText(u"x"_s);
        picker->insertButton().click();
        QVERIFY(!composer.sendButton().isEnabled());
        QCOMPARE(composer.editor().toPlainText(), u"are you there?"_s); // nor are they lost
        composer.editor().clear();
        QVERIFY(composer.sendButton().isEnabled());
    }
    void aListThatCannotBeHadSaysWhyAndTheNameWillDo()
    {
        Stage stage(*m_look);
        Composer &composer = openOutsideTheWindow(stage).conversation().composer();
        stage.desk.templateAnswer = rejected(u"The token is over."_s, u"down"_s);
        TemplatePicker *picker = openPicker(composer);
        QVERIFY(picker);
        QVERIFY2(picker->problem().contains(u"The token is over."_s),
                 qPrintable(picker->problem()));
        QVERIFY(!picker->insertButton().isEnabled());
        named(*picker, u"By its name"_s)->click();
        QVERIFY(composer.findChild<RichBuilder *>(u"richBuilder"_s));
    }
    /// The account's page: every template with what the provider says of it.
    void theListOfAnAccountSaysHowEachIs()
    {
        Stage stage(*m_look);
        stage.role = Role::Admin;
        stage.office.fillSettings();
        api::AccountStatus status;
        status.account.id = randomId<AccountId>();
        status.account.type = u"whatsapp"_s;
        status.account.name = u"WhatsApp"_s;
        status.state = AccountState::Connected;
        stage.desk.office.channels.push_back(status);
        const AccountId other = stage.desk.office.channels.front().account.id;
        Window &window = openOutsideTheWindow(stage);
        window.openSettingsPage(window.channels());
        window.channels()->showAccount(status.account.id);
        TemplateListing &listing = window.channels()->form().templates();
        QVERIFY(listing.isVisible());
        QCOMPARE(listing.list().count(), 3);
        QCOMPARE(listing.list().item(1)->text(), u"order_ready (en_US): approved"_s);
        QVERIFY(listing.list().item(0)->text().contains(u"rejected it: too short"_s));
        QCOMPARE(listing.said(), u"1 of 3 may be sent."_s);
        window.channels()->showAccount(other); // mail has none
        QVERIFY(!listing.isVisible());
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestTemplates>(argc, argv);
}

#include "tst_templates.moc"
