// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/editor.h"

#include "ui/conversation/sendguard.h"

#include <QMimeData>
#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <QTextLayout>

namespace peerdesk::ui {

namespace {

constexpr int MinLines = 2;
constexpr int MaxLines = 10;

/// Marks {{placeholders}} that nobody has filled.
class Marker : public QSyntaxHighlighter
{
public:
    Marker(const Look &look, QTextDocument *document)
        : QSyntaxHighlighter(document)
        , m_look(look)
    {}

protected:
    void highlightBlock(const QString &text) override
    {
        QTextCharFormat format;
        format.setBackground(m_look.theme().warningBg);
        format.setForeground(m_look.theme().warning);
        for (const auto &[start, length] : findPlaceholders(text))
            setFormat(start, length, format);
    }

private:
    const Look &m_look;
};

} // namespace

Editor::Editor(const Look &look, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_look(look)
{
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    viewport()->setAutoFillBackground(false);
    setFont(look.font(14));
    auto *marker = new Marker(look, document());
    connect(&look, &Look::changed, marker, [this, marker] {
        setFont(m_look.font(14));
        marker->rehighlight();
        updateGeometry();
    });
    connect(this, &QPlainTextEdit::textChanged, this, [this] { updateGeometry(); });
}

int Editor::heightFor(int lines) const
{
    return lines * fontMetrics().lineSpacing() + 2 * int(document()->documentMargin()) + 2;
}

QSize Editor::sizeHint() const
{
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < MaxLines;
         block = block.next())
        lines += qMax(1, block.layout()->lineCount());
    return {200, heightFor(qBound(MinLines, lines, MaxLines))};
}

QSize Editor::minimumSizeHint() const
{
    return {120, heightFor(MinLines)};
}

void Editor::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    if (event->oldSize().width() != event->size().width())
        updateGeometry();
}

bool Editor::isComposing() const
{
    return !textCursor().block().layout()->preeditAreaText().isEmpty();
}

bool Editor::event(QEvent *event)
{
    const bool isPress = event->type() == QEvent::KeyPress;
    if ((isPress || event->type() == QEvent::ShortcutOverride) && m_taker && !isComposing()) {
        auto &key = static_cast<QKeyEvent &>(*event);
        if (m_taker(key)) {
            event->accept();
            return true;
        }
    }
    return QPlainTextEdit::event(event);
}

void Editor::keyPressEvent(QKeyEvent *event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    const bool isPlain =
        event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier;
    if (isEnter && isComposing())
        return;
    if (isEnter && (event->modifiers().testFlag(Qt::ControlModifier) || (m_enterSends && isPlain)))
        return Q_EMIT sendPressed();
    if (event == QKeySequence::Undo && document()->isEmpty())
        return Q_EMIT undoPressed();
    QPlainTextEdit::keyPressEvent(event);
}

bool Editor::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasUrls() || source->hasImage() || source->hasText();
}

void Editor::insertFromMimeData(const QMimeData *source)
{
    QList<QUrl> files;
    for (const QUrl &url : source->urls()) {
        if (url.isLocalFile())
            files.append(url);
    }
    if (!files.isEmpty())
        return Q_EMIT filesDropped(files);
    if (source->hasImage() && !source->hasText())
        return Q_EMIT imagePasted(qvariant_cast<QImage>(source->imageData()));
    insertPlainText(source->text().left(MaxText));
}

} // namespace peerdesk::ui

#include "moc_editor.cpp"
