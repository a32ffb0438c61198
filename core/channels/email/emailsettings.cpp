// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/emailsettings.h"

#include "core/channels/vendor/oauth.h"

#include <algorithm>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

QString value(const ChannelAccount &account, const QString &key)
{
    const auto found = account.settings.find(key);
    if (found != account.settings.end() && !found->second.trimmed().isEmpty())
        return found->second.trimmed();
    for (const Setting &setting : settingList()) {
        if (setting.key == key)
            return setting.fallback;
    }
    return {};
}

Security security(const QString &word)
{
    const QString lower = word.toLower();
    return lower == u"none"       ? Security::None
           : lower == u"starttls" ? Security::StartTls
                                  : Security::Tls;
}

quint16 port(const QString &text, quint16 usual)
{
    bool isNumber = false;
    const ushort number = text.toUShort(&isNumber);
    return isNumber && number > 0 ? number : usual;
}

std::vector<Setting> serverSettings()
{
    return {{u"address"_s, u"E-mail address"_s, false, true, {}, u"help@your-company.example"_s},
            {u"display_name"_s, u"Name shown to customers"_s, false, false, {}, {}},
            {u"imap_host"_s, u"Incoming mail server (IMAP)"_s, false, true, {}, {}},
            {u"imap_port"_s,
             u"Port of incoming mail"_s,
             false,
             false,
             {},
             u"993 for TLS, 143 for STARTTLS"_s},
            {u"imap_security"_s, u"Encryption of incoming mail"_s, false, false, u"tls"_s,
             u"tls, starttls or none"_s},
            {u"smtp_host"_s, u"Outgoing mail server (SMTP)"_s, false, true, {}, {}},
            {u"smtp_port"_s,
             u"Port of outgoing mail"_s,
             false,
             false,
             {},
             u"465 for TLS, 587 for STARTTLS"_s},
            {u"smtp_security"_s, u"Encryption of outgoing mail"_s, false, false, u"tls"_s,
             u"tls, starttls or none"_s}};
}

std::vector<Setting> accessSettings()
{
    return {
        {u"user"_s, u"User name"_s, false, false, {}, u"Empty: the e-mail address"_s},
        {u"password"_s, u"Password"_s, true, false, {}, u"Often an app password"_s},
        {u"token"_s, u"Access token (OAuth 2)"_s, true, false, {}, u"Instead of a password"_s},
        {u"sign_in"_s, u"Way to sign in"_s, false, false, u"password"_s,
         u"google and microsoft: in the browser, with a registration (client ID) of your office"_s},
        {u"client_id"_s,
         u"Client ID"_s,
         false,
         false,
         {},
         u"Google: console.cloud.google.com, APIs & Services, Credentials, Create credentials, "
         "OAuth client ID, Desktop app; scope https://mail.google.com/. Microsoft: "
         "entra.microsoft.com, App registrations, New registration, platform Mobile and desktop, "
         "redirect http://localhost; delegated permissions IMAP.AccessAsUser.All and SMTP.Send"_s},
        {u"client_secret"_s,
         u"Client secret"_s,
         true,
         false,
         {},
         u"Google: stands beside the client ID. Microsoft: none"_s},
        {u"refresh_token"_s,
         u"Sign-in of the mailbox"_s,
         true,
         false,
         {},
         u"Sign in in the browser as the mailbox that is read. Without a window: a refresh token"_s}};
}

std::vector<Setting> readingSettings()
{
    return {
        {u"folders"_s, u"Folders to read"_s, false, false, u"INBOX"_s, u"Separated by commas"_s},
        {u"sent_folder"_s,
         u"Folder for copies of replies"_s,
         false,
         false,
         {},
         u"e.g. Sent; empty where the provider keeps a copy by itself (Gmail, Microsoft 365)"_s},
        {u"keep_unread"_s, u"Leave mail unread in the mailbox"_s, false, false, u"false"_s, {}},
        {u"import_days"_s, u"Days to look back at first"_s, false, false, u"7"_s,
         u"Only unread mail is taken in; 0 = from now on"_s},
        {u"poll_seconds"_s, u"Look for mail at least every"_s, false, false, u"120"_s,
         u"seconds"_s},
        {u"ca_file"_s, u"Certificate of a private authority"_s, false, false, {}, u"PEM file"_s}};
}

MailServer server(const ChannelAccount &account, const Host &host, const QString &prefix)
{
    const bool isImap = prefix == u"imap";
    MailServer out;
    out.host = value(account, prefix + u"_host"_s);
    out.security = security(value(account, prefix + u"_security"_s));
    const bool isTls = out.security == Security::Tls;
    out.port = port(value(account, prefix + u"_port"_s),
                    isImap ? (isTls ? 993 : 143) : (isTls ? 465 : 587));
    out.user = value(account, u"user"_s);
    if (out.user.isEmpty())
        out.user = value(account, u"address"_s);
    out.caFile = value(account, u"ca_file"_s);
    const QByteArray token = host.secret(u"token"_s);
    const bool isSignedIn = vendor::chosenSignIn(signInList(), account.settings) != nullptr;
    out.isToken = isSignedIn || !token.isEmpty();
    out.secret = isSignedIn    ? QByteArray() // MailAccess has it
                 : out.isToken ? token
                               : host.secret(u"password"_s);
    return out;
}

} // namespace

EmailSettings EmailSettings::from(const ChannelAccount &account, const Host &host)
{
    EmailSettings out;
    out.identity.address = value(account, u"address"_s).toLower();
    out.identity.displayName = value(account, u"display_name"_s);
    out.imap.server = server(account, host, u"imap"_s);
    out.smtp = server(account, host, u"smtp"_s);
    out.imap.keepsUnread = value(account, u"keep_unread"_s) == u"true";
    out.imap.poll =
        std::chrono::seconds(std::clamp(value(account, u"poll_seconds"_s).toInt(), 10, 1500));
    out.importDays = std::clamp(value(account, u"import_days"_s).toInt(), 0, 3650);
    out.sentFolder = value(account, u"sent_folder"_s).left(200);
    out.imap.folders.clear();
    for (const QString &folder : value(account, u"folders"_s).split(u',')) {
        const QString name = folder.trimmed();
        if (!name.isEmpty() && !out.imap.folders.contains(name) && out.imap.folders.size() < 20)
            out.imap.folders.append(name);
    }
    return out;
}

std::vector<Setting> settingList()
{
    std::vector<Setting> list = serverSettings();
    for (const std::vector<Setting> &more :
         {accessSettings(), readingSettings(), vendor::signInAddresses()})
        list.insert(list.end(), more.begin(), more.end());
    const std::map<QString, QString> forms{{u"address"_s, u"email"_s},
                                           {u"imap_host"_s, u"host"_s},
                                           {u"smtp_host"_s, u"host"_s},
                                           {u"imap_port"_s, u"port"_s},
                                           {u"smtp_port"_s, u"port"_s},
                                           {u"imap_security"_s, u"one-of tls starttls none"_s},
                                           {u"smtp_security"_s, u"one-of tls starttls none"_s},
                                           {u"keep_unread"_s, u"switch"_s},
                                           {u"sign_in"_s, u"one-of password google microsoft"_s},
                                           {u"refresh_token"_s, u"sign-in google microsoft"_s},
                                           {u"import_days"_s, u"number 0 3650"_s},
                                           {u"poll_seconds"_s, u"number 10 1500"_s},
                                           {u"ca_file"_s, u"file"_s}};
    for (Setting &setting : list) {
        if (const auto form = forms.find(setting.key); form != forms.end())
            setting.form = form->second;
    }
    return list;
}

std::vector<vendor::SignIn> signInList()
{
    vendor::SignIn google;
    google.id = u"google"_s;
    google.secret = u"refresh_token"_s;
    google.chosenBy = u"sign_in"_s;
    google.authorize = u"https://accounts.google.com/o/oauth2/v2/auth"_s;
    google.token = u"https://oauth2.googleapis.com/token"_s;
    google.scopes = {u"https://mail.google.com/"_s};
    google.needsClientSecret = true;
    google.more = {{u"access_type"_s, u"offline"_s}, {u"prompt"_s, u"consent"_s}};
    vendor::SignIn microsoft;
    microsoft.id = u"microsoft"_s;
    microsoft.secret = u"refresh_token"_s;
    microsoft.chosenBy = u"sign_in"_s;
    microsoft.authorize = u"https://login.microsoftonline.com/common/oauth2/v2.0/authorize"_s;
    microsoft.token = u"https://login.microsoftonline.com/common/oauth2/v2.0/token"_s;
    microsoft.scopes = {u"https://outlook.office.com/IMAP.AccessAsUser.All"_s,
                        u"https://outlook.office.com/SMTP.Send"_s, u"offline_access"_s};
    microsoft.more = {{u"prompt"_s, u"select_account"_s}};
    microsoft.host = u"localhost"_s; // its registration takes no 127.0.0.1
    return {google, microsoft};
}

} // namespace peerdesk::channels::email
