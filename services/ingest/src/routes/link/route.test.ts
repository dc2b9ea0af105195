import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { freePort } from '@optout-sync/local-runtime/process';
import { E164, LINK_PATH } from '@optout-sync/shared/domain';
import { LinkKey, sealLink, type Link } from '@optout-sync/shared/links';
import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';
import { metricOf } from '../../test-support/metrics';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const [PRESENT, FORMER] = [0, 1].map(() => LinkKey.parse(randomBytes(32).toString('hex'))) as [
  Buffer,
  Buffer,
];
const PHONE = E164.parse('+14155550123');
const LINK: Link = {
  accountSid: TWILIO_ACCOUNT_SID,
  channel: 'sms',
  phone: PHONE,
  sender: TWILIO_MESSAGING_SERVICE_SID,
  brand: '',
  issuedAt: Date.now(),
};
const tokenOf = (changes: Partial<Link> = {}, key = PRESENT): string =>
  sealLink({ ...LINK, ...changes }, key);

describe('the page of a one-click link', () => {
  let running: RunningIngest;
  const start = async (redisUrl = REDIS_URL, changes = {}) => {
    running = await runIngest(redisUrl, { linkKeys: [PRESENT, FORMER], ...changes });
  };
  const startReady = async () => {
    await start();
    await untilReady(running);
  };
  afterEach(async () => {
    await running.stop();
  });

  const visit = async (token: string, init: RequestInit = {}) => {
    const response = await fetch(running.url + LINK_PATH + token, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, page: await response.text() };
  };
  const confirm = (token: string, body = '', type = 'application/x-www-form-urlencoded') =>
    visit(token, { method: 'POST', body, headers: { 'content-type': type } });
  const waiting = async () =>
    (await running.queues.inbound.getWaiting(0, -1)).flatMap((job) => job.data.payload.events);

  it('asks, shows the phone masked, and changes nothing, however often it is read', async () => {
    await startReady();
    const token = tokenOf();
    for (const spelling of [token, `${token}/`, `${token}?utm_source=mail`]) {
      const { status, page } = await visit(spelling);
      expect(status).toBe(200);
      expect(page).toContain('Stop text messages?');
      expect(page).toContain('+1415*****23');
      expect(page).not.toContain('4155550123');
    }
    const head = await visit(token, { method: 'HEAD' });
    expect([head.status, head.page]).toEqual([200, '']);
    expect(await waiting()).toEqual([]);
  });

  it('opts out when the button is pressed, and says so', async () => {
    await startReady();
    const { status, page } = await confirm(tokenOf());
    expect(status).toBe(200);
    expect(page).toContain('You are unsubscribed');
    const [event, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      ...{ kind: 'stop', phone: PHONE, channel: 'sms', sender: TWILIO_MESSAGING_SERVICE_SID },
      ...{ source: 'manual', reason: 'api', by: 'one-click link', accountSid: TWILIO_ACCOUNT_SID },
    });
  });

  it.each([
    ['that of a mail program (RFC 8058)', 'List-Unsubscribe=One-Click', 'application/x-www-form-urlencoded'],
    [
      'that of a mail program as multipart',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
      'multipart/form-data; boundary=x',
    ],
    [
      'one that asks for the opposite',
      'kind=start&phone=%2B14155550199',
      'application/x-www-form-urlencoded',
    ],
    ['none', '', 'text/plain'],
  ])('opts out the person of the link, whatever the body of the request is: %s', async (_, body, type) => {
    await startReady();
    expect((await confirm(tokenOf(), body, type)).status).toBe(200);
    expect(await waiting()).toMatchObject([{ kind: 'stop', phone: PHONE }]);
  });

  it('is one message when it is pressed twice, or by many at the same moment', async () => {
    await startReady();
    const token = tokenOf();
    const answers = await Promise.all(Array.from({ length: 8 }, () => confirm(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const sids = new Set((await waiting()).map(({ messageSid }) => messageSid));
    // Two where the presses are on both sides of a boundary of ten seconds.
    expect(sids.size).toBeLessThanOrEqual(2);
  });

  it('names who sends, without running what a name may hold', async () => {
    await start();
    const { page } = await visit(tokenOf({ brand: `Ac<script>"&'me` }));
    expect(page).toContain('Stop text messages from Ac&lt;script&gt;&quot;&amp;&#39;me?');
    expect((await visit(tokenOf({ sender: '+15005550006' }))).page).toContain(
      'text messages from +15005550006',
    );
    const whatsapp = await visit(tokenOf({ channel: 'whatsapp', sender: 'whatsapp:+15005550006' }));
    expect(whatsapp.page).toContain('WhatsApp messages from +15005550006');
  });

  it('runs and loads nothing, and is neither stored nor found nor passed on', async () => {
    await start();
    for (const { headers, page } of [await visit(tokenOf()), await visit('x')]) {
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page).not.toMatch(/<script|<img|<link|src=|href=|http/i);
      expect(page).toContain('<html lang="en">');
    }
  });

  it('works with a link of the former key, until it expires', async () => {
    await start();
    expect((await visit(tokenOf({}, FORMER))).status).toBe(200);
    expect((await visit(tokenOf({ expiresAt: Date.now() + 60_000 }))).status).toBe(200);
    const expired = await confirm(tokenOf({ expiresAt: Date.now() - 1_000 }));
    expect([expired.status, expired.page]).toEqual([410, expect.stringContaining('expired')]);
  });

  it('stores the opt-out of an account that is not configured any more, and says that it waits', async () => {
    const known = (accountSid: string) => (accountSid === TWILIO_ACCOUNT_SID ? 'default' : undefined);
    await start(REDIS_URL, { workspaceOf: known });
    await untilReady(running);
    const accountSid = `AC${'9'.repeat(32)}`;
    const { status, page } = await confirm(tokenOf({ accountSid }), 'List-Unsubscribe=One-Click');
    expect([status, page]).toEqual([503, expect.stringContaining('You are not unsubscribed yet')]);
    expect(page).toContain('reply STOP');
    expect(await waiting()).toMatchObject([{ kind: 'stop', phone: PHONE, accountSid }]);
    expect((await confirm(tokenOf())).page).toContain('You are unsubscribed');
  });

  it('answers 404 to every link that does not work, with the same page', async () => {
    await startReady();
    const good = tokenOf();
    const stranger = tokenOf({}, LinkKey.parse(randomBytes(32).toString('hex')));
    const bad = [good.slice(0, -1), `${good}A`, good.toUpperCase(), stranger, 'x', '%00', '..%2fhealthz'];
    const pages = new Set<string>();
    for (const token of bad) {
      for (const { status, page } of [
        await visit(token),
        await confirm(token, 'List-Unsubscribe=One-Click'),
      ]) {
        expect(status).toBe(404);
        pages.add(page);
      }
    }
    expect(pages.size).toBe(1);
    expect(await waiting()).toEqual([]);
    expect(await metricOf(running, 'optout_webhooks_total', { route: 'link', outcome: 'link_invalid' })).toBe(
      14,
    );
  });

  it('answers at once where the path is all slashes, so that nobody delays what people text', async () => {
    await start();
    const { hostname, port } = new URL(running.url);
    const path = `/u${'/'.repeat(15_000)}x`;
    const before = performance.eventLoopUtilization();
    for (let n = 0; n < 10; n++) {
      const request = httpRequest({ hostname, port, path }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await text(response);
      expect(response.statusCode).toBe(404);
    }
    // Time that grows with the square of the length is 150 ms for each on an idle machine.
    expect(performance.eventLoopUtilization(before).active).toBeLessThan(750);
  });

  it('answers 429 to who tries many links that do not work, and nevertheless opens those that do', async () => {
    await startReady();
    for (let n = 0; n < 30; n++) expect((await visit(`x${String(n)}`)).status).toBe(404);
    const refused = await visit('x');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await visit(tokenOf())).status).toBe(200);
    expect((await confirm(tokenOf())).status).toBe(200);
  });

  it('answers 429 where one link is confirmed again and again, and enqueues no more', async () => {
    await startReady();
    const token = tokenOf();
    for (let n = 0; n < 10; n++) expect((await confirm(token)).status).toBe(200);
    expect((await confirm(token)).status).toBe(429);
    expect((await visit(token)).status).toBe(200);
    expect((await confirm(tokenOf({ phone: E164.parse('+14155550124') }))).status).toBe(200);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('answers 405 to %s', async (method) => {
    await start();
    const { status, headers } = await visit(tokenOf(), { method });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('answers 413 to a large body, and changes nothing', async () => {
    await startReady();
    expect((await confirm(tokenOf(), 'x'.repeat(65_537))).status).toBe(413);
    expect(await waiting()).toEqual([]);
  });

  it('has no page where no key is configured, and none at other paths', async () => {
    await start(REDIS_URL, { linkKeys: [] });
    expect((await visit(tokenOf())).status).toBe(404);
    for (const path of ['/u', '/u/', '/u/a/b', '/x/u/a'])
      expect((await fetch(running.url + path)).status).toBe(404);
  });

  it('spools while Redis is down, and answers 503 where the disk fails too', async () => {
    const unreachable = `redis://127.0.0.1:${String(await freePort())}`;
    await start(unreachable);
    expect((await confirm(tokenOf())).status).toBe(200);
    expect(await metricOf(running, 'optout_spool_items', {})).toBe(1);
    await running.stop();
    await start(unreachable, NO_DISK);
    const refused = await confirm(tokenOf());
    expect([refused.status, refused.page]).toEqual([
      503,
      expect.not.stringContaining('You are unsubscribed'),
    ]);
  });

  it('logs neither tokens nor phones, also with a signature of Twilio at a path of nobody', async () => {
    await startReady();
    const token = tokenOf();
    await visit(token);
    await confirm(token);
    await visit(`${token}x`);
    const { hostname, port } = new URL(running.url);
    const astray = httpRequest({
      hostname,
      port,
      path: `/u/${token}/more`,
      headers: { 'x-twilio-signature': 'x' },
    }).end();
    const [response] = (await once(astray, 'response')) as [AsyncIterable<Buffer>];
    await text(response);
    expect(running.logs.join('')).toContain('unknown_path');
    expect(running.logs.join('')).not.toContain(token.slice(0, 40));
    expect(running.logs.join('')).not.toContain('4155550123');
  });
});
