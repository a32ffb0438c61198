// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/removedialog.h"

#include "ui/common/announcer.h"
#include "ui/common/paint.h"
#include "ui/office/officewords.h"

#include <QScrollArea>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
/// In the settings of this PC: by node, what of its list is done, and its name while some is not.
const QString Lists = u"office/revoke"_s;
} // namespace

RemoveDialog::RemoveDialog(const Context &context, const api::OfficeStatus &status,
                           const Node &node, QSettings &settings, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_node(node)
    , m_settings(settings)
    , m_isRemoved(node.isRemoved)
    , m_outcome(new Label(context.look, {13, QFont::DemiBold, Ink::Danger, false, true}, {}, this))
    , m_remove(new Button(context.look, Button::Kind::Primary,
                          tr("Remove %1").arg(isolate(node.name.left(40))), this))
    , m_cancel(new Button(context.look, Button::Kind::Plain, tr("Cancel"), this))
{
    setWindowTitle(tr("Remove a PC"));
    setAttribute(Qt::WA_DeleteOnClose);
    build(status);
    m_remove->setVisible(!m_isRemoved);
    if (m_isRemoved)
        m_cancel->setText(tr("Close"));
    connect(m_remove, &QPushButton::clicked, this, &RemoveDialog::remove);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::accept);
    m_cancel->setFocus();
}

void RemoveDialog::build(const api::OfficeStatus &status)
{
    const Look &look = m_context.look;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 18);
    column->setSpacing(10);
    const auto say = [&](const Label::Style &style, const QString &text) {
        column->addWidget(new Label(look, style, text, this));
    };
    say({17, QFont::DemiBold, Ink::Text, false, true},
        (m_isRemoved ? tr("%1 was removed from the office") : tr("Remove %1 from the office?"))
            .arg(isolate(m_node.name)));
    if (!m_isRemoved)
        say({13, QFont::Normal, Ink::Text, false, true},
            tr("It is shut out at once and for ever; to come back it has to join anew. The office "
               "keeps everything. What that PC has copied so far stays on its disk."));
    const QStringList hosted = hostedBy(status, m_node.id);
    if (!hosted.isEmpty() && !m_isRemoved)
        say({13, QFont::Normal, Ink::Text, false, true},
            tr("It runs %1: another PC takes over within seconds.")
                .arg(QLocale().createSeparatedList(hosted)));
    addRevocations(*column, status);
    column->addWidget(m_outcome);
    m_outcome->hide();
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    buttons->addStretch();
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_remove);
    column->addLayout(buttons);
    setMinimumWidth(look.px(520));
}

/// A check mark is for whoever works through the list, on this PC.
void RemoveDialog::addRevocations(QVBoxLayout &column, const api::OfficeStatus &status)
{
    const std::vector<Revocation> all = revocations(status, m_context.desk.channelTypes());
    const Look &look = m_context.look;
    if (all.empty())
        return;
    column.addWidget(new Label(look, {13, QFont::DemiBold, Ink::Text, false, true},
                               tr("If it was lost or stolen, or you do not trust who has it, "
                                  "change what it could open:"),
                               this));
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *list = new QWidget;
    auto *lines = new QVBoxLayout(list);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(2);
    for (const Revocation &one : all)
        addCheck(*lines, one);
    lines->addStretch();
    scroll->setWidget(list);
    scroll->setMaximumHeight(look.px(200));
    column.addWidget(scroll);
}

void RemoveDialog::addCheck(QVBoxLayout &lines, const Revocation &one)
{
    const Look &look = m_context.look;
    auto *check = new QCheckBox(isolate(one.account), this);
    check->setAccessibleDescription(one.toDo);
    check->setMinimumHeight(look.px(32));
    const QString key =
        keyOf(u"done-"_s + one.channel + u'-' + QString::fromLatin1(one.account.toUtf8().toHex()));
    check->setChecked(m_settings.contains(key));
    connect(check, &QCheckBox::toggled, this, [this, key](bool isDone) {
        isDone ? m_settings.setValue(key, true) : m_settings.remove(key);
        keepList();
    });
    m_checks.push_back(check);
    lines.addWidget(check);
    auto *toDo = new Label(look, {12.5, QFont::Normal, Ink::Text2, false, true}, one.toDo, this);
    toDo->setContentsMargins(look.px(24), 0, look.px(24), 0);
    lines.addWidget(toDo);
}

QString RemoveDialog::keyOf(const QString &entry) const
{
    return Lists + u'/' + m_node.id.value.toString(QUuid::WithoutBraces) + u'/' + entry;
}

void RemoveDialog::keepList()
{
    const bool isOpen = std::any_of(m_checks.begin(), m_checks.end(),
                                    [](const QCheckBox *check) { return !check->isChecked(); });
    if (m_isRemoved && isOpen)
        m_settings.setValue(keyOf(u"name"_s), m_node.name);
    else
        m_settings.remove(keyOf(u"name"_s));
}

std::vector<Node> RemoveDialog::unfinished(QSettings &settings)
{
    std::vector<Node> out;
    settings.beginGroup(Lists);
    for (const QString &id : settings.childGroups()) {
        Node node;
        node.id = NodeId{QUuid(id)};
        node.name = settings.value(id + u"/name"_s).toString();
        node.isRemoved = true;
        if (!node.name.isEmpty())
            out.push_back(node);
    }
    settings.endGroup();
    return out;
}

void RemoveDialog::remove()
{
    m_remove->setEnabled(false);
    m_context.desk.submit(
        m_context.caller, randomId<CommandId>(), api::RemoveNode{m_node.id},
        {this, [this](const Result<api::Outcome> &outcome) {
             const QString words =
                 outcome ? tr("%1 is removed. Work through the list above if that PC is not in "
                              "your hands. If you keep a recovery sheet, print a new one: the old "
                              "one is void.")
                               .arg(isolate(m_node.name))
                         : sentence(outcome.error());
             m_outcome->setInk(outcome ? Ink::Success : Ink::Danger);
             m_outcome->setText(words);
             m_outcome->show();
             m_context.announcer.announce(words);
             m_remove->setVisible(!outcome);
             m_isRemoved = bool(outcome);
             keepList();
             m_remove->setEnabled(true);
             m_cancel->setText(outcome ? tr("Close") : tr("Cancel"));
             adjustSize();
         }});
}

} // namespace peerdesk::ui

#include "moc_removedialog.cpp"
