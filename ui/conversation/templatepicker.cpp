// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/templatepicker.h"

#include "ui/common/templatewords.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct PickerWords
{
    Q_DECLARE_TR_FUNCTIONS(TemplatePicker)
};

/// As the provider itself allows for one variable.
constexpr int MaxValue = 1'024;

/// A heading that is a file, by its public address: its mark tells the kind, "{{image}}".
bool isFile(const TemplateVariable &variable)
{
    return variable.part == u"header"_s && variable.example == u"https://"_s;
}

QString partLabel(const TemplateVariable &variable, const MessageTemplate &entry)
{
    if (variable.part == u"header"_s)
        return PickerWords::tr("Heading %1", "a variable").arg(variable.mark);
    if (variable.part == u"buttons"_s)
        return PickerWords::tr("Button \u201c%1\u201d, end of its address")
            .arg(size_t(variable.place) < entry.buttons.size()
                     ? entry.buttons[size_t(variable.place)]
                     : variable.mark);
    return PickerWords::tr("Text %1", "a variable").arg(variable.mark);
}

QString whole(const MessageTemplate &entry, const TemplateValues &values)
{
    QStringList paragraphs{filledIn(entry, u"header"_s, entry.header, values),
                           filledIn(entry, u"body"_s, entry.body, values),
                           filledIn(entry, u"body"_s, entry.footer, values)};
    paragraphs.removeAll(QString());
    return paragraphs.join(u"\n\n"_s);
}

} // namespace

QString filledIn(const MessageTemplate &entry, const QString &part, const QString &text,
                 const TemplateValues &values)
{
    static const QRegularExpression mark(u"\\{\\{\\s*[^{}\\s]+\\s*\\}\\}"_s);
    QString out;
    qsizetype at = 0;
    for (auto found = mark.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch one = found.next();
        QString value = one.captured(0);
        for (size_t i = 0; i < entry.variables.size() && i < values.size(); ++i) {
            const TemplateVariable &variable = entry.variables[i];
            if (variable.part == part && variable.mark == one.captured(0) &&
                !values[i].trimmed().isEmpty())
                value = values[i].trimmed();
        }
        out += text.mid(at, one.capturedStart() - at) + value;
        at = one.capturedEnd();
    }
    return out + text.mid(at);
}

QJsonObject templateRich(const MessageTemplate &entry, const TemplateValues &values)
{
    QJsonObject rich{{u"kind"_s, u"template"_s},
                     {u"name"_s, entry.name},
                     {u"language"_s, entry.language},
                     {u"text"_s, whole(entry, values)}};
    std::map<QString, std::map<int, QString>> parts;
    for (size_t i = 0; i < entry.variables.size() && i < values.size(); ++i) {
        const TemplateVariable &variable = entry.variables[i];
        parts[variable.part][variable.place] = values[i].trimmed();
        if (variable.part == u"header"_s)
            rich.insert(u"header_format"_s,
                        isFile(variable) ? variable.mark.mid(2).chopped(2) : u"text"_s);
    }
    for (const auto &[part, byPlace] : parts) {
        QJsonArray list; // a button without a variable keeps its place
        for (int place = 0; place <= byPlace.rbegin()->first; ++place) {
            const auto value = byPlace.find(place);
            list.append(value == byPlace.end() ? QString() : value->second);
        }
        rich.insert(part, list);
    }
    return rich;
}

TemplateValues valuesOf(const MessageTemplate &entry, const QJsonObject &rich)
{
    TemplateValues values;
    for (const TemplateVariable &variable : entry.variables)
        values.push_back(rich[variable.part][qsizetype(variable.place)].toString());
    return values;
}

QString templateProblem(const MessageTemplate &entry, const TemplateValues &values)
{
    for (size_t i = 0; i < entry.variables.size(); ++i) {
        const TemplateVariable &variable = entry.variables[i];
        const QString value = i < values.size() ? values[i].trimmed() : QString();
        if (value.isEmpty())
            return PickerWords::tr("Fill in: %1.").arg(partLabel(variable, entry));
        if (value.contains(u"    "_s) || value.contains(u'\t'))
            return PickerWords::tr("%1 may have no tabs and no wide gaps.")
                .arg(partLabel(variable, entry));
        if (isFile(variable) && !value.startsWith(u"https://"_s))
            return PickerWords::tr("The heading needs a public address that begins with https://.");
    }
    return {};
}

TemplatePicker::TemplatePicker(const Context &context, const Input &input, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_input(input)
    , m_list(new QListWidget(this))
    , m_fieldArea(new QWidget)
    , m_form(new QVBoxLayout(m_fieldArea))
    , m_preview(new CardPreview(context.look, this))
    , m_problem(new Label(context.look, {12.5, QFont::Medium, Ink::Text2, false, true}, {}, this))
    , m_byName(new Button(context.look, Button::Kind::Plain, tr("By its name"), this))
    , m_insert(new Button(context.look, Button::Kind::Primary, tr("Insert"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Approved templates for %1").arg(input.channel));
    build(input.channel);
    connect(m_list, &QListWidget::currentRowChanged, this, &TemplatePicker::choose);
    connect(m_byName, &QPushButton::clicked, this, [this] {
        Q_EMIT byNameWanted();
        reject();
    });
    connect(m_insert, &QPushButton::clicked, this, [this] {
        if (const MessageTemplate *entry = chosen())
            Q_EMIT inserted(templateRich(*entry, values()));
        accept();
    });
    check();
    ask();
}

void TemplatePicker::build(const QString &channel)
{
    const Look &look = m_context.look;
    m_list->setAccessibleName(tr("Templates of %1").arg(channel));
    m_list->setWordWrap(true);
    m_list->setSpacing(look.px(3));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMinimumHeight(look.px(120));
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setSpacing(4);
    auto *fields = new QScrollArea(this);
    fields->setWidgetResizable(true);
    fields->setFrameShape(QFrame::NoFrame);
    fields->setWidget(m_fieldArea);
    fields->setAccessibleName(tr("What is filled in"));
    auto *left = new QVBoxLayout;
    left->addWidget(m_list, 2);
    left->addWidget(fields, 3);
    auto *shown = new QScrollArea(this);
    shown->setWidgetResizable(true);
    shown->setFrameShape(QFrame::NoFrame);
    shown->setWidget(m_preview);
    shown->setAccessibleName(tr("Preview"));
    auto *right = new QVBoxLayout;
    right->addWidget(
        new Label(look, {12.5, QFont::Medium, Ink::Text2}, tr("As the customer sees it"), this));
    right->addWidget(shown, 1);
    auto *both = new QHBoxLayout;
    both->setSpacing(20);
    both->addLayout(left, 1);
    both->addLayout(right, 1);
    auto *cancel = new Button(look, Button::Kind::Plain, tr("Cancel"), this);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    auto *last = new QHBoxLayout;
    last->addWidget(m_byName);
    last->addStretch();
    last->addWidget(cancel);
    last->addWidget(m_insert);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->addLayout(both, 1);
    column->addWidget(m_problem);
    column->addLayout(last);
    resize(look.px(760), look.px(560));
}

void TemplatePicker::ask()
{
    m_problem->setText(tr("Asking %1 for its templates\u2026").arg(m_input.channel));
    m_context.desk.templates(
        m_input.account, {this, [this](const Result<TemplateList> &listed) { onListed(listed); }});
}

/// What can be sent comes first; the rest is there with its reason.
void TemplatePicker::onListed(const Result<TemplateList> &listed)
{
    if (!listed)
        return m_problem->setText(
            tr("The templates cannot be listed: %1").arg(templateTrouble(listed.error())));
    m_templates = listed->templates;
    std::stable_sort(m_templates.begin(), m_templates.end(),
                     [](const MessageTemplate &a, const MessageTemplate &b) {
                         return a.whyNot.isEmpty() && !b.whyNot.isEmpty();
                     });
    int first = -1;
    for (const MessageTemplate &entry : m_templates) {
        auto *item = new QListWidgetItem(
            entry.whyNot.isEmpty()
                ? templateTitle(entry)
                : tr("%1: %2", "template, why not").arg(templateTitle(entry), entry.whyNot),
            m_list);
        item->setToolTip(entry.whyNot);
        if (!entry.whyNot.isEmpty())
            item->setFlags(Qt::NoItemFlags);
        const bool isWanted = entry.name == m_input.rich[u"name"_s].toString() &&
                              entry.language == m_input.rich[u"language"_s].toString();
        if (entry.whyNot.isEmpty() && (first < 0 || isWanted))
            first = m_list->count() - 1;
    }
    m_list->setCurrentRow(first);
    check();
}

const MessageTemplate *TemplatePicker::chosen() const
{
    const int row = m_list->currentRow();
    if (row < 0 || size_t(row) >= m_templates.size() || !m_templates[size_t(row)].whyNot.isEmpty())
        return nullptr;
    return &m_templates[size_t(row)];
}

TemplateValues TemplatePicker::values() const
{
    TemplateValues values;
    for (const QLineEdit *field : m_fields)
        values.push_back(field->text());
    return values;
}

void TemplatePicker::choose()
{
    m_fields.clear();
    while (QLayoutItem *item = m_form->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (const MessageTemplate *entry = chosen())
        showFields(*entry);
    check();
}

void TemplatePicker::showFields(const MessageTemplate &entry)
{
    const TemplateValues before = valuesOf(entry, m_input.rich);
    const bool isSame = entry.name == m_input.rich[u"name"_s].toString();
    for (size_t i = 0; i < entry.variables.size(); ++i) {
        const TemplateVariable &variable = entry.variables[i];
        const QString label = partLabel(variable, entry);
        auto *field = new QLineEdit(isSame ? before[i] : QString(), m_fieldArea);
        field->setMaxLength(MaxValue);
        field->setPlaceholderText(variable.example);
        field->setAccessibleName(label);
        connect(field, &QLineEdit::textChanged, this, &TemplatePicker::check);
        m_form->addWidget(
            new Label(m_context.look, {13, QFont::Normal, Ink::Text}, label, m_fieldArea));
        m_form->addWidget(field);
        m_fields.push_back(field);
    }
    m_form->addStretch();
}

void TemplatePicker::check()
{
    const MessageTemplate *entry = chosen();
    m_insert->setEnabled(entry && templateProblem(*entry, values()).isEmpty());
    if (!entry) {
        m_preview->show({});
        if (!m_templates.empty())
            m_problem->setText(tr("None of these may be sent now."));
        return;
    }
    m_problem->setText(templateProblem(*entry, values()));
    QJsonArray buttons;
    for (const QString &title : entry->buttons)
        buttons.append(QJsonObject{{u"title"_s, title}});
    m_preview->show(
        {{u"kind"_s, u"buttons"_s}, {u"text"_s, whole(*entry, values())}, {u"options"_s, buttons}});
}

} // namespace peerdesk::ui

#include "moc_templatepicker.cpp"
