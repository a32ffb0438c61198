// SPDX-License-Identifier: GPL-3.0-or-later
// Rich content of the web chat: lists, forms, links, markup, Adaptive Cards 1.5. Built from data by
// the DOM alone; what is unknown is not shown.
const css = `
.rich{display:flex;flex-direction:column;gap:6px;max-width:100%}.list,.card{display:flex;flex-direction:column;border:1px solid var(--border);border-radius:14px;overflow:hidden;background:var(--raised)}
.list>button,.list>a{padding:9px 13px;text-align:start;color:var(--link);text-decoration:none;border-block-start:1px solid var(--border);display:flex;flex-direction:column}
.list>:first-child{border-block-start:0}.list>button:hover,.list>a:hover{background:var(--info)}.list small{color:var(--text2)}.list .by{padding:6px 13px 2px;margin:0}
.list .go,.card .quick button{font-weight:600;color:var(--accent)}.list button:disabled,.card button:disabled{opacity:.5;cursor:default}
.card{padding:11px 13px;gap:6px}.card .quick{padding:4px 0 0}.strong{font-weight:600}.cols{display:flex;gap:8px}.col{flex:1;min-width:0;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:auto 1fr;gap:2px 10px;margin:0}dt{font-weight:600}dd{margin:0}.b ul{margin:4px 0;padding-inline-start:20px}
.f{display:flex;flex-direction:column;gap:3px;padding:7px 13px;font-size:13.5px}.f.row{flex-direction:row-reverse;justify-content:flex-end;gap:8px}
.card .f{padding:0}.f input,.f select,.f textarea{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--strong);border-radius:8px;padding:6px 9px;width:100%}.f.row input{width:auto}`;
const list = value => Array.isArray(value) ? value : [];
/// `widget` lends its helpers and its shadow root; the answer draws one message.
export function artist({ root, el, linked, web, link, choose, say, t }) {
try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
} catch { root.append(el('style', {}, css)); } // browsers before 2023
/// A little of CommonMark: headings, lists, bold, italics, code, links.
function inline(text) {
    const out = document.createDocumentFragment();
    const pattern = /(\*\*|__)(.+?)\1|(\*|_)(.+?)\3|`([^`]+)`|\[([^\]]*)\]\(([^)\s]+)\)/;
    for (let rest = text; rest;) {
        const found = pattern.exec(rest);
        if (!found) { out.append(linked(rest)); break; }
        out.append(linked(rest.slice(0, found.index)));
        const url = found[7] && web(found[7]);
        if (found[2]) out.append(el('strong', {}, inline(found[2])));
        else if (found[4]) out.append(el('em', {}, inline(found[4])));
        else if (found[5]) out.append(el('code', {}, found[5]));
        else out.append(url ? link(url, found[6] || url.host) : found[6]);
        rest = rest.slice(found.index + found[0].length);
    }
    return out;
}
function markup(text) {
    const out = el('div', { class: 'b', dir: 'auto' });
    let items = null;
    for (const line of String(text).split('\n')) {
        const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)/.exec(line);
        const heading = /^\s{0,3}#{1,6}\s+(.*)/.exec(line);
        if (item) {
            if (!items) out.append(items = el('ul', {}));
            items.append(el('li', {}, inline(item[1])));
            continue;
        }
        items = null;
        out.append(el('div', {}, heading ? el('strong', {}, inline(heading[1])) : inline(line)));
    }
    return out;
}
function drawOptions(m, options) {
    const box = el('div', { class: 'list', role: 'group' });
    let section = '';
    for (const option of list(options)) {
        if (option.section && option.section !== section) box.append(el('div', { class: 'by' }, section = String(option.section)));
        const button = el('button', { type: 'button', dir: 'auto' }, el('span', {}, String(option.title)));
        if (option.description) button.append(el('small', {}, String(option.description)));
        button.addEventListener('click', () => choose(m, option));
        box.append(button);
    }
    return box;
}
/// A field with its label; `value()` is what was filled in.
function field(kind, label, options, first) {
    const input = kind === 'choice' ? el('select', {}, el('option', { value: '' }, '—'), ...list(options).map(o => el('option', { value: String(o.id) }, String(o.title))))
        : kind === 'long_text' ? el('textarea', { rows: '3' })
        : el('input', { type: { email: 'email', phone: 'tel', number: 'number', date: 'date', time: 'time', switch: 'checkbox' }[kind] || 'text' });
    if (kind === 'switch') input.checked = first === true; else if (first !== undefined) input.value = String(first);
    const node = el('label', { class: kind === 'switch' ? 'f row' : 'f', dir: 'auto' }, el('span', {}, label), input);
    return { node, input, value: () => kind === 'switch' ? input.checked : kind === 'number' && input.value ? Number(input.value) : input.value };
}
/// Sends what was filled in: as data, and as text that a person can read.
function answerForm(m, fields, node) {
    if (fields.some(f => !f.input.reportValidity())) return;
    const values = Object.fromEntries(fields.map(f => [f.id, f.value()]));
    const shown = f => f.input.selectedOptions ? f.input.selectedOptions[0].textContent : f.input.type === 'checkbox' ? (f.input.checked ? '✓' : '–') : f.input.value;
    say(fields.map(f => `${f.label}: ${shown(f)}`).join('\n') || t('send'), [], { values }, m.id);
    for (const control of node.querySelectorAll('input,select,textarea,button')) control.disabled = true;
}
function drawForm(m, rich) {
    const fields = list(rich.fields).map(f => Object.assign(field(f.type, String(f.label), f.options), { id: String(f.id), label: String(f.label) }));
    list(rich.fields).forEach((f, i) => { fields[i].input.required = f.required === true; });
    const node = el('div', { class: 'list' }, ...fields.map(f => f.node));
    const button = el('button', { type: 'button', class: 'go' }, String(rich.submit || t('send')));
    button.addEventListener('click', () => answerForm(m, fields, node));
    node.append(button);
    return node;
}
/// Adaptive Cards 1.5: texts, pictures, facts, columns, inputs, actions. An unknown element shows its fallback.
function drawCard(m, card, fields = [], depth = 0) {
    const all = el('div', { class: 'card' });
    if (depth > 16) return all;
    const many = (items, into) => { for (const item of list(items)) { const node = one(item || {}); if (node) into.append(node); } return into; };
    const input = (e, kind, options, first) => {
        const f = Object.assign(field(kind, String(e.label || e.title || e.placeholder || ''), options, first), { id: String(e.id), label: String(e.label || e.title || e.id) });
        f.input.required = e.isRequired === true;
        fields.push(f);
        return f.node;
    };
    const action = e => {
        const button = el('button', { type: 'button' }, String(e.title || t('send')));
        button.addEventListener('click', () => {
            const url = web(e.url);
            if (e.type === 'Action.OpenUrl' && url) return void link(url).click();
            if (e.type === 'Action.ShowCard') return void button.after(drawCard(m, e.card || {}, fields, depth + 1));
            const data = Object.fromEntries(fields.map(f => [f.id, f.value()]));
            if (fields.some(f => !f.input.reportValidity())) return;
            say(String(e.title || t('send')), [], { values: Object.assign({}, typeof e.data === 'object' ? e.data : { data: e.data }, data) }, m.id);
        });
        return button;
    };
    const kinds = {
        TextBlock: e => el('div', { class: e.weight === 'bolder' || e.weight === 'Bolder' ? 'strong' : '', dir: 'auto' }, inline(String(e.text))),
        RichTextBlock: e => el('div', { dir: 'auto' }, ...list(e.inlines).map(run => String(typeof run === 'string' ? run : run.text || ''))),
        Image: e => { const url = web(e.url); return url && el('img', { class: 'pic', alt: String(e.altText || ''), src: url.href, referrerpolicy: 'no-referrer' }); },
        ImageSet: e => many(list(e.images).map(i => Object.assign({ type: 'Image' }, i)), el('div', {})),
        Media: e => e.altText && el('div', {}, String(e.altText)),
        FactSet: e => el('dl', {}, ...list(e.facts).flatMap(f => [el('dt', {}, String(f.title)), el('dd', {}, inline(String(f.value)))])),
        Container: e => many(e.items, el('div', {})), Column: e => many(e.items, el('div', { class: 'col' })),
        ColumnSet: e => many(list(e.columns).map(c => Object.assign({ type: 'Column' }, c)), el('div', { class: 'cols' })),
        Table: e => many(list(e.rows).map(r => ({ type: 'ColumnSet', columns: list(r.cells) })), el('div', {})),
        ActionSet: e => el('div', { class: 'quick' }, ...list(e.actions).map(action)),
        'Input.Text': e => input(e, e.isMultiline ? 'long_text' : { email: 'email', tel: 'phone' }[String(e.style).toLowerCase()] || 'text', null, e.value),
        'Input.Number': e => input(e, 'number', null, e.value), 'Input.Date': e => input(e, 'date', null, e.value),
        'Input.Time': e => input(e, 'time', null, e.value), 'Input.Toggle': e => input(e, 'switch', null, e.value === (e.valueOn || 'true')),
        'Input.ChoiceSet': e => input(e, 'choice', list(e.choices).map(c => ({ id: c.value, title: c.title })), e.value),
    };
    const one = e => e.isVisible === false ? null : kinds[e.type] ? kinds[e.type](e) : e.fallback && e.fallback !== 'drop' ? one(e.fallback) : null;
    many(card.body, all);
    if (list(card.actions).length) all.append(kinds.ActionSet(card));
    return all.childNodes.length ? all : el('div', { class: 'b' }, String(card.fallbackText || m.text));
}
function drawRich(m) {
    const rich = m.rich;
    const node = el('div', { class: 'rich' });
    if (rich.text && rich.kind !== 'markup_text') node.append(el('div', { class: 'b', dir: 'auto' }, linked(String(rich.text))));
    const url = web(rich.url);
    if (rich.kind === 'markup_text') node.append(markup(rich.markdown));
    else if (rich.kind === 'rich_link' && url) node.append(el('div', { class: 'list' }, link(url, String(rich.title || url.href), el('small', {}, url.host))));
    else if (rich.kind === 'form') node.append(drawForm(m, rich));
    else if (rich.kind === 'adaptive_card') node.append(drawCard(m, rich.card || {}));
    else if (rich.kind === 'list_picker' || rich.kind === 'buttons') node.append(drawOptions(m, rich.options));
    else if (rich.kind === 'card' || rich.kind === 'carousel') {
        for (const card of list(rich.cards))
            node.append(el('div', { class: 'card' }, el('div', { class: 'strong' }, String(card.title)), el('div', {}, linked(String(card.text || '')))), drawOptions(m, card.options));
    } else node.replaceChildren(el('div', { class: 'b', dir: 'auto' }, linked(m.text)));
    return node;
}
return drawRich;
}
