import { System } from '@optout-sync/testkit/system';
import { rollingRestarts } from './support/rolling-restarts';

jest.setTimeout(120_000);

let system: System;
beforeAll(async () => {
  system = await System.start();
  await system.startWorker();
});
afterAll(async () => {
  await system.stop();
});

describe('a rolling restart of two ingests under load', () => {
  it('has every request answered 200, and gives every message one outcome', async () => {
    const { answers, failures, reused, exits } = await rollingRestarts(system, {
      restarts: 4,
      perSecond: 150,
    });
    expect(failures).toEqual([]);
    expect([...answers.values()].filter((status) => status !== 200)).toEqual([]);
    expect(exits).toEqual([0, 0, 0, 0]);
    expect(answers.size).toBeGreaterThan(1_000);
    expect(reused).toBeGreaterThan(answers.size / 2);

    const phones = [...answers.keys()];
    await system.settled(phones, 1, 60_000);
    const entries = await Promise.all(phones.map((phone) => system.entry(phone)));
    const wrong = entries.filter(
      (entry) =>
        entry?.version !== 1 || entry.history.length !== 1 || entry.history[0]?.outcome !== 'no_match',
    );
    expect(wrong).toEqual([]);
    expect((await system.queues.deadLetters.count()).count).toBe(0);
  });
});
