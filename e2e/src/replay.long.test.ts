import { enqueueInbound } from '@optout-sync/shared/queues';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { ReplayRun } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { System, type Running } from '@optout-sync/testkit/system';
import { deadLetterOf } from './support/dead-letter';
import { inboundEvent } from './support/inbound-event';

jest.setTimeout(120_000);

const DEAD_LETTERS = 300;
const AUDIT = ['--by', 'Ann', '--why', 'fixed'];

let system: System;
let workers: [Running, Running];
beforeAll(async () => {
  system = await System.start();
  workers = await Promise.all([system.startWorker(), system.startWorker()]);
});
afterAll(async () => {
  await system.stop();
});

const putDeadLetter = (event: InboundEvent): Promise<string> =>
  system.queues.deadLetters.put(deadLetterOf(event));

describe('a replay', () => {
  it('loses and duplicates nothing when two replays start at once and a worker is killed during them', async () => {
    const phones = Array.from({ length: DEAD_LETTERS }, (_, n) => `+1415${String(5_580_000 + n)}`);
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    await Promise.all(phones.map((phone) => putDeadLetter(inboundEvent(phone))));

    const replay = ['dlq', 'replay', '--code', 'internal_error', '--yes', ...AUDIT, '--rate', '40', '--json'];
    const commands = [system.cli(replay), system.cli(replay)];
    const replayed = async (): Promise<number> => {
      const runs = await system.queues.runs.list(2);
      return runs.reduce((sum, { done }) => sum + done, 0);
    };
    await waitFor(async () => (await replayed()) > 60, { what: 'some of the replays' });
    await workers[0].kill('SIGKILL');
    expect(await replayed()).toBeLessThan(DEAD_LETTERS);

    const runs = (await Promise.all(commands)).map(({ out }) => JSON.parse(out) as ReplayRun);
    expect(runs.map(({ state }) => state)).toEqual(['finished', 'finished']);
    expect(runs.reduce((sum, { done }) => sum + done, 0)).toBe(DEAD_LETTERS);
    await system.settled(phones, 1, 60_000);
    expect(phones.flatMap((phone) => system.attribute(phone))).toEqual(phones.map(() => true));
    for (const phone of phones) {
      const entry = await system.entry(phone);
      expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['applied']);
      expect(entry?.version).toBe(1);
    }
    expect((await system.queues.deadLetters.size()).count).toBe(0);
    expect(system.sandbox.workspace().createdPeople()).toEqual([]);
  });

  it('of an old STOP does not undo a newer START, and reports that before and after', async () => {
    const phone = '+14155589999';
    system.sandbox.workspace().addPerson({ attributes: { phone } });
    const start = inboundEvent(phone, { kind: 'start', occurredAt: Date.parse('2026-02-25T09:59:58Z') });
    await enqueueInbound(system.queues, start);
    await system.settled([phone]);
    const id = await putDeadLetter(inboundEvent(phone, { occurredAt: start.occurredAt - 1 }));
    const stale = 'stale: START of 2026-02-25T09:59:58.000Z is newer';
    const preview = await system.cli(['dlq', 'replay', id]);
    expect(preview.out).toContain(stale);
    const { code, out } = await system.cli(['dlq', 'replay', id, '--yes', ...AUDIT]);
    expect(code).toBe(0);
    expect(out).toContain(`${id}: ${stale}`);
    expect(system.attribute(phone)).toEqual([false]);
    const run = (await system.queues.runs.list(1))[0]?.id ?? '';
    expect((await system.cli(['dlq', 'runs', 'show', run])).out).toMatch(/outcomes: 1 stale/);
  });

  it.each([1, 25])(
    'of %d that are dead letters again at once ends with 3 and says how many',
    async (count) => {
      const phones = Array.from({ length: count }, (_, n) => `+1415${String(5_570_000 + count * 100 + n)}`);
      for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
      const ids = await Promise.all(phones.map((phone) => putDeadLetter(inboundEvent(phone))));
      const replay = (...args: string[]) => system.cli(['dlq', 'replay', ...args, '--yes', ...AUDIT]);
      const refused = system.sandbox.fault({
        match: { operation: 'batch' },
        effect: { kind: 'status', status: 400, body: { meta: { errors: ['refused'] } } },
      });
      const again = await replay(...ids);
      expect(again.code).toBe(3);
      expect(again.out).toContain(`${String(count)} of ${String(count)} `);
      expect(again.out).toContain('again: `optout-sync dlq list`.');
      const asJson = await replay('--all', '--json');
      expect(asJson.code).toBe(3);
      expect(JSON.parse(asJson.out)).toMatchObject({ state: 'finished', done: count, deadAgain: count });
      refused.remove();
      const mended = await replay('--all');
      expect([mended.code, mended.out]).toEqual([0, expect.not.stringContaining('again')]);
      await system.settled(phones, 1, 60_000);
      expect(phones.flatMap((phone) => system.attribute(phone))).toEqual(phones.map(() => true));
    },
  );
});
