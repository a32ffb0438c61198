// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/demoreports.h"
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/conversation/richbuilder.h"

#include <QApplication>
#include <QCheckBox>
#include <QFontDatabase>
#include <QScrollArea>
#include <QScrollBar>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace Qt::StringLiterals;

namespace {

/// Two rasterisers differ; a picture is compared strictly only where text looks the same.
QByteArray fontFingerprint()
{
    QImage sample(360, 60, QImage::Format_RGB32);
    sample.fill(Qt::white);
    QPainter painter(&sample);
    QFont font;
    font.setFamilies({u"Inter"_s, u"Noto Sans"_s, u"Noto Sans CJK JP"_s, u"Noto Sans Arabic"_s});
    font.setPixelSize(14);
    painter.setFont(font);
    painter.drawText(8, 24, u"Peerdesk 0123 ありがとう مرحبا Žluťoučký"_s);
    painter.end();
    return QCryptographicHash::hash(QByteArrayView(sample.constBits(), sample.sizeInBytes()),
                                    QCryptographicHash::Sha256)
        .toHex();
}

/// Aiko's channel has a reply window and rich messages; and, with `isPublic`, long names.
void narrowChannel(Stage &stage, bool isPublic)
{
    stage.desk.types = {QJsonObject{
        {u"type"_s, u"whatsapp"_s},
        {u"label"_s, u"WhatsApp"_s},
        {u"capabilities"_s, QJsonObject{{u"reply_window"_s, 24 * 3'600},
                                        {u"after_window"_s, u"template"_s},
                                        {u"max_text_length"_s, 120},
                                        {u"max_attachment_bytes"_s, 0},
                                        {u"rich"_s, QJsonObject{{u"list_picker"_s, u"agent"_s},
                                                                {u"template"_s, u"agent"_s},
                                                                {u"form"_s, u"flow"_s}}},
                                        {u"public"_s, isPublic}}}}};
    Conversation &aiko = stage.desk.conversationsById[stage.office.aiko()];
    aiko.lastInboundAt = stage.clock.wall() - std::chrono::hours(21);
    if (isPublic)
        aiko.customerName = u"Maximiliane Friederike von Hohenzollern-Sigmaringen"_s;
}

/// A queue and who waits in it have names that never end.
void nameAtLength(Stage &stage)
{
    for (Queue &queue : stage.desk.queueList)
        queue.friendlyName +=
            u" of the Friedrich-Wilhelm von Hohenzollern-Sigmaringen Trading House"_s;
    for (auto &[id, conversation] : stage.desk.conversationsById)
        conversation.customerName +=
            u" Konstantinopolitanska von und zu Hohenlohe-Waldenburg-Schillingsf\u00fcrst"_s;
    api::Changes changes;
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
}

/// A document is taken over; with `isUndone` taken back but for two queues.
void importAndUndo(Stage &stage, bool isUndone)
{
    ui::RoutingPage &page = *stage.window->routing();
    page.import(R"({"queues": [
        {"friendly_name": "Returns", "max_reserved_workers": 9},
        {"friendly_name": "Night of the Friedrich-Wilhelm von Hohenzollern-Sigmaringen House"},
        {"friendly_name": "Weekend"}]})");
    if (!isUndone)
        return;
    QueueId used;
    for (Queue &queue : stage.desk.queueList) {
        if (queue.friendlyName == u"Returns")
            queue.targetWorkers = u"returns == true"_s; // by somebody else
        if (queue.friendlyName.startsWith(u"Night"_s))
            used = queue.id;
    }
    stage.desk.refusal = [used](const api::Command &command) -> std::optional<Error> {
        const auto *gone = std::get_if<api::DeleteQueue>(&command);
        return gone && gone->queue == used
                   ? std::optional(rejected(u"tasks still wait in this queue"_s, u"pending"_s))
                   : std::nullopt;
    };
    page.undo();
    stage.settle(); // the bar has its words, then its height
}

/// Share of pixels that differ by more than 8 in a channel.
double difference(const QImage &a, const QImage &b)
{
    if (a.size() != b.size())
        return 1;
    qint64 differing = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y);
            const QRgb q = b.pixel(x, y);
            differing += qAbs(qRed(p) - qRed(q)) > 8 || qAbs(qGreen(p) - qGreen(q)) > 8 ||
                         qAbs(qBlue(p) - qBlue(q)) > 8;
        }
    }
    return double(differing) / double(a.width() * a.height());
}

} // namespace

class Screens : public QObject
{
    Q_OBJECT

private:
    ui::Look m_look;
    int m_skipped = 0;
    bool m_isSameFont = false;
    QString m_golden = QStringLiteral(GOLDEN_DIR);
    QString m_out = QStringLiteral(OUTPUT_DIR);

    void check(ui::Window &window, const QString &name);
    void compare(const QImage &picture, const QString &name);
    void scene(const QString &name, Stage &stage);
    void sceneOfWork(const QString &name, Stage &stage);
    void sceneOfSection(const QString &name, Stage &stage);
    void sceneOfReports(const QString &name, Stage &stage);
    void sceneOfSettings(const QString &name, Stage &stage);
    void sceneOfRouting(const QString &name, Stage &stage);
    void sceneOfRehearsal(const QString &name, Stage &stage);
    void sceneOfWhy(Stage &stage);

private Q_SLOTS:
    void initTestCase();
    void scenesLookAsTheyWereApproved_data();
    void scenesLookAsTheyWereApproved();
    void cleanupTestCase();
};

void Screens::initTestCase()
{
    QDir().mkpath(m_out);
    QFile file(m_golden + u"/fonts.sha256"_s);
    const bool isThere = file.open(QIODevice::ReadOnly);
    m_isSameFont = isThere && file.readAll().trimmed() == fontFingerprint();
    if (qEnvironmentVariableIsSet("PEERDESK_WRITE_GOLDENS")) {
        QFile out(m_golden + u"/fonts.sha256"_s);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(fontFingerprint() + '\n');
    }
}

void Screens::check(ui::Window &window, const QString &name)
{
    QTRY_VERIFY(window.inbox().feed().isSettled());
    QCoreApplication::processEvents();
    QWidget *shown = window.conversation().composer().findChild<QDialog *>();
    if (!shown)
        shown = window.findChild<ui::WhyDialog *>();
    compare((shown ? shown : &window)->grab().toImage().convertToFormat(QImage::Format_RGB32),
            name);
}

void Screens::compare(const QImage &picture, const QString &name)
{
    picture.save(m_out + u'/' + name + u".png"_s);
    const QString golden = m_golden + u'/' + name + u".png"_s;
    if (qEnvironmentVariableIsSet("PEERDESK_WRITE_GOLDENS")) {
        QVERIFY(picture.save(golden, nullptr, 0));
        return;
    }
    const QImage expected(golden);
    QVERIFY2(!expected.isNull(), "there is no golden picture");
    const double share = difference(picture, expected.convertToFormat(QImage::Format_RGB32));
    // Other fonts move words: then only the broad shape is compared.
    m_skipped += m_isSameFont ? 0 : 1;
    const double limit = m_isSameFont ? 0.002 : 0.25; // 0.0017: one line moved by a pixel
    QVERIFY2(share <= limit,
             qPrintable(u"%1 of the pixels differ, see %2"_s.arg(share).arg(m_out)));
}

void Screens::scenesLookAsTheyWereApproved_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("mirrored");
    const auto row = [](const char *name, QSize size, bool dark, bool mirrored) {
        QTest::newRow(name) << size << dark << mirrored;
    };
    row("inbox-light", {1440, 900}, false, false);
    row("inbox-dark", {1440, 900}, true, false);
    row("offer", {1440, 900}, false, false);
    row("offer-dark", {1440, 900}, true, false);
    row("offer-small", {1000, 700}, false, false);
    row("note", {1440, 900}, false, false);
    row("busy", {1440, 900}, false, false);
    row("busy-dark", {1440, 900}, true, false);
    row("rtl", {1440, 900}, false, true);
    row("small", {720, 520}, false, false);
    row("small-list", {720, 520}, false, false);
    row("offline", {1440, 900}, false, false);
    row("offline-dark", {1440, 900}, true, false);
    row("empty", {1440, 900}, false, false);
    row("empty-dark", {1440, 900}, true, false);
    row("comments", {1440, 900}, false, false);
    row("comments-rtl", {1000, 700}, true, true);
    row("comments-forbidden", {1000, 700}, false, false);
    row("large-text", {1440, 900}, true, false);
    row("trouble", {1440, 900}, false, false);
    row("halted", {720, 520}, true, false);
    row("loading", {1440, 900}, false, false);
    row("saved-replies", {1000, 700}, false, false);
    row("palette", {1440, 900}, true, false);
    row("wrap-up", {1440, 900}, false, false);
    row("bulk", {1000, 700}, false, false);
    row("search", {1440, 900}, false, true);
    row("people", {720, 520}, false, false);
    row("queues-dark", {1440, 900}, true, false);
    row("queues-waiting", {1440, 900}, false, false);
    row("queues-waiting-dark", {1000, 700}, true, false);
    row("queues-waiting-small", {720, 520}, false, false);
    row("queues-waiting-rtl", {1000, 700}, true, true);
    row("queues-waiting-none", {1000, 700}, false, false);
    row("reports", {1440, 900}, false, false);
    row("reports-dark", {1440, 900}, true, false);
    row("reports-agents", {1440, 900}, false, false);
    row("reports-small", {1100, 720}, false, false);
    row("reports-tight", {720, 520}, true, false);
    row("reports-rtl", {1100, 720}, true, true);
    row("reports-empty", {1100, 720}, false, false);
    row("reports-large", {1100, 720}, false, false);
    row("rich", {1440, 900}, false, false);
    row("rich-dark", {1440, 900}, true, false);
    row("rich-rtl", {1000, 700}, false, true);
    row("rich-small", {720, 520}, false, false);
    row("composer", {1440, 900}, false, false);
    row("composer-dark", {1440, 900}, true, false);
    row("composer-rtl", {1000, 700}, false, true);
    row("composer-small", {720, 520}, false, false);
    row("builder", {1440, 900}, false, false);
    row("builder-dark", {720, 520}, true, false);
    row("builder-rtl", {1000, 700}, false, true);
    row("settings-person", {1440, 900}, false, false);
    row("settings-person-new", {820, 640}, true, false);
    row("settings-person-wrong", {1440, 900}, false, true);
    row("settings-channels", {1440, 900}, false, false);
    row("settings-channels-dark", {1440, 900}, true, false);
    row("settings-channels-list", {720, 520}, false, false);
    row("settings-channels-small", {720, 520}, false, false);
    row("settings-channels-rtl", {1440, 900}, false, true);
    row("settings-channels-empty", {1000, 700}, true, false);
    row("routing-queue", {1440, 900}, false, false);
    row("routing-list", {720, 520}, true, false);
    row("routing-wrong", {720, 520}, false, false);
    row("routing-rtl", {1440, 900}, true, true);
    row("routing-workflow", {1440, 1500}, false, false);
    row("routing-workflow-dark", {1440, 900}, true, false);
    row("routing-workflow-small", {720, 520}, false, false);
    row("routing-workflow-long", {1000, 900}, false, true);
    row("routing-workflow-trial", {1000, 2000}, false, false);
    row("routing-workflow-trial-rtl", {720, 2000}, true, true);
    row("routing-rehearsal", {1100, 2600}, false, false);
    row("routing-rehearsal-dark", {1440, 900}, true, false);
    row("routing-rehearsal-small", {1100, 720}, false, false);
    row("routing-rehearsal-rtl", {1100, 720}, true, true);
    row("routing-rehearsal-narrow", {720, 520}, false, false);
    row("routing-rehearsal-fault-long", {720, 520}, false, false);
    row("routing-rehearsal-running", {1100, 720}, true, false);
    row("routing-rehearsal-made-up", {1100, 720}, false, false);
    row("routing-rehearsal-none", {1100, 720}, false, true);
    row("routing-imported", {1440, 900}, false, false);
    row("routing-undone", {1440, 900}, true, false);
    row("routing-undone-rtl", {720, 520}, false, true);
    row("routing-empty", {1000, 700}, false, false);
    row("routing-supervisor", {1000, 700}, true, false);
    row("routing-why", {1000, 700}, false, false);
    row("routing-why-rtl", {720, 520}, true, true);
}

void Screens::scenesLookAsTheyWereApproved()
{
    QFETCH(QSize, size);
    QFETCH(bool, dark);
    QFETCH(bool, mirrored);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    QApplication::setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
    m_look.setScheme(dark ? ui::Look::Scheme::Dark : ui::Look::Scheme::Light);
    m_look.setScale(name == u"large-text" ? 2 : 1);
    Stage stage(m_look, name.startsWith(u"empty"_s) ? Stage::Fill::Empty : Stage::Fill::Demo);
    if (name.startsWith(u"busy"_s))
        stage.office.makeBusy();
    if (name.startsWith(u"comments"_s))
        stage.office.makeComments(name.endsWith(u"forbidden"_s) ? u"admin"_s : QString());
    if (name.startsWith(u"rich"_s))
        stage.office.fillRich();
    if (name.startsWith(u"composer"_s) || name.startsWith(u"builder"_s))
        narrowChannel(stage, name.startsWith(u"composer"_s));
    if (name.startsWith(u"queues"_s) || name.startsWith(u"reports"_s))
        stage.role = Role::Supervisor;
    if (name.startsWith(u"settings"_s)) {
        stage.role = Role::Admin;
        stage.office.fillSettings();
    }
    if (name.startsWith(u"routing"_s)) {
        const bool mayChange = name != u"routing-supervisor" && !name.contains(u"why"_s);
        stage.role = mayChange ? Role::Admin : Role::Supervisor;
        if (name != u"routing-empty")
            stage.office.fillRouting();
    }
    stage.desk.holdReads = name == u"loading";
    ui::Window &window = stage.open(size);
    if (name.startsWith(u"empty"_s))
        window.addSetup(u"Connect a channel"_s, [] {});
    else if (name != u"small-list")
        stage.openAiko();
    scene(name, stage);
    check(window, name);
    QApplication::setLayoutDirection(Qt::LeftToRight);
    m_look.setScale(1);
}

void Screens::scene(const QString &name, Stage &stage)
{
    ui::Window &window = *stage.window;
    if (name == u"inbox-light" || name == u"inbox-dark" || name == u"rtl") {
        stage.type(u"Thank you. The corrected invoice is on its way to aiko@tanaka.example - you "
                   "will have it in a few minutes."_s);
        stage.window->drafts().flush();
        stage.offerCarla();
        Q_EMIT stage.desk.presenceChanged(
            {stage.office.aiko(), randomId<AgentId>(), u"Minh"_s, false});
        for (const auto &[id, c] : stage.desk.conversationsById) {
            if (c.customerName == u"Bao Nguyen")
                window.inbox().model().setTyping(id, true);
            if (c.customerName == u"Dmitri Orlov")
                window.inbox().model().setDraft(id, u"Re: Invoice 20417 - wrong VAT number"_s);
        }
        window.conversation().composer().focusText();
    } else if (name.startsWith(u"offer"_s)) {
        stage.offerCarla();
        stage.clock.advance(std::chrono::seconds(10));
        window.offers().refresh();
    } else if (name == u"note") {
        window.conversation().composer().setMode(ui::DraftMode::Note);
        stage.type(u"@Minh the bank called back, all is well."_s);
    } else if (name.startsWith(u"offline"_s)) {
        stage.office.goOffline();
    } else if (name.startsWith(u"comments"_s)) {
        ui::TimelineView &timeline = window.conversation().timeline();
        timeline.trigger(0, u"Hide"_s);
        stage.type(u"I am sorry, I will look into it at once."_s);
        if (name == u"comments-rtl")
            window.conversation().composer().findChild<QCheckBox *>()->click();
    } else {
        sceneOfWork(name, stage);
        sceneOfSection(name, stage);
        if (name.startsWith(u"reports"_s))
            sceneOfReports(name, stage);
        if (name.startsWith(u"settings"_s))
            sceneOfSettings(name, stage);
        if (name.startsWith(u"routing-why"_s))
            sceneOfWhy(stage);
        else if (name.startsWith(u"routing"_s))
            sceneOfRouting(name, stage);
    }
}

void Screens::sceneOfRouting(const QString &name, Stage &stage)
{
    using Kind = ui::RoutingPage::Kind;
    ui::Window &window = *stage.window;
    ui::RoutingPage &page = *window.routing();
    if (name.contains(u"long"_s)) {
        stage.desk.queueList[0].friendlyName =
            u"Orders of the Friedrich-Wilhelm von Hohenzollern-Sigmaringen Elder Trading House"_s;
        stage.desk.workflowList[0].friendlyName =
            u"Everything that customers of the northern and the western region may want"_s;
        api::Changes changes;
        changes.directory = true;
        Q_EMIT stage.desk.changed(changes);
    }
    window.openSettingsPage(&page);
    if (name.contains(u"rehearsal"_s))
        return sceneOfRehearsal(name, stage);
    if (name == u"routing-empty")
        return page.showKind(Kind::Workflows);
    if (name == u"routing-list")
        return;
    if (name.contains(u"workflow"_s)) {
        page.open(Kind::Workflows, stage.desk.workflowList.front().id.value);
        auto &form = static_cast<ui::WorkflowForm &>(*page.form(Kind::Workflows));
        form.trial().attributes().setPlainText(uR"({"vip": true})"_s);
        form.tree().setCurrentItem(form.tree().topLevelItem(0)->child(0));
        if (!name.contains(u"small"_s)) {
            QTRY_VERIFY(form.trial().summary().contains(u"Billing"_s));
            QTRY_COMPARE(form.trial().explanation().verticalScrollBar()->maximum(), 0);
        }
        return;
    }
    if (name == u"routing-imported" || name.startsWith(u"routing-undone"_s))
        return importAndUndo(stage, name != u"routing-imported");
    for (const Queue &queue : stage.desk.queueList) {
        if (queue.friendlyName == u"Billing")
            page.open(Kind::Queues, queue.id.value);
    }
    if (name != u"routing-wrong")
        return;
    for (QLineEdit *field : page.findChildren<QLineEdit *>()) {
        if (field->accessibleName() == u"Who is in it")
            QTest::keyClicks(field, u" AND ("_s);
    }
    page.form(Kind::Queues)->save();
}

void Screens::sceneOfRehearsal(const QString &name, Stage &stage)
{
    using Kind = ui::RoutingPage::Kind;
    ui::RoutingPage &page = *stage.window->routing();
    if (!name.endsWith(u"none"_s))
        stage.office.fillLog();
    page.open(Kind::Workflows, stage.desk.workflowList.front().id.value);
    auto &form = static_cast<ui::WorkflowForm &>(*page.form(Kind::Workflows));
    form.trial().attributes().setPlainText(uR"({"vip": true})"_s);
    QVERIFY(click(page, u"Try on a past day\u2026"_s));
    QVERIFY(write(page, u"If"_s, u"vip == false"_s));
    Q_EMIT seen<QLineEdit>(page, u"If"_s)->textEdited(u"vip == false"_s);
    ui::RehearsalPanel &panel = form.rehearsal();
    stage.desk.holdReads = name.endsWith(u"running"_s);
    if (name.endsWith(u"made-up"_s))
        panel.day().setCurrentIndex(ui::RehearsalPanel::MadeUp);
    else
        QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(panel.isRunning() == name.endsWith(u"running"_s));
    if (name.endsWith(u"running"_s))
        panel.findChild<QProgressBar *>()->setRange(0, 100); // a picture stands still
    if (!name.contains(u"long"_s)) // there the queue has another name than in the rules
        QTRY_VERIFY(form.trial().summary().contains(u"Orders"_s));
    QTRY_COMPARE(form.trial().explanation().verticalScrollBar()->maximum(), 0);
    QTRY_COMPARE(panel.table().verticalScrollBar()->maximum(), 0);
    stage.settle();
    auto *area = page.form(Kind::Workflows)->findChild<QScrollArea *>();
    QVERIFY(area);
    area->verticalScrollBar()->setValue(panel.y() - 8);
}

void Screens::sceneOfWhy(Stage &stage)
{
    QFile file(QStringLiteral(GOLDEN_DIR) + u"/explanation.json"_s);
    QVERIFY(file.open(QIODevice::ReadOnly));
    stage.desk.explanation = QJsonDocument::fromJson(file.readAll()).object();
    stage.desk.explanations.clear();
    stage.window->showSection(ui::Window::Section::Queues);
    Q_EMIT stage.window->queues().whyWanted(stage.desk.tasksById.begin()->first);
    QTRY_VERIFY(stage.window->findChild<ui::WhyDialog *>());
}

void Screens::sceneOfWork(const QString &name, Stage &stage)
{
    ui::Window &window = *stage.window;
    ui::Composer &composer = window.conversation().composer();
    if (name == u"trouble") {
        stage.office.breakChannel();
        stage.type(u"Dear Aiko, your order {{order}} is on its way."_s);
        composer.send();
    } else if (name == u"halted") {
        stage.desk.office.trouble = u"no space left on device"_s;
        Q_EMIT stage.desk.statusChanged();
    } else if (name == u"loading") {
        QTRY_VERIFY(window.conversation().timeline().showsSkeleton());
    } else if (name == u"saved-replies") {
        window.preferences().setSnippets(
            {{u"Refund is on its way"_s, u"refund"_s,
              u"Dear {{customer.first_name}}, the refund is on its way. It may take your bank a "
              "day or two to show it."_s,
              4},
             {u"Return label"_s, u"label"_s, u"Your label: {{label}}"_s, 1},
             {u"Opening hours"_s, u"hours"_s, u"We are here from 9 to 18."_s, 0}});
        composer.focusText();
        QTest::keyClicks(&composer.editor(), u"/"_s);
    } else if (name == u"palette") {
        window.palette().open();
        QTest::keyClicks(&window.palette().field(), u"aiko"_s);
        QTRY_VERIFY(window.palette().titles().size() >= 2);
    } else if (name == u"wrap-up") {
        window.conversation().header().mainButton().click();
        window.wrapUp().outcome().setText(u"Refunded"_s);
        window.wrapUp().tags().setText(u"billing, double charge"_s);
    } else if (name.startsWith(u"composer"_s) || name.startsWith(u"builder"_s)) {
        stage.type(u"Which of these three tins shall we send you instead of the broken one? Please "
                   "choose until tomorrow."_s);
        composer.openBuilder();
        auto *builder = composer.findChild<ui::RichBuilder *>();
        builder->fill(u"options"_s,
                      u"Sencha | 100 g, in stock\nGyokuro | from Tuesday on\nHojicha"_s);
        if (name.startsWith(u"composer"_s)) {
            builder->insertButton().click();
            QTRY_VERIFY(!composer.findChild<ui::RichBuilder *>());
        }
    } else if (name == u"bulk") {
        window.inbox().list().setFocus();
        for (int i = 0; i < 2; ++i)
            QTest::keyClick(&window.inbox().list(), Qt::Key_Down, Qt::ShiftModifier);
    }
}

void Screens::sceneOfSection(const QString &name, Stage &stage)
{
    ui::Window &window = *stage.window;
    if (name == u"search") {
        window.showSection(ui::Window::Section::Search);
        QTest::keyClicks(&window.search().field(), u"the"_s);
        QTRY_VERIFY(window.search().model().rowCount() > 0);
    } else if (name == u"people") {
        stage.office.sendSomeAway();
        window.showSection(ui::Window::Section::People);
    } else if (name.startsWith(u"queues"_s)) {
        stage.office.sendSomeAway();
        stage.office.fillQueues();
        if (name == u"queues-waiting-rtl")
            nameAtLength(stage);
        window.showSection(ui::Window::Section::Queues);
        const QString open = name == u"queues-waiting-none" ? u"Sales"_s : u"Orders"_s;
        const auto &queues = stage.desk.queueList;
        const auto at = std::find_if(queues.begin(), queues.end(), [&](const Queue &queue) {
            return queue.friendlyName.startsWith(open);
        });
        if (name == u"queues-dark")
            return;
        window.queues().openQueue(at->id);
        ui::WaitingList &list = window.queues().open().list();
        list.setCurrentIndex(list.rows().index(0));
    }
}

void Screens::sceneOfReports(const QString &name, Stage &stage)
{
    fillReports(stage.desk);
    stage.desk.office.office.timeZone = u"Asia/Tokyo"_s;
    Q_EMIT stage.desk.statusChanged();
    if (name == u"reports-rtl")
        nameAtLength(stage);
    if (name == u"reports-empty")
        stage.desk.count = [](const api::StatisticsQuery &query) {
            return statisticsOf({}, query, {});
        };
    if (name == u"reports-large")
        stage.desk.count = [](const api::StatisticsQuery &) -> Result<QJsonObject> {
            return Error{Error::Code::TooLarge, u"this span holds too much"_s, {}};
        };
    stage.window->showSection(ui::Window::Section::Reports);
    ui::ReportsPage &page = stage.window->reports();
    if (name == u"reports-large")
        page.choices().setRange(ui::ReportRange::Last30);
    if (name == u"reports-agents")
        page.choices().kinds().setCurrentIndex(1);
    if (name == u"reports-small")
        page.choices().setRange(ui::ReportRange::Chosen);
    QTRY_VERIFY(!page.isCounting());
    if (name == u"reports-agents") {
        page.table().sortByColumn(1, Qt::DescendingOrder);
        page.table().setCurrentIndex(page.model().index(2, 0));
    }
    page.table().setFocus();
}

void Screens::sceneOfSettings(const QString &name, Stage &stage)
{
    ui::Window &window = *stage.window;
    if (name.startsWith(u"settings-person"_s)) {
        stage.office.sendSomeAway();
        stage.desk.workerList[1].attributes = {
            R"({"languages":["en","vi"],"skills":["billing","returns"],"level":{"billing":7},"team":"east"})"};
        stage.desk.workerList[1].channels[u"chat"_s] = {5, true};
        stage.desk.agentList[3].isActive = false;
        stage.desk.agentList[2].name = u"Friedrich-Wilhelm von Hohenzollern-Sigmaringen Elder"_s;
        api::Changes changes;
        changes.directory = true;
        Q_EMIT stage.desk.changed(changes);
        window.showSection(ui::Window::Section::People);
        name == u"settings-person-new" ? window.people().addPerson()
                                       : window.people().showPerson(stage.desk.agentList[1].id);
        if (name == u"settings-person-wrong") {
            for (QLineEdit *field : window.people().findChildren<QLineEdit *>()) {
                if (field->accessibleName() == u"Skills") {
                    field->clear();
                    QTest::keyClicks(field, u"billing 17"_s);
                    QTest::keyClick(field, Qt::Key_Tab);
                }
            }
            for (QPushButton *button : window.people().findChildren<QPushButton *>()) {
                if (button->text() == u"Save")
                    button->click();
            }
        }
        return;
    }
    if (name.endsWith(u"empty"_s)) {
        stage.desk.office.channels.clear();
        Q_EMIT stage.desk.statusChanged();
    }
    window.openSettingsPage(window.channels());
    if (name.endsWith(u"empty"_s) || name.endsWith(u"list"_s))
        return;
    for (const api::AccountStatus &status : stage.desk.office.channels) {
        if (status.account.name == u"Billing mail")
            window.channels()->showAccount(status.account.id);
    }
}

void Screens::cleanupTestCase()
{
    qInfo("pictures compared with tolerance because fonts differ: %d", m_skipped);
}

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed();
    QApplication app(argc, argv);
    prepareApplication();
    Screens test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_screens.moc"
