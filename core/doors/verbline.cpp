// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/verbline.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr qint64 MaxFileBytes = 16LL * 1024 * 1024;
constexpr qsizetype MaxSheetBytes = 4096; // of a recovery sheet

/// One subcommand: its words, the names of what stands after them, its options ("name" = takes a
/// value, "name!" = takes one and is needed, "name*" = may be repeated as k=v, "name?" = a switch).
struct Verb
{
    const char *words;
    const char *operands; ///< "[x]" = may be left out
    const char *options;
    const char *help;
};

constexpr Verb Verbs[] = {
    {"office create", "", "name! admin!", "new office with this PC as its only member"},
    {"office status", "", "", "state of this PC and its office"},
    {"office invite", "", "uses expires", "six words that let another PC join"},
    {"office join", "code", "name! via", "join an office; it comes with the first run"},
    {"office takeover", "", "yes? recovery-file",
     "go on here when the other PCs are gone for good; with the words of the recovery sheet also "
     "where this PC does not have the key"},
    {"office recovery-key", "", "", "24 words for the recovery sheet; keep them locked away"},
    {"office remove", "node", "", "retire a PC: it is shut out for ever"},
    {"run", "", "http peer time-scale certificate certificate-key witness?",
     "run without a window; with a certificate and its key (PEM files) the door speaks https; a "
     "--witness votes, and leaves the work to the other PCs"},
    {"rebuild", "", "", "build every projection anew from the fact archive"},
    {"agent add", "name", "role attributes password-file", "new person; prints the token once"},
    {"agent change", "name", "role password-file active",
     "another role or password, or --active no; ends that person's sessions"},
    {"channel types", "", "", "every connector with its settings"},
    {"channel add", "type", "name set* secret* flow queue", "connect a channel"},
    {"channel list", "", "", "channel accounts with their state"},
    {"channel test", "channel", "", "try a channel's settings for real"},
    {"channel remove", "channel", "", "disconnect a channel"},
    {"config export", "file", "", "queues, workflows, flows, workers as one document"},
    {"config import", "file", "", "take such a document over"},
    {"import", "file", "", "take over customers and history, as export writes them, or a list"},
    {"export", "dir", "", "write customers, history and files into a new folder"},
    {"trace", "message", "", "a message's journey, step by step"},
    {"simulate", "file", "", "rehearse a workflow in virtual time"},
};

const Verb *verbOf(QStringList &words)
{
    for (int count = std::min<int>(2, int(words.size())); count > 0; --count) {
        const QString name = words.mid(0, count).join(u' ');
        const auto found = std::find_if(std::begin(Verbs), std::end(Verbs), [&](const Verb &one) {
            return name == QLatin1String(one.words);
        });
        if (found != std::end(Verbs)) {
            words = words.mid(count);
            return found;
        }
    }
    return nullptr;
}

/// What is wrong with words that begin no subcommand.
QString slipOf(const QStringList &words)
{
    if (words.isEmpty())
        return u"A subcommand is missing"_s;
    QStringList further;
    for (const Verb &verb : Verbs) {
        const QString name = QLatin1String(verb.words);
        if (name.startsWith(words.front() + u' '))
            further += name.section(u' ', 1);
    }
    return further.isEmpty()
               ? u"There is no subcommand \"%1\""_s.arg(words.join(u' '))
               : u"After \"%1\" stands one of: %2"_s.arg(words.front(), further.join(u", "_s));
}

QStringList listed(const char *words)
{
    return QString::fromLatin1(words).split(u' ', Qt::SkipEmptyParts);
}

/// The verb with its operands and options, as one writes it.
QString form(const Verb &verb)
{
    QString out = QString::fromLatin1(verb.words);
    for (const QString &operand : listed(verb.operands))
        out += u' ' + operand.toUpper();
    for (QString option : listed(verb.options)) {
        const bool isSwitch = option.endsWith(u'?');
        const bool isPair = option.endsWith(u'*');
        const bool isNeeded = option.endsWith(u'!');
        option.remove(u'?').remove(u'*').remove(u'!');
        out += isNeeded ? u" --%1 X"_s.arg(option)
               : isPair ? u" [--%1 k=v]..."_s.arg(option)
                        : u" [--%1%2]"_s.arg(option, isSwitch ? QString() : u" X"_s);
    }
    return out;
}

/// Takes `--data`, `--keystore` and `--json` out, wherever they stand.
std::optional<Error> takeCommon(QStringList &words, VerbLine &line)
{
    QStringList rest;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString word = words[i];
        const QString name = word.section(u'=', 0, 0);
        if (word == u"--json") {
            line.wantsJson = true;
            continue;
        }
        if (name != u"--data" && name != u"--keystore") {
            rest.append(word);
            continue;
        }
        QString value = word.section(u'=', 1);
        if (!word.contains(u'='))
            value = ++i < words.size() ? words[i] : QString();
        if (value.isEmpty())
            return invalid(u"%1 needs a value"_s.arg(name));
        (name == u"--data" ? line.dataDir : line.keystore) = value;
    }
    words = rest;
    if (line.keystore != u"os" && !line.keystore.startsWith(u"file:"))
        return invalid(u"--keystore is os or file:PATH"_s);
    return {};
}

std::optional<Error> setOption(VerbLine &line, const QStringList &options, const QString &name,
                               const QString &value)
{
    if (options.contains(name)) {
        line.arguments.insert(name, value);
        return {};
    }
    if (!value.contains(u'='))
        return invalid(u"--%1 is written --%1 key=value"_s.arg(name));
    QJsonObject pairs = line.arguments.value(name).toObject();
    pairs.insert(value.section(u'=', 0, 0), value.section(u'=', 1));
    line.arguments.insert(name, pairs);
    return {};
}

std::optional<Error> takeOptions(const Verb &verb, QStringList &words, VerbLine &line)
{
    const QStringList all = listed(verb.options);
    const QStringList options = QStringList(all).replaceInStrings(u"!"_s, QString());
    QStringList rest;
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (!words[i].startsWith(u"--")) {
            rest.append(words[i]);
            continue;
        }
        const QString name = words[i].mid(2).section(u'=', 0, 0);
        if (options.contains(name + u'?')) {
            line.arguments.insert(name, true);
            continue;
        }
        if (!options.contains(name) && !options.contains(name + u'*'))
            return invalid(u"\"%1\" has no option --%2"_s.arg(line.verb, name));
        QString value = words[i].mid(2).section(u'=', 1);
        if (!words[i].contains(u'=')) {
            if (++i >= words.size())
                return invalid(u"--%1 needs a value"_s.arg(name));
            value = words[i];
        }
        if (const auto error = setOption(line, options, name, value))
            return error;
    }
    words = rest;
    QStringList missing;
    for (const QString &option : all) {
        if (option.endsWith(u'!') && !line.arguments.contains(option.chopped(1)))
            missing += u"--"_s + option.chopped(1);
    }
    if (!missing.isEmpty())
        return invalid(u"\"%1\" needs %2"_s.arg(line.verb, missing.join(u" and "_s)));
    return {};
}

std::optional<Error> takeOperands(const Verb &verb, const QStringList &words, VerbLine &line)
{
    const QStringList operands = listed(verb.operands);
    if (words.size() > operands.size())
        return invalid(u"\"%1\" is one word too many"_s.arg(words[operands.size()]));
    for (qsizetype i = 0; i < operands.size(); ++i) {
        if (i >= words.size())
            return invalid(u"\"%1\" needs %2"_s.arg(line.verb, operands[i].toUpper()));
        line.arguments.insert(operands[i], words[i]);
    }
    return {};
}

/// What a line must hold besides its operands.
std::optional<Error> checkComplete(const VerbLine &line)
{
    const auto lacks = [&](const QString &name) { return !line.arguments.contains(name); };
    if (line.verb == u"office takeover" && lacks(u"yes"_s))
        return invalid(u"\"office takeover\" needs --yes"_s);
    const QString role = line.arguments.value(u"role"_s).toString(u"agent"_s);
    if (line.verb.startsWith(u"agent ") &&
        !QStringList{u"agent"_s, u"supervisor"_s, u"admin"_s, u"channel"_s}.contains(role))
        return invalid(u"--role is agent, supervisor or admin"_s);
    if (line.verb == u"agent add" && !lacks(u"attributes"_s) &&
        !QJsonDocument::fromJson(line.arguments.value(u"attributes"_s).toString().toUtf8())
             .isObject())
        return invalid(u"--attributes is a JSON object"_s);
    if (line.verb == u"agent change" && line.arguments.size() < 2)
        return invalid(u"\"agent change\" needs --role, --password-file or --active"_s);
    if (!QStringList{u"yes"_s, u"no"_s}.contains(
            line.arguments.value(u"active"_s).toString(u"yes"_s)))
        return invalid(u"--active is yes or no"_s);
    if (lacks(u"certificate"_s) != lacks(u"certificate-key"_s))
        return invalid(u"--certificate and --certificate-key belong together"_s);
    bool good = true;
    const double scale = line.arguments.value(u"time-scale"_s).toString(u"1"_s).toDouble(&good);
    if (!good || !(scale > 0.0) || scale > 10'000.0)
        return invalid(u"--time-scale is a number above 0, at most 10000"_s);
    return {};
}

Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{
            Error::Code::Storage, u"Cannot read %1: %2"_s.arg(path, file.errorString()), {}};
    const QByteArray bytes = file.read(MaxFileBytes + 1);
    if (bytes.size() > MaxFileBytes)
        return Error{
            Error::Code::TooLarge, u"%1 is larger than %2 bytes"_s.arg(path).arg(MaxFileBytes), {}};
    return bytes;
}

QByteArray withoutLineEnd(QByteArray bytes)
{
    while (bytes.endsWith('\n') || bytes.endsWith('\r'))
        bytes.chop(1);
    return bytes;
}

void describe(QString &out, const QString &indent, const QJsonObject &object)
{
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString start = indent + it.key() + u": "_s;
        if (it->isObject()) {
            out += start.trimmed().prepend(indent) + u'\n';
            describe(out, indent + u"  "_s, it->toObject());
        } else if (it->isArray()) {
            out += start.trimmed().prepend(indent) + u'\n';
            for (const QJsonValue item : it->toArray()) {
                if (!item.isObject()) {
                    out += indent + u"  - "_s + item.toVariant().toString() + u'\n';
                    continue;
                }
                describe(out, indent + u"  "_s, item.toObject());
                out += u'\n';
            }
        } else {
            out += start + it->toVariant().toString() + u'\n';
        }
    }
}

} // namespace

Result<VerbLine> parseVerbLine(const QStringList &arguments)
{
    VerbLine line;
    QStringList words = arguments;
    if (const auto error = takeCommon(words, line))
        return *error;
    const Verb *verb = verbOf(words);
    if (!verb)
        return invalid(slipOf(words));
    line.verb = QString::fromLatin1(verb->words);
    if (const auto error = takeOptions(*verb, words, line))
        return *error;
    if (const auto error = takeOperands(*verb, words, line))
        return *error;
    if (const auto error = checkComplete(line))
        return *error;
    if (line.dataDir.isEmpty())
        line.dataDir =
            QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/peerdesk"_s;
    return line;
}

QString usage(const QString &program)
{
    QString out =
        u"Usage: %1 SUBCOMMAND [--data DIR] [--keystore os|file:PATH] [--json]\n"_s.arg(program);
    for (const Verb &verb : Verbs) {
        QString help = QLatin1String(verb.help);
        if (program == u"peerdesk")
            help.replace(u"run without a window"_s, u"the same as no subcommand: the window"_s);
        out += u"  "_s + form(verb) + u"\n      "_s + help + u'\n';
    }
    out += u"  --help, --version\n"
           "With --keystore file:PATH the passphrase stands in PEERDESK_KEYSTORE_PASSPHRASE.\n"_s;
    return out;
}

QString usageAfterSlip(const QString &program, const QStringList &arguments)
{
    VerbLine line;
    QStringList words = arguments;
    const bool isCommonWrong = takeCommon(words, line).has_value();
    const Verb *verb = isCommonWrong ? nullptr : verbOf(words);
    if (verb)
        return u"Usage: %1 %2 [--data DIR] [--keystore os|file:PATH] [--json]\n"_s.arg(program,
                                                                                       form(*verb));
    return u"\"%1 --help\" lists the subcommands.\n"_s.arg(program);
}

Result<VerbLine> withFiles(VerbLine line)
{
    QJsonObject secrets = line.arguments.value(u"secret"_s).toObject();
    for (const QString &name : secrets.keys()) {
        const QString place = secrets.value(name).toString();
        if (!place.startsWith(u'@'))
            return invalid(u"A secret is given by file: --secret %1=@FILE"_s.arg(name));
        const Result<QByteArray> bytes = readFile(place.mid(1));
        if (!bytes)
            return bytes.error();
        secrets.insert(name, QString::fromUtf8(withoutLineEnd(*bytes)));
    }
    if (!secrets.isEmpty())
        line.arguments.insert(u"secret"_s, secrets);
    const QString passwordFile = line.arguments.value(u"password-file"_s).toString();
    if (!passwordFile.isEmpty()) {
        const Result<QByteArray> bytes = readFile(passwordFile);
        if (!bytes)
            return bytes.error();
        line.arguments.insert(u"password"_s, QString::fromUtf8(withoutLineEnd(*bytes)));
    }
    const QString recoveryFile = line.arguments.value(u"recovery-file"_s).toString();
    if (!recoveryFile.isEmpty()) {
        const Result<QByteArray> bytes = readFile(recoveryFile);
        if (!bytes)
            return bytes.error();
        const QString words = QString::fromUtf8(bytes->left(MaxSheetBytes)).simplified();
        if (words.isEmpty())
            return invalid(u"%1 is empty"_s.arg(recoveryFile));
        line.arguments.insert(u"recovery"_s, words);
    }
    if (line.verb == u"config import" || line.verb == u"simulate") {
        const QString path = line.arguments.value(u"file"_s).toString();
        const Result<QByteArray> bytes = readFile(path);
        if (!bytes)
            return bytes.error();
        QJsonParseError trouble;
        const QJsonDocument document = QJsonDocument::fromJson(*bytes, &trouble);
        if (document.isNull())
            return invalid(u"%1 is not a JSON document (byte %2: %3)"_s.arg(
                path, QString::number(trouble.offset), trouble.errorString()));
        line.arguments.insert(u"document"_s, document.isArray()
                                                 ? QJsonObject{{u"list"_s, document.array()}}
                                                 : document.object());
    }
    // A running node does these, from where it was started.
    for (const auto &[verb, name] : {std::pair(u"import"_s, u"file"_s), {u"export"_s, u"dir"_s}}) {
        if (line.verb == verb)
            line.arguments.insert(
                name, QDir::current().absoluteFilePath(line.arguments.value(name).toString()));
    }
    return line;
}

QString readable(const QJsonObject &answer)
{
    QString out;
    describe(out, {}, answer);
    return out;
}

} // namespace peerdesk::doors
