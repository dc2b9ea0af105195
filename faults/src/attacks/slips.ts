import assert from 'node:assert/strict';
import type { Attack } from './attack';

/** Settings that are dangerous or that make every signature fail, by the variable that must be named. */
const SLIPS: readonly (readonly [variable: string, value: string])[] = [
  ['TWILIO_AUTH_TOKEN', 'your_auth_token'],
  ['TWILIO_AUTH_TOKEN', `${'0'.repeat(32)},${'0'.repeat(31)}`],
  ['PUBLIC_URL', 'optout.example.com'],
  ['PUBLIC_URL', 'https://optout.example.com/webhooks/twilio/messages'],
  ['PUBLIC_URL', 'https://optout.example.com//webhooks//twilio'],
  ['PUBLIC_URL', 'https://optout.example.com/webhooks/%74wilio/messages'],
  ['PUBLIC_URL', 'https://optout.example.com/?a=b'],
  ['PUBLIC_URL', 'https://a.example,https://b.example'],
  ['TRUST_PROXY', '0.0.0.0/0'],
  ['TRUST_PROXY', '::ffff:0.0.0.0/96'],
  ['TRUST_PROXY', '0.0.0.0/1,128.0.0.0/1'],
  ['TRUST_PROXY', '*'],
  ['CUSTOMERIO_APP_URL', 'http://api.example.com'],
  ['CUSTOMERIO_APP_URL', 'http://127.0.0.1@evil.example'],
  ['CUSTOMERIO_TRACK_URL', 'HTTP://track.example.com'],
  ['CUSTOMERIO_CAMPAIGN_WEBHOOK_URL', 'http://campaign.example.com'],
  ['FORWARD_URLS', 'https://a.example/,http://b.example/'],
  ['INSECURE_HTTP_HOSTS', '*.example.com'],
  ['INSECURE_HTTP_HOSTS', '.example.com'],
  ['INGEST_PORT', '70000'],
  ['INGEST_ADMIN_PORT', '8080'],
  ['INGEST_HOST', 'example.com:80'],
];

/** Slips in the configuration, found by `config check`, which reads it with the functions that the services start with. */
export const slips: readonly Attack[] = SLIPS.map(([variable, value]) => ({
  name: `slip: ${variable}=${value}`,
  async run({ system }) {
    const { code, out, error } = await system.cli(['config', 'check'], { [variable]: value });
    assert.equal(code, 78, out + error);
    assert.match(out + error, new RegExp(`^ *-? *${variable}\\b.*: `, 'm'));
  },
}));
