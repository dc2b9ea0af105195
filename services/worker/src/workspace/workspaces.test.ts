import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEMO_PHONES,
  seedDemoPeople,
  startCustomerIoSandbox,
  waitFor,
  type CustomerIoSandbox,
} from '@optout-sync/testkit';
import { saying, startHarness, type Harness } from '../test-support/worker-harness';

const SHOP = 'AC0000000000000000000000000000000a';
const BANK = 'AC0000000000000000000000000000000b';
const { household, single } = DEMO_PHONES;

describe('a worker of several workspaces', () => {
  let dir: string;
  let bank: CustomerIoSandbox;
  let harness: Harness;

  /** `shop` is the harness's own sandbox, `bank` another one, in the EU. */
  async function start(bankKey = (key: string) => key): Promise<void> {
    bank = await startCustomerIoSandbox({
      workspaces: [{ name: 'bank', region: 'eu' }],
      appRps: 0,
      trackRps: 0,
    });
    const { siteId, trackApiKey, appApiKey } = bank.workspace();
    const file = join(dir, 'optout.yaml');
    harness = await startHarness({
      env: { OPTOUT_CONFIG: file },
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
    await harness.queues.inbound.addBulk(
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
    expect(await harness.queues.syncOf('bank').getJobCounts('delayed', 'waiting', 'active')).not.toEqual({
      delayed: 0,
      waiting: 0,
      active: 0,
    });
  });

  it('keeps what an account says that it does not know', async () => {
    await start();
    await harness.say(saying(single, { accountSid: 'AC0000000000000000000000000000000c' }));
    await waitFor(async () => (await harness.queues.inbound.getJobCountByTypes('delayed')) === 1, {
      what: 'it to wait',
    });
    expect(harness.logLines.join('')).toContain('account_unknown');
  });
});
