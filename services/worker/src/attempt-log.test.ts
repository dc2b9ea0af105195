import { waitFor } from '@optout-sync/local-runtime/process';
import { maskPhone } from '@optout-sync/shared/domain';
import { createLogger } from '@optout-sync/shared/service';
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

  it('of optional destinations name the messages and the attempt, and with the level debug each attempt that succeeded has one', async () => {
    const lines: string[] = [];
    const log = createLogger(
      { service: 'worker', level: 'debug' },
      { write: (text) => void lines.push(text) },
    );
    const verbose = await startHarness({ env: { CUSTOMERIO_NATIVE_OPTOUTS: 'true' }, overrides: { log } });
    try {
      const event = inboundEvent('+14155550133');
      verbose.sandbox.workspace().addPerson({ attributes: { phone: event.phone } });
      await verbose.enqueue(event);
      const found = (fields: Record<string, unknown>) =>
        waitFor(
          () =>
            lines
              .map((text) => JSON.parse(text) as Line)
              .find((one) => Object.entries(fields).every(([name, value]) => one[name] === value)),
          { what: `the line with ${JSON.stringify(fields)}` },
        );
      const attempt = { lane: 'live', attempt: 1, waitedMs: expect.any(Number) as number };
      const about = { workspace: 'default', channel: 'sms' };
      expect(await found({ msg: 'destination written' })).toMatchObject({
        ...{ ...about, ...attempt, destination: 'native', phone: maskPhone(event.phone) },
        messageSids: [event.messageSid],
      });
      for (const [queue, outcome] of [
        ['inbound-events', 'recorded'],
        ['customerio-sync', 'applied'],
        ['customerio-native', 'applied'],
      ]) {
        expect(await found({ msg: 'attempt ended', queue })).toMatchObject({
          ...{ ...attempt, outcomes: { [outcome ?? '']: 1 }, phones: [maskPhone(event.phone)] },
          seconds: expect.any(Number) as number,
        });
      }
      expect(lines.join('')).not.toContain(event.phone.slice(2));
    } finally {
      await verbose.stop();
    }
  });
});
