// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/routing/ruleform.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSpinBox>

namespace peerdesk::ui {

/// "12 of 14 people, 3 available now", or what is wrong with the expression.
QString matchWords(const RuleParts &parts, const QString &expression);

/// A queue: who is in it, and how its tasks are served.
class QueueForm : public RuleForm
{
    Q_OBJECT

public:
    QueueForm(const RuleParts &parts, QWidget *parent);
    std::optional<api::Command> current(const QUuid &id) const override;

protected:
    void fill(const QUuid &id) override;
    QString fault() override;
    api::Command typed(const QUuid &id) const override;
    api::Command removal(const QUuid &id) const override { return api::DeleteQueue{{id}}; }
    QString typedName() const override { return m_name->text().trimmed(); }

private:
    void judge();

    QLineEdit *m_name;
    QLineEdit *m_members;
    Label *m_fault;
    Label *m_matches;
    QComboBox *m_order;
    QSpinBox *m_reserved;
    QCheckBox *m_autoAccept;
    QCheckBox *m_pull;
};

/// An activity; whether it is available is fixed once it is there.
class ActivityForm : public RuleForm
{
    Q_OBJECT

public:
    ActivityForm(const RuleParts &parts, QWidget *parent);
    std::optional<api::Command> current(const QUuid &id) const override;

protected:
    void fill(const QUuid &id) override;
    QString fault() override;
    api::Command typed(const QUuid &id) const override;
    api::Command removal(const QUuid &id) const override { return api::DeleteActivity{{id}}; }
    QString typedName() const override { return m_name->text().trimmed(); }

private:
    QLineEdit *m_name;
    QCheckBox *m_available;
};

/// A task channel: how many at once, how long an offer stands, what one costs.
class TaskChannelForm : public RuleForm
{
    Q_OBJECT

public:
    TaskChannelForm(const RuleParts &parts, QWidget *parent);
    std::optional<api::Command> current(const QUuid &id) const override;

protected:
    void fill(const QUuid &id) override;
    QString fault() override;
    api::Command typed(const QUuid &id) const override;
    api::Command removal(const QUuid &id) const override { return api::DeleteTaskChannel{{id}}; }
    QString typedName() const override { return m_name->text().trimmed(); }

private:
    QLineEdit *m_name;
    QLineEdit *m_unique;
    Label *m_fault;
    QSpinBox *m_capacity;
    QSpinBox *m_timeout;
    QSpinBox *m_weight;
};

} // namespace peerdesk::ui
