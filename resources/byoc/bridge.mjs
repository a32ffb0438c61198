// SPDX-License-Identifier: GPL-3.0-or-later
// A channel of one's own in a page: lines typed here are a customer's messages, answers are printed.
// usage: PEERDESK_TOKEN=... node bridge.mjs http://PC:PORT CHANNEL_ID [CUSTOMER]
// Replace readCustomers() and deliver() by what your messenger offers; the rest may stay.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

const [office, channel, customer = 'visitor-1'] = process.argv.slice(2);
const base = `${office.replace(/\/$/, '')}/api/v1/byoc/${channel}/`;
const headers = { Authorization: `Bearer ${process.env.PEERDESK_TOKEN}`, 'Content-Type': 'application/json' };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The same ids again do no harm, so whatever fails is simply tried again.
async function call(method, what, body) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
    try {
      const answer = await fetch(base + what, {
        method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(40000),
      });
      if (answer.ok) return await answer.json();
      if ([400, 401, 404].includes(answer.status)) {
        console.error('refused:', await answer.text());
        process.exit(1);
      }
    } catch { /* no office: it may be starting */ }
    await pause(wait);
  }
}

async function readCustomers() {
  for await (const text of createInterface({ input: process.stdin })) {
    await call('POST', 'messages', { id: randomUUID(), text, from: { id: customer, name: customer } });
  }
}

function deliver(message) {
  console.log(`${message.author || 'bot'}: ${message.text}`);
  return { id: message.id, provider_id: randomUUID() };
}

async function serveOffice() {
  const delivered = new Map();
  for (;;) {
    const page = await call('GET', 'outbox?wait=25');
    for (const message of page.messages) {
      if (!delivered.has(message.id)) delivered.set(message.id, deliver(message));
      await call('POST', 'outbox', delivered.get(message.id));
    }
  }
}

readCustomers();
serveOffice();
