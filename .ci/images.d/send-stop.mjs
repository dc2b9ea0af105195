/* global AbortSignal, URLSearchParams, fetch */
// node send-stop.mjs <host:port of ingest> <host:port of the worker's metrics>
// Sends a STOP with a wrong signature, which must be refused, and one with the right signature, which must be accepted;
// then waits until the worker's metrics show the outcome. PUBLIC_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are the
// settings of the system under check.
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const [ingest, worker] = process.argv.slice(2);
const { PUBLIC_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = process.env;
const ROUTE = '/webhooks/twilio/messages';
const REQUEST_MS = 10_000;
const OUTCOME_MS = 60_000;

const message = {
  AccountSid: TWILIO_ACCOUNT_SID,
  Body: 'STOP',
  From: '+14155550199',
  MessageSid: `SM${'0'.repeat(31)}1`,
  NumMedia: '0',
  OptOutType: 'STOP',
  SmsStatus: 'received',
  To: '+14155550100',
};

function signature(token) {
  const fields = Object.keys(message)
    .sort()
    .map((name) => name + message[name]);
  return createHmac('sha1', token)
    .update([PUBLIC_URL, ROUTE, ...fields].join(''))
    .digest('base64');
}

async function send(token) {
  const response = await fetch(`http://${ingest}${ROUTE}`, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': signature(token) },
    body: new URLSearchParams(message),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  return response.status;
}

async function expect(what, token, expected) {
  const status = await send(token);
  if (status !== expected) throw new Error(`${what} is answered ${status} instead of ${expected}`);
}

/** The outcomes that the worker counts, as `outcome=count`. */
async function outcomes() {
  const response = await fetch(`http://${worker}/metrics`, { signal: AbortSignal.timeout(REQUEST_MS) });
  const lines = (await response.text()).matchAll(
    /^optout_events_total\{.*\boutcome="(\w+)".*\} ([1-9]\d*)$/gm,
  );
  return [...lines].map(([, outcome, count]) => `${outcome}=${count}`);
}

try {
  await expect('a STOP with a wrong signature', 'wrong', 403);
  await expect('a STOP', TWILIO_AUTH_TOKEN, 200);
  const deadline = Date.now() + OUTCOME_MS;
  let seen = await outcomes();
  while (seen.length === 0 && Date.now() < deadline) {
    await sleep(250);
    seen = await outcomes();
  }
  if (seen.join() !== 'no_match=1')
    throw new Error(`the outcome is ${seen.join() || 'missing'} instead of no_match=1`);
} catch (error) {
  console.log(`${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
  process.exitCode = 1;
}
