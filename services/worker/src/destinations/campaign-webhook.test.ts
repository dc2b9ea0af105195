import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { startCampaignServer, type CampaignServer } from '../test-support/campaign-server';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const { single, household } = DEMO_PHONES;
let harness: Harness;
let campaign: CampaignServer;

beforeEach(async () => {
  campaign = await startCampaignServer();
});
afterEach(async () => {
  await harness.stop();
  campaign.stop();
});

async function start(env: Record<string, string> = {}): Promise<void> {
  harness = await startHarness({
    env: { CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: campaign.url, RECONCILE_PERIOD: 'off', ...env },
  });
  seedDemoPeople(harness.sandbox.workspace());
}
const startAlone = (): Promise<void> =>
  start({ CUSTOMERIO_SITE_ID: '', CUSTOMERIO_TRACK_API_KEY: '', CUSTOMERIO_APP_API_KEY: '' });
const calls = (count: number): Promise<unknown> =>
  waitFor(() => campaign.received.length === count, { what: `${String(count)} calls` });
const versionOfCampaign = async (phone: string): Promise<number | undefined> =>
  (await harness.entry(phone))?.destinations?.campaign?.appliedVersion;
const stageOfDeadLetters = async (): Promise<unknown[]> =>
  (await harness.queues.deadLetters.page({ limit: 5 })).deadLetters.map(({ deadLetter }) => deadLetter);

describe('a campaign without anything else', () => {
  it("is called with Twilio's parameter names, without any API key, and not for HELP", async () => {
    await startAlone();
    const stop = inboundEvent(single, { sender: 'MG00000000000000000000000000000001' });
    await harness.enqueue(stop, inboundEvent(single, { kind: 'help' }));
    await harness.settled(single);
    await harness.enqueue(inboundEvent(single, { kind: 'start', sender: stop.sender }));
    await harness.settled(single);
    expect(campaign.received).toHaveLength(2);
    expect(campaign.received[0]).toEqual({
      MessageSid: stop.messageSid,
      From: single,
      To: stop.sender,
      MessagingServiceSid: stop.sender,
      OptOutType: 'STOP',
      Channel: 'sms',
      Timestamp: new Date(stop.occurredAt).toISOString(),
      sms_unsubscribe: true,
    });
    expect(campaign.received[1]).toMatchObject({ OptOutType: 'START', sms_unsubscribe: false });
    expect(harness.sandbox.requests()).toEqual([]);
  });

  it('is called once for a START to a Messaging Service, however many senders it lifts', async () => {
    await startAlone();
    const service = 'MG00000000000000000000000000000001';
    const number = '+15005550002';
    const at = Date.now() - 60_000;
    for (const sender of [service, number]) {
      await harness.enqueue(inboundEvent(single, { sender, occurredAt: at }));
      await harness.settled(single);
    }
    await calls(2);
    const start = inboundEvent(single, {
      kind: 'start',
      sender: service,
      messagingServiceSid: service,
      ours: number,
    });
    await harness.enqueue(start);
    await harness.settled(single);
    expect((await harness.entry(single))?.senders.get(number)?.messageSid).toBe(start.messageSid);
    await calls(3);
    expect(campaign.received[2]).toMatchObject({
      MessageSid: start.messageSid,
      To: service,
      MessagingServiceSid: service,
      OptOutType: 'START',
      sms_unsubscribe: false,
    });
  });

  it('is called again until it answers 2xx', async () => {
    await startAlone();
    campaign.answers.push(503);
    await harness.enqueue(inboundEvent(single));
    await harness.settled(single);
    expect(campaign.received).toHaveLength(1);
    expect(harness.logLines.join('')).not.toContain('/hook/secret');
  });

  it('is the main destination: its rejection is the outcome of the event', async () => {
    await startAlone();
    campaign.answers.push(404);
    await harness.enqueue(inboundEvent(single));
    await harness.settled(single);
    expect(await stageOfDeadLetters()).toMatchObject([{ stage: 'sync', code: 'customerio_refused' }]);
    expect((await harness.entry(single))?.history[0]?.outcome).toBe('dead_lettered');
  });
});

describe('a campaign beside the attribute', () => {
  it('is called once, however many attempts the attribute takes', async () => {
    await start();
    harness.sandbox.fault({
      match: { operation: 'batch' },
      effect: { kind: 'status', status: 500 },
      times: 2,
    });
    await harness.enqueue(inboundEvent(household));
    await harness.settled(household);
    expect(harness.sandbox.requests({ operation: 'batch', status: 500 })).toHaveLength(2);
    expect(harness.attribute(household)).toEqual([true, true, true]);
    await waitFor(async () => (await versionOfCampaign(household)) === 1, { what: 'the mark' });
    expect(campaign.calls).toBe(1);
  });

  it('becomes a dead letter of its own when it rejects the call, and the event is applied', async () => {
    await start();
    campaign.answers.push(404);
    const stop = inboundEvent(single);
    await harness.enqueue(stop);
    await waitFor(async () => (await stageOfDeadLetters()).length === 1, { what: 'the dead letter' });
    expect(await stageOfDeadLetters()).toMatchObject([
      {
        stage: 'campaign',
        code: 'customerio_refused',
        undone: {
          type: 'destination',
          destination: 'campaign',
          request: { phone: single },
          messageSids: [stop.messageSid],
        },
      },
    ]);
    expect(harness.attribute(single)).toEqual([true]);
    expect((await harness.entry(single))?.history[0]?.outcome).toBe('applied');
    expect(await harness.metric('optout_dead_letters_total{stage="campaign"')).toBe(1);
    expect(await harness.metric('optout_events_total{outcome="dead_lettered"')).toBe(0);
  });

  it('is not called again by a forced sync, neither when it was called nor when that failed', async () => {
    await start();
    campaign.answers.push(404);
    await harness.enqueue(inboundEvent(single));
    await waitFor(async () => (await stageOfDeadLetters()).length === 1, { what: 'the dead letter' });
    await harness.enqueue(inboundEvent(household));
    await calls(1);
    harness.sandbox.workspace().addPerson({ id: 'late', attributes: { phone: single } });
    await harness.force(single);
    await harness.force(household);
    expect(harness.attribute(single)).toEqual([true, true]);
    const queue = harness.queues.destinationOf('campaign', 'default');
    await waitFor(async () => (await queue.getActiveCount()) + (await queue.getWaitingCount()) === 0, {
      what: 'an empty queue',
    });
    expect(campaign.calls).toBe(2);
  });

  it('is called for the messages that it lacks alone when one call of several fails', async () => {
    await start();
    campaign.status = 503;
    await harness.enqueue(inboundEvent(single, { sender: 'MG1' }));
    await harness.settled(single);
    await harness.enqueue(inboundEvent(single, { sender: 'MG2' }));
    await harness.settled(single);
    await waitFor(() => campaign.calls > 0, { what: 'a call' });
    campaign.answers.push(200, 503);
    campaign.status = undefined;
    await calls(2);
    await waitFor(async () => (await versionOfCampaign(single)) === 2, { what: 'the mark' });
    expect(campaign.received.map(({ To }) => To)).toEqual(['MG1', 'MG2']);
  });
});
