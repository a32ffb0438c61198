// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/ruleform.h"

#include "ui/common/paint.h"

namespace peerdesk::ui {

RuleForm::RuleForm(const RuleParts &parts, QWidget *parent)
    : Page(parts.context.look, {}, {}, parent)
    , m_parts(parts)
{
    connect(&parts.records, &OfficeRecords::changed, this, &RuleForm::onRecords);
}

void RuleForm::addButtons()
{
    m_back = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    m_delete = addButton(Button::Kind::Quiet, tr("Delete"), Side::Leading);
    m_discard = addButton(Button::Kind::Plain, tr("Discard changes"));
    m_save = addButton(Button::Kind::Primary, tr("Save"));
    connect(m_back, &QPushButton::clicked, this, &RuleForm::closeWanted);
    connect(m_delete, &QPushButton::clicked, this, &RuleForm::remove);
    connect(m_discard, &QPushButton::clicked, this, [this] {
        m_isDirty = false;
        m_id.isNull() ? Q_EMIT closeWanted() : show(m_id);
    });
    connect(m_save, &QPushButton::clicked, this, &RuleForm::save);
}

QLineEdit *RuleForm::addLine(const QString &label, const QString &hint)
{
    auto *line = new QLineEdit(this);
    line->setMinimumHeight(look().px(34));
    addField(label, line);
    if (!hint.isEmpty())
        column().addWidget(
            new Label(look(), {12, QFont::Normal, Ink::Text3, false, true}, hint, this));
    line->setAccessibleDescription(hint);
    connect(line, &QLineEdit::textEdited, this, &RuleForm::edited);
    return line;
}

QSpinBox *RuleForm::number(int least, int most)
{
    auto *box = new QSpinBox(this);
    box->setRange(least, most);
    box->setMinimumHeight(look().px(34));
    box->setMaximumWidth(look().px(180));
    connect(box, &QSpinBox::valueChanged, this, &RuleForm::edited);
    return box;
}

Label *RuleForm::addFault()
{
    auto *fault = new Label(look(), {12, QFont::Medium, Ink::Danger, false, true}, {}, this);
    fault->hide();
    column().addWidget(fault);
    return fault;
}

void RuleForm::say(Label *fault, const QString &words)
{
    fault->setText(words);
    fault->setVisible(!words.isEmpty());
}

void RuleForm::showNew()
{
    show({});
    begin();
}

void RuleForm::showRecord(const QUuid &id)
{
    show(id);
}

void RuleForm::show(const QUuid &id)
{
    m_id = id;
    m_base = id.isNull() ? std::nullopt : current(id);
    m_isDirty = false;
    m_isFilling = true;
    fill(id);
    m_isFilling = false;
    notice().clear();
    if (!m_parts.mayChange())
        notice().say(NoticeBox::Tone::Info, tr("Only an administrator can change this."));
    showState();
}

void RuleForm::edited()
{
    if (m_isFilling)
        return;
    m_isDirty = true;
    showState();
}

void RuleForm::showState()
{
    const bool mayChange = m_parts.mayChange();
    const QList<QWidget *> parts = readersParts();
    setBusy(!mayChange && parts.isEmpty());
    if (!mayChange && !parts.isEmpty()) {
        const auto all = parts.front()->parentWidget()->findChildren<QWidget *>(
            QString(), Qt::FindDirectChildrenOnly);
        for (QWidget *part : all)
            part->setEnabled(parts.contains(part));
    }
    m_back->setEnabled(true);
    m_save->setVisible(mayChange);
    m_delete->setVisible(mayChange && !m_id.isNull());
    m_discard->setVisible(mayChange && (m_isDirty || m_id.isNull()));
    m_discard->setText(m_id.isNull() ? tr("Cancel") : tr("Discard changes"));
    m_save->setEnabled(mayChange && (m_isDirty || m_id.isNull()));
}

void RuleForm::askAboutChanges()
{
    notice().say(NoticeBox::Tone::Info, tr("There are changes that are not saved"),
                 tr("Save them or discard them first."));
    m_save->setFocus(Qt::OtherFocusReason);
}

/// What somebody else changed meanwhile is never replaced unseen.
void RuleForm::onRecords()
{
    if (m_id.isNull() || current(m_id) == m_base)
        return;
    if (!m_isDirty) {
        if (current(m_id))
            return show(m_id);
        m_id = {};
        return Q_EMIT closeWanted();
    }
    notice().say(NoticeBox::Tone::Info, tr("Somebody else changed this meanwhile"),
                 tr("Save replaces it by what you see; Discard changes shows what it is now."));
}

void RuleForm::save()
{
    if (!m_parts.mayChange())
        return;
    if (const QString words = fault(); !words.isEmpty())
        return notice().say(NoticeBox::Tone::Danger, tr("Nothing was saved"), words);
    const QUuid id = m_id.isNull() ? QUuid::createUuid() : m_id;
    const api::Command command = typed(id);
    submit(command, {tr("Saved: %1").arg(isolate(typedName())), id, command,
                     m_base ? *m_base : removal(id)});
}

void RuleForm::remove()
{
    if (!m_base)
        return;
    submit(removal(m_id),
           {tr("Deleted: %1").arg(isolate(typedName())), m_id, std::nullopt, *m_base});
}

void RuleForm::submit(const api::Command &command, const RuleChange &change)
{
    setBusy(true);
    m_parts.context.desk.submit(m_parts.context.caller, randomId<CommandId>(), command,
                                {this, [this, change](const Result<api::Outcome> &outcome) {
                                     if (!outcome) {
                                         showState();
                                         return notice().say(
                                             NoticeBox::Tone::Danger, tr("Nothing was saved"),
                                             sentence(outcome.error()), outcome.error().detail);
                                     }
                                     m_isDirty = false;
                                     m_id = change.result ? change.id : QUuid();
                                     m_base = change.result;
                                     notice().clear();
                                     showState();
                                     Q_EMIT changed(change);
                                 }});
}

} // namespace peerdesk::ui

#include "moc_ruleform.cpp"
