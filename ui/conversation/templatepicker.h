// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/messagetemplate.h"
#include "ui/common/context.h"
#include "ui/conversation/richbuilder.h"

#include <QListWidget>

class QVBoxLayout;

namespace peerdesk::ui {

/// The values of a template's variables, in their order.
using TemplateValues = std::vector<QString>;
/// `text` of this part with the values in the places of their marks.
QString filledIn(const MessageTemplate &entry, const QString &part, const QString &text,
                 const TemplateValues &values);
/// What goes to the office: rich content of kind "template", with what it says.
QJsonObject templateRich(const MessageTemplate &entry, const TemplateValues &values);
/// The way back, to go on editing.
TemplateValues valuesOf(const MessageTemplate &entry, const QJsonObject &rich);
/// What is still missing; empty = it can go out.
QString templateProblem(const MessageTemplate &entry, const TemplateValues &values);

/// M49: the templates that the provider has approved, as it lists them now, with a field for each
/// variable and how the message will read. What may not be sent says why and cannot be chosen. It
/// gives back a value and sends nothing.
class TemplatePicker : public QDialog
{
    Q_OBJECT

public:
    struct Input
    {
        AccountId account;
        QString channel;  ///< for people
        QJsonObject rich; ///< a chosen one, to go on with; empty = none
    };

    TemplatePicker(const Context &context, const Input &input, QWidget *parent);

    QListWidget &list() { return *m_list; }
    QPushButton &insertButton() { return *m_insert; }
    QString problem() const { return m_problem->text(); }
    QString preview() const { return m_preview->accessibleName(); }
    std::vector<QLineEdit *> fields() const { return m_fields; }

Q_SIGNALS:
    void inserted(const QJsonObject &rich);
    /// The list is not to be had: by name, as the provider shows it elsewhere.
    void byNameWanted();

private:
    void build(const QString &channel);
    void ask();
    void onListed(const Result<TemplateList> &listed);
    void choose();
    void showFields(const MessageTemplate &entry);
    void check();
    const MessageTemplate *chosen() const;
    TemplateValues values() const;

    const Context &m_context;
    Input m_input;
    std::vector<MessageTemplate> m_templates; ///< in the order of the list
    QListWidget *m_list;
    QWidget *m_fieldArea;
    QVBoxLayout *m_form;
    std::vector<QLineEdit *> m_fields; ///< as the variables of the chosen one
    CardPreview *m_preview;
    Label *m_problem;
    Button *m_byName;
    Button *m_insert;
};

} // namespace peerdesk::ui
