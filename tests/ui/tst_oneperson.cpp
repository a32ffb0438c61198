// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"

#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QJsonObject>
#include <QMenu>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// One person on several channels, as an agent sees and moves them.
class TestOnePerson : public WindowTest
{
    Q_OBJECT

    static QJsonObject type(const QString &name, const QJsonObject &can)
    {
        return {{u"type"_s, name}, {u"label"_s, name}, {u"capabilities"_s, can}};
    }
    static void addAccount(Stage &stage, const QString &name, const QString &channel)
    {
        api::AccountStatus status;
        status.account.id = randomId<AccountId>();
        status.account.type = channel;
        status.account.name = name;
        status.state = AccountState::Connected;
        stage.desk.office.channels.push_back(status);
    }
    /// Aiko on WhatsApp, whose window is over, besides mail and a typed address of the web chat.
    static Window &openOutsideTheWindow(Stage &stage, bool hasTemplates = true)
    {
        stage.desk.types = {
            type(u"whatsapp"_s, {{u"reply_window"_s, 24 * 3'600},
                                 {u"after_window"_s, hasTemplates ? u"template"_s : u"nothing"_s},
                                 {u"rich"_s, QJsonObject{{u"template"_s, u"agent"_s}}}}),
            type(u"email"_s, {{u"reaches"_s, QJsonArray{u"email"_s}}}), type(u"webchat"_s, {}),
            type(u"facebook_comments"_s, {{u"public"_s, true}})};
        stage.desk.office.channels.clear();
        addAccount(stage, u"Post"_s, u"email"_s);
        addAccount(stage, u"Chat"_s, u"webchat"_s);
        addAccount(stage, u"Page"_s, u"facebook_comments"_s);
        Conversation &aiko = stage.desk.conversationsById[stage.office.aiko()];
        aiko.lastInboundAt = stage.clock.wall() - std::chrono::hours(25);
        aiko.assignee = stage.office.linh().agent;
        Window &window = stage.open();
        stage.openAiko();
        return window;
    }
    static QString plain(QString text)
    {
        for (const char16_t mark : {u'\u2066', u'\u2067', u'\u2068', u'\u2069'})
            text.remove(QChar(mark));
        return text;
    }
    static QStringList buttons(QWidget &root, const QString &words)
    {
        QStringList found;
        for (const QAbstractButton *one : root.findChildren<QAbstractButton *>()) {
            if (one->isVisible() && plain(one->text()).contains(words))
                found += plain(one->text());
        }
        return found;
    }
    static QAbstractButton *named(QWidget &root, const QString &words)
    {
        for (QAbstractButton *one : root.findChildren<QAbstractButton *>()) {
            if (one->isVisible() &&
                (plain(one->text()) == words || plain(one->accessibleName()) == words))
                return one;
        }
        return nullptr;
    }
    static bool shows(const QWidget &root, const QString &words)
    {
        for (const Label *label : root.findChildren<Label *>()) {
            if (label->isVisible() && plain(label->text()).contains(words))
                return true;
        }
        return false;
    }
    static api::CustomerCard &cardOf(Stage &stage)
    {
        return stage.desk.cards[stage.desk.conversationsById[stage.office.aiko()].customer];
    }
    static api::SameMaybe likeness()
    {
        Customer other;
        other.id = randomId<CustomerId>();
        other.name = u"A. Tanaka"_s;
        Address phone;
        phone.kind = u"phone"_s;
        phone.value = u"+81755550199"_s;
        phone.customer = other.id;
        return {other, phone};
    }

private Q_SLOTS:
    /// Row 7, M03: what may be done instead stands below the text, and what may not does not.
    void whereTheWindowIsClosedTheLawfulWaysAreOffered()
    {
        Stage stage(*m_look);
        Window &window = openOutsideTheWindow(stage);
        Composer &composer = window.conversation().composer();
        stage.type(u"are you there?"_s);
        QVERIFY(!composer.sendButton().isEnabled());
        QCOMPARE(buttons(composer, u"Continue by"_s),
                 QStringList{u"Continue by E-mail to aiko@tanaka.example"_s});
        QVERIFY(named(composer, u"Use a template"_s));
        named(composer, u"Continue by E-mail to aiko@tanaka.example"_s)->click();
        const auto command = lastSent<api::ContinueConversation>(stage.desk);
        QCOMPARE(command.conversation, stage.office.aiko());
        QCOMPARE(command.account, stage.desk.office.channels[0].account.id);
        QTRY_VERIFY(composer.sendButton().isEnabled()); // mail has no window
        QVERIFY(buttons(composer, u"Continue by"_s).isEmpty());
        QVERIFY(!named(composer, u"Use a template"_s));
        QCOMPARE(plain(composer.editor().toPlainText()), u"are you there?"_s);
    }
    void withoutTemplatesNoneIsOffered()
    {
        Stage stage(*m_look);
        Window &window = openOutsideTheWindow(stage, false);
        QVERIFY(!named(window.conversation().composer(), u"Use a template"_s));
        QVERIFY(!buttons(window.conversation().composer(), u"Continue by"_s).isEmpty());
    }
    void withinTheWindowNothingIsInTheWay()
    {
        Stage stage(*m_look);
        Window &window = openOutsideTheWindow(stage);
        stage.desk.conversationsById[stage.office.aiko()].lastInboundAt = stage.clock.wall();
        stage.desk.touch(stage.office.aiko());
        QTRY_VERIFY(buttons(window.conversation().composer(), u"Continue by"_s).isEmpty());
    }

    /// M03: any time, from the menu; what is not possible says why.
    void theMenuContinuesOnAnotherChannel()
    {
        Stage stage(*m_look);
        Window &window = openOutsideTheWindow(stage);
        window.conversation().header().openMore();
        QMenu *ways = nullptr;
        for (QMenu *menu : window.conversation().header().findChildren<QMenu *>()) {
            if (menu->title() == u"Continue by")
                ways = menu;
        }
        QVERIFY(ways);
        QCOMPARE(ways->actions().size(), 2);
        QVERIFY(ways->actions()[0]->isEnabled());
        QVERIFY(!ways->actions()[1]->isEnabled());
        QVERIFY(plain(ways->actions()[1]->text()).contains(u"Visitor 7F3A \u2013 not verified"_s));
        ways->actions()[0]->trigger();
        QCOMPARE(sent<api::ContinueConversation>(stage.desk), 1);
    }
    void aRefusalIsSaidInWords()
    {
        Stage stage(*m_look);
        Window &window = openOutsideTheWindow(stage);
        stage.desk.refuseWith = Error{Error::Code::Rejected, {}, u"open-elsewhere"_s};
        buttons(window.conversation().composer(), u"Continue by"_s);
        named(window.conversation().composer(), u"Continue by E-mail to aiko@tanaka.example"_s)
            ->click();
        QTRY_VERIFY(window.conversation().errorStrip().text().contains(u"open conversation"_s));
    }
    void afterFreeAnswersAPersonsGoesOutMarked()
    {
        Stage stage(*m_look);
        stage.desk.types = {type(u"whatsapp"_s, {{u"reply_window"_s, 24 * 3'600},
                                                 {u"human_window"_s, 7 * 24 * 3'600},
                                                 {u"after_window"_s, u"human_tag"_s}})};
        Conversation &aiko = stage.desk.conversationsById[stage.office.aiko()];
        aiko.lastInboundAt = stage.clock.wall() - std::chrono::hours(25);
        Window &window = stage.open();
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        stage.type(u"hello"_s);
        QVERIFY(composer.sendButton().isEnabled());
        QVERIFY(shows(composer, u"marked as a person's answer"_s));
        stage.clock.advance(std::chrono::hours(6 * 24));
        stage.type(u"!"_s);
        QVERIFY(!composer.sendButton().isEnabled());
    }

    /// M27: the card and the composer tell, and START undoes it.
    void whoWroteStopIsMarkedAndLeftAlone()
    {
        Stage stage(*m_look);
        const AddressId address = stage.desk.conversationsById[stage.office.aiko()].address;
        cardOf(stage).optOuts = {{address, {}, stage.clock.wall()}};
        Window &window = stage.open();
        stage.openAiko();
        Composer &composer = window.conversation().composer();
        stage.type(u"one more thing"_s);
        QVERIFY(!composer.sendButton().isEnabled());
        QVERIFY(shows(composer, u"(STOP)"_s) && shows(composer, u"START"_s));
        const auto chips = window.card().findChildren<ChipLabel *>();
        QVERIFY(std::ranges::any_of(chips, [](const ChipLabel *chip) {
            return chip->accessibleName().contains(u"START");
        }));
        composer.setMode(DraftMode::Note);
        stage.type(u"a note may always be written"_s);
        QVERIFY(composer.sendButton().isEnabled());
        composer.setMode(DraftMode::Reply);
        cardOf(stage).optOuts.clear();
        stage.desk.touch(stage.office.aiko()); // START came
        QTRY_VERIFY(composer.sendButton().isEnabled());
    }

    /// M129: suggested with the reason, done by a supervisor, and undone.
    void likenessIsSuggestedWithItsReason()
    {
        Stage stage(*m_look);
        stage.role = Role::Supervisor;
        const api::SameMaybe other = likeness();
        cardOf(stage).sameMaybe = {other};
        Window &window = stage.open();
        stage.openAiko();
        CustomerPane &card = window.card();
        QVERIFY(shows(card, u"May be the same person"_s));
        QVERIFY(shows(card, u"Same phone number +81755550199"_s));
        named(card, u"A. Tanaka is somebody else"_s)->click();
        QCOMPARE(lastSent<api::DenyLikeness>(stage.desk).other, other.customer.id);
        named(card, u"Merge the card of A. Tanaka into this"_s)->click();
        QCOMPARE(lastSent<api::MergeCustomers>(stage.desk).from, other.customer.id);
        QCOMPARE(lastSent<api::MergeCustomers>(stage.desk).into, cardOf(stage).customer.id);
        QVERIFY(shows(card, u"The two cards are one now."_s));
    }
    void anAgentSeesButDoesNotMerge()
    {
        Stage stage(*m_look);
        cardOf(stage).sameMaybe = {likeness()};
        Window &window = stage.open();
        stage.openAiko();
        QAbstractButton *merge = named(window.card(), u"Merge the card of A. Tanaka into this"_s);
        QVERIFY(merge && !merge->isEnabled());
        QVERIFY(!merge->toolTip().isEmpty());
    }
    void aMergeIsUndoneFromTheCard()
    {
        Stage stage(*m_look);
        stage.role = Role::Supervisor;
        CardJoin join;
        join.from = likeness().customer;
        join.at = stage.clock.wall();
        cardOf(stage).joins = {join};
        Window &window = stage.open();
        stage.openAiko();
        stage.desk.refuseWith = Error{Error::Code::Rejected, {}, u"not-last"_s};
        named(window.card(), u"Undo the merge of A. Tanaka"_s)->click();
        QVERIFY(shows(window.card(), u"Undo that first"_s));
        named(window.card(), u"Undo the merge of A. Tanaka"_s)->click();
        QCOMPARE(lastSent<api::UndoMerge>(stage.desk).from, join.from.id);
        QVERIFY(shows(window.card(), u"Both cards are as they were."_s));
    }
    void aCardIsSplitByAddressesAndUndone()
    {
        Stage stage(*m_look);
        stage.role = Role::Supervisor;
        Window &window = stage.open();
        stage.openAiko();
        named(window.card(), u"Split this card in two"_s)->click();
        auto *dialog = window.card().findChild<QDialog *>();
        QVERIFY(dialog);
        QAbstractButton *split = named(*dialog, u"Split"_s);
        QVERIFY(split && !split->isEnabled()); // nobody is chosen
        const auto boxes = dialog->findChildren<QCheckBox *>();
        QCOMPARE(boxes.size(), qsizetype(cardOf(stage).addresses.size()));
        for (QCheckBox *box : boxes)
            box->setChecked(true);
        QVERIFY(!split->isEnabled()); // one stays
        for (qsizetype i = 1; i < boxes.size(); ++i)
            boxes[i]->setChecked(false);
        split->click();
        const auto command = lastSent<api::SplitCustomer>(stage.desk);
        QCOMPARE(command.addresses, std::vector<AddressId>{cardOf(stage).addresses[0].id});
        QVERIFY(shows(window.card(), u"There are two cards now."_s));
        named(window.card(), u"Undo"_s)->click();
        QCOMPARE(lastSent<api::MergeCustomers>(stage.desk).into, cardOf(stage).customer.id);
    }
    /// M67: two libraries on the card; what this channel does not take says why.
    void theCardHoldsTwoLibraries()
    {
        Stage stage(*m_look);
        stage.desk.types = {
            type(u"whatsapp"_s, {{u"rich"_s, QJsonObject{{u"quick_replies"_s, u"agent"_s},
                                                         {u"template"_s, u"agent"_s},
                                                         {u"time_picker"_s, u"flow"_s}}}})};
        Window &window = stage.open();
        stage.openAiko();
        const auto keep = [&](const QString &name, const QByteArray &rich) {
            window.preferences().keepRichReply({name, rich});
        };
        keep(u"Sizes"_s, R"({"kind":"quick_replies","options":[{"title":"S"},{"title":"L"}]})");
        keep(u"Slots"_s, R"({"kind":"time_picker","slots":[{"start":"2026-11-23T09:00:00Z"}]})");
        keep(u"Places"_s, R"({"kind":"form","fields":[{"id":"a","label":"A","type":"text"}]})");
        keep(u"Shipped"_s, R"({"kind":"template","name":"shipped","language":"en"})");
        window.preferences().setSnippets({{u"Thanks"_s, {}, u"Thank you!"_s, 0}});
        CustomerPane &card = window.card();
        const auto open = [&](int tab) {
            card.findChildren<Segments *>().last()->setCurrentIndex(tab);
        };
        const auto use = [&](const QString &name) {
            return named(card, u"Put \"%1\" into the reply"_s.arg(name));
        };
        open(1);
        QVERIFY(use(u"Sizes"_s) && use(u"Sizes"_s)->isEnabled());
        QVERIFY(!use(u"Slots"_s)->isEnabled() && !use(u"Places"_s)->isEnabled());
        QVERIFY(shows(card, u"Only flows and bots send this on WhatsApp"_s));
        QVERIFY(shows(card, u"WhatsApp does not have this"_s));
        QVERIFY(!use(u"Shipped"_s) && !use(u"Thanks"_s)); // those are templates
        stage.type(u"Which size?"_s);
        use(u"Sizes"_s)->click();
        Composer &composer = window.conversation().composer();
        QVERIFY(composer.sendButton().isEnabled());
        composer.send();
        QTRY_VERIFY(window.conversation().messages().rowCount() > 0);
        open(2);
        QVERIFY(use(u"Shipped"_s)->isEnabled() && use(u"Thanks"_s)->isEnabled());
        QVERIFY(!use(u"Sizes"_s));
        use(u"Thanks"_s)->click();
        QCOMPARE(composer.editor().toPlainText(), u"Thank you!"_s);
    }
    void aTypedAddressIsConfirmed()
    {
        Stage stage(*m_look);
        Window &window = stage.open();
        stage.openAiko();
        named(window.card(), u"Confirm that Visitor 7F3A is this customer's"_s)->click();
        const auto command = lastSent<api::SaveCustomer>(stage.desk);
        QCOMPARE(command.addresses.size(), size_t(1));
        QCOMPARE(command.addresses[0].value, u"Visitor 7F3A"_s);
        QVERIFY(!command.notes && !command.tags); // and nothing else
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestOnePerson>(argc, argv);
}

#include "tst_oneperson.moc"
