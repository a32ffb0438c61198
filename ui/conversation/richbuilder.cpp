// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/richbuilder.h"

#include "ui/cards/richblocks.h"

#include <QFormLayout>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

CardPreview::CardPreview(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
{
    setMinimumWidth(look.px(240));
}

void CardPreview::show(const QJsonObject &rich)
{
    const RichView view = richView(rich);
    m_block = {};
    QStringList spoken;
    const auto add = [this](const QString &words, Block::Kind kind) {
        Block block;
        block.kind = kind;
        block.text.text = words;
        m_block.children.push_back(std::move(block));
    };
    if (!view.text.isEmpty())
        add(view.text, Block::Kind::Text);
    if (!view.body.children.empty())
        m_block.children.push_back(view.body);
    for (const QString &choice : view.choices)
        add(choice, Block::Kind::Button);
    for (const SpokenPart &part : spokenParts(m_block))
        spoken += part.text;
    setAccessibleName(tr("Preview: %1").arg(spoken.join(u", "_s)));
    measure();
}

void CardPreview::measure()
{
    constexpr int Pad = 14;
    m_layout = layOutCard(m_block, m_look, qMax(60, width() - 2 * Pad));
    setMinimumHeight(qRound(m_layout.height) + 2 * Pad);
    update();
}

void CardPreview::resizeEvent(QResizeEvent *event)
{
    if (event->oldSize().width() != event->size().width())
        measure();
}

void CardPreview::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), t.surface);
    if (m_layout.isEmpty())
        return;
    const QRectF ground(0, 0, width(), m_layout.height + 28);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.bubbleOut);
    painter.drawRoundedRect(ground, 12, 12);
    painter.setLayoutDirection(layoutDirection());
    const double x = m_look.isMirrored() ? ground.right() - 14 - m_layout.width : 14;
    paintCardLayout(painter, m_layout, QPointF(x, 14), m_look, t.text);
}

RichBuilder::RichBuilder(const Look &look, Preferences &preferences, const Input &input,
                         QWidget *parent)
    : QDialog(parent)
    , m_look(look)
    , m_preferences(preferences)
    , m_offer(richOffer(input.limits))
    , m_kinds(new QComboBox(this))
    , m_library(new QComboBox(this))
    , m_name(new QLineEdit(this))
    , m_words(new QPlainTextEdit(input.words, this))
    , m_form(new QVBoxLayout)
    , m_preview(new CardPreview(look, this))
    , m_problem(new Label(look, {12.5, QFont::Medium, Ink::Danger, false, true}, {}, this))
    , m_refused(new Label(look, {12, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_save(new Button(look, Button::Kind::Plain, tr("Keep it"), this))
    , m_insert(new Button(look, Button::Kind::Primary, tr("Insert"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Rich message for %1").arg(input.limits.label));
    for (const RichKind &kind : m_offer.offered)
        m_kinds->addItem(kind.label, kind.kind);
    m_refused->setText(m_offer.reasons(input.limits.label));
    build(look);
    showLibrary();
    connect(m_kinds, &QComboBox::currentIndexChanged, this, &RichBuilder::showKind);
    connect(m_library, &QComboBox::activated, this, [this] {
        const QByteArray text = m_library->currentData().toByteArray();
        if (!text.isEmpty())
            show(QJsonDocument::fromJson(text).object());
    });
    connect(m_words, &QPlainTextEdit::textChanged, this, &RichBuilder::check);
    connect(m_name, &QLineEdit::textChanged, this, &RichBuilder::check);
    connect(m_insert, &QPushButton::clicked, this, &RichBuilder::insert);
    connect(m_save, &QPushButton::clicked, this, &RichBuilder::save);
    showKind();
    if (!input.rich.isEmpty())
        show(input.rich);
}

void RichBuilder::build(const Look &look)
{
    m_kinds->setAccessibleName(tr("Kind"));
    m_library->setAccessibleName(tr("Kept ones"));
    m_name->setAccessibleName(tr("Name to keep it under"));
    m_name->setPlaceholderText(tr("Name to keep it under"));
    m_name->setMaxLength(Preferences::MaxRichName);
    m_words->setAccessibleName(tr("Text"));
    m_words->setTabChangesFocus(true);
    m_words->setMaximumHeight(look.px(72));
    m_form->setSpacing(4);
    auto *heads = new QFormLayout;
    heads->addRow(tr("Kind"), m_kinds);
    heads->addRow(tr("Kept ones"), m_library);
    heads->addRow(tr("Text"), m_words);
    auto *keep = new QHBoxLayout;
    keep->addWidget(m_name, 1);
    keep->addWidget(m_save);
    auto *left = new QVBoxLayout;
    left->addLayout(heads);
    left->addLayout(m_form);
    left->addWidget(m_problem);
    left->addLayout(keep);
    left->addWidget(m_refused);
    left->addStretch();
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_preview);
    scroll->setAccessibleName(tr("Preview"));
    auto *right = new QVBoxLayout;
    right->addWidget(
        new Label(look, {12.5, QFont::Medium, Ink::Text2}, tr("As the customer sees it"), this));
    right->addWidget(scroll, 1);
    auto *both = new QHBoxLayout;
    both->setSpacing(20);
    both->addLayout(left, 1);
    both->addLayout(right, 1);
    auto *cancel = new Button(look, Button::Kind::Plain, tr("Cancel"), this);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    auto *last = new QHBoxLayout;
    last->addStretch();
    last->addWidget(cancel);
    last->addWidget(m_insert);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->addLayout(both, 1);
    column->addLayout(last);
    resize(look.px(760), look.px(660));
}

void RichBuilder::showKind()
{
    m_inputs.clear();
    while (QLayoutItem *item = m_form->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const RichInput &input : richInputs(kind())) {
        QWidget *field = nullptr;
        if (input.isLong) {
            auto *lines = new QPlainTextEdit(this);
            lines->setTabChangesFocus(true);
            lines->setPlaceholderText(input.hint);
            lines->setFixedHeight(m_look.px(104));
            connect(lines, &QPlainTextEdit::textChanged, this, &RichBuilder::check);
            field = lines;
        } else {
            auto *line = new QLineEdit(this);
            line->setPlaceholderText(input.hint);
            connect(line, &QLineEdit::textChanged, this, &RichBuilder::check);
            field = line;
        }
        field->setAccessibleName(input.label);
        field->setToolTip(input.hint);
        m_form->addWidget(new Label(m_look, {13, QFont::Normal, Ink::Text}, input.label, this));
        m_form->addWidget(field);
        m_inputs[input.key] = field;
    }
    check();
}

void RichBuilder::fill(const QString &key, const QString &text)
{
    const auto it = m_inputs.find(key);
    if (it == m_inputs.end())
        return;
    if (auto *lines = qobject_cast<QPlainTextEdit *>(it->second))
        lines->setPlainText(text);
    else if (auto *line = qobject_cast<QLineEdit *>(it->second))
        line->setText(text);
}

void RichBuilder::show(const QJsonObject &rich)
{
    const int index = m_kinds->findData(rich[u"kind"_s].toString());
    if (index < 0)
        return;
    m_kinds->setCurrentIndex(index);
    for (const auto &[key, text] : inputsOf(rich))
        fill(key, text);
    const bool isMarkup = rich.contains(u"markdown"_s);
    const QString words = rich[isMarkup ? u"markdown"_s : u"text"_s].toString();
    if (!words.isEmpty())
        m_words->setPlainText(words);
    check();
}

/// What the channel cannot take is there, marked, and cannot be chosen.
void RichBuilder::showLibrary()
{
    m_library->clear();
    m_library->addItem(m_preferences.richReplies().empty() ? tr("None yet") : tr("Choose one"));
    for (const RichReply &reply : m_preferences.richReplies()) {
        const QString own = QJsonDocument::fromJson(reply.rich).object()[u"kind"_s].toString();
        const bool fits = m_kinds->findData(own) >= 0;
        m_library->addItem(fits ? reply.name : tr("%1 (not on this channel)").arg(reply.name),
                           fits ? reply.rich : QByteArray());
        m_library->setItemData(m_library->count() - 1, fits ? QVariant() : QVariant(0),
                               Qt::UserRole - 1); // not enabled
    }
}

RichParts RichBuilder::parts() const
{
    std::map<QString, QString> inputs;
    for (const auto &[key, field] : m_inputs) {
        const auto *lines = qobject_cast<const QPlainTextEdit *>(field);
        const auto *line = qobject_cast<const QLineEdit *>(field);
        inputs[key] = lines ? lines->toPlainText() : line ? line->text() : QString();
    }
    return richFrom(kind(), inputs);
}

void RichBuilder::check()
{
    RichParts made = parts();
    if (m_kinds->count() == 0)
        made.problem = tr("This channel has no rich messages for agents.");
    else if (made.problem.isEmpty() && needsWords(kind()) &&
             m_words->toPlainText().trimmed().isEmpty())
        made.problem = tr("Write the text that goes with it.");
    m_problem->setText(made.problem);
    m_insert->setEnabled(made.problem.isEmpty());
    m_save->setEnabled(made.problem.isEmpty() && !m_name->text().trimmed().isEmpty());
    m_preview->show(withWords(made.rich, m_words->toPlainText()));
}

void RichBuilder::insert()
{
    Q_EMIT inserted(parts().rich, m_words->toPlainText());
    accept();
}

void RichBuilder::save()
{
    const QJsonObject whole = withWords(parts().rich, m_words->toPlainText());
    m_preferences.keepRichReply(
        {m_name->text().simplified(), QJsonDocument(whole).toJson(QJsonDocument::Compact)});
    m_name->clear();
    showLibrary();
}

} // namespace peerdesk::ui

#include "moc_richbuilder.cpp"
