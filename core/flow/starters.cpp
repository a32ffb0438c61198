// SPDX-License-Identifier: GPL-3.0-or-later
// The flows that a new office starts with. They are data: an office changes them like its own.
#include "core/base/json.h"
#include "core/flow/flow.h"

#include <QJsonArray>
#include <QStringList>

#include <map>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

/// What people write who want a person, by language. Compared in any case.
const std::map<QString, QStringList> &personPhrases()
{
    static const std::map<QString, QStringList> phrases{
        {u"en"_s,
         {u"live agent"_s, u"human agent"_s, u"real person"_s, u"talk to a person"_s,
          u"speak to a person"_s, u"talk to someone"_s}},
        {u"de"_s,
         {u"mit einem Menschen"_s, u"echter Mensch"_s, u"echten Menschen"_s,
          u"Mitarbeiter sprechen"_s, u"Berater sprechen"_s}},
        {u"fr"_s,
         {u"agent humain"_s, u"vraie personne"_s, u"parler à un agent"_s,
          u"parler à un conseiller"_s, u"parler à quelqu'un"_s}},
        {u"pl"_s,
         {u"z konsultantem"_s, u"z człowiekiem"_s, u"żywy człowiek"_s, u"z pracownikiem"_s}},
        {u"vi"_s,
         {u"gặp nhân viên"_s, u"người thật"_s, u"nói chuyện với nhân viên"_s, u"gap nhan vien"_s,
          u"nguoi that"_s}},
        {u"tr"_s, {u"canlı temsilci"_s, u"müşteri temsilcisi"_s, u"gerçek kişi"_s}},
        {u"ms"_s, {u"ejen langsung"_s, u"ejen manusia"_s, u"bercakap dengan ejen"_s}},
        {u"ja"_s, {u"オペレーター"_s, u"担当者"_s, u"人と話"_s}},
        {u"es"_s,
         {u"agente humano"_s, u"hablar con un agente"_s, u"hablar con una persona"_s,
          u"persona real"_s}}};
    return phrases;
}

/// What the bot without a service says, by language; each names a phrase that leads to a person.
const std::map<QString, QString> &greetings()
{
    static const std::map<QString, QString> texts{
        {u"de"_s, u"Danke für Ihre Nachricht! Ich bin der automatische Assistent. Schreiben Sie "
                  "„mit einem Menschen“, wenn Sie mit einem Menschen sprechen möchten."_s},
        {u"fr"_s, u"Merci pour votre message ! Je suis l’assistant automatique. Écrivez « agent "
                  "humain » pour parler à une personne."_s},
        {u"pl"_s, u"Dziękujemy za wiadomość! Jestem automatycznym asystentem. Napisz „z "
                  "konsultantem”, aby porozmawiać z człowiekiem."_s},
        {u"vi"_s, u"Cảm ơn bạn đã nhắn tin! Tôi là trợ lý tự động. Hãy viết “gặp nhân viên” để nói "
                  "chuyện với một người."_s},
        {u"tr"_s, u"Mesajınız için teşekkürler! Ben otomatik asistanım. Bir kişiyle görüşmek için "
                  "“canlı temsilci” yazın."_s},
        {u"ms"_s, u"Terima kasih atas mesej anda! Saya pembantu automatik. Tulis “ejen langsung” "
                  "untuk bercakap dengan seseorang."_s},
        {u"ja"_s,
         u"お問い合わせありがとうございます。自動応答アシスタントです。担当者と話したい場合は"
         "「担当者」とお書きください。"_s},
        {u"es"_s, u"¡Gracias por su mensaje! Soy el asistente automático. Escriba «agente humano» "
                  "para hablar con una persona."_s},
        {u"en"_s, u"Thank you for your message! I am the automatic assistant. Write “live agent” "
                  "to talk to a person."_s}};
    return texts;
}

const QString CaseOfLanguage =
    u"{% assign language = flow.variables.language | default: customer.language | slice: 0, 2 | "
    "downcase %}{% case language %}"_s;

/// A template that gives one text by the customer's language and English else.
template <typename Text>
QString byLanguage(Text text)
{
    QString out = CaseOfLanguage;
    for (const auto &[language, phrases] : personPhrases()) {
        if (language != u"en"_s)
            out += u"{% when \"%1\" %}%2"_s.arg(language, text(language));
    }
    return out + u"{% else %}%1{% endcase %}"_s.arg(text(u"en"_s));
}

QJsonObject state(const QString &name, const QString &type, const QJsonObject &properties,
                  const QJsonArray &transitions)
{
    return {{u"name"_s, name},
            {u"type"_s, type},
            {u"properties"_s, properties},
            {u"transitions"_s, transitions}};
}

QJsonObject transition(const QString &event, const QString &next)
{
    QJsonObject out{{u"event"_s, event}};
    if (!next.isEmpty())
        out[u"next"_s] = next;
    return out;
}

QJsonObject trigger(const QString &next)
{
    return state(u"Trigger"_s, u"trigger"_s, {}, {transition(u"incomingMessage"_s, next)});
}

QJsonObject router()
{
    const QString language = u"{{flow.variables.language | default: customer.language}}"_s;
    return state(u"person"_s, u"send-to-router"_s,
                 {{u"attributes"_s, QJsonObject{{u"language"_s, language}}}}, {});
}

QJsonObject wantsPerson()
{
    const QString input = u"{{message.Subject}} {{message.Body}}"_s;
    QJsonArray conditions;
    for (const auto &[language, phrases] : personPhrases()) {
        for (const QString &phrase : phrases)
            conditions.append(
                QJsonObject{{u"friendly_name"_s, QString(language + u": "_s + phrase)},
                            {u"type"_s, u"contains"_s},
                            {u"arguments"_s, QJsonArray{input}},
                            {u"value"_s, phrase}});
    }
    QJsonObject match = transition(u"match"_s, u"person"_s);
    match[u"conditions"_s] = conditions;
    return state(u"wants_person"_s, u"split-based-on"_s, {{u"input"_s, input}},
                 {match, transition(u"noMatch"_s, u"bot"_s)});
}

QJsonObject bot()
{
    const auto greeting = [](const QString &language) { return greetings().at(language); };
    const auto offer = [](const QString &language) {
        const QStringList &phrases = personPhrases().at(language);
        return language == u"ja"_s ? phrases.at(1) : phrases.first();
    };
    return state(u"bot"_s, u"bot"_s,
                 {{u"name"_s, u"Assistant"_s},
                  {u"url"_s, QString()},
                  {u"reply"_s, byLanguage(greeting)},
                  {u"offer"_s, byLanguage(offer)}},
                 {transition(u"incomingMessage"_s, u"wants_person"_s),
                  transition(u"handoff"_s, u"person"_s), transition(u"failed"_s, u"person"_s),
                  transition(u"ended"_s, {})});
}

Json definition(const QString &description, const QJsonArray &states)
{
    return json::canonical({{u"description"_s, description},
                            {u"initial_state"_s, u"Trigger"_s},
                            {u"flags"_s, QJsonObject{{u"allow_concurrent_calls"_s, true}}},
                            {u"states"_s, states}});
}

} // namespace

Json referenceFlow()
{
    return definition(u"Bot first, a person on request"_s,
                      {trigger(u"wants_person"_s), wantsPerson(), bot(), router()});
}

Json directFlow()
{
    return definition(u"Straight to a person"_s, {trigger(u"person"_s), router()});
}

} // namespace peerdesk::flow
