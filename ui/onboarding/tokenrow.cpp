// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/tokenrow.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QRandomGenerator>

namespace peerdesk::ui {

namespace {

constexpr qsizetype TokenBytes = 32;

} // namespace

TokenRow::TokenRow(const Look &look, const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_shown(new QLineEdit(this))
    , m_copy(new Button(look, Button::Kind::Plain, tr("Copy"), this))
    , m_make(new Button(look, Button::Kind::Plain, tr("Make a new one"), this))
    , m_said(new Label(look, {12, QFont::Medium, Ink::Text2, false, true}, {}, this))
{
    m_shown->setReadOnly(true);
    m_shown->setAccessibleName(name);
    m_copy->setAccessibleName(tr("Copy: %1").arg(name));
    m_make->setAccessibleName(tr("Make a new one: %1").arg(name));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(5);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_shown, 1);
    row->addWidget(m_copy);
    column->addLayout(row);
    column->addWidget(m_make, 0, Qt::AlignLeading);
    column->addWidget(m_said);
    setFocusProxy(m_copy);
    connect(m_make, &QPushButton::clicked, this, &TokenRow::make);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(QString::fromLatin1(m_value));
        m_copy->setText(tr("Copied"));
    });
    refresh();
}

void TokenRow::make()
{
    QByteArray bytes(TokenBytes, Qt::Uninitialized);
    QRandomGenerator::system()->generate(bytes.begin(), bytes.end());
    m_value = bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    refresh();
    Q_EMIT changed();
}

void TokenRow::setKept()
{
    m_isKept = true;
    refresh();
}

void TokenRow::forget()
{
    m_value.clear();
    refresh();
}

void TokenRow::refresh()
{
    const bool isNew = !m_value.isEmpty();
    m_shown->setText(QString::fromLatin1(m_value));
    m_shown->setVisible(isNew);
    m_copy->setVisible(isNew);
    m_copy->setText(tr("Copy"));
    m_make->setVisible(!isNew);
    m_said->setText(isNew ? tr("Give it to your bridge now: once it is kept it is not shown again.")
                    : m_isKept ? tr("One is kept. A new one takes its place once this is saved.")
                               : QString());
    m_said->setVisible(!m_said->text().isEmpty());
    setFocusProxy(isNew ? m_copy : m_make);
}

} // namespace peerdesk::ui

#include "moc_tokenrow.cpp"
