// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/codefields.h"

#include <QCompleter>
#include <QGridLayout>
#include <QKeyEvent>
#include <QRegularExpression>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int Columns = 3;
constexpr int WordLength = 4;
constexpr int MaxPasted = 400;
constexpr int MaxSuggestions = 6;

QStringList sorted(QStringList words)
{
    words.sort();
    return words;
}

const QRegularExpression &separators()
{
    static const QRegularExpression expression(u"[\\s,;.\u2010-\u2014-]+"_s);
    return expression;
}
} // namespace

CodeFields::CodeFields(const Look &look, const QStringList &words, QWidget *parent)
    : QWidget(parent)
    , m_words(sorted(words))
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(8);
    for (int i = 0; i < Count; ++i) {
        auto *field = new QLineEdit(this);
        m_fields[size_t(i)] = field;
        field->setMaxLength(MaxPasted);
        field->setAccessibleName(tr("Word %1").arg(i + 1));
        field->setPlaceholderText(tr("Word %1").arg(i + 1));
        field->setInputMethodHints(Qt::ImhNoPredictiveText | Qt::ImhPreferLowercase);
        field->setMinimumWidth(look.px(90));
        field->installEventFilter(this);
        auto *completer = new QCompleter(m_words, field);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        completer->setModelSorting(QCompleter::CaseSensitivelySortedModel);
        completer->setMaxVisibleItems(MaxSuggestions);
        field->setCompleter(completer);
        grid->addWidget(field, i / Columns, i % Columns);
        connect(field, &QLineEdit::textEdited, this,
                [this, i](const QString &text) { onEdited(i, text); });
        connect(field, &QLineEdit::textChanged, this, &CodeFields::changed);
        connect(field, &QLineEdit::textEdited, this, &CodeFields::edited);
        connect(completer, qOverload<const QString &>(&QCompleter::activated), field,
                [this, i](const QString &word) { onEdited(i, word); });
    }
    connect(m_fields.back(), &QLineEdit::returnPressed, this, &CodeFields::finished);
}

QString CodeFields::code() const
{
    QStringList words;
    for (const QLineEdit *field : m_fields) {
        if (!field->text().isEmpty())
            words += field->text().toLower();
    }
    return words.join(u'-');
}

void CodeFields::setCode(const QString &code)
{
    for (QLineEdit *field : m_fields)
        field->clear();
    spread(0, code);
}

bool CodeFields::isComplete() const
{
    return std::all_of(m_fields.begin(), m_fields.end(), [this](const QLineEdit *field) {
        return std::binary_search(m_words.begin(), m_words.end(), field->text().toLower());
    });
}

bool CodeFields::isWrong(int index) const
{
    const QString word = m_fields[size_t(index)]->text().toLower();
    const auto at = std::lower_bound(m_words.begin(), m_words.end(), word);
    const bool isBeginning = at != m_words.end() && at->startsWith(word);
    const bool isShort = word.size() < WordLength && !m_fields[size_t(index)]->hasFocus();
    return !word.isEmpty() && (!isBeginning || isShort);
}

int CodeFields::wrongField() const
{
    for (int i = 0; i < Count; ++i) {
        if (isWrong(i))
            return i;
    }
    return -1;
}

QString CodeFields::trouble() const
{
    const int wrong = wrongField();
    return wrong < 0 ? QString()
                     : tr("\"%1\" (word %2) is not a word of a code. Look at it again.")
                           .arg(isolateLtr(m_fields[size_t(wrong)]->text()))
                           .arg(wrong + 1);
}

/// A whole word leads on to the next field; so does a blank or a hyphen after it.
void CodeFields::onEdited(int index, const QString &text)
{
    if (text.contains(separators()) || text.size() > WordLength)
        return spread(index, text);
    const bool isWord = std::binary_search(m_words.begin(), m_words.end(), text.toLower());
    if (isWord && index + 1 < Count)
        m_fields[size_t(index) + 1]->setFocus(Qt::TabFocusReason);
}

/// "bada-koru-... at 192.168.1.20:8418": the words go to the fields from here on.
void CodeFields::spread(int index, const QString &text)
{
    static const QRegularExpression place(u"\\S+:\\d{1,5}\\b"_s);
    QString plain = text.left(MaxPasted).toLower();
    const QRegularExpressionMatch at = place.match(plain);
    if (at.hasMatch()) {
        plain.truncate(at.capturedStart());
        Q_EMIT addressPasted(at.captured());
    }
    QStringList parts = plain.split(separators(), Qt::SkipEmptyParts);
    if (at.hasMatch()) { // the word before the address is no word of the code
        parts.removeIf([this](const QString &part) {
            return !std::binary_search(m_words.begin(), m_words.end(), part);
        });
    }
    int last = index;
    m_fields[size_t(index)]->setText({});
    for (int i = 0; i < int(parts.size()) && index + i < Count; ++i) {
        last = index + i;
        m_fields[size_t(last)]->setText(parts[i].left(MaxPasted));
    }
    const bool isWhole = m_fields[size_t(last)]->text().size() >= WordLength;
    m_fields[size_t(std::min(Count - 1, last + (isWhole ? 1 : 0)))]->setFocus(Qt::TabFocusReason);
}

bool CodeFields::eventFilter(QObject *watched, QEvent *event)
{
    const auto at = std::find(m_fields.begin(), m_fields.end(), watched);
    if (event->type() == QEvent::FocusOut)
        Q_EMIT changed(); // a word that was left half is wrong now
    if (event->type() != QEvent::KeyPress || at == m_fields.end())
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    const bool isEmpty = (*at)->text().isEmpty();
    if (key == Qt::Key_Backspace && isEmpty && at != m_fields.begin()) {
        (*std::prev(at))->setFocus(Qt::BacktabFocusReason);
        return true;
    }
    return isEmpty && (key == Qt::Key_Space || key == Qt::Key_Minus);
}

} // namespace peerdesk::ui

#include "moc_codefields.cpp"
