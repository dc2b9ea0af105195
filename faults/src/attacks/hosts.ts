import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { PUBLIC_URL } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { MESSAGES, post, signatureOf, type Attack } from './attack';

const FORGED = 'https://forged.example';
const signedFor = (url: string) => {
  const params = twilioMessage({ Body: 'hello' });
  return { params, headers: { 'x-twilio-signature': signatureOf(params, url + MESSAGES) } };
};

/** What names another URL than the one that was called, where no proxy is trusted. */
const UNTRUSTED: readonly OutgoingHttpHeaders[] = [
  { host: 'forged.example' },
  { 'x-forwarded-host': 'forged.example', 'x-forwarded-proto': 'https' },
  { forwarded: 'proto=https;host=forged.example' },
];

/** What a trusted proxy says, and whether it names this URL. */
const TRUSTED: readonly (readonly [OutgoingHttpHeaders, status: number])[] = [
  [{ 'x-forwarded-host': 'forged.example', 'x-forwarded-proto': 'https' }, 200],
  [{ 'x-forwarded-host': 'forged.example, inner', 'x-forwarded-proto': 'https, http' }, 200],
  [{ forwarded: 'for=1.2.3.4;proto=https;host="forged.example", host=inner' }, 200],
  [{ forwarded: 'host="forged.example' }, 403],
  [{ 'x-forwarded-host': 'forged.example/webhooks', 'x-forwarded-proto': 'https' }, 400],
  [{ 'x-forwarded-host': 'user@forged.example', 'x-forwarded-proto': 'https' }, 400],
  [{ 'x-forwarded-host': 'forged.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/x' }, 403],
];

const NO_HOSTS = ['a b', 'a/b', 'a@b', 'a?b', 'a#b', '[::1', 'a:99999', 'a:', 'a,b', '%00', 'a\tb'];

/** Forged hosts, and Host headers that are none. */
export const hosts: readonly Attack[] = [
  ...UNTRUSTED.map((forged): Attack => ({
    name: `host: signed for the one that ${Object.keys(forged).join(' and ')} names`,
    async run({ ingest }) {
      const { params, headers } = signedFor(FORGED);
      assert.equal(await post(ingest, params, { ...headers, ...forged }), 403);
    },
  })),
  ...TRUSTED.map(([said, status]): Attack => ({
    name: `proxy: ${JSON.stringify(said)}`,
    async run({ behindProxy }) {
      const { params, headers } = signedFor(FORGED);
      assert.equal(await post(behindProxy, params, { ...headers, ...said }), status);
    },
  })),
  ...NO_HOSTS.map((host): Attack => ({
    name: `host: ${JSON.stringify(host)}`,
    async run({ ingest }) {
      const { params, headers } = signedFor(PUBLIC_URL);
      assert.equal(await post(ingest, params, { ...headers, host }), 400);
    },
  })),
];
