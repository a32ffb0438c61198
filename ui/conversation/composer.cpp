// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/composer.h"

#include "core/base/json.h"
#include "core/domain/filetypes.h"
#include "core/domain/smssegments.h"
#include "ui/common/timetext.h"
#include "ui/conversation/richbuilder.h"
#include "ui/conversation/sendguard.h"
#include "ui/conversation/templatepicker.h"

#include <QApplication>
#include <QBuffer>
#include <QDateTimeEdit>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QImage>
#include <QJsonDocument>
#include <QMenu>
#include <QMimeData>
#include <QMimeDatabase>
#include <QThreadPool>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

Composer::Composer(const Context &context, Drafts &drafts, Preferences &preferences,
                   QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_drafts(drafts)
    , m_preferences(preferences)
    , m_editor(new Editor(context.look, this))
    , m_suggestions(new Suggestions(context, preferences, *m_editor))
    , m_files(new QWidget(this))
    , m_notice(new Label(context.look, {12.5, QFont::Medium, Ink::Warning, false, true}, {}, this))
    , m_waysOut(new QWidget(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(34, 14, 34, 28);
    column->setSpacing(6);
    column->addLayout(buildTop());
    column->addWidget(m_editor);
    m_files->setLayout(new FlowLayout(6));
    column->addWidget(m_files);
    column->addWidget(m_notice);
    m_waysOut->setLayout(new FlowLayout(6));
    column->addWidget(m_waysOut);
    m_waysOut->hide();
    column->addLayout(buildBottom());
    m_notice->hide();
    m_files->hide();
    setAcceptDrops(true);
    m_editor->setAcceptDrops(false);
    constexpr std::chrono::seconds ClockEvery{20};
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_limits.answerWindow > Seconds(0))
            updateSend();
    });
    m_clock.start(ClockEvery);
    connectEditor();
    connect(m_modes, &QTabBar::currentChanged, this, [this](int tab) {
        if (!m_isLoading)
            setMode(DraftMode(tab));
    });
    connect(&drafts, &Drafts::saved, this, [this](ConversationId id, DraftMode mode) {
        if (id == m_conversation.id && mode == m_mode)
            say(m_editor->document()->isEmpty() ? QString() : tr("Draft saved"), Ink::Text3);
    });
    connect(&drafts, &Drafts::changed, this, &Composer::follow);
    connect(&drafts, &Drafts::saveFailed, this,
            [this] { say(tr("Draft not saved: this PC cannot write to its disk"), Ink::Danger); });
    connect(&preferences, &Preferences::changed, this,
            [this] { m_editor->setEnterSends(m_preferences.enterSends(m_conversation.channel)); });
    connect(&context.look, &Look::changed, this, &Composer::restyle);
    connect(qApp, &QApplication::focusChanged, this, qOverload<>(&QWidget::update)); // the frame
    restyle();
}

void Composer::connectEditor()
{
    connect(m_editor, &QPlainTextEdit::textChanged, this, &Composer::onEdited);
    connect(m_editor, &Editor::sendPressed, this, &Composer::send);
    connect(m_editor, &Editor::undoPressed, this, &Composer::undoWanted);
    connect(m_editor, &Editor::filesDropped, this, &Composer::attachFiles);
    connect(m_editor, &Editor::imagePasted, this, &Composer::storeImage);
    connect(m_suggestions, &Suggestions::noteWanted, this, &Composer::moveToNote);
}

QLayout *Composer::buildTop()
{
    auto *row = new QHBoxLayout;
    m_modes = new Segments(m_context.look, this);
    m_modes->addTab(tr("Reply"));
    m_modes->addTab(tr("Internal note"));
    m_modes->setAccessibleName(tr("Reply or internal note"));
    m_modes->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_via = new Label(m_context.look, {12, QFont::Medium, Ink::Text3, true}, {}, this);
    m_via->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_modes);
    row->addSpacing(8);
    row->addWidget(m_via, 1);
    return row;
}

QLayout *Composer::buildBottom()
{
    auto *row = new QHBoxLayout;
    m_attach = new IconButton(m_context.look, Icon::Clip, tr("Attach files (Ctrl+Shift+A)"), this);
    auto *emoji = new IconButton(m_context.look, Icon::Smile, tr("Emoji (type :name)"), this);
    auto *saved = new IconButton(m_context.look, Icon::Slash, tr("Saved replies (type /)"), this);
    m_build = new IconButton(m_context.look, Icon::Choices, tr("Rich message"), this);
    m_private = new QCheckBox(this);
    m_state = new Label(m_context.look, {12, QFont::Normal, Ink::Text3, true}, {}, this);
    m_state->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_later = new Button(m_context.look, Button::Kind::Plain, tr("Later"), this);
    m_later->setToolTip(tr("Send at a later time"));
    m_send = new Button(m_context.look, Button::Kind::Primary, tr("Send"), this);
    for (QWidget *tool : std::initializer_list<QWidget *>{m_attach, emoji, saved, m_build})
        row->addWidget(tool);
    row->addWidget(m_private);
    row->addWidget(m_state, 1);
    row->addSpacing(10);
    row->addWidget(m_later);
    row->addWidget(m_send);
    connect(emoji, &QToolButton::clicked, this, [this] { m_suggestions->start(u':'); });
    connect(saved, &QToolButton::clicked, this, [this] { m_suggestions->start(u'/'); });
    connect(m_build, &QToolButton::clicked, this, &Composer::openBuilder);
    connect(m_later, &QPushButton::clicked, this, &Composer::openLater);
    connect(m_private, &QCheckBox::clicked, this, &Composer::keep);
    connect(m_attach, &QToolButton::clicked, this, &Composer::chooseFiles);
    connect(m_send, &QPushButton::clicked, this, &Composer::send);
    return row;
}

void Composer::restyle()
{
    const Theme &t = m_context.look.theme();
    QPalette p = m_context.look.theme().palette();
    const bool isNote = m_mode == DraftMode::Note;
    p.setColor(QPalette::Base, isNote ? t.note : t.surface);
    p.setColor(QPalette::Text, isNote ? t.noteText : t.text);
    p.setColor(QPalette::PlaceholderText, isNote ? t.noteText : t.text3);
    m_editor->setPalette(p);
    m_via->setInk(isNote ? Ink::Note : Ink::Text3);
    update();
}

void Composer::open(const Conversation &conversation, const QString &recipient)
{
    const bool isSame = conversation.id == m_conversation.id;
    const bool isSameWay = isSame && conversation.account == m_conversation.account;
    if (!isSame)
        m_drafts.flush();
    if (!isSameWay)
        m_limits = limitsOf(m_context.desk.channelTypes(), conversation.channel);
    m_conversation = conversation;
    m_recipient = recipient;
    m_editor->setEnterSends(m_preferences.enterSends(conversation.channel));
    m_suggestions->setValues(placeholderValues());
    if (!isSame) {
        say({}, Ink::Text3);
        setNotice({});
        setMode(m_drafts.mode(conversation.id));
    } else {
        updateSend();
    }
}

void Composer::setAccount(const ChannelAccount *account)
{
    m_limits = limitsOf(m_context.desk.channelTypes(), m_conversation.channel);
    if (account)
        limitTo(m_limits, *account, m_context.caller.role);
    updateSend();
}

void Composer::setMode(DraftMode mode)
{
    m_mode = mode;
    m_drafts.setMode(m_conversation.id, mode);
    m_isLoading = true;
    m_modes->setCurrentIndex(int(mode));
    m_isLoading = false;
    m_suggestions->setMode(mode);
    restyle();
    reload();
}

void Composer::reload()
{
    const Draft draft = m_drafts.draft(m_conversation.id, m_mode);
    m_isLoading = true;
    m_editor->setPlainText(draft.text);
    m_editor->moveCursor(QTextCursor::End);
    m_isLoading = false;
    m_attachments = draft.attachments;
    m_rich = draft.rich;
    m_private->setChecked(draft.visibility == Visibility::Private);
    showAttachments();
    updateSend();
}

/// The same conversation may be open in another window: both have one draft.
void Composer::follow(ConversationId conversation)
{
    if (conversation != m_conversation.id || m_isLoading)
        return;
    const Draft draft = m_drafts.draft(conversation, m_mode);
    if (draft.text != m_editor->toPlainText() || draft.attachments != m_attachments ||
        draft.rich != m_rich || (draft.visibility == Visibility::Private) != m_private->isChecked())
        reload();
}

void Composer::focusText()
{
    m_editor->setFocus(Qt::OtherFocusReason);
}

void Composer::updateSend()
{
    const bool isNote = m_mode == DraftMode::Note;
    const QString first =
        m_conversation.customerName.section(u' ', 0, 0).left(18).replace(u'&', u"&&"_s);
    m_send->setText(isNote            ? tr("Save note")
                    : m_queues        ? tr("Queue message")
                    : first.isEmpty() ? tr("Send")
                                      : tr("Send to %1").arg(isolate(first)));
    m_editor->setAccessibleName(isNote
                                    ? tr("Internal note about %1").arg(m_conversation.customerName)
                                    : tr("Reply to %1").arg(m_conversation.customerName));
    m_editor->setPlaceholderText(isNote ? tr("Only your colleagues see this")
                                        : tr("Write a reply"));
    m_via->setText(viaText());
    m_via->setInk(isNote ? Ink::Note : Ink::Text3);
    const bool hasText = !m_editor->toPlainText().trimmed().isEmpty();
    const int most = !isNote && m_limits.maxText > 0 ? m_limits.maxText : Editor::MaxText;
    const bool isTooLong = m_editor->document()->characterCount() - 1 > most;
    const bool isClosed = !isNote && ((isWindowClosed() && !isTemplate()) || m_isOptedOut);
    m_private->setVisible(!isNote && m_limits.privateAnswers);
    m_private->setText(tr("Only to %1").arg(isolate(first.isEmpty() ? tr("them") : first)));
    m_private->setToolTip(tr("The answer goes to the person alone instead of below the post"));
    const bool lacksWords = !hasText && needsWords(json::object(m_rich)[u"kind"_s].toString());
    const bool hasContent = (hasText || !m_attachments.empty() || !m_rich.isEmpty()) && !lacksWords;
    m_send->setEnabled(hasContent && m_reading == 0 && !isTooLong && !isClosed &&
                       (isNote || !hasWordsBesideTemplate()) && (isNote || !isForbidden()) &&
                       m_blocked.isEmpty());
    showNotice();
    m_send->setToolTip(isClosed || (!isNote && isForbidden()) ? m_notice->text() : m_blocked);
    m_build->setVisible(!isNote && !richOffer(m_limits).offered.empty());
    const bool takesFiles = fileRules().maxBytes > 0;
    m_attach->setEnabled(takesFiles);
    m_attach->setToolTip(takesFiles ? tr("Attach files (Ctrl+Shift+A)")
                                    : tr("%1 takes no files. Send a link instead.")
                                          .arg(channelName(m_conversation.channel)));
    showCount();
    m_later->setVisible(!isNote);
    m_later->setEnabled(m_send->isEnabled() && !m_queues);
    if (isTooLong)
        say(tr("This is too long to send in one message"), Ink::Danger);
}

void Composer::onEdited()
{
    if (m_isLoading)
        return;
    keep();
    Q_EMIT typed();
}

void Composer::keep()
{
    Draft draft = m_drafts.draft(m_conversation.id, m_mode);
    draft.text = m_editor->toPlainText();
    draft.attachments = m_attachments;
    draft.rich = m_rich;
    draft.visibility = visibility();
    m_drafts.edit(draft);
    say({}, Ink::Text3);
    updateSend();
}

void Composer::send()
{
    updateSend();
    if (!m_send->isEnabled() || m_conversation.id.isNull())
        return;
    Draft frozen = m_drafts.draft(m_conversation.id, m_mode);
    frozen.text = m_editor->toPlainText();
    frozen.attachments = m_attachments;
    frozen.rich = m_rich;
    frozen.visibility = visibility();
    Q_EMIT sendWanted(frozen, m_sendAt);
}

void Composer::clearDraft()
{
    m_isLoading = true;
    m_editor->clear();
    m_isLoading = false;
    m_attachments.clear();
    m_rich = {};
    m_private->setChecked(false);
    showAttachments();
    keep();
    m_drafts.flush();
}

void Composer::append(const QString &text)
{
    m_editor->moveCursor(QTextCursor::End);
    m_editor->insertPlainText(m_editor->document()->isEmpty() ? text : u"\n\n"_s + text);
    focusText();
}

void Composer::insertReply(const QString &body)
{
    m_editor->insertPlainText(fillPlaceholders(body, placeholderValues()));
    focusText();
}

void Composer::sendAt(Time moment)
{
    m_sendAt = moment;
    send();
    m_sendAt = {};
}

void Composer::openLater()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_context.clock.wall().ms);
    const auto add = [&](const QString &text, const QDateTime &when) {
        const Time moment{when.toMSecsSinceEpoch()};
        connect(menu->addAction(text), &QAction::triggered, this,
                [this, moment] { sendAt(moment); });
    };
    add(tr("In 1 hour"), now.addSecs(3600));
    add(tr("Tomorrow at 9:00"), QDateTime(now.date().addDays(1), QTime(9, 0)));
    add(tr("Monday at 9:00"),
        QDateTime(now.date().addDays(8 - now.date().dayOfWeek()), QTime(9, 0)));
    connect(menu->addAction(tr("Choose a time\u2026")), &QAction::triggered, this,
            &Composer::pickMoment);
    menu->popup(m_later->mapToGlobal(QPoint(0, -menu->sizeHint().height())));
}

void Composer::pickMoment()
{
    auto *dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Send at"));
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_context.clock.wall().ms);
    auto *when = new QDateTimeEdit(now.addSecs(3600), dialog);
    when->setMinimumDateTime(now.addSecs(60));
    when->setMaximumDateTime(now.addYears(1));
    when->setCalendarPopup(true);
    when->setAccessibleName(tr("Send at"));
    auto *zone = new Label(m_context.look, {12.5, QFont::Normal, Ink::Text2},
                           tr("Your time: %1").arg(now.timeZoneAbbreviation()), dialog);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    buttons->addButton(tr("Send then"), QDialogButtonBox::AcceptRole);
    auto *column = new QVBoxLayout(dialog);
    for (QWidget *part : std::initializer_list<QWidget *>{when, zone, buttons})
        column->addWidget(part);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(dialog, &QDialog::accepted, this,
            [this, when] { sendAt({when->dateTime().toMSecsSinceEpoch()}); });
    dialog->open();
}

/// UX-33: what was meant for a colleague must not stay in the reply.
void Composer::moveToNote(const QString &mention)
{
    const QString text = m_editor->toPlainText();
    clearDraft();
    setMode(DraftMode::Note);
    m_editor->moveCursor(QTextCursor::End);
    const QString before = m_editor->document()->isEmpty() ? QString() : u"\n\n"_s;
    m_editor->insertPlainText(before + mention + text.trimmed());
    focusText();
}

std::map<QString, QString> Composer::placeholderValues() const
{
    const QString &customer = m_conversation.customerName;
    const QString &agent = m_context.caller.name;
    return {{u"customer.name"_s, customer},
            {u"customer.first_name"_s, customer.section(u' ', 0, 0)},
            {u"agent.name"_s, agent},
            {u"agent.first_name"_s, agent.section(u' ', 0, 0)},
            {u"conversation.subject"_s, m_conversation.subject}};
}

void Composer::setBlocked(const QString &reason)
{
    m_blocked = reason;
    updateSend();
}

void Composer::setQueues(bool on)
{
    m_queues = on;
    updateSend();
}

void Composer::say(const QString &text, Ink ink)
{
    m_state->setText(text);
    m_state->setInk(ink);
}

void Composer::setNotice(const QString &text)
{
    m_writing = text;
    showNotice();
}

void Composer::setReach(const std::vector<Way> &ways, bool isOptedOut)
{
    m_ways = ways;
    m_isOptedOut = isOptedOut;
    updateSend();
}

/// Why the customer cannot be written to here now; empty = they can.
QString Composer::closedText() const
{
    const QString channel = channelName(m_conversation.channel);
    if (m_mode != DraftMode::Reply)
        return {};
    if (m_isOptedOut)
        return tr("The customer asked for no more messages on %1 (STOP). Nothing can be sent until "
                  "they write START.")
            .arg(channel);
    if (!isWindowClosed() || isTemplate())
        return {};
    const QString closed = m_limits.hasTemplates ? tr("%1 allows no free answer any more: only an "
                                                      "approved template, or another channel.")
                                                 : tr("%1 allows no answer until the customer "
                                                      "writes again. Use another channel.");
    return closed.arg(channel);
}

/// Who else writes, who can read it, and whether the channel still lets us.
void Composer::showNotice()
{
    QStringList lines;
    if (!m_writing.isEmpty())
        lines += m_writing;
    if (m_mode == DraftMode::Reply && isForbidden())
        lines += m_limits.privateAnswers
                     ? tr("You may not answer in public here. Answer the person alone, or hand the "
                          "conversation over.")
                     : tr("You may not answer in public here. Hand the conversation over.");
    else if (m_mode == DraftMode::Reply && m_limits.isPublic)
        lines += isPrivate() ? tr("Private: only the person gets this.")
                             : tr("Public: everybody can read this.");
    if (m_mode == DraftMode::Reply && hasWordsBesideTemplate())
        lines += tr("Only the template goes out. Take your own words away first, or the template.");
    const QString closed = closedText();
    if (!closed.isEmpty())
        lines += closed;
    else if (m_mode == DraftMode::Reply && needsHumanTag())
        lines += tr("The time for free answers on %1 is over: this goes out marked as a person's "
                    "answer.")
                     .arg(channelName(m_conversation.channel));
    m_notice->setText(lines.join(u'\n'));
    m_notice->setVisible(!lines.isEmpty());
    showWaysOut(!closed.isEmpty());
}

/// Row 7: the lawful ways when this one is closed.
void Composer::showWaysOut(bool isNeeded)
{
    QStringList wanted;
    const bool offersTemplate = isNeeded && m_limits.hasTemplates && !m_isOptedOut;
    if (offersTemplate)
        wanted += tr("Use a template");
    for (const Way &way : m_ways) {
        if (isNeeded && way.reason.isEmpty())
            wanted += tr("Continue by %1").arg(way.label);
    }
    m_waysOut->setVisible(!wanted.isEmpty());
    if (m_waysOut->property("ways").toStringList() == wanted)
        return; // a button that is pressed stays
    m_waysOut->setProperty("ways", wanted);
    while (QLayoutItem *item = m_waysOut->layout()->takeAt(0)) {
        item->widget()->deleteLater();
        item->widget()->hide();
        delete item;
    }
    if (offersTemplate) {
        auto *use =
            new Button(m_context.look, Button::Kind::Plain, tr("Use a template"), m_waysOut);
        connect(use, &QPushButton::clicked, this, &Composer::openTemplates);
        m_waysOut->layout()->addWidget(use);
        use->show();
    }
    for (const Way &way : m_ways) {
        if (!isNeeded || !way.reason.isEmpty())
            continue;
        auto *go = new Button(m_context.look, Button::Kind::Plain,
                              tr("Continue by %1").arg(way.label), m_waysOut);
        connect(go, &QPushButton::clicked, this, [this, way] { Q_EMIT continueWanted(way); });
        m_waysOut->layout()->addWidget(go);
        go->show();
    }
}

/// Free answers are over, a person's are not yet.
bool Composer::needsHumanTag() const
{
    return m_limits.freeWindow > Seconds(0) && m_limits.freeWindow < m_limits.answerWindow &&
           m_context.clock.wall() >
               m_conversation.lastInboundAt + Milliseconds(m_limits.freeWindow);
}

bool Composer::isWindowClosed() const
{
    const std::optional<Time> until = answerableUntil(m_limits, m_conversation);
    return until && m_context.clock.wall() > *until;
}

/// An approved template may go out when the time is over.
bool Composer::isTemplate() const
{
    return m_limits.hasTemplates && json::object(m_rich)[u"kind"_s].toString() == u"template"_s;
}

void Composer::openBuilder()
{
    if (m_mode == DraftMode::Note)
        return;
    const QJsonObject rich = json::object(m_rich);
    auto *builder = new RichBuilder(m_context.look, m_preferences,
                                    {m_limits, m_editor->toPlainText(), rich}, this);
    builder->setObjectName(u"richBuilder"_s);
    const ConversationId id = m_conversation.id;
    connect(builder, &RichBuilder::inserted, this,
            [this, id](const QJsonObject &made, const QString &words) {
                if (id == m_conversation.id && m_mode == DraftMode::Reply)
                    setRich(made, words);
            });
    builder->open();
}

void Composer::openTemplates()
{
    if (m_mode == DraftMode::Note)
        return;
    const QJsonObject rich = isTemplate() ? json::object(m_rich) : QJsonObject();
    auto *picker = new TemplatePicker(
        m_context, {m_conversation.account, channelName(m_conversation.channel), rich}, this);
    picker->setObjectName(u"templatePicker"_s);
    const ConversationId id = m_conversation.id;
    connect(picker, &TemplatePicker::inserted, this, [this, id](const QJsonObject &made) {
        if (id == m_conversation.id && m_mode == DraftMode::Reply)
            setRich(made, m_editor->toPlainText());
    });
    connect(picker, &TemplatePicker::byNameWanted, this, &Composer::openBuilder);
    picker->open();
}

bool Composer::hasWordsBesideTemplate() const
{
    const QString said = json::object(m_rich)[u"text"_s].toString();
    return isTemplate() && !said.isEmpty() && !m_editor->toPlainText().trimmed().isEmpty();
}

void Composer::insertRich(const QByteArray &rich)
{
    setMode(DraftMode::Reply);
    setRich(QJsonDocument::fromJson(rich).object(), m_editor->toPlainText());
}

void Composer::setRich(const QJsonObject &rich, const QString &words)
{
    m_rich = rich.isEmpty() ? Json() : json::canonical(rich);
    m_isLoading = true;
    if (words != m_editor->toPlainText())
        m_editor->setPlainText(words);
    m_isLoading = false;
    showAttachments();
    keep();
    focusText();
}

/// The rich part stands beside the files: a press goes on editing it.
void Composer::showRich(QLayout &row)
{
    if (m_rich.isEmpty())
        return;
    const QString summary = richSummary(json::object(m_rich));
    auto *chip = new Button(
        m_context.look, Button::Kind::Plain,
        fontMetrics().elidedText(summary, Qt::ElideRight, m_context.look.px(240)), m_files);
    chip->setShape(Icon::Choices);
    chip->setToolTip(tr("Change it: %1").arg(summary));
    chip->setAccessibleName(tr("Rich message: %1").arg(summary));
    connect(chip, &QPushButton::clicked, this,
            isTemplate() ? &Composer::openTemplates : &Composer::openBuilder);
    auto *remove =
        new IconButton(m_context.look, Icon::Close, tr("Remove the rich message"), m_files);
    connect(remove, &QToolButton::clicked, this, [this] {
        m_rich = {};
        QTimer::singleShot(0, this, &Composer::showAttachments); // not inside its own click
        keep();
    });
    row.addWidget(chip);
    row.addWidget(remove);
}

/// How long an answer is possible; shown once it is worth knowing.
QString Composer::windowText() const
{
    const std::optional<Time> until = answerableUntil(m_limits, m_conversation);
    if (!until || isWindowClosed())
        return {};
    return tr("%1 left to answer").arg(spanText(*until - m_context.clock.wall()));
}

QString Composer::viaText() const
{
    if (m_mode == DraftMode::Note)
        return tr("Not visible to the customer");
    QStringList parts{tr("%1 to %2", "channel, recipient")
                          .arg(channelName(m_conversation.channel), isolate(m_recipient))};
    if (const QString window = windowText(); !window.isEmpty())
        parts += window;
    return parts.join(u" \u00b7 "_s);
}

/// What the text costs or whether it fits, where the channel counts.
void Composer::showCount()
{
    const QString text = m_editor->toPlainText();
    if (m_mode == DraftMode::Note || text.isEmpty())
        return;
    if (m_conversation.channel == u"sms"_s) {
        const sms::Segments count = sms::segmentsOf(text);
        if (count.segments > 1 || count.alphabet == sms::Alphabet::Ucs2)
            say(count.odd.isEmpty()
                    ? tr("%n SMS", nullptr, count.segments)
                    : tr("%n SMS, because of %1", nullptr, count.segments).arg(isolate(count.odd)),
                Ink::Text3);
    } else if (m_limits.maxText > 0 && text.size() > m_limits.maxText * 9 / 10) {
        say(tr("%1 of %2 characters").arg(text.size()).arg(m_limits.maxText),
            text.size() > m_limits.maxText ? Ink::Danger : Ink::Text3);
    }
}

void Composer::chooseFiles()
{
    auto *dialog = new QFileDialog(this, tr("Attach files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    // Not urlsSelected: Qt's own dialog, without a desktop's, does not say it.
    connect(dialog, &QFileDialog::accepted, this,
            [this, dialog] { attachFiles(dialog->selectedUrls()); });
    dialog->open();
}

void Composer::attachFiles(const QList<QUrl> &files)
{
    FileRules rules = fileRules();
    if (rules.maxBytes == 0 && !files.isEmpty())
        return say(m_attach->toolTip(), Ink::Danger);
    const QMimeDatabase types;
    rules.types.clear(); // a name may say too little; its bytes are looked at when it is stored
    for (const QUrl &file : files) {
        const QFileInfo info(file.toLocalFile());
        if (int(m_attachments.size()) + m_reading >= rules.maxCount)
            return say(tr("At most %n files in one message", nullptr, rules.maxCount), Ink::Danger);
        const QString mime = types.mimeTypeForFile(info, QMimeDatabase::MatchExtension).name();
        const QString problem =
            info.isFile() && info.isReadable()
                ? fileProblem(rules, m_attachments, info.fileName(), mime, info.size())
                : tr("%1 cannot be read").arg(isolate(info.fileName()));
        if (!problem.isEmpty())
            say(problem, Ink::Danger);
        else
            readFile(info.filePath(), info.fileName(), info.size());
    }
}

void Composer::readFile(const QString &path, const QString &name, qint64 size)
{
    ++m_reading;
    updateSend();
    QPointer<Composer> self(this);
    // The pool reads; the bytes come back as a queued call.
    QThreadPool::globalInstance()->start([self, path, name, size, where = target()] {
        QFile file(path);
        const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.read(size) : QByteArray();
        const QString mime = QMimeDatabase().mimeTypeForFileNameAndData(name, bytes).name();
        QMetaObject::invokeMethod(qApp, [self, bytes, name, mime, where] {
            if (!self)
                return;
            --self->m_reading;
            Attachment read;
            read.name = name;
            read.mimeType = mime;
            self->store(where, bytes, read);
        });
    });
}

/// Packed as PNG in the pool: a large picture takes longer than a frame.
void Composer::storeImage(const QImage &image)
{
    ++m_reading;
    updateSend();
    QPointer<Composer> self(this);
    QThreadPool::globalInstance()->start([self, image, where = target()] {
        QByteArray png;
        QBuffer buffer(&png);
        image.save(&buffer, "PNG");
        QMetaObject::invokeMethod(qApp, [self, png, where] {
            if (!self)
                return;
            --self->m_reading;
            Attachment picture;
            picture.name = tr("picture.png");
            picture.mimeType = u"image/png"_s;
            self->store(where, png, picture);
        });
    });
}

void Composer::store(const Target &target, const QByteArray &bytes, Attachment attachment)
{
    const QString problem = bytes.isEmpty()
                                ? tr("%1 cannot be attached").arg(isolate(attachment.name))
                                : fileProblem(target.rules, filesOf(target), attachment.name,
                                              attachment.mimeType, bytes.size());
    if (!problem.isEmpty()) {
        say(problem, Ink::Danger);
        return updateSend();
    }
    attachment.size = bytes.size();
    ++m_reading;
    m_context.desk.storeAttachment(bytes, {this, [=, this](const Result<QByteArray> &sha256) {
                                               --m_reading;
                                               if (!sha256) {
                                                   say(sentence(sha256.error()), Ink::Danger);
                                                   return updateSend();
                                               }
                                               Attachment stored = attachment;
                                               stored.sha256 = *sha256;
                                               addAttachment(target, stored);
                                           }});
    updateSend();
}

/// What is attached there already.
std::vector<Attachment> Composer::filesOf(const Target &target) const
{
    return target.conversation == m_conversation.id && target.mode == m_mode
               ? m_attachments
               : m_drafts.draft(target.conversation, target.mode).attachments;
}

void Composer::addAttachment(const Target &target, const Attachment &attachment)
{
    const QString problem = fileProblem(target.rules, filesOf(target), attachment.name,
                                        attachment.mimeType, attachment.size);
    if (!problem.isEmpty()) { // another was faster
        say(problem, Ink::Danger);
        return updateSend();
    }
    if (target.conversation == m_conversation.id && target.mode == m_mode) {
        m_attachments.push_back(attachment);
        showAttachments();
        return keep();
    }
    Draft draft = m_drafts.draft(target.conversation, target.mode);
    draft.attachments.push_back(attachment);
    m_drafts.edit(draft);
    updateSend();
}

void Composer::showAttachments()
{
    QLayout *row = m_files->layout();
    while (QLayoutItem *item = row->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    showRich(*row);
    for (size_t i = 0; i < m_attachments.size(); ++i) {
        const Attachment &attachment = m_attachments[i];
        const QString text = u"%1 \u00b7 %2"_s.arg(
            fontMetrics().elidedText(attachment.name, Qt::ElideMiddle, m_context.look.px(160)),
            sizeText(attachment.size));
        auto *chip = new Button(m_context.look, Button::Kind::Plain, text, m_files);
        chip->setShape(Icon::Close);
        chip->setToolTip(tr("Remove %1").arg(attachment.name));
        chip->setAccessibleName(tr("Remove attachment %1").arg(attachment.name));
        connect(chip, &QPushButton::clicked, this, [this, i] {
            m_attachments.erase(m_attachments.begin() + qsizetype(i));
            QTimer::singleShot(0, this, &Composer::showAttachments); // not inside its own click
            keep();
        });
        row->addWidget(chip);
    }
    m_files->setVisible(!m_attachments.empty() || !m_rich.isEmpty());
}

void Composer::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void Composer::dropEvent(QDropEvent *event)
{
    QList<QUrl> files;
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            files.append(url);
    }
    attachFiles(files);
    event->acceptProposedAction();
}

void Composer::paintEvent(QPaintEvent *)
{
    const Theme &t = m_context.look.theme();
    const bool isNote = m_mode == DraftMode::Note;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), t.surface);
    const bool isFocused = m_editor->hasFocus();
    painter.setPen(QPen(isFocused ? t.accent
                        : isNote  ? t.noteBorder
                                  : t.borderStrong,
                        isFocused ? 1.6 : 1));
    painter.setBrush(isNote ? t.note : t.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(20.5, 4.5, -20.5, -16.5), 12, 12);
}

} // namespace peerdesk::ui

#include "moc_composer.cpp"
