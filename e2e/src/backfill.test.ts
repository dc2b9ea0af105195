import { connectRedis } from '@optout-sync/shared/redis';
import { AUTH_TOKEN, System } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  loggedBlocked,
  loggedInbound,
  startTwilioApi,
  twilioMessage,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

let system: System;
let twilio: TwilioApi;
beforeAll(async () => {
  twilio = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: AUTH_TOKEN });
  system = await System.start({ env: { TWILIO_API_URL: twilio.url } });
});
afterAll(async () => {
  await system.stop();
  await twilio.stop();
});

const backfill = async (...more: string[]): Promise<{ known: number; missing: number; enqueued: number }> => {
  const { code, out } = await system.cli(['backfill', '--since', '1h', '--json', ...more]);
  expect(code).toBe(0);
  const { accounts } = JSON.parse(out.slice(out.indexOf('{'), out.lastIndexOf('}') + 1)) as {
    accounts: { known: number; missing: number; enqueued: number }[];
  };
  return accounts[0]!;
};

describe('a backfill', () => {
  it('restores messages that Redis lost and messages that no webhook delivered', async () => {
    const [ingest] = [await system.startIngest(), await system.startWorker()];
    const phones = Array.from({ length: 30 }, (_, n) => `+1415${String(5_580_000 + n)}`);
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    const secondsAgo = (s: number): Date => new Date(Math.floor(Date.now() / 1_000 - s) * 1_000);

    // In turn: delivered and lost with Redis; never delivered; a STOP and a START; blocked, with a START before or after.
    const kinds = ['lost', 'undelivered', 'restarted', 'blocked', 'unblocked'] as const;
    const kindOf = (n: number) => kinds[n % kinds.length]!;
    const expected = phones.map((_, n) => ['lost', 'undelivered', 'blocked'].includes(kindOf(n)));
    for (const [n, From] of phones.entries()) {
      const kind = kindOf(n);
      const stop = loggedInbound(secondsAgo(600), { from: From, body: 'STOP' });
      const start = (s: number) => loggedInbound(secondsAgo(s), { from: From, body: 'START' });
      if (kind === 'lost' || kind === 'undelivered') twilio.log(stop);
      if (kind === 'restarted') twilio.log(stop, start(300));
      if (kind === 'blocked') twilio.log(start(700), loggedBlocked(secondsAgo(600), { to: From }));
      if (kind === 'unblocked') twilio.log(loggedBlocked(secondsAgo(600), { to: From }), start(500));
      if (kind !== 'lost') continue;
      const message = twilioMessage({ From, Body: 'STOP', MessageSid: String(stop.sid) });
      expect((await system.deliver(ingest, message)).status).toBe(200);
    }
    await system.settled(phones.filter((_, n) => kindOf(n) === 'lost'));

    const { url } = system.redis;
    const redis = connectRedis({ mode: 'standalone', prefix: 'any', url }, 'store', () => undefined);
    await redis.flushall();
    redis.disconnect();
    expect(await backfill()).toMatchObject({ known: 0, missing: 48, enqueued: 0 });
    expect(await backfill('--yes', '--by', 'Ann', '--why', 'a failover')).toMatchObject({
      missing: 48,
      enqueued: 48,
    });
    for (const [n, phone] of phones.entries()) {
      await system.settled([phone], ['lost', 'undelivered'].includes(kindOf(n)) ? 1 : 2);
    }
    expect(phones.map((phone) => system.attribute(phone)[0])).toEqual(expected);
    expect(await backfill('--yes', '--by', 'Ann', '--why', 'a failover')).toMatchObject({
      known: 48,
      missing: 0,
      enqueued: 0,
    });
    expect(system.sandbox.workspace().createdPeople()).toEqual([]);
  });
});
