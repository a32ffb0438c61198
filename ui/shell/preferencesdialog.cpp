// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/preferencesdialog.h"

#include "ui/common/widgets.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

PreferencesDialog::PreferencesDialog(const Look &look, Preferences &preferences, QWidget *parent)
    : QDialog(parent)
    , m_preferences(preferences)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Your preferences on this PC"));
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto *body = new QWidget;
    auto *form = new QFormLayout(body);
    form->setContentsMargins(20, 16, 20, 16);
    form->setVerticalSpacing(10);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->addRow(new Label(look, {14, QFont::DemiBold, Ink::Text}, tr("Time for Undo after Send")));
    addHolds(*form);
    form->addRow(new Label(look, {14, QFont::DemiBold, Ink::Text}, tr("Writing")));
    addEnter(*form);
    form->addRow(
        new Label(look, {14, QFont::DemiBold, Ink::Text}, tr("While the window is behind others")));
    addSwitches(*form);
    area->setWidget(body);
    auto *close = new Button(look, Button::Kind::Plain, tr("Close"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *column = new QVBoxLayout(this);
    column->addWidget(area, 1);
    column->addWidget(close, 0, Qt::AlignRight);
    resize(480, 520);
}

void PreferencesDialog::addHolds(QFormLayout &form)
{
    for (const QString &channel : {u"email"_s, u"webchat"_s, u"whatsapp"_s, u"messenger"_s,
                                   u"instagram"_s, u"telegram"_s, u"line"_s, u"sms"_s}) {
        auto *box = new QSpinBox;
        box->setRange(0, int(Preferences::MaxHold.count()));
        box->setSuffix(tr(" s", "seconds"));
        box->setValue(int(m_preferences.holdTime(channel).count()));
        box->setAccessibleName(tr("Undo time for %1, seconds").arg(channelName(channel)));
        connect(box, &QSpinBox::valueChanged, &m_preferences, [this, channel](int seconds) {
            m_preferences.setHoldTime(channel, std::chrono::seconds(seconds));
        });
        form.addRow(channelName(channel), box);
        m_holds[channel] = box;
    }
}

void PreferencesDialog::addEnter(QFormLayout &form)
{
    auto *box = new QComboBox;
    box->addItems({tr("Sends in chats, breaks the line in e-mail"), tr("Always sends"),
                   tr("Always breaks the line")});
    const auto sends = m_preferences.enterSends();
    box->setCurrentIndex(!sends ? 0 : *sends ? 1 : 2);
    box->setAccessibleName(tr("The Enter key"));
    connect(box, &QComboBox::currentIndexChanged, &m_preferences, [this](int index) {
        m_preferences.setEnterSends(index == 0 ? std::optional<bool>() : index == 1);
    });
    form.addRow(tr("Enter"), box);
}

void PreferencesDialog::addSwitches(QFormLayout &form)
{
    const auto add = [&](const QString &text, bool isOn, const std::function<void(bool)> &set) {
        auto *box = new QCheckBox(text);
        box->setChecked(isOn);
        connect(box, &QCheckBox::toggled, &m_preferences, set);
        form.addRow(box);
    };
    auto *offers = new QCheckBox(tr("Tell me about offers (always)"));
    offers->setChecked(true);
    offers->setEnabled(false);
    form.addRow(offers);
    add(tr("Tell me about messages in my conversations"), m_preferences.tells(Notice::Message),
        [this](bool on) { m_preferences.setTells(Notice::Message, on); });
    add(tr("Tell me when a colleague mentions me"), m_preferences.tells(Notice::Mention),
        [this](bool on) { m_preferences.setTells(Notice::Mention, on); });
    add(tr("Keep running when the window is closed"), m_preferences.keepsRunning().value_or(false),
        [this](bool on) { m_preferences.setKeepsRunning(on); });
}

} // namespace peerdesk::ui

#include "moc_preferencesdialog.cpp"
