import { waitFor } from '@optout-sync/local-runtime/process';
import { maskPhone } from '@optout-sync/shared/domain';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

interface Line {
  readonly msg: string;
  readonly level: number;
  readonly [field: string]: unknown;
}

describe('the log lines of attempts', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.stop());

  const line = (msg: string, about: string): Promise<Line> =>
    waitFor(
      () =>
        harness.logLines
          .filter((text) => text.includes(about))
          .map((text) => JSON.parse(text) as Line)
          .find((one) => one.msg === msg),
      { what: `the line "${msg}"` },
    );
  const person = (phone: string): string => {
    harness.sandbox.workspace().addPerson({ attributes: { phone } });
    return phone;
  };

  it('name the messages, the phone, the workspace, the attempt, its waiting and the request that failed', async () => {
    const event = inboundEvent(person('+14155550131'));
    harness.sandbox.fault({
      match: { operation: 'search', bodyIncludes: event.phone },
      effect: { kind: 'status', status: 500 },
      times: 1,
    });
    await harness.enqueue(event);
    await harness.settled(event.phone);
    const masked = maskPhone(event.phone);
    expect(await line('events recorded', event.messageSid)).toMatchObject({
      lane: 'live',
      attempt: 1,
      waitedMs: expect.any(Number) as number,
      events: [{ messageSid: event.messageSid, result: 'recorded', workspace: 'default', phone: masked }],
    });
    const failed = await line('attempt failed', event.messageSid);
    expect(failed).toMatchObject({
      queue: 'customerio-sync',
      code: 'customerio_server_error',
      status: 500,
      operation: 'search',
      next: 'retry',
      lane: 'live',
      attempt: 1,
      waitedMs: expect.any(Number) as number,
      delayMs: expect.any(Number) as number,
      workspace: 'default',
      messageSids: [event.messageSid],
      phones: [masked],
      service: 'worker',
      instance: expect.stringMatching(/.:\d+$/) as string,
      version: expect.stringMatching(/^\d+\.\d+/) as string,
    });
    const synced = await line('synced', event.messageSid);
    expect(synced).toMatchObject({
      attempt: 2,
      phone: masked,
      outcome: 'applied',
      seconds: expect.any(Number) as number,
    });
    expect(synced.waitedMs).toBeGreaterThanOrEqual(failed.delayMs as number);
  });

  it('of a dead letter name the same', async () => {
    const event = inboundEvent(person('+14155550132'));
    harness.sandbox.fault({
      match: { operation: 'search', bodyIncludes: event.phone },
      effect: { kind: 'status', status: 400, body: { meta: { error: 'no' } } },
      times: Infinity,
    });
    await harness.enqueue(event);
    expect(await line('dead-lettered', event.messageSid)).toMatchObject({
      stage: 'sync',
      workspace: 'default',
      lane: 'live',
      messageSids: [event.messageSid],
      phone: maskPhone(event.phone),
    });
    expect(harness.logLines.join('')).not.toContain(event.phone);
  });
});
