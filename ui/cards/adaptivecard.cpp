// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cards/adaptivecard.h"

#include "ui/cards/markup.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QRegularExpression>

#include <map>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct CardWords
{
    Q_DECLARE_TR_FUNCTIONS(AdaptiveCard)
};

constexpr int MaxDepth = 32;
constexpr int MaxParts = 1'000;
constexpr qsizetype MaxCharacters = 64'000; ///< of the whole card
constexpr qsizetype MaxText = 8'000;        ///< of one text
constexpr qsizetype MaxColumns = 12;

using Tone = Block::Tone;

Tone toneOf(const QJsonObject &element)
{
    static const std::map<QString, Tone> tones{{u"accent"_s, Tone::Accent},
                                               {u"good"_s, Tone::Good},
                                               {u"warning"_s, Tone::Warning},
                                               {u"attention"_s, Tone::Attention}};
    const auto tone = tones.find(element[u"color"_s].toString().toLower());
    if (tone != tones.end())
        return tone->second;
    return element[u"isSubtle"_s].toBool() ? Tone::Subtle : Tone::Normal;
}

Block::Align alignOf(const QString &word)
{
    const QString align = word.toLower();
    return align == u"center"    ? Block::Align::Center
           : align == u"right"_s ? Block::Align::End
                                 : Block::Align::Start;
}

double sizeOf(const QJsonObject &element)
{
    static const std::map<QString, double> sizes{
        {u"small"_s, 12}, {u"medium"_s, 15.5}, {u"large"_s, 17}, {u"extralarge"_s, 20}};
    const auto size = sizes.find(element[u"size"_s].toString().toLower());
    const bool isHeading = element[u"style"_s].toString().toLower() == u"heading"_s;
    return size != sizes.end() ? size->second : isHeading ? 17 : 14;
}

/// {{DATE(2017-02-14T06:08:39Z, LONG)}} and {{TIME(...)}} in the agent's words; others stay.
QString withDates(const QString &text, const QLocale &locale)
{
    static const QRegularExpression function(
        u"\\{\\{(DATE|TIME)\\(([0-9T:Z+\\-]{20,25})(?:, ?(COMPACT|SHORT|LONG))?\\)\\}\\}"_s);
    QString out;
    qsizetype at = 0;
    auto it = function.globalMatch(text);
    while (it.hasNext()) {
        const auto match = it.next();
        const QDateTime when = QDateTime::fromString(match.captured(2), Qt::ISODate).toLocalTime();
        out += text.mid(at, match.capturedStart() - at);
        at = match.capturedEnd();
        if (!when.isValid())
            out += match.captured(0);
        else if (match.captured(1) == u"TIME"_s)
            out += locale.toString(when.time(), QLocale::ShortFormat);
        else
            out +=
                locale.toString(when.date(), match.captured(3) == u"LONG"_s ? QLocale::LongFormat
                                                                            : QLocale::ShortFormat);
    }
    return out + text.mid(at);
}

class Reader
{
public:
    explicit Reader(const QLocale &locale)
        : m_locale(locale)
    {}

    Block read(const QJsonObject &card, int depth);

private:
    using Handler = void (Reader::*)(const QJsonObject &, Block &, int);
    static const std::map<QString, Handler> &handlers();

    bool take(int depth);
    QString text(const QJsonValue &value);
    StyledText markup(const QJsonValue &value);
    bool isSupported(const QJsonObject &element) const;
    void readAll(const QJsonValue &values, Block &into, int depth);
    void readOne(const QJsonValue &value, Block &into, int depth);
    void readFallback(const QJsonObject &element, Block &into, int depth);
    void addText(const QString &words, Block &into, Tone tone = Tone::Normal);
    void addButton(const QJsonObject &element, const QString &title, Block &into);

    void textBlock(const QJsonObject &element, Block &into, int depth);
    void richText(const QJsonObject &element, Block &into, int depth);
    void image(const QJsonObject &element, Block &into, int depth);
    void imageSet(const QJsonObject &element, Block &into, int depth);
    void media(const QJsonObject &element, Block &into, int depth);
    void container(const QJsonObject &element, Block &into, int depth);
    void columnSet(const QJsonObject &element, Block &into, int depth);
    void table(const QJsonObject &element, Block &into, int depth);
    void factSet(const QJsonObject &element, Block &into, int depth);
    void actionSet(const QJsonObject &element, Block &into, int depth);
    void input(const QJsonObject &element, Block &into, int depth);
    void choices(const QJsonObject &element, Block &into, int depth);
    void toggle(const QJsonObject &element, Block &into, int depth);
    void action(const QJsonObject &element, Block &into, int depth);
    void inputHead(const QJsonObject &element, Block &field);
    void inputTail(const QJsonObject &element, Block &into, int depth);

    QLocale m_locale;
    int m_parts = 0;
    qsizetype m_characters = 0;
    bool m_isCut = false;
    bool m_isHidden = false; ///< inside something that the card hides at first
};

const std::map<QString, Reader::Handler> &Reader::handlers()
{
    static const std::map<QString, Handler> all{{u"TextBlock"_s, &Reader::textBlock},
                                                {u"RichTextBlock"_s, &Reader::richText},
                                                {u"Image"_s, &Reader::image},
                                                {u"ImageSet"_s, &Reader::imageSet},
                                                {u"Media"_s, &Reader::media},
                                                {u"Container"_s, &Reader::container},
                                                {u"Column"_s, &Reader::container},
                                                {u"TableCell"_s, &Reader::container},
                                                {u"ColumnSet"_s, &Reader::columnSet},
                                                {u"Table"_s, &Reader::table},
                                                {u"FactSet"_s, &Reader::factSet},
                                                {u"ActionSet"_s, &Reader::actionSet},
                                                {u"Input.Text"_s, &Reader::input},
                                                {u"Input.Number"_s, &Reader::input},
                                                {u"Input.Date"_s, &Reader::input},
                                                {u"Input.Time"_s, &Reader::input},
                                                {u"Input.ChoiceSet"_s, &Reader::choices},
                                                {u"Input.Toggle"_s, &Reader::toggle},
                                                {u"Action.OpenUrl"_s, &Reader::action},
                                                {u"Action.Submit"_s, &Reader::action},
                                                {u"Action.Execute"_s, &Reader::action},
                                                {u"Action.ShowCard"_s, &Reader::action},
                                                {u"Action.ToggleVisibility"_s, &Reader::action}};
    return all;
}

bool Reader::take(int depth)
{
    const bool fits = depth <= MaxDepth && m_parts < MaxParts && m_characters < MaxCharacters;
    m_isCut |= !fits;
    ++m_parts;
    return fits;
}

QString Reader::text(const QJsonValue &value)
{
    const QString whole = value.isDouble() ? QString::number(value.toDouble(), 'g', 15)
                          : value.isBool() ? (value.toBool() ? u"true"_s : u"false"_s)
                                           : value.toString();
    const qsizetype most = qBound(qsizetype(0), MaxCharacters - m_characters, MaxText);
    m_isCut |= whole.size() > most;
    m_characters += qMin(whole.size(), most);
    QString cut = whole.left(most);
    cut.remove(QChar::Null);
    return withDates(cut, m_locale);
}

StyledText Reader::markup(const QJsonValue &value)
{
    return fromMarkup(text(value));
}

/// `requires` names features; we have only the cards' own version.
bool Reader::isSupported(const QJsonObject &element) const
{
    const QJsonObject wanted = element[u"requires"_s].toObject();
    for (auto it = wanted.begin(); it != wanted.end(); ++it) {
        const QString version = it.value().toString();
        const bool isOurs = it.key() == u"adaptiveCards"_s;
        if (!isOurs || version.section(u'.', 0, 0).toInt() > 1 ||
            version.section(u'.', 1, 1).toInt() > 6)
            return false;
    }
    return true;
}

void Reader::addText(const QString &words, Block &into, Tone tone)
{
    if (words.trimmed().isEmpty())
        return;
    Block block;
    block.kind = Block::Kind::Text;
    block.text.text = words;
    block.tone = tone;
    block.size = tone == Tone::Normal ? 14 : 12.5;
    into.children.push_back(std::move(block));
}

void Reader::readAll(const QJsonValue &values, Block &into, int depth)
{
    for (const QJsonValue value : values.toArray())
        readOne(value, into, depth);
}

void Reader::readOne(const QJsonValue &value, Block &into, int depth)
{
    if (!value.isObject() || !take(depth))
        return;
    const QJsonObject element = value.toObject();
    const auto handler = handlers().find(element[u"type"_s].toString());
    if (handler == handlers().end() || !isSupported(element))
        return readFallback(element, into, depth);
    const size_t first = into.children.size();
    const bool wasHidden = m_isHidden;
    if (!element[u"isVisible"_s].toBool(true) && !m_isHidden) {
        m_isHidden = true;
        addText(CardWords::tr("Shown after a press of a button:"), into, Tone::Subtle);
    }
    (this->*handler->second)(element, into, depth);
    if (element.contains(u"selectAction"_s))
        readOne(element[u"selectAction"_s], into, depth + 1);
    m_isHidden = wasHidden;
    if (element[u"separator"_s].toBool() && into.children.size() > first)
        into.children[first].hasRule = true;
}

/// Its fallback, "drop", or what there is to read in it.
void Reader::readFallback(const QJsonObject &element, Block &into, int depth)
{
    const QJsonValue fallback = element[u"fallback"_s];
    if (fallback.isObject())
        return readOne(fallback, into, depth + 1);
    if (fallback.toString() == u"drop"_s)
        return;
    for (const QString &key :
         {u"fallbackText"_s, u"text"_s, u"title"_s, u"label"_s, u"altText"_s}) {
        if (element[key].isString())
            return addText(text(element[key]), into);
    }
    addText(CardWords::tr("A part that cannot be shown (%1)")
                .arg(element[u"type"_s].toString().left(60)),
            into, Tone::Subtle);
}

void Reader::textBlock(const QJsonObject &element, Block &into, int)
{
    Block block;
    block.kind = Block::Kind::Text;
    block.text = markup(element[u"text"_s]);
    block.tone = toneOf(element);
    block.align = alignOf(element[u"horizontalAlignment"_s].toString());
    block.size = sizeOf(element);
    block.isBold = element[u"weight"_s].toString().toLower() == u"bolder"_s ||
                   element[u"style"_s].toString().toLower() == u"heading"_s;
    block.isMonospace = element[u"fontType"_s].toString().toLower() == u"monospace"_s;
    if (!block.text.text.trimmed().isEmpty())
        into.children.push_back(std::move(block));
}

void Reader::richText(const QJsonObject &element, Block &into, int depth)
{
    Block block;
    block.kind = Block::Kind::Text;
    block.align = alignOf(element[u"horizontalAlignment"_s].toString());
    std::vector<QJsonObject> actions;
    for (const QJsonValue value : element[u"inlines"_s].toArray()) {
        if (!take(depth + 1))
            break;
        const QJsonObject run = value.toObject();
        const QString words = text(value.isString() ? value : run[u"text"_s]);
        TextStyle style{int(block.text.text.size()), int(words.size())};
        style.isBold = run[u"weight"_s].toString().toLower() == u"bolder"_s;
        style.isItalic = run[u"italic"_s].toBool();
        style.isStruck = run[u"strikethrough"_s].toBool();
        style.isCode = run[u"fontType"_s].toString().toLower() == u"monospace"_s;
        const QJsonObject select = run[u"selectAction"_s].toObject();
        style.url = openable(select[u"url"_s].toString());
        if (!select.isEmpty() && style.url.isEmpty())
            actions.push_back(select);
        block.text.text += words;
        if (style.length > 0 && style != TextStyle{style.start, style.length})
            block.text.styles.push_back(style);
    }
    if (!block.text.text.trimmed().isEmpty())
        into.children.push_back(std::move(block));
    for (const QJsonObject &select : actions)
        readOne(select, into, depth + 1);
}

void Reader::image(const QJsonObject &element, Block &into, int)
{
    Block block;
    block.kind = Block::Kind::Picture;
    block.text.text = text(element[u"altText"_s]);
    block.url = openable(element[u"url"_s].toString().left(2'000));
    into.children.push_back(std::move(block));
}

void Reader::imageSet(const QJsonObject &element, Block &into, int depth)
{
    readAll(element[u"images"_s], into, depth + 1);
}

void Reader::media(const QJsonObject &element, Block &into, int)
{
    Block block;
    block.kind = Block::Kind::Picture;
    block.text.text = text(element[u"altText"_s]);
    const QJsonValue source = element[u"sources"_s].toArray().first();
    block.url = openable(source[u"url"].toString().left(2'000));
    into.children.push_back(std::move(block));
}

void Reader::container(const QJsonObject &element, Block &into, int depth)
{
    Block stack;
    const QString style = element[u"style"_s].toString().toLower();
    stack.isTinted = !style.isEmpty() && style != u"default"_s;
    readAll(element[u"items"_s], stack, depth + 1);
    if (!stack.children.empty())
        into.children.push_back(std::move(stack));
}

void Reader::columnSet(const QJsonObject &element, Block &into, int depth)
{
    Block row;
    row.kind = Block::Kind::Row;
    const QJsonArray columns = element[u"columns"_s].toArray();
    for (const QJsonValue value : columns) {
        Block column;
        readOne(value, column, depth + 1);
        if (column.children.empty())
            continue;
        const QJsonValue width = value[u"width"];
        const double weight = width.isDouble() ? width.toDouble() : width.toString().toDouble();
        column.weight = weight > 0 ? weight : width.toString() == u"auto"_s ? 0.5 : 1;
        row.children.push_back(std::move(column));
    }
    if (qsizetype(row.children.size()) > MaxColumns)
        row.kind = Block::Kind::Stack;
    if (!row.children.empty())
        into.children.push_back(std::move(row));
}

void Reader::table(const QJsonObject &element, Block &into, int depth)
{
    const bool hasHead = element[u"firstRowAsHeaders"_s].toBool(true);
    const QJsonArray widths = element[u"columns"_s].toArray();
    bool isFirst = true;
    for (const QJsonValue line : element[u"rows"_s].toArray()) {
        if (!take(depth + 1))
            break;
        Block row;
        row.kind = Block::Kind::Row;
        row.hasRule = !isFirst;
        const QJsonArray cells = line[u"cells"].toArray();
        for (qsizetype i = 0; i < cells.size(); ++i) {
            Block cell;
            readOne(cells.at(i), cell, depth + 2);
            cell.weight = qBound(0.2, widths.at(i)[u"width"].toDouble(1), 20.0);
            for (Block &part : cell.children) {
                for (Block &inner : part.children)
                    inner.isBold |= hasHead && isFirst;
            }
            row.children.push_back(std::move(cell));
        }
        if (qsizetype(row.children.size()) > MaxColumns)
            row.kind = Block::Kind::Stack;
        into.children.push_back(std::move(row));
        isFirst = false;
    }
}

void Reader::factSet(const QJsonObject &element, Block &into, int depth)
{
    for (const QJsonValue fact : element[u"facts"_s].toArray()) {
        if (!take(depth + 1))
            break;
        Block row;
        row.kind = Block::Kind::Row;
        Block title;
        title.kind = Block::Kind::Text;
        title.text = markup(fact[u"title"]);
        title.isBold = true;
        title.weight = 0.6;
        Block value;
        value.kind = Block::Kind::Text;
        value.text = markup(fact[u"value"]);
        row.children = {std::move(title), std::move(value)};
        into.children.push_back(std::move(row));
    }
}

void Reader::actionSet(const QJsonObject &element, Block &into, int depth)
{
    readAll(element[u"actions"_s], into, depth + 1);
}

void Reader::inputHead(const QJsonObject &element, Block &field)
{
    field.text = markup(element[u"label"_s]);
    if (element[u"isRequired"_s].toBool() && !field.text.text.isEmpty())
        field.text.text += u" *"_s;
}

void Reader::inputTail(const QJsonObject &element, Block &into, int depth)
{
    addText(text(element[u"errorMessage"_s]), into, Tone::Subtle);
    if (element.contains(u"inlineAction"_s))
        readOne(element[u"inlineAction"_s], into, depth + 1);
}

void Reader::input(const QJsonObject &element, Block &into, int depth)
{
    Block field;
    field.kind = Block::Kind::Field;
    inputHead(element, field);
    const bool isSecret = element[u"style"_s].toString().toLower() == u"password"_s;
    const QString value = text(element[u"value"_s]);
    const QString placeholder = text(element[u"placeholder"_s]);
    field.isChosen = !value.isEmpty();
    field.detail = value.isEmpty() ? placeholder
                   : isSecret      ? QString(qMin(value.size(), qsizetype(12)), u'\u2022')
                                   : value;
    into.children.push_back(std::move(field));
    inputTail(element, into, depth);
}

void Reader::choices(const QJsonObject &element, Block &into, int depth)
{
    Block label;
    inputHead(element, label);
    if (label.text.text.isEmpty())
        label.text.text = text(element[u"placeholder"_s]);
    addText(label.text.text, into);
    const QStringList chosen = element[u"value"_s].toString().split(u',');
    for (const QJsonValue value : element[u"choices"_s].toArray()) {
        if (!take(depth + 1))
            break;
        Block choice;
        choice.kind = Block::Kind::Choice;
        choice.text = markup(value[u"title"]);
        choice.isMultiple = element[u"isMultiSelect"_s].toBool();
        choice.isChosen = chosen.contains(value[u"value"].toString());
        into.children.push_back(std::move(choice));
    }
    inputTail(element, into, depth);
}

void Reader::toggle(const QJsonObject &element, Block &into, int depth)
{
    Block label;
    inputHead(element, label);
    addText(label.text.text, into);
    Block choice;
    choice.kind = Block::Kind::Choice;
    choice.text = markup(element[u"title"_s]);
    choice.isMultiple = true;
    choice.isChosen = element[u"value"_s].toString() == element[u"valueOn"_s].toString(u"true"_s);
    into.children.push_back(std::move(choice));
    inputTail(element, into, depth);
}

void Reader::action(const QJsonObject &element, Block &into, int depth)
{
    Block button;
    button.kind = Block::Kind::Button;
    button.text.text = text(element[u"title"_s]);
    button.detail = text(element[u"tooltip"_s]);
    button.url = openable(element[u"url"_s].toString().left(2'000));
    const bool isDestructive = element[u"style"_s].toString() == u"destructive"_s;
    button.tone = isDestructive ? Tone::Attention : Tone::Normal;
    if (button.text.text.isEmpty() && !button.url.isEmpty())
        button.text.text = button.url.host();
    if (!button.text.text.isEmpty())
        into.children.push_back(std::move(button));
    const QJsonObject inner = element[u"card"_s].toObject();
    if (inner.isEmpty())
        return;
    Block shown = read(inner, depth + 1);
    shown.isTinted = true;
    if (!shown.children.empty())
        into.children.push_back(std::move(shown));
}

Block Reader::read(const QJsonObject &card, int depth)
{
    Block root;
    const QString version = card[u"version"_s].toString();
    const bool isNewer =
        version.section(u'.', 0, 0).toInt() > 1 || version.section(u'.', 1, 1).toInt() > 6;
    if (isNewer || !isSupported(card)) {
        const QString words = text(card[u"fallbackText"_s]);
        addText(words.isEmpty() ? CardWords::tr("This card is too new to be shown.") : words, root);
        return root;
    }
    const QJsonObject sign = card[u"authentication"_s].toObject();
    addText(text(sign[u"text"_s]), root);
    readAll(card[u"body"_s], root, depth + 1);
    readAll(card[u"actions"_s], root, depth + 1);
    for (const QJsonValue button : sign[u"buttons"_s].toArray()) {
        QJsonObject element = button.toObject();
        element.remove(u"card"_s);
        if (take(depth + 1))
            action(element, root, depth + 1);
    }
    if (card.contains(u"selectAction"_s))
        readOne(card[u"selectAction"_s], root, depth + 1);
    if (root.children.empty())
        addText(text(card[u"fallbackText"_s]), root);
    if (m_isCut && depth == 0)
        addText(CardWords::tr("The rest of this card is too long to be shown."), root,
                Tone::Subtle);
    return root;
}

} // namespace

Block cardBlocks(const QJsonObject &card, const QLocale &locale)
{
    return Reader(locale).read(card, 0);
}

} // namespace peerdesk::ui
