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
import type { Overrides } from '../service';
import { saying, startHarness, type Harness } from '../test-support/worker-harness';

const SHOP = 'AC0000000000000000000000000000000a';
const BANK = 'AC0000000000000000000000000000000b';
const { household, single } = DEMO_PHONES;

describe('a worker of several workspaces', () => {
  let dir: string;
  let bank: CustomerIoSandbox;
  let harness: Harness;

  /** `shop` is the harness's own sandbox, `bank` another one, in the EU. */
  async function start(bankKey = (key: string) => key, overrides: Overrides = {}): Promise<void> {
    bank = await startCustomerIoSandbox({
      workspaces: [{ name: 'bank', region: 'eu' }],
      appRps: 0,
      trackRps: 0,
    });
    const { siteId, trackApiKey, appApiKey } = bank.workspace();
    const file = join(dir, 'optout.yaml');
    harness = await startHarness({
      env: { OPTOUT_CONFIG: file },
      overrides,
      beforeStart: (shop) => {
        const own = shop.workspace();
        writeFileSync(
          file,
          `
twilio:
  accounts:
    - { sid: ${SHOP}, auth_tokens: [x], workspace: shop }
    - { sid: ${BANK}, auth_tokens: [y], workspace: bank }
customerio:
  workspaces:
    - name: shop
      site_id: ${own.siteId}
      track_api_key: ${own.trackApiKey}
      app_api_key: ${own.appApiKey}
      app_url: ${shop.appUrl}
      track_url: ${shop.trackUrl}
      app_rps: 500
    - name: bank
      site_id: ${siteId}
      track_api_key: ${trackApiKey}
      app_api_key: ${bankKey(appApiKey)}
      region: eu
      app_url: ${bank.appUrl}
      track_url: ${bank.trackUrl}
      sms_attribute: no_sms
      app_rps: 500
`,
        );
      },
    });
    seedDemoPeople(harness.sandbox.workspace());
    seedDemoPeople(bank.workspace());
  }
  const inBank = (phone: string): unknown[] =>
    bank
      .workspace()
      .people()
      .filter(({ attributes }) => attributes.phone === phone)
      .map(({ attributes }) => attributes.no_sms);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'workspaces-'));
  });
  afterEach(async () => {
    // First, so that requests that hang do not hold the worker's farewell up.
    await bank.stop();
    await harness.stop();
    rmSync(dir, { recursive: true });
  });

  it("writes each account's opt-outs to its own workspace", async () => {
    await start();
    await harness.say(saying(household, { accountSid: SHOP }), saying(single, { accountSid: BANK }));
    await waitFor(() => inBank(single)[0] === true && harness.attribute(household)[0] === true, {
      what: 'both',
    });
    expect(inBank(household)).toEqual([undefined, undefined, undefined]);
    expect(harness.attribute(single)).toEqual([undefined]);
  });

  it('is not held up in one by the outage of the other', async () => {
    await start();
    bank.fault({ match: {}, effect: { kind: 'hang' } });
    const people = Array.from({ length: 600 }, (_, n) => `+1415556${String(1_000 + n)}`);
    await harness.queues.shards[0].inbound.addBulk(
      people.map((phone) => ({ name: 'stop', data: { payload: saying(phone, { accountSid: BANK }) } })),
    );
    await waitFor(() => bank.requests().length > 2, { what: 'the outage to be felt' });
    await harness.say(saying(household, { accountSid: SHOP }));
    await waitFor(() => harness.attribute(household)[0] === true, {
      what: 'the other workspace',
      timeoutMs: 5_000,
    });
  });

  it('starts when one of them refuses its keys, and says which', async () => {
    await start(() => 'wrong');
    expect(harness.logLines.join('')).toMatch(/workspace_refused.*bank/);
    await harness.say(saying(single, { accountSid: BANK }), saying(household, { accountSid: SHOP }));
    await waitFor(() => harness.attribute(household)[0] === true, { what: 'the other workspace' });
    expect((await harness.queues.deadLetters.size()).count).toBe(0);
    expect(
      await harness.queues.shards[0].syncOf('bank').getJobCounts('delayed', 'waiting', 'active'),
    ).not.toEqual({
      delayed: 0,
      waiting: 0,
      active: 0,
    });
  });

  it('keeps what an account says that it does not know', async () => {
    await start();
    await harness.say(saying(single, { accountSid: 'AC0000000000000000000000000000000c' }));
    await waitFor(async () => (await harness.queues.shards[0].inbound.getJobCountByTypes('delayed')) === 1, {
      what: 'it to wait',
    });
    expect(harness.logLines.join('')).toContain('account_unknown');
  });

  it('pauses one whose key is revoked, says so once, and takes all of it up again once the key works', async () => {
    const blockedProbeMs = 1_000;
    await start(undefined, { gateTimes: { blockedProbeMs } });
    const phones = Array.from({ length: 100 }, (_, n) => `+1415559${String(1_000 + n)}`);
    for (const phone of phones) bank.workspace().addPerson({ attributes: { phone } });
    const sayInBank = (some: string[]) =>
      Promise.all(some.map((phone) => harness.say(saying(phone, { accountSid: BANK }))));
    const paused = () => harness.metric('optout_workspace_paused{workspace="bank"');
    const said = (what: string) => harness.logLines.filter((line) => line.includes(what)).length;

    const revoked = bank.fault({ match: { api: 'track' }, effect: { kind: 'status', status: 401 } });
    await sayInBank(phones.slice(0, 10));
    await waitFor(async () => (await paused()) === 1, { what: 'the pause' });
    const refused = () => bank.requests({ api: 'track', status: 401 }).map((request) => request.at);
    const before = refused().length;
    await sayInBank(phones.slice(10));
    await harness.say(saying(household, { accountSid: SHOP }));
    await waitFor(() => harness.attribute(household)[0] === true, { what: 'the other workspace' });
    await waitFor(() => refused().length >= before + 3, { what: 'three probes' });

    const at = refused().slice(before);
    expect(Math.min(...at.slice(1).map((time, n) => time - at[n]!))).toBeGreaterThanOrEqual(
      blockedProbeMs - 1,
    );
    const ready = await fetch(`http://127.0.0.1:${String(harness.worker.adminPort)}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', reason: 'paused: bank' }]);
    expect(await harness.metric('optout_workspace_paused{workspace="shop"')).toBe(0);
    expect([said('workspace_paused'), said('is taken again')]).toEqual([1, 0]);

    revoked.remove();
    await waitFor(() => phones.every((phone) => inBank(phone)[0] === true), { what: 'all of it' });
    expect(await paused()).toBe(0);
    expect([said('workspace_paused'), said('is taken again')]).toEqual([1, 1]);
    expect((await harness.queues.deadLetters.count()).count).toBe(0);
  });
});
