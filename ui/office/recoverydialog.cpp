// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/recoverydialog.h"

#include "ui/common/announcer.h"

#include <QDateTime>
#include <QGridLayout>
#include <QPrintDialog>
#include <QPrinter>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int WordColumns = 4;
constexpr double BodyPoints = 11;

QDate dayOf(Time moment)
{
    return QDateTime::fromMSecsSinceEpoch(moment.ms).date();
}
} // namespace

RecoveryDialog::RecoveryDialog(const Context &context, const QString &office, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_sheet{office, {}, QLocale().toString(dayOf(context.clock.wall()), QLocale::LongFormat)}
    , m_words(new QWidget(this))
    , m_grid(new QGridLayout(m_words))
    , m_status(new Label(context.look, {13, QFont::Medium, Ink::Text2, false, true}, {}, this))
    , m_print(new Button(context.look, Button::Kind::Primary, tr("Print\u2026"), this))
{
    const Look &look = context.look;
    setWindowTitle(tr("Recovery sheet"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 18);
    column->setSpacing(12);
    column->addWidget(
        new Label(look, {17, QFont::DemiBold, Ink::Text}, tr("Recovery sheet"), this));
    const auto say = [&](const QString &text) {
        column->addWidget(
            new Label(look, {13, QFont::Normal, Ink::Text2, false, true}, text, this));
    };
    say(tr("If PCs burn or are stolen, one that is left can go on without them. It needs the "
           "office's recovery key, and every PC keeps one; on paper the key outlives them all."));
    say(tr(
        "Lock the sheet away: with it and one of your PCs anybody can take the office over. When "
        "a PC is removed the words change; print a new sheet then."));
    m_words->setLayoutDirection(Qt::LeftToRight);
    m_grid->setContentsMargins(0, 4, 0, 4);
    m_grid->setHorizontalSpacing(look.px(24));
    m_grid->setVerticalSpacing(6);
    column->addWidget(m_words, 0, Qt::AlignLeading);
    column->addWidget(m_status);
    auto *close = new Button(look, Button::Kind::Plain, tr("Close"), this);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(m_print);
    column->addLayout(buttons);
    setMinimumWidth(look.px(520));
    m_words->hide();
    m_print->hide();
    m_status->setText(tr("Looking for the key\u2026"));
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_print, &QPushButton::clicked, this, &RecoveryDialog::print);
    context.desk.recoveryWords(context.caller,
                               {this, [this](const Result<QString> &words) { take(words); }});
}

RecoveryDialog::~RecoveryDialog() = default;

void RecoveryDialog::take(const Result<QString> &words)
{
    if (!words) {
        m_status->setInk(Ink::Danger);
        m_status->setText(
            words.error().state == u"no-recovery-key"
                ? tr("This PC does not have the office's key yet. Print it on another "
                     "PC, or try again in a minute.")
                : sentence(words.error()));
        m_context.announcer.announce(m_status->text());
        return;
    }
    m_sheet.words = words->split(u' ', Qt::SkipEmptyParts);
    for (int i = 0; i < int(m_sheet.words.size()); ++i) {
        auto *word = new Label(m_context.look, {14, QFont::DemiBold, Ink::Text},
                               u"%1. %2"_s.arg(i + 1).arg(m_sheet.words[i]), m_words);
        m_grid->addWidget(word, i / WordColumns, i % WordColumns);
    }
    m_words->setAccessibleName(tr("The words are %1").arg(m_sheet.words.join(u", "_s)));
    m_words->show();
    m_print->show();
    m_status->hide();
    m_print->setFocus();
    adjustSize();
}

void RecoveryDialog::print()
{
    m_printer = std::make_unique<QPrinter>(QPrinter::HighResolution);
    m_printer->setDocName(tr("Recovery sheet"));
    auto *dialog = new QPrintDialog(m_printer.get(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, qOverload<QPrinter *>(&QPrintDialog::accepted), this,
            [this](QPrinter *printer) { printOn(*printer); });
    dialog->open();
}

void RecoveryDialog::printOn(QPrinter &printer)
{
    QPainter painter;
    bool isDone = painter.begin(&printer);
    if (isDone) {
        paintSheet(painter, printer.pageLayout().paintRectPixels(printer.resolution()),
                   BodyPoints * printer.resolution() / 72, m_sheet);
        isDone = painter.end();
    }
    m_status->setInk(isDone ? Ink::Success : Ink::Danger);
    m_status->setText(isDone ? tr("Printed. Look at the sheet before you lock it away.")
                             : tr("The sheet could not be printed. Try another printer, or print "
                                  "into a file."));
    m_status->show();
    m_context.announcer.announce(m_status->text());
}

} // namespace peerdesk::ui

#include "moc_recoverydialog.cpp"
