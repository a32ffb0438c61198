// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/settingfields.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>
#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Fault
{
    Q_DECLARE_TR_FUNCTIONS(Fault)
};

constexpr int MaxSettingText = 2000;
constexpr int MaxTokenText = 16 * 1024;
/// What only a sign-in in the browser needs: its registration, and where the provider is.
const QStringList SignInKeys{u"client_id"_s, u"client_secret"_s, u"authorize_address"_s,
                             u"token_address"_s};
const QString Yes = u"true"_s;
const QString No = u"false"_s;

QString numberFault(const QString &text, int least, int most)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (isNumber && number >= least && number <= most)
        return {};
    return Fault::tr("A number from %1 to %2.").arg(least).arg(most);
}

QString hostFault(const QString &text)
{
    static const QRegularExpression host(
        u"^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?$"_s);
    static const QRegularExpression sixth(u"^\\[?[0-9A-Fa-f:]+\\]?$"_s);
    const bool isSixth = text.count(u':') > 1 && sixth.match(text).hasMatch();
    if (isSixth || host.match(QString::fromLatin1(QUrl::toAce(text))).hasMatch())
        return {};
    return Fault::tr("The name of a server, such as mail.your-company.example, without https://.");
}

QString mailFault(const QString &text)
{
    static const QRegularExpression address(u"^[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)*$"_s);
    return address.match(text).hasMatch()
               ? QString()
               : Fault::tr("An e-mail address, such as help@your-company.example.");
}

/// Scheme and server, nothing behind them.
QString sitesFault(const QString &text)
{
    for (const QString &part : text.split(QRegularExpression(u"[,\\s]+"_s), Qt::SkipEmptyParts)) {
        const QUrl url(part, QUrl::StrictMode);
        const bool isWeb = url.scheme() == u"https" || url.scheme() == u"http";
        if (!url.isValid() || !isWeb || url.host().isEmpty() || url.hasQuery() ||
            url.hasFragment() || (url.path() != u"/" && !url.path().isEmpty()))
            return Fault::tr("Web addresses such as https://shop.example, apart by commas; \"%1\" "
                             "is none.")
                .arg(part.left(80));
    }
    return {};
}

} // namespace

QString settingFault(const QString &form, const QString &text)
{
    const QStringList words = form.split(u' ', Qt::SkipEmptyParts);
    const QString kind = words.value(0);
    if (text.isEmpty())
        return {};
    if (kind == u"port")
        return numberFault(text, 1, 65535);
    if (kind == u"number")
        return numberFault(text, words.value(1).toInt(), words.value(2).toInt());
    if (kind == u"host")
        return hostFault(text);
    if (kind == u"email")
        return mailFault(text);
    if (kind == u"sites")
        return sitesFault(text);
    if (kind == u"one-of" && !words.mid(1).contains(text))
        return Fault::tr("One of: %1.").arg(words.mid(1).join(u", "_s));
    return {};
}

QString SettingFields::Field::text() const
{
    if (signIn)
        return QString::fromUtf8(signIn->value());
    if (token)
        return QString::fromLatin1(token->value());
    if (box)
        return box->isChecked() ? Yes : No;
    if (choice)
        return choice->currentData().toString();
    return isSecret ? line->text() : line->text().trimmed();
}

void SettingFields::Field::setText(const QString &text) const
{
    if (signIn) {
        signIn->forget();
    } else if (token) {
        token->forget();
    } else if (box) {
        box->setChecked(text == Yes);
    } else if (choice) {
        if (choice->findData(text) < 0)
            choice->addItem(text, text); // never replaced unasked
        choice->setCurrentIndex(choice->findData(text));
    } else {
        line->setText(text);
    }
}

QWidget *SettingFields::Field::widget() const
{
    return signIn   ? static_cast<QWidget *>(signIn)
           : token  ? static_cast<QWidget *>(token)
           : box    ? static_cast<QWidget *>(box)
           : choice ? static_cast<QWidget *>(choice)
                    : static_cast<QWidget *>(line);
}

SettingFields::SettingFields(const Look &look, const QJsonObject &type, BrowserDoor *door,
                             QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_type(type[u"type"_s].toString())
    , m_door(door)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    for (const QJsonValue setting : type[u"settings"_s].toArray())
        add(setting.toObject());
    followSignIns();
}

/// Which provider's page it is may stand in another field; without one there is nothing to show.
void SettingFields::followSignIns()
{
    const std::map<QString, QString> said = choices();
    bool hasRow = false;
    bool isChosen = false;
    for (const Field &field : m_fields) {
        if (!field.signIn)
            continue;
        field.signIn->follow(said);
        field.group->setVisible(field.signIn->isChosen());
        hasRow = true;
        isChosen = isChosen || field.signIn->isChosen();
    }
    for (const Field &field : m_fields) {
        if (hasRow && SignInKeys.contains(field.key))
            field.group->setVisible(isChosen);
    }
}

void SettingFields::setKept()
{
    for (const Field &field : m_fields) {
        if (field.signIn)
            field.signIn->setKept();
        if (field.token)
            field.token->setKept();
    }
}

void SettingFields::add(const QJsonObject &setting)
{
    Field field;
    field.key = setting.value(u"key"_s).toString();
    field.label = setting.value(u"label"_s).toString(field.key);
    field.form = setting.value(u"form"_s).toString();
    field.fallback = setting.value(u"default"_s).toString();
    field.isSecret = setting.value(u"secret"_s).toBool();
    field.isGenerated = field.isSecret && setting.value(u"generated"_s).toBool();
    field.isRequired = setting.value(u"required"_s).toBool() && !field.isGenerated;
    makeWidget(field, setting.value(u"hint"_s).toString());
    m_fields.push_back(field);
    const size_t index = m_fields.size() - 1;
    const auto onChange = [this, index] {
        check(index);
        followSignIns();
        Q_EMIT changed();
    };
    if (field.signIn)
        connect(field.signIn, &SignInRow::changed, this, onChange);
    else if (field.token)
        connect(field.token, &TokenRow::changed, this, onChange);
    else if (field.box)
        connect(field.box, &QCheckBox::toggled, this, onChange);
    else if (field.choice)
        connect(field.choice, &QComboBox::currentIndexChanged, this, onChange);
    else
        connect(field.line, &QLineEdit::textChanged, this, onChange);
}

void SettingFields::makeWidget(Field &field, const QString &hint)
{
    field.group = new QWidget(this);
    auto *group = new QVBoxLayout(field.group);
    group->setContentsMargins(0, 0, 0, 0);
    group->setSpacing(5);
    const bool isSwitch = field.form == u"switch" && !field.isSecret;
    if (!isSwitch)
        group->addWidget(new Label(m_look, {12.5, QFont::Medium, Ink::Text2, false, true},
                                   field.label, field.group));
    if (isSwitch) {
        field.box = new QCheckBox(field.label, field.group);
        field.fallback = field.fallback == Yes ? Yes : No;
    } else if (field.isGenerated) {
        field.token = new TokenRow(m_look, field.label, field.group);
    } else if (field.form.startsWith(u"one-of "_s)) {
        makeChoice(field);
    } else if (m_door && !signInsOf(field.form).isEmpty()) {
        const auto wish = [this] { return SignInWish{m_type, choices(), secrets()}; };
        field.signIn = new SignInRow(m_look, signInsOf(field.form), *m_door, wish, field.group);
    } else {
        makeLine(field);
    }
    field.widget()->setAccessibleName(field.label);
    field.widget()->setAccessibleDescription(hint);
    group->addWidget(field.widget());
    if (!hint.isEmpty())
        group->addWidget(
            new Label(m_look, {12, QFont::Normal, Ink::Text3, false, true}, hint, field.group));
    field.fault = new Label(m_look, {12, QFont::Medium, Ink::Danger, false, true}, {}, field.group);
    field.fault->hide();
    group->addWidget(field.fault);
    layout()->addWidget(field.group);
}

void SettingFields::makeChoice(Field &field) const
{
    field.choice = new QComboBox(field.group);
    field.choice->setMinimumHeight(m_look.px(34));
    const QStringList words = field.form.split(u' ', Qt::SkipEmptyParts).mid(1);
    for (const QString &word : words) {
        const bool isProvider = field.key == u"sign_in"_s;
        field.choice->addItem(isProvider ? signInName(word) : word, word);
    }
    if (field.fallback.isEmpty())
        field.fallback = words.value(0);
}

void SettingFields::makeLine(Field &field)
{
    field.line = new QLineEdit(field.group);
    const bool isLong = !signInsOf(field.form).isEmpty();
    field.line->setMaxLength(isLong ? MaxTokenText : MaxSettingText);
    if (field.isSecret) {
        field.line->setEchoMode(QLineEdit::Password);
        field.line->setPlaceholderText(tr("as it is"));
    } else {
        field.line->setPlaceholderText(field.fallback);
    }
}

void SettingFields::setValues(const std::map<QString, QString> &values)
{
    m_before = values;
    for (const Field &field : m_fields) {
        const auto it = values.find(field.key);
        const QString kept = it == values.end() ? QString() : it->second;
        const bool needsValue = field.choice || field.box;
        field.setText(field.isSecret                 ? QString()
                      : kept.isEmpty() && needsValue ? field.fallback
                                                     : kept);
    }
}

std::map<QString, QString> SettingFields::values() const
{
    std::map<QString, QString> out = m_before;
    for (const Field &field : m_fields) {
        if (field.isSecret)
            continue;
        // What nobody set and nobody changed stays unsaid.
        const bool isUntold = m_before.count(field.key) == 0 && field.text() == field.fallback;
        if (field.text().isEmpty() || isUntold)
            out.erase(field.key);
        else
            out[field.key] = field.text();
    }
    return out;
}

std::map<QString, QString> SettingFields::choices() const
{
    std::map<QString, QString> out = m_before;
    for (const Field &field : m_fields) {
        if (!field.isSecret)
            out[field.key] = field.text().isEmpty() ? field.fallback : field.text();
    }
    std::erase_if(out, [](const auto &one) { return one.second.isEmpty(); });
    return out;
}

std::map<QString, QByteArray> SettingFields::secrets() const
{
    std::map<QString, QByteArray> out;
    for (const Field &field : m_fields) {
        if (field.isSecret && !field.text().isEmpty())
            out.emplace(field.key, field.text().toUtf8());
    }
    return out;
}

bool SettingFields::isChanged() const
{
    return values() != m_before || !secrets().empty();
}

QString SettingFields::faultOf(const Field &field) const
{
    if (field.isRequired && (m_isNew || !field.isSecret) && field.text().isEmpty() &&
        field.fallback.isEmpty())
        return tr("This is needed.");
    return settingFault(field.form, field.text());
}

void SettingFields::setNew()
{
    m_isNew = true;
    for (const Field &field : m_fields) {
        if (field.isSecret && field.line)
            field.line->setPlaceholderText({});
        if (field.token)
            field.token->make();
    }
}

void SettingFields::check(size_t index)
{
    const Field &field = m_fields[index];
    const QString fault = faultOf(field);
    field.fault->setText(fault);
    field.fault->setVisible(!fault.isEmpty());
}

void SettingFields::orderAfter(QWidget *first) const
{
    for (const Field &field : m_fields) {
        setTabOrder(first, field.widget());
        first = field.widget();
    }
}

QString SettingFields::firstFault()
{
    for (size_t i = 0; i < m_fields.size(); ++i) {
        check(i);
        const QString fault = faultOf(m_fields[i]);
        if (fault.isEmpty())
            continue;
        m_fields[i].widget()->setFocus(Qt::OtherFocusReason);
        return tr("%1: %2", "field, what is wrong with it").arg(m_fields[i].label, fault);
    }
    return {};
}

} // namespace peerdesk::ui

#include "moc_settingfields.cpp"
