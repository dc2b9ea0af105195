import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { E164, LINK_PATH, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { LinkKey, sealLink } from '@optout-sync/shared/links';
import { AUTH_TOKEN, System, inParallel, type Running } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  TWILIO_MESSAGING_SERVICE_SID,
  messageSid,
  sendTwilioJson,
  sendTwilioWebhook,
  streamInbound,
  twilioMessage,
} from '@optout-sync/twilio-simulator';
import { startCaddy } from './support/caddy';
import { makeCertificate } from './support/certificate';
import { startNginx } from './support/nginx';
import type { Proxy, StartProxy } from './support/proxy';
import { expectAppliedOnce, newPeople } from './support/stop-workload';

jest.setTimeout(120_000);

const HOST = 'optout.example.com';
const LINK_KEY = 'ab'.repeat(32);
const MESSAGES = `https://${HOST}${WEBHOOK_PATHS.messages}`;

/** `several`: whether the page has it send webhooks to several ingests. */
const PROXIES: readonly [string, { start: StartProxy; several: boolean }][] = [
  ['nginx', { start: startNginx, several: true }],
  ['Caddy', { start: startCaddy, several: false }],
];

describe.each(PROXIES)(
  'ingest behind %s, with the configuration of docs/deploy.md',
  (_, { start, several }) => {
    let system: System;
    let ingests: Running[];
    let proxy: Proxy;
    let ca: string;

    beforeAll(async () => {
      system = await System.start();
      // As the page says for a proxy on the same machine, without PUBLIC_URL.
      const env = { PUBLIC_URL: '', TRUST_PROXY: 'loopback', LINK_KEY };
      ingests = [await system.startIngest(env), await system.startIngest(env)];
      await system.startWorker();
      const folder = await system.newFolder();
      const certificate = makeCertificate(folder, HOST);
      ca = readFileSync(certificate.file, 'utf8');
      proxy = await start(
        `${folder}/proxy`,
        certificate,
        ingests.map(({ port }) => port),
      );
    });
    afterAll(async () => {
      await proxy.stop();
      await system.stop();
    });

    interface Sending {
      readonly url?: string;
      readonly authToken?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
    /** Sends a STOP to the proxy, signed for `url`. Returns the status of the answer. */
    async function send(
      phone: string,
      { url = MESSAGES, authToken = AUTH_TOKEN, headers = {} }: Sending = {},
    ): Promise<number> {
      const { pathname, search } = new URL(MESSAGES);
      const { status } = await sendTwilioWebhook({
        url,
        connectUrl: `${proxy.url}${pathname}${search}`,
        params: twilioMessage({ From: phone, Body: 'STOP' }),
        authToken,
        ca,
        headers: { host: HOST, ...headers },
      });
      return status;
    }

    /** Sends STOPs, 8 at a time. `before` gets the number of those that were sent before. Returns the different statuses. */
    async function sendAll(
      phones: readonly string[],
      before: (sent: number) => Promise<void> = () => Promise.resolve(),
    ): Promise<Set<number>> {
      const statuses = new Set<number>();
      let sent = 0;
      await inParallel(phones, 8, async (phone) => {
        await before(sent++);
        statuses.add(await send(phone));
      });
      return statuses;
    }

    it('takes what Twilio signed', async () => {
      const phones = newPeople(system, 40);
      expect(await sendAll(phones)).toEqual(new Set([200]));
      await expectAppliedOnce(system, phones);
    });

    it('passes one-click links on, which a visit leaves alone and the button uses', async () => {
      const [phone = ''] = newPeople(system, 1);
      const link = {
        accountSid: TWILIO_ACCOUNT_SID,
        channel: 'sms',
        sender: TWILIO_MESSAGING_SERVICE_SID,
      } as const;
      const sealed = { ...link, phone: E164.parse(phone), brand: '', issuedAt: Date.now() };
      const path = LINK_PATH + sealLink(sealed, LinkKey.parse(LINK_KEY));
      const visit = async (method: string): Promise<string> => {
        const sent = request(proxy.url + path, {
          method,
          ca,
          servername: HOST,
          headers: { host: HOST },
        }).end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        return `${String(response.statusCode)} ${await text(response)}`;
      };
      expect(await visit('GET')).toMatch(/^200 .*Nothing changes until you press the button/s);
      expect(await system.entry(phone)).toBeUndefined();
      expect(await visit('POST')).toMatch(/^200 .*You are unsubscribed/s);
      await expectAppliedOnce(system, [phone]);
    });

    it('refuses what is signed by somebody else', async () => {
      const [phone = ''] = newPeople(system, 1);
      expect(await send(phone, { authToken: 'f'.repeat(32) })).toBe(403);
    });

    it.each<[string, string, Record<string, string>]>([
      ['another host', 'https://evil.example.com', { 'x-forwarded-host': 'evil.example.com' }],
      ['another protocol', `http://${HOST}`, { 'x-forwarded-proto': 'http' }],
      ['another port', `https://${HOST}:8443`, { 'x-forwarded-port': '8443' }],
      ['a prefix', `https://${HOST}/other`, { 'x-forwarded-prefix': '/other' }],
      ['Forwarded', 'https://evil.example.com', { forwarded: 'host=evil.example.com;proto=https' }],
    ])('refuses a URL that the caller chose by %s', async (__, origin, headers) => {
      const [phone = ''] = newPeople(system, 1);
      expect(await send(phone, { url: `${origin}${WEBHOOK_PATHS.messages}`, headers })).toBe(403);
      // The header itself does no harm to a request of Twilio.
      expect(await send(phone, { headers })).toBe(200);
    });

    it('takes a batch of Event Streams of 12 MiB', async () => {
      const phones = newPeople(system, 2);
      const timestamp = new Date(Date.now() - 1_000).toISOString();
      const event = (from: string, body: string) =>
        streamInbound({ messageSid: messageSid(), from, body, timestamp });
      const stops = phones.map((phone) => event(phone, 'STOP'));
      const other = JSON.stringify(event('+14155559999', 'x'.repeat(1_000)));
      const others = Array.from({ length: Math.ceil((12 * 1024 * 1024) / other.length) }, () => other);
      const body = `[${[...stops.map((stop) => JSON.stringify(stop)), ...others].join(',')}]`;
      const { status } = await sendTwilioJson({
        url: `https://${HOST}${WEBHOOK_PATHS.events}`,
        connectUrl: `${proxy.url}${WEBHOOK_PATHS.events}`,
        body,
        authToken: AUTH_TOKEN,
        ca,
        headers: { host: HOST },
        timeoutMs: 60_000,
      });
      expect(status).toBe(200);
      await expectAppliedOnce(system, phones);
    });

    if (!several) return;
    it('sends a webhook to the other ingest when one is killed', async () => {
      const phones = newPeople(system, 200);
      const statuses = await sendAll(phones, async (sent) => {
        if (sent === 50) await ingests[0]?.kill('SIGKILL');
      });
      expect(statuses).toEqual(new Set([200]));
      await expectAppliedOnce(system, phones);
    });
  },
);
