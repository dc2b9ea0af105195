import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEMO_PHONES,
  seedDemoPeople,
  startCustomerIoSandbox,
  type CustomerIoSandbox,
} from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { System, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

const { single, household } = DEMO_PHONES;
const SHOP = { sid: 'AC0000000000000000000000000000000a', token: 'a'.repeat(32) };
const BANK = { sid: 'AC0000000000000000000000000000000b', token: 'b'.repeat(32) };

describe('two accounts, each with its own workspace', () => {
  let dir: string;
  let system: System;
  let bank: CustomerIoSandbox;
  let ingest: Running;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'accounts-'));
    const file = join(dir, 'optout.yaml');
    bank = await startCustomerIoSandbox({ workspaces: [{ name: 'bank', region: 'eu' }] });
    seedDemoPeople(bank.workspace());
    const workspace = (name: string, sandbox: CustomerIoSandbox): unknown => {
      const { siteId, trackApiKey, appApiKey, region } = sandbox.workspace();
      return {
        name,
        region,
        site_id: siteId,
        track_api_key: trackApiKey,
        app_api_key: appApiKey,
        app_url: sandbox.appUrl,
        track_url: sandbox.trackUrl,
      };
    };
    system = await System.start({
      env: (shop) => {
        const config = {
          twilio: {
            accounts: [
              { sid: SHOP.sid, auth_tokens: [SHOP.token], workspace: 'shop' },
              { sid: BANK.sid, auth_tokens: '${BANK_TOKEN}', workspace: 'bank' },
            ],
          },
          customerio: { workspaces: [workspace('shop', shop), workspace('bank', bank)] },
        };
        // JSON is YAML.
        writeFileSync(file, JSON.stringify(config));
        return { OPTOUT_CONFIG: file, BANK_TOKEN: BANK.token };
      },
    });
    seedDemoPeople(system.sandbox.workspace());
    [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
  });
  afterAll(async () => {
    await bank.stop();
    await system.stop();
    rmSync(dir, { recursive: true });
  });

  const stop = (account: typeof SHOP, From: string, authToken = account.token) =>
    system.deliver(ingest, twilioMessage({ From, AccountSid: account.sid, OptOutType: 'STOP' }), {
      authToken,
    });
  const inBank = (phone: string): unknown[] =>
    bank
      .workspace()
      .people()
      .filter(({ attributes }) => attributes.phone === phone)
      .map(({ attributes }) => attributes.sms_unsubscribe);

  it('checks a request only with the tokens of the account it names', async () => {
    expect((await stop(SHOP, single, BANK.token)).status).toBe(403);
    expect((await stop(BANK, single, SHOP.token)).status).toBe(403);
    expect(
      (await stop({ sid: 'AC0000000000000000000000000000000c', token: SHOP.token }, single)).status,
    ).toBe(403);
    expect(await system.queues.inbound.getJobCountByTypes('waiting', 'active', 'delayed')).toBe(0);
  });

  it("applies one account's opt-outs while the workspace of the other is down, and catches up afterwards", async () => {
    const outage = bank.fault({ match: {}, effect: { kind: 'status', status: 503 } });
    expect((await stop(BANK, single)).status).toBe(200);
    await waitFor(() => outage.hits > 0, { what: 'a request during the outage' });
    expect((await stop(SHOP, household)).status).toBe(200);
    await waitFor(() => system.attribute(household).every((value) => value === true), {
      what: 'the other workspace',
    });
    expect(inBank(single)).toEqual([undefined]);

    outage.remove();
    await waitFor(() => inBank(single)[0] === true, {
      what: 'the workspace that was down',
      timeoutMs: 30_000,
    });
    expect(system.attribute(single)).toEqual([undefined]);
    expect((await system.queues.deadLetters.size()).count).toBe(0);
    await waitFor(
      async () => (await system.entry(single, 'sms', 'bank'))?.history[0]?.outcome === 'applied',
      { what: 'the outcome in the ledger' },
    );
  });
});

describe('a token rotation under load', () => {
  let system: System;
  let ingests: Running[];
  let signedWith: string;
  const [present, next] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];

  beforeAll(async () => {
    system = await System.start();
    signedWith = present;
    ingests = [await system.startIngest(), await system.startIngest()];
    await system.startWorker();
  });
  afterAll(async () => {
    await system.stop();
  });

  /** Delivers as Twilio does with `#rc=3&rp=all` and a fallback URL: until one ingest accepts it, for 15 s at most. */
  async function deliver(From: string): Promise<void> {
    const params = twilioMessage({ From, OptOutType: 'STOP' });
    const accepts = async (ingest: Running): Promise<boolean> =>
      (await system.deliver(ingest, params, { authToken: signedWith })).status === 200;
    let attempts = 0;
    await waitFor(() => accepts(ingests[attempts++ % ingests.length]!), {
      what: 'an ingest to accept the message',
      timeoutMs: 15_000,
    });
  }
  /** Replaces one ingest after the other, as a rolling restart does. */
  async function roll(tokens: string): Promise<void> {
    for (const [index, old] of ingests.entries()) {
      await old.stop();
      ingests[index] = await system.startIngest({ TWILIO_AUTH_TOKEN: tokens });
    }
  }

  it('loses no event when it follows docs/twilio.md', async () => {
    const phones: string[] = [];
    const rotation = { done: false };
    const sending = (async () => {
      for (let n = 0; !rotation.done || n < 50; n++) {
        const phone = `+1415${String(5_560_000 + n)}`;
        system.sandbox.workspace().addPerson({ attributes: { phone } });
        phones.push(phone);
        await deliver(phone);
      }
    })();
    await roll(`${present},${next}`);
    signedWith = next;
    await roll(next);
    rotation.done = true;
    await sending;

    await system.settled(phones, 1, 60_000);
    expect(phones.flatMap((phone) => system.attribute(phone))).toEqual(phones.map(() => true));
  });
});
