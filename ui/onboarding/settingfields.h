// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/signinrow.h"
#include "ui/onboarding/tokenrow.h"

#include <QCheckBox>
#include <QComboBox>
#include <QJsonArray>
#include <QLineEdit>

#include <map>

namespace peerdesk::ui {

/// Why `text` cannot stand in a setting of this form (core/channels/api: Setting::form), in words;
/// empty = it can. An unknown form takes everything.
QString settingFault(const QString &form, const QString &text);

/// The fields of a channel's settings, made from the record of its type as Desk::channelTypes()
/// gives it. What is typed is checked as it is typed and the fault said below the field. Secrets
/// are never shown; left empty they stay as they are. GUI thread.
class SettingFields : public QWidget
{
    Q_OBJECT

public:
    /// `type` = the record. `door` = where the type's sign-ins in the browser go; null = what they
    /// give is typed.
    SettingFields(const Look &look, const QJsonObject &type, BrowserDoor *door, QWidget *parent);

    /// Other keys are kept as they are and come back from values().
    void setValues(const std::map<QString, QString> &values);
    /// There is an account already, whose secrets are kept.
    void setKept();
    /// Without what is empty.
    std::map<QString, QString> values() const;
    /// With what stands there without having been typed.
    std::map<QString, QString> choices() const;
    /// A new channel's: what is needed has to be typed, secrets too.
    void setNew();
    /// Those that were typed.
    std::map<QString, QByteArray> secrets() const;
    bool isChanged() const;
    /// The first field that cannot be saved as it is, with the keyboard put into it; empty = none.
    QString firstFault();
    /// The keyboard goes through the fields after this one.
    void orderAfter(QWidget *first) const;

Q_SIGNALS:
    void changed();

private:
    struct Field
    {
        QString key;
        QString label;
        QString form;
        QString fallback;
        bool isSecret = false;
        bool isRequired = false;
        bool isGenerated = false;
        QWidget *group = nullptr; ///< the field with its words
        QLineEdit *line = nullptr;
        QComboBox *choice = nullptr;
        QCheckBox *box = nullptr;
        SignInRow *signIn = nullptr;
        TokenRow *token = nullptr;
        Label *fault = nullptr;

        QString text() const;
        void setText(const QString &text) const;
        QWidget *widget() const;
    };

    void add(const QJsonObject &setting);
    void makeWidget(Field &field, const QString &hint);
    void makeChoice(Field &field) const;
    void makeLine(Field &field);
    QString faultOf(const Field &field) const;
    void check(size_t index);
    void followSignIns();

    const Look &m_look;
    const QString m_type;
    BrowserDoor *m_door;
    std::vector<Field> m_fields;
    std::map<QString, QString> m_before;
    bool m_isNew = false;
};

} // namespace peerdesk::ui
