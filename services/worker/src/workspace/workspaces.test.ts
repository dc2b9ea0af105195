import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEMO_PHONES,
  seedDemoPeople,
  startCustomerIoSandbox,
  type CustomerIoSandbox,
} from '@optout-sync/customerio-sandbox';
import type { E164 } from '@optout-sync/shared/domain';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { WorkerOverrides } from '../context';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const SHOP = 'AC0000000000000000000000000000000a';
const BANK = 'AC0000000000000000000000000000000b';
/** A sender of the shop's account, for the people of the bank. */
const BANK_SENDER = `MG${'b'.repeat(32)}`;
const { household, single } = DEMO_PHONES;

describe('a worker of several workspaces', () => {
  let dir: string;
  let bank: CustomerIoSandbox;
  let harness: Harness;

  /** Starts with the workspace `shop` in the harness's own sandbox and `bank` in another one, in the EU. */
  async function start(bankKey = (key: string) => key, overrides: WorkerOverrides = {}): Promise<void> {
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
    - sid: ${SHOP}
      auth_tokens: [x]
      workspace: shop
      routes: [{ senders: [${BANK_SENDER}], workspace: bank }]
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
    // First, so that hanging requests do not delay the worker's stop.
    await bank.stop();
    await harness.stop();
    rmSync(dir, { recursive: true });
  });

  it("writes each account's opt-outs to its own workspace", async () => {
    await start();
    await harness.enqueue(
      inboundEvent(household, { accountSid: SHOP }),
      inboundEvent(single, { accountSid: BANK }),
    );
    await waitFor(() => inBank(single)[0] === true && harness.attribute(household)[0] === true, {
      what: 'both',
    });
    expect(inBank(household)).toEqual([undefined, undefined, undefined]);
    expect(harness.attribute(single)).toEqual([undefined]);
  });

  it("writes an opt-out from a sender with a route to the route's workspace, and to no other", async () => {
    await start();
    const stop = { accountSid: SHOP, sender: BANK_SENDER };
    await harness.enqueue(inboundEvent(single, stop), inboundEvent(household, { accountSid: SHOP }));
    await waitFor(() => inBank(single)[0] === true && harness.attribute(household)[0] === true, {
      what: 'both',
    });
    expect(harness.attribute(single)).toEqual([undefined]);
    expect(inBank(household)).toEqual([undefined, undefined, undefined]);
    const entries = await Promise.all(
      ['shop', 'bank'].map((workspace) =>
        harness.ledger.read({ workspace, channel: 'sms', phone: single as E164 }),
      ),
    );
    expect(entries.map((entry) => [...(entry?.senders.keys() ?? [])])).toEqual([[], [BANK_SENDER]]);
  });

  it('is not delayed in one workspace by the outage of another', async () => {
    await start();
    bank.fault({ match: {}, effect: { kind: 'hang' } });
    const people = Array.from({ length: 600 }, (_, n) => `+1415556${String(1_000 + n)}`);
    await enqueueInboundBatch(
      harness.queues,
      people.map((phone) => inboundEvent(phone, { accountSid: BANK })),
    );
    await waitFor(() => bank.requests().length > 2, { what: 'requests that hang' });
    await harness.enqueue(inboundEvent(household, { accountSid: SHOP }));
    await waitFor(() => harness.attribute(household)[0] === true, {
      what: 'the other workspace',
      timeoutMs: 5_000,
    });
  });

  it('starts when Customer.io rejects the keys of one workspace, logs which, and pauses it', async () => {
    await start(() => 'wrong');
    expect(harness.logLines.join('')).toMatch(/workspace_refused.*bank/);
    // WorkspacePaused fires before somebody of the bank opts out.
    expect(await harness.metric('optout_workspace_paused{workspace="bank"')).toBe(1);
    expect(await harness.metric('optout_workspace_paused{workspace="shop"')).toBe(0);
    await harness.enqueue(
      inboundEvent(single, { accountSid: BANK }),
      inboundEvent(household, { accountSid: SHOP }),
    );
    await waitFor(() => harness.attribute(household)[0] === true, { what: 'the other workspace' });
    expect((await harness.queues.deadLetters.size()).count).toBe(0);
    expect(await harness.queues.syncOf('bank').getJobCounts('delayed', 'waiting', 'active')).not.toEqual({
      delayed: 0,
      waiting: 0,
      active: 0,
    });
  });

  it('delays the events of an account that is not configured', async () => {
    await start();
    await harness.enqueue(inboundEvent(single, { accountSid: 'AC0000000000000000000000000000000c' }));
    await waitFor(async () => (await harness.queues.inbound.getJobCountByTypes('delayed')) === 1, {
      what: 'the delayed job',
    });
    expect(harness.logLines.join('')).toContain('account_unknown');
  });

  it('pauses a workspace whose key is revoked, logs it once, and resumes it once the key works', async () => {
    const pausedProbeMs = 1_000;
    await start(undefined, { circuitTimes: { blockedProbeMs: pausedProbeMs } });
    const phones = Array.from({ length: 100 }, (_, n) => `+1415559${String(1_000 + n)}`);
    for (const phone of phones) bank.workspace().addPerson({ attributes: { phone } });
    const optOutInBank = (from: string[]) =>
      Promise.all(from.map((phone) => harness.enqueue(inboundEvent(phone, { accountSid: BANK }))));
    const paused = () => harness.metric('optout_workspace_paused{workspace="bank"');
    const linesWith = (text: string) => harness.logLines.filter((line) => line.includes(text)).length;

    const revoked = bank.fault({ match: { api: 'track' }, effect: { kind: 'status', status: 401 } });
    await optOutInBank(phones.slice(0, 10));
    await waitFor(async () => (await paused()) === 1, { what: 'the pause' });
    const refused = () => bank.requests({ api: 'track', status: 401 }).map((request) => request.at);
    const before = refused().length;
    await optOutInBank(phones.slice(10));
    await harness.enqueue(inboundEvent(household, { accountSid: SHOP }));
    await waitFor(() => harness.attribute(household)[0] === true, { what: 'the other workspace' });
    await waitFor(() => refused().length >= before + 3, { what: 'three probes' });

    const at = refused().slice(before);
    expect(Math.min(...at.slice(1).map((time, n) => time - at[n]!))).toBeGreaterThanOrEqual(
      pausedProbeMs - 1,
    );
    const ready = await fetch(`http://127.0.0.1:${String(harness.adminPort)}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', reason: 'paused: bank' }]);
    expect(await harness.metric('optout_workspace_paused{workspace="shop"')).toBe(0);
    expect([linesWith('workspace_paused'), linesWith('workspace resumed')]).toEqual([1, 0]);

    revoked.remove();
    await waitFor(() => phones.every((phone) => inBank(phone)[0] === true), { what: 'every opt-out' });
    expect(await paused()).toBe(0);
    expect([linesWith('workspace_paused'), linesWith('workspace resumed')]).toEqual([1, 1]);
    expect((await harness.queues.deadLetters.count()).count).toBe(0);
  });
});
