// SPDX-License-Identifier: GPL-3.0-or-later
// Peerdesk web chat. One script tag, no framework, no inline style or script, no HTML from data:
// everything that people wrote goes through textContent.
(() => {
'use strict';
const script = document.currentScript;
const account = script && script.dataset.account;
const mark = 'peerdeskChat' + account;
if (!account || window[mark]) return;
window[mark] = true;

const words = {
    en: ['Chat with us', 'Close chat', 'Write a message…', 'Send', 'Attach a file', 'Connecting…', 'No connection. Your messages are kept and sent later.', 'We are here for you', 'Nobody is here right now', 'Leave your e-mail address, and we will answer you there.', 'Your name', 'Your e-mail address', 'Sending…', 'Received', 'Read', 'Not sent: $', 'is writing…', 'Files may have at most $ MB.', 'Files of this type are not accepted: $', 'The file could not be sent. Please attach it again.', 'Please check the e-mail address.', 'This message was not accepted.', 'Download $', 'Remove $', '$ new messages', 'Agent', 'Assistant', 'You', 'This chat is open in too many windows.', 'At most $ files in one message.'],
    de: ['Chatten Sie mit uns', 'Chat schließen', 'Nachricht schreiben…', 'Senden', 'Datei anhängen', 'Verbindung wird hergestellt…', 'Keine Verbindung. Ihre Nachrichten bleiben erhalten und werden später gesendet.', 'Wir sind für Sie da', 'Gerade ist niemand da', 'Hinterlassen Sie Ihre E-Mail-Adresse, wir antworten Ihnen dort.', 'Ihr Name', 'Ihre E-Mail-Adresse', 'Wird gesendet…', 'Angekommen', 'Gelesen', 'Nicht gesendet: $', 'schreibt…', 'Dateien dürfen höchstens $ MB haben.', 'Dateien dieser Art werden nicht angenommen: $', 'Die Datei konnte nicht gesendet werden. Bitte hängen Sie sie noch einmal an.', 'Bitte prüfen Sie die E-Mail-Adresse.', 'Diese Nachricht wurde nicht angenommen.', '$ herunterladen', '$ entfernen', '$ neue Nachrichten', 'Mitarbeiter', 'Assistent', 'Sie', 'Dieser Chat ist in zu vielen Fenstern offen.', 'Höchstens $ Dateien in einer Nachricht.'],
    fr: ['Discutez avec nous', 'Fermer la discussion', 'Écrivez un message…', 'Envoyer', 'Joindre un fichier', 'Connexion…', 'Pas de connexion. Vos messages sont gardés et partiront plus tard.', 'Nous sommes là pour vous', 'Il n’y a personne pour le moment', 'Laissez votre adresse e-mail, nous vous y répondrons.', 'Votre nom', 'Votre adresse e-mail', 'Envoi…', 'Reçu', 'Lu', 'Non envoyé : $', 'écrit…', 'Les fichiers peuvent faire au plus $ Mo.', 'Ce type de fichier n’est pas accepté : $', 'Le fichier n’a pas pu être envoyé. Joignez-le à nouveau.', 'Vérifiez l’adresse e-mail.', 'Ce message n’a pas été accepté.', 'Télécharger $', 'Retirer $', '$ nouveaux messages', 'Conseiller', 'Assistant', 'Vous', 'Cette discussion est ouverte dans trop de fenêtres.', 'Au plus $ fichiers par message.'],
    pl: ['Porozmawiaj z nami', 'Zamknij czat', 'Napisz wiadomość…', 'Wyślij', 'Dołącz plik', 'Łączenie…', 'Brak połączenia. Wiadomości są zachowane i zostaną wysłane później.', 'Jesteśmy do dyspozycji', 'Teraz nikogo tu nie ma', 'Zostaw adres e-mail, a odpowiemy na niego.', 'Imię i nazwisko', 'Adres e-mail', 'Wysyłanie…', 'Dotarło', 'Przeczytano', 'Nie wysłano: $', 'pisze…', 'Plik może mieć najwyżej $ MB.', 'Pliki tego typu nie są przyjmowane: $', 'Nie udało się wysłać pliku. Dołącz go jeszcze raz.', 'Sprawdź adres e-mail.', 'Ta wiadomość nie została przyjęta.', 'Pobierz $', 'Usuń $', 'Nowe wiadomości: $', 'Konsultant', 'Asystent', 'Ty', 'Ten czat jest otwarty w zbyt wielu oknach.', 'Najwyżej $ plików w jednej wiadomości.'],
    vi: ['Trò chuyện với chúng tôi', 'Đóng trò chuyện', 'Viết tin nhắn…', 'Gửi', 'Đính kèm tệp', 'Đang kết nối…', 'Mất kết nối. Tin nhắn của bạn được giữ lại và sẽ gửi sau.', 'Chúng tôi luôn sẵn sàng', 'Hiện không có ai trực', 'Hãy để lại địa chỉ e-mail, chúng tôi sẽ trả lời bạn qua đó.', 'Tên của bạn', 'Địa chỉ e-mail của bạn', 'Đang gửi…', 'Đã nhận', 'Đã đọc', 'Chưa gửi được: $', 'đang viết…', 'Tệp không được quá $ MB.', 'Không nhận loại tệp này: $', 'Không gửi được tệp. Vui lòng đính kèm lại.', 'Vui lòng kiểm tra địa chỉ e-mail.', 'Tin nhắn này không được chấp nhận.', 'Tải xuống $', 'Bỏ $', '$ tin nhắn mới', 'Nhân viên', 'Trợ lý', 'Bạn', 'Cuộc trò chuyện đang mở ở quá nhiều cửa sổ.', 'Tối đa $ tệp trong một tin nhắn.'],
    ms: ['Sembang dengan kami', 'Tutup sembang', 'Tulis mesej…', 'Hantar', 'Lampirkan fail', 'Menyambung…', 'Tiada sambungan. Mesej anda disimpan dan dihantar kemudian.', 'Kami sedia membantu', 'Tiada sesiapa sekarang', 'Tinggalkan alamat e-mel anda, kami akan membalas di situ.', 'Nama anda', 'Alamat e-mel anda', 'Menghantar…', 'Diterima', 'Dibaca', 'Tidak dihantar: $', 'sedang menulis…', 'Fail tidak boleh melebihi $ MB.', 'Fail jenis ini tidak diterima: $', 'Fail tidak dapat dihantar. Sila lampirkan semula.', 'Sila semak alamat e-mel.', 'Mesej ini tidak diterima.', 'Muat turun $', 'Buang $', '$ mesej baharu', 'Ejen', 'Pembantu', 'Anda', 'Sembang ini dibuka dalam terlalu banyak tetingkap.', 'Paling banyak $ fail dalam satu mesej.'],
};
const names = 'title close write send attach connecting offline here away leave name email sending received read failed typing tooLarge badType uploadFailed badEmail refused download remove unread agent bot you windows tooMany'.split(' ');
const wanted = [script.dataset.lang, ...(navigator.languages || []), 'en']
    .map(tag => String(tag || '').toLowerCase().split('-')[0]);
const lang = wanted.find(tag => words[tag]);
const t = (name, value) => words[lang][names.indexOf(name)].replace('$', () => value === undefined ? '' : value);

const css = `
:host{all:initial;--bg:#fff;--raised:#f8fafc;--border:#d8dee7;--strong:#7b8798;--text:#17202e;--text2:#4b5768;
    --accent:#2257d6;--on:#fff;--link:#1b4bc0;--mine:#dce8ff;--theirs:#eef1f5;--danger:#b42323;--dangerbg:#ffe1df;
    --info:#e3ecff;--head:#1b2740;--headtext:#fff;--head2:#c3cee2;--shadow:0 12px 40px rgba(15,25,50,.22);
    color-scheme:light dark;font:15px/1.45 system-ui,"Segoe UI","Noto Sans",sans-serif}
@media (prefers-color-scheme: dark){:host{--bg:#191f28;--raised:#202733;--border:#313b4a;--strong:#6f7e95;--text:#e8ecf2;
    --text2:#b3bdcb;--accent:#7da6ff;--on:#0b1322;--link:#8fb3ff;--mine:#22407a;--theirs:#27303d;--danger:#ff8f86;
    --dangerbg:#472023;--info:#1f3156;--head:#0c1016;--head2:#a9b6cb;--shadow:0 12px 40px rgba(0,0,0,.6)}}
*{box-sizing:border-box}[hidden]{display:none !important}
button{font:inherit;color:inherit;border:0;background:none;cursor:pointer;padding:0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
svg{width:22px;height:22px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;display:block}
.launch{position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;width:58px;height:58px;border-radius:29px;
    display:grid;place-items:center;background:var(--accent);color:var(--on);box-shadow:var(--shadow)}
.launch svg{width:27px;height:27px}
.badge{position:absolute;inset-block-start:-3px;inset-inline-end:-3px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;
    font-weight:700;font-size:12.5px;line-height:22px;background:#b42323;color:#fff}
.panel{position:fixed;z-index:2147483001;inset-block-end:20px;inset-inline-end:20px;width:min(380px,calc(100vw - 40px));
    height:min(620px,calc(100vh - 40px));display:flex;flex-direction:column;overflow:hidden;border-radius:16px;background:var(--bg);
    color:var(--text);border:1px solid var(--border);box-shadow:var(--shadow);text-align:start;animation:in .12s ease-out}
@keyframes in{from{opacity:0;transform:translateY(8px)}}@media (prefers-reduced-motion: reduce){*{animation:none !important}}
@media (max-width: 480px){.panel{inset:0;width:100vw;height:100vh;height:100dvh;border-radius:0;border:0}}
header{display:flex;align-items:center;gap:12px;padding:14px 16px;background:var(--head);color:var(--headtext)}
.icon{width:36px;height:36px;border-radius:18px;display:grid;place-items:center;flex:none}
header .icon:focus-visible{outline-color:#fff}
.who{flex:1;min-width:0}h2{margin:0;font-size:16px;line-height:1.3;font-weight:600;overflow-wrap:anywhere}
.state{font-size:12.5px;color:var(--head2);display:flex;align-items:center;gap:7px}
.dot{width:8px;height:8px;border-radius:4px;background:#7b8798;flex:none}.on .dot{background:#63d193}
.log{flex:1;overflow-y:auto;scrollbar-width:thin;padding:16px;display:flex;flex-direction:column;gap:4px;overscroll-behavior:contain}
.m{max-width:85%;align-self:flex-start;display:flex;flex-direction:column;margin-block-start:8px}
.m.visitor{align-self:flex-end;align-items:flex-end}
.by,.meta{font-size:11.5px;color:var(--text2);margin:0 4px}.meta.bad{color:var(--danger)}
.b{padding:9px 13px;border-radius:14px;border:1px solid transparent;background:var(--theirs);white-space:pre-wrap;overflow-wrap:anywhere}
.visitor .b{background:var(--mine)}.b a{color:var(--link)}
.file{display:flex;align-items:center;gap:8px;max-width:100%;margin-block:2px;padding:8px 12px;border-radius:12px;text-align:start;
    border:1px solid var(--border);background:var(--raised);color:var(--text);overflow-wrap:anywhere}
.file svg{flex:none}.file small{color:var(--text2)}.pic{max-width:100%;max-height:220px;border-radius:12px;display:block;margin-block:2px}
.quick{display:flex;flex-wrap:wrap;gap:8px;padding-block-start:8px}
.quick button{padding:7px 15px;border-radius:18px;border:1px solid var(--accent);color:var(--accent);font-weight:600;background:var(--bg)}
.quick button:hover{background:var(--info)}
.typing{min-height:24px;padding:0 20px 4px;font-size:12.5px;color:var(--text2)}
.note{margin:0;padding:10px 16px;background:var(--info);font-size:13px}.note.bad{background:var(--dangerbg);color:var(--danger)}
.contact{display:grid;gap:8px;padding:12px 16px;background:var(--info);font-size:13px}
.contact p{margin:0}input,textarea{font:inherit;color:var(--text);background:var(--bg);border:1px solid var(--strong);border-radius:8px;padding:8px 11px;width:100%}
label{display:grid;gap:3px;color:var(--text2)}::placeholder{color:var(--text2);opacity:1}
form.write{display:flex;align-items:flex-end;gap:6px;padding:10px 12px 12px;border-block-start:1px solid var(--border)}
textarea{flex:1;resize:none;height:42px;max-height:120px;border-radius:21px;padding:9px 15px;line-height:1.45;outline-offset:-1px!important}
.write .icon{width:42px;height:42px;border-radius:21px;color:var(--text2)}.write .icon:hover{background:var(--theirs)}
.write .send{background:var(--accent);color:var(--on)}.write .send:hover{background:var(--accent)}
.write .send[aria-disabled=true]{background:var(--theirs);color:var(--text2);cursor:default}
.chips{display:flex;flex-wrap:wrap;gap:6px;padding:8px 16px 0}.chip{display:flex;align-items:center;gap:6px;padding:3px 6px 3px 12px;
    border-radius:14px;background:var(--theirs);font-size:12.5px;max-width:100%;overflow-wrap:anywhere}
.chips:empty{display:none}.chip.busy{opacity:.65}.chip svg{width:16px;height:16px}.chip button{padding:4px;border-radius:12px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;

// ---- storage: what must survive a reload; private windows may refuse it -----------------------
const memory = new Map();
const prefix = `peerdesk.${account}.`;
const store = {
    get(name) { try { return localStorage.getItem(prefix + name); } catch { return memory.get(name) || null; } },
    set(name, value) { try { localStorage.setItem(prefix + name, value); } catch { memory.set(name, value); } },
    remove(name) { memory.delete(name); try { localStorage.removeItem(prefix + name); } catch { /* memory only */ } },
    names() { try { return Object.keys(localStorage).filter(n => n.startsWith(prefix)).map(n => n.slice(prefix.length)); } catch { return [...memory.keys()]; } },
};
const tab = {
    get(name) { try { return sessionStorage.getItem(prefix + name) || ''; } catch { return ''; } },
    set(name, value) { try { sessionStorage.setItem(prefix + name, value); } catch { /* lost at reload */ } },
};
const parse = text => { try { return JSON.parse(text); } catch { return null; } };

// ---- elements ---------------------------------------------------------------------------------
function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    node.append(...children);
    return node;
}
const paths = { chat: 'M4 5h16v11H9l-5 4z', close: 'M6 6l12 12M18 6L6 18', send: 'M4 12l16-8-6 16-3-7zM11 13l9-9',
    clip: 'M20 11l-8.5 8.5a5 5 0 01-7-7L13 4a3.4 3.4 0 015 5l-8.5 8.5a1.7 1.7 0 01-2.5-2.5L15 7', file: 'M6 3h8l4 4v14H6zM14 3v4h4' };
function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', paths[name]);
    svg.append(path);
    return svg;
}
const host = el('div', { id: 'peerdesk-chat-' + account, dir: document.documentElement.dir || 'ltr', lang });
const root = host.attachShadow({ mode: 'open' });
try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
} catch {
    root.append(el('style', {}, css)); // browsers before 2023
}
const badge = el('span', { class: 'badge', 'aria-hidden': 'true', hidden: '' });
const launch = el('button', { class: 'launch', type: 'button', 'aria-haspopup': 'dialog' }, icon('chat'), badge);
const title = el('h2', { id: 'title' }, t('title'));
const stateText = el('span');
const state = el('div', { class: 'state', role: 'status' }, el('span', { class: 'dot' }), stateText);
const close = el('button', { class: 'icon', type: 'button', 'aria-label': t('close') }, icon('close'));
const log = el('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', tabindex: '0', 'aria-labelledby': 'title' });
const quick = el('div', { class: 'quick', role: 'group' });
const typingLine = el('div', { class: 'typing', role: 'status' });
const note = el('p', { class: 'note bad', role: 'alert', hidden: '' });
const nameInput = el('input', { name: 'name', autocomplete: 'name', maxlength: '100' });
const emailInput = el('input', { name: 'email', type: 'email', autocomplete: 'email', maxlength: '254' });
const contact = el('div', { class: 'contact', role: 'group', hidden: '' }, el('p', {}, t('leave')),
    el('label', {}, t('name'), nameInput), el('label', {}, t('email'), emailInput));
const chips = el('div', { class: 'chips' });
const area = el('textarea', { rows: '1', placeholder: t('write'), 'aria-label': t('write'), dir: 'auto' });
const picker = el('input', { type: 'file', multiple: '', hidden: '', tabindex: '-1' });
const attach = el('button', { class: 'icon', type: 'button', 'aria-label': t('attach'), title: t('attach') }, icon('clip'));
const send = el('button', { class: 'icon send', type: 'submit', 'aria-label': t('send'), title: t('send') }, icon('send'));
const form = el('form', { class: 'write', novalidate: '' }, attach, picker, area, send);
const panel = el('section', { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: '' },
    el('header', {}, el('div', { class: 'who' }, title, state), close), log, typingLine, contact, note, chips, form);
root.append(launch, panel);

// ---- messages ---------------------------------------------------------------------------------
// key → {key, id, seq, from, author, text, attachments, quick_replies, at, status, node}
const messages = new Map();
let limits = { text: 4000, files: 5, file_bytes: 10485760, refused: [] };
let agentReadUpTo = 0;
let lastId = '';           // newest message that came with an id: where a resume goes on
const order = m => m.status === 'sending' ? [1, m.n || 0] : [0, Date.parse(m.at) || 0];
const before = (a, b) => { const [x, p] = order(a), [y, q] = order(b); return x < y || (x === y && p < q); };

function put(message) {
    const key = message.seq ? 's' + message.seq : 'i' + message.id;
    const known = messages.get(key);
    if (known && known.id && (message.status !== 'failed')) return known; // seen: never twice
    const m = Object.assign(known || {}, message, { key });
    messages.set(key, m);
    const old = m.node;
    m.node = draw(m);
    if (old) old.remove();
    const next = sorted().find(o => o !== m && o.node && o.node.isConnected && before(m, o));
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    log.insertBefore(m.node, next ? next.node : quick.parentNode === log ? quick : null);
    if (atEnd || m.status === 'sending') log.scrollTop = log.scrollHeight;
    return m;
}
function linked(text) { // only http(s) becomes a link, and only through the DOM
    const out = document.createDocumentFragment();
    for (const part of text.split(/(https?:\/\/[^\s<>"'`]+)/)) {
        let url = null;
        if (/^https?:\/\//.test(part)) { try { url = new URL(part); } catch { /* plain text */ } }
        out.append(url ? el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, part) : part);
    }
    return out;
}
function status(m) {
    if (m.status === 'sending') return t('sending');
    if (m.status === 'failed') return t('failed', m.reason || '');
    const time = new Date(m.at).toLocaleTimeString(lang, { hour: 'numeric', minute: '2-digit' });
    if (m.from !== 'visitor') return time;
    return Date.parse(m.at) <= agentReadUpTo ? `✓✓ ${t('read')} ${time}` : `✓ ${t('received')} ${time}`;
}
function draw(m) {
    const mine = m.from === 'visitor';
    const author = mine ? t('you') : m.author || (m.from === 'bot' ? t('bot') : t('agent'));
    const node = el('div', { class: 'm ' + (mine ? 'visitor' : 'other'), 'data-key': m.key, 'data-status': m.status || 'done' });
    node.append(el('div', { class: mine ? 'vh' : 'by', dir: 'auto' }, author));
    if (m.rich && m.rich.kind !== 'answer') node.append(drawRich(m));
    else if (m.text) node.append(el('div', { class: 'b', dir: 'auto' }, linked(m.text)));
    for (const file of m.attachments || []) node.append(drawFile(file));
    m.meta = el('div', { class: m.status === 'failed' ? 'meta bad' : 'meta' }, status(m));
    node.append(m.meta);
    return node;
}
const size = bytes => bytes >= 1048576 ? (bytes / 1048576).toFixed(1) + ' MB' : Math.max(1, Math.round(bytes / 1024)) + ' KB';
const bearer = more => ({ Authorization: 'Bearer ' + store.get('token'), ...more });
const blobs = new Map(); // sha256 → Blob
async function bytesOf(file) {
    if (blobs.has(file.sha256)) return blobs.get(file.sha256);
    const reply = await fetch(place(`file/${file.sha256}`), { headers: bearer() });
    if (!reply.ok) throw new Error(String(reply.status));
    const blob = await reply.blob();
    blobs.set(file.sha256, blob);
    return blob;
}
function drawFile(file) {
    const button = el('button', { class: 'file', type: 'button', 'aria-label': t('download', file.name) }, icon('file'),
        el('span', { dir: 'auto' }, file.name), el('small', {}, size(file.size)));
    button.addEventListener('click', async () => {
        try {
            const url = URL.createObjectURL(await bytesOf(file));
            el('a', { href: url, download: file.name }).click();
            setTimeout(() => URL.revokeObjectURL(url), 60000);
        } catch { warn(t('offline')); }
    });
    if (/^image\/(png|jpeg|gif|webp)$/.test(file.type) && file.size < 5242880) {
        bytesOf(file).then(blob => {
            const image = el('img', { class: 'pic', alt: file.name });
            image.addEventListener('load', () => { button.before(image); log.scrollTop = log.scrollHeight; });
            image.src = URL.createObjectURL(blob);
        }).catch(() => { /* the file button stays */ });
    }
    return button;
}
function drawQuick() {
    quick.replaceChildren();
    const last = sorted().pop();
    const isOurs = last && last.from !== 'visitor';
    const offered = isOurs && last.rich && last.rich.kind === 'quick_replies' ? last.rich.options
        : ((isOurs && last.quick_replies) || []).map(title => ({ title }));
    for (const option of offered) {
        const button = el('button', { type: 'button', dir: 'auto' }, String(option.title));
        button.addEventListener('click', () => { choose(last, option); area.focus(); });
        quick.append(button);
    }
    if (quick.childNodes.length) log.append(quick); else quick.remove();
}
// ---- rich content: drawn by rich.js, which is fetched once there is some; until then, and where it
// cannot be had, its text stands there.
const web = text => { try { const url = new URL(String(text)); return /^https?:$/.test(url.protocol) ? url : null; } catch { return null; } };
const link = (url, ...inside) => el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...inside);
function choose(m, option) {
    const url = web(option.url);
    if (url) return void link(url).click();
    say(String(option.title), [], option.id && { option: String(option.id), title: String(option.title) }, m.id);
}
let artist = null;
function drawRich(m) {
    const place = el('div', { class: 'b', dir: 'auto' }, linked(m.rich.kind === 'quick_replies' ? String(m.rich.text || m.text) : m.text));
    if (m.rich.kind === 'quick_replies') return place;
    artist = artist || import(base() + 'rich.js').then(module => module.artist({ root, el, linked, web, link, choose, say, t }));
    artist.then(draw => {
        const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
        place.replaceWith(draw(m));
        if (atEnd) log.scrollTop = log.scrollHeight;
    }).catch(() => { artist = null; });
    return place;
}
function warn(text) { note.textContent = text; note.hidden = !text; }
function refreshMeta() { for (const m of messages.values()) m.meta.textContent = status(m); }

// ---- outbox: one entry per message, so that two windows never write over each other ------------
const outbox = new Map();
for (const name of store.names().filter(n => n.startsWith('o.'))) {
    const entry = parse(store.get(name));
    if (entry && entry.seq) outbox.set(entry.seq, entry);
}
const queued = () => [...outbox.values()].sort((a, b) => a.n - b.n || (a.seq < b.seq ? -1 : 1));
let inFlight = '';
let flightTimer = 0;
let count = 0;
function newSequence() {
    const random = crypto.getRandomValues(new Uint32Array(2));
    return `${Date.now().toString(36)}-${random[0].toString(36)}${random[1].toString(36)}-${++count}`;
}
function say(text, files, answer, about) {
    const entry = { seq: newSequence(), n: Date.now() + count / 1000, text, attachments: files, answer: answer || undefined, about };
    // What was typed counts, even if the form has gone because a colleague or the line came or went.
    if (!store.get('email')) { entry.name = nameInput.value.trim(); entry.email = emailInput.value.trim(); }
    if (entry.email) { store.set('email', entry.email); refreshContact(); }
    outbox.set(entry.seq, entry);
    store.set('o.' + entry.seq, JSON.stringify(entry));
    show(entry);
    drawQuick();
    connect();
    flush();
}
function show(entry) { put({ seq: entry.seq, n: entry.n, from: 'visitor', text: entry.text, attachments: entry.attachments, status: 'sending' }); }
function flush() {
    const [entry] = queued();
    if (!entry || inFlight || !isReady) return;
    inFlight = entry.seq; // one at a time: order is kept whatever is refused
    transmit({ type: 'message', seq: entry.seq, text: entry.text, name: entry.name, email: entry.email, answer: entry.answer, about: entry.about,
        attachments: entry.attachments.map(f => ({ sha256: f.sha256, name: f.name })) });
    flightTimer = setTimeout(() => socket && socket.close(), 15000); // no answer = unknown: ask again
}
function landed(seq) { clearTimeout(flightTimer); if (inFlight === seq) inFlight = ''; }
function done(seq) {
    landed(seq);
    outbox.delete(seq);
    store.remove('o.' + seq);
}
function acknowledged(frame) {
    const entry = outbox.get(frame.seq);
    done(frame.seq);
    if (entry) put({ seq: frame.seq, status: 'done', at: frame.at, from: 'visitor' });
    flush();
}
async function refused(frame) {
    const entry = outbox.get(frame.seq);
    if (!entry) return;
    if (!frame.permanent) {
        landed(frame.seq);
        return void setTimeout(flush, 1000 * Math.min(60, Math.max(0.2, frame.retry_after || 1)));
    }
    if (frame.code === 'upload_gone' && !entry.again && entry.attachments.every(f => blobs.has(f.sha256))) {
        entry.again = true;
        clearTimeout(flightTimer);
        try {
            for (const f of entry.attachments) await upload(blobs.get(f.sha256), f.name);
            landed(frame.seq);
            return flush();
        } catch { /* told below */ }
    }
    done(frame.seq);
    const reason = { upload_gone: t('uploadFailed'), bad_email: t('badEmail'), too_many_files: t('tooMany', limits.files) }[frame.code] || t('refused');
    put({ seq: frame.seq, status: 'failed', reason, at: new Date().toISOString() });
    if (frame.code !== 'upload_gone' && !area.value) area.value = entry.text; // nothing typed is lost
    flush();
}

// ---- connection -------------------------------------------------------------------------------
const own = new URL('.', script.src).href;
let bases = [own, ...(parse(store.get('nodes')) || [])];
let baseIndex = 0;
const base = () => bases[baseIndex % bases.length];
const place = path => `${base()}${path}?account=${encodeURIComponent(account)}`;
let socket = null;
let isReady = false;      // welcome received
let attempts = 0;
let retryTimer = 0;
let pingTimer = 0;
let heard = 0;
let available = true;
let isReplaced = false;

function transmit(frame) { if (socket && socket.readyState === 1) socket.send(JSON.stringify(frame)); }
function connect() {
    if (socket || isReplaced) return;
    clearTimeout(retryTimer);
    let s;
    try {
        s = new WebSocket(place('ws').replace(/^http/, 'ws'));
    } catch { return later(); }
    socket = s;
    s.onopen = () => transmit({ type: 'hello', token: store.get('token') || undefined, lang, page: location.origin + location.pathname, after: lastId || undefined });
    s.onmessage = event => { heard = Date.now(); const frame = parse(event.data); if (s === socket && frame) take(frame); };
    s.onclose = event => { if (s === socket) lost(event.code); };
    setTimeout(() => { if (s === socket && !isReady) s.close(); }, 15000);
    refreshState();
}
function lost(code) {
    socket = null;
    isReady = false;
    landed(inFlight);
    clearInterval(pingTimer);
    typing(false);
    if (code === 4001) { isReplaced = true; refreshState(); return; }
    if (code === 1008) attempts = Math.max(attempts, 6);
    later();
}
function later() {
    baseIndex++;
    const wait = Math.min(30000, 500 * 2 ** Math.min(attempts++, 6)) * (0.6 + 0.4 * Math.random());
    retryTimer = setTimeout(connect, wait);
    refreshState();
}
function wake() {
    if (document.hidden) return;
    isReplaced = false;
    if (!socket && needed()) { attempts = 0; connect(); }
    markRead();
}
const needed = () => !panel.hidden || store.get('token') || outbox.size;
function take(frame) {
    switch (frame.type) {
    case 'welcome': return welcome(frame);
    case 'ack': return acknowledged(frame);
    case 'error': return void (frame.seq && refused(frame));
    case 'message': return arrived(frame);
    case 'typing': return typing(frame.on === true);
    case 'available': available = frame.on === true; refreshContact(); return refreshState();
    case 'read': agentReadUpTo = Math.max(agentReadUpTo, Date.parse(frame.up_to) || 0); return refreshMeta();
    }
}
function welcome(frame) {
    isReady = true;
    attempts = 0;
    available = frame.available === true;
    limits = Object.assign(limits, frame.limits);
    store.set('token', String(frame.token));
    const nodes = (frame.nodes || []).map(n => n + '/chat/').filter(n => n !== own);
    store.set('nodes', JSON.stringify(nodes));
    if (JSON.stringify(nodes) !== JSON.stringify(bases.slice(1))) { const now = base(); bases = [own, ...nodes]; baseIndex = Math.max(0, bases.indexOf(now)); }
    if (frame.title) title.textContent = frame.title;
    agentReadUpTo = Math.max(agentReadUpTo, Date.parse(frame.read) || 0);
    for (const message of frame.history || []) accept(message);
    if (frame.greeting && !messages.size)
        put({ id: 'greeting', from: 'bot', text: frame.greeting, at: new Date().toISOString() });
    heard = Date.now();
    clearInterval(pingTimer);
    pingTimer = setInterval(() => {
        if (Date.now() - heard > 40000) return socket && socket.close();
        transmit({ type: 'ping' });
    }, 25000);
    refreshState();
    refreshContact();
    refreshMeta();
    settle();
    flush();
}
function accept(message) {
    if (message.seq && outbox.has(message.seq)) done(message.seq); // it was committed after all
    if (message.seq && messages.get('s' + message.seq)?.status === 'done') { if (message.id) lastId = message.id; return; }
    put(Object.assign({}, message, { status: 'done' }));
    if (message.id) lastId = message.id;
}
function arrived(frame) {
    accept(frame);
    if (frame.from !== 'visitor') typing(false);
    settle();
}
const sorted = () => [...messages.values()].sort((a, b) => before(a, b) ? -1 : 1);
const theirs = () => sorted().filter(m => m.from !== 'visitor' && m.id && m.id !== 'greeting');
function settle() { drawQuick(); markRead(); refreshBadge(); }
function markRead() {
    const last = theirs().pop();
    if (!last || panel.hidden || document.hidden || !isReady) return;
    if (store.get('seen') !== last.id || !last.told) transmit({ type: 'read', up_to: last.id });
    last.told = true;
    store.set('seen', last.id);
    refreshBadge();
}
function refreshBadge() {
    const all = theirs();
    const unread = all.length - 1 - all.findIndex(m => m.id === store.get('seen'));
    badge.textContent = unread > 99 ? '99+' : String(unread);
    badge.hidden = unread < 1;
    launch.setAttribute('aria-label', unread < 1 ? title.textContent : `${title.textContent}, ${t('unread', unread)}`);
}
let typingTimer = 0;
function typing(on) {
    clearTimeout(typingTimer);
    typingLine.textContent = on ? `${t('agent')} ${t('typing')}` : '';
    if (on) typingTimer = setTimeout(() => typing(false), 8000);
}
function refreshState() {
    state.classList.toggle('on', isReady && available);
    stateText.textContent = isReplaced ? t('windows') : isReady ? t(available ? 'here' : 'away') : attempts > 1 ? t('offline') : t('connecting');
    panel.dataset.state = isReady ? 'ready' : 'waiting';
}
function refreshContact() { contact.hidden = !isReady || available || !!store.get('email'); }

// ---- what the visitor does --------------------------------------------------------------------
function open(isOpen, focus = true) {
    panel.hidden = !isOpen;
    launch.hidden = isOpen;
    tab.set('open', isOpen ? '1' : '');
    if (isOpen) { isReplaced = false; connect(); log.scrollTop = log.scrollHeight; markRead(); if (focus) area.focus(); }
    else if (focus) launch.focus();
}
let typedAt = 0;
let idleTimer = 0;
function typed(on) {
    clearTimeout(idleTimer);
    if (on) idleTimer = setTimeout(() => typed(false), 4000);
    if (on && Date.now() - typedAt < 3000) return;
    if (!on && !typedAt) return;
    typedAt = on ? Date.now() : 0;
    transmit({ type: 'typing', on });
}
const files = []; // {name, size, type, sha256, node} waiting in the composer
async function upload(blob, name) {
    const reply = await fetch(place('upload') + '&name=' + encodeURIComponent(name),
        { method: 'POST', body: blob, headers: bearer({ 'Content-Type': blob.type || 'application/octet-stream' }) });
    if (!reply.ok) throw new Error(String(reply.status));
    const file = await reply.json();
    blobs.set(file.sha256, blob);
    return file;
}
async function add(blob) {
    const ending = blob.name.split('.').pop().toLowerCase();
    const tooLarge = t('tooLarge', Math.floor(limits.file_bytes / 1048576));
    if (files.length >= limits.files) return warn(t('tooMany', limits.files));
    if (blob.size > limits.file_bytes) return warn(tooLarge);
    if (limits.refused.includes(ending)) return warn(t('badType', '.' + ending));
    warn('');
    const remove = el('button', { type: 'button', 'aria-label': t('remove', blob.name) }, icon('close'));
    const file = { name: blob.name, node: el('div', { class: 'chip busy' }, el('span', { dir: 'auto' }, blob.name), remove) };
    const drop = () => { if (files.includes(file)) files.splice(files.indexOf(file), 1); file.node.remove(); refreshSend(); };
    remove.addEventListener('click', () => { drop(); area.focus(); });
    files.push(file);
    chips.append(file.node);
    refreshSend();
    try {
        Object.assign(file, await upload(blob, blob.name));
        file.node.classList.remove('busy');
    } catch (error) {
        drop();
        warn(error.message === '413' ? tooLarge : error.message === '415' ? t('badType', '.' + ending) : t('uploadFailed'));
    }
    refreshSend();
}
const canSend = () => (area.value.trim() || files.length) && files.every(f => f.sha256) && area.value.length <= limits.text;
function refreshSend() {
    send.setAttribute('aria-disabled', String(!canSend()));
    area.rows = Math.min(4, area.value.split('\n').length);
}
function submit() {
    if (!canSend()) return;
    if (!emailInput.checkValidity()) { contact.hidden = false; warn(t('badEmail')); return emailInput.focus(); }
    warn('');
    typed(false);
    const text = area.value.trim();
    area.value = '';
    tab.set('draft', '');
    chips.replaceChildren();
    say(text, files.splice(0).map(f => ({ sha256: f.sha256, name: f.name, type: f.type, size: f.size })));
    refreshSend();
}

launch.addEventListener('click', () => open(true));
close.addEventListener('click', () => open(false));
panel.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.isComposing) { event.stopPropagation(); open(false); }
});
form.addEventListener('submit', event => { event.preventDefault(); submit(); });
area.maxLength = limits.text;
area.addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
});
area.addEventListener('input', () => { tab.set('draft', area.value); refreshSend(); typed(!!area.value); });
area.addEventListener('paste', event => { for (const f of event.clipboardData.files) add(f); });
attach.addEventListener('click', () => picker.click());
picker.addEventListener('change', () => { for (const f of [...picker.files]) add(f); picker.value = ''; });
panel.addEventListener('dragover', event => event.preventDefault());
panel.addEventListener('drop', event => { event.preventDefault(); for (const f of event.dataTransfer.files) add(f); });
window.addEventListener('online', wake);
document.addEventListener('visibilitychange', wake);
window.addEventListener('pageshow', wake);

for (const entry of queued()) show(entry);
area.value = tab.get('draft');
refreshSend();
refreshState();
refreshBadge();
const mount = () => { document.body.append(host); if (tab.get('open')) open(true, false); else if (needed()) connect(); };
if (document.body) mount(); else document.addEventListener('DOMContentLoaded', mount);
})();
