import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { JobError, type ErrorCode, type JobErrorKind } from '@optout-sync/shared/domain';
import { ApiCircuit, type GateState, type CircuitTimes } from './circuit';

const connections = [0, 1].map(() => new Redis(process.env.TEST_REDIS_URL ?? ''));
afterAll(() => Promise.all(connections.map((redis) => redis.quit())));

const TIMES = { probeMs: 300, pausedProbeMs: 600, idleMs: 50 };

/** An API that answers as it is told, behind the gates of two workers. */
function world(times: Partial<CircuitTimes> = TIMES) {
  const stopping = new AbortController();
  const key = `test-${randomUUID()}`;
  const states: GateState[] = [];
  const idle = jest.fn();
  const events = {
    breakerChanged: () => undefined,
    changed: (state: GateState) => void states.push(state),
    idle,
  };
  const budget = { acquire: jest.fn(() => Promise.resolve()) };
  const gates = connections.map(
    (redis) => new ApiCircuit({ redis, key, budget, events, stopping: stopping.signal, times }),
  );
  opened.push(...gates);
  const api = { answer: 'works' as JobErrorKind | 'works', asked: [] as { from: number; to: number }[] };
  const ask = async (worker = 0): Promise<string> => {
    const gate = gates[worker]!;
    const pass = await gate.admit();
    return gate.run(pass, async () => {
      const from = performance.now();
      await new Promise(setImmediate);
      api.asked.push({ from, to: performance.now() });
      if (api.answer !== 'works') throw new JobError(api.answer, `it_was_${api.answer}` as ErrorCode, 'x');
      return 'worked';
    });
  };
  const codeOf = (asked: Promise<string>): Promise<string> =>
    asked.catch((error: unknown) => (error as JobError).code);
  /** Fails as often as it takes to close each worker's gate. */
  const bringDown = async (...workers: number[]): Promise<void> => {
    api.answer = 'transient';
    for (const worker of workers) for (let i = 0; i < 5; i++) await codeOf(ask(worker));
    api.asked = [];
  };
  return { api, ask, codeOf, bringDown, gates, states, idle, stopping, budget };
}
const opened: ApiCircuit[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const gate of opened.splice(0)) gate.close();
});

describe('a gate', () => {
  it('lets everybody through while the API works, and while failures are not in a row', async () => {
    const { api, ask, codeOf, gates, states } = world();
    for (let i = 0; i < 12; i++) {
      api.answer = i % 5 === 4 ? 'works' : 'transient';
      await codeOf(ask());
    }
    expect(gates[0]?.state).toBe('passing');
    expect(states).toEqual([]);
  });

  it.each(['refused', 'limited'] as const)(
    'takes an API that answers %s for one that works',
    async (kind) => {
      const { api, ask, codeOf, gates } = world();
      api.answer = kind;
      for (let i = 0; i < 10; i++) await codeOf(ask());
      expect(gates[0]?.state).toBe('passing');
    },
  );

  it('lets one probe through at a time, of all workers together, while the API is down', async () => {
    const { api, ask, codeOf, bringDown, states } = world();
    await bringDown(0, 1);
    const asks = Array.from({ length: 20 }, (_, n) => codeOf(ask(n % 2)));
    await waitFor(() => api.asked.length >= 5, { what: 'five probes' });
    for (const [n, { from }] of api.asked.entries()) {
      // Redis counts in whole milliseconds.
      if (n > 0) expect(from - api.asked[n - 1]!.to).toBeGreaterThanOrEqual(TIMES.probeMs - 1);
    }
    expect(states).toEqual(['down', 'down']);
    api.answer = 'works';
    const codes = await Promise.all(asks);
    expect(codes.filter((code) => code === 'it_was_transient').length).toBeLessThan(10);
    expect(states).toEqual(['down', 'down', 'passing', 'passing']);
  });

  it('lets all through at once as soon as a probe worked', async () => {
    const { api, ask, bringDown, budget } = world();
    await bringDown(0);
    api.answer = 'works';
    budget.acquire.mockClear();
    expect(await Promise.all(Array.from({ length: 50 }, () => ask()))).toHaveLength(50);
    expect(api.asked.at(-1)!.from - api.asked[0]!.from).toBeLessThan(TIMES.probeMs);
    // Each with the budget's leave, taken when it goes.
    expect(budget.acquire.mock.calls.length).toBeGreaterThanOrEqual(100);
  });

  it('blames no job for failing as a probe', async () => {
    const { ask, bringDown } = world();
    await bringDown(0);
    await expect(ask()).rejects.toMatchObject({ kind: 'outage', code: 'it_was_transient' });
  });

  it('probes on time though the clock was set back', async () => {
    const { api, ask, bringDown } = world();
    await bringDown(0);
    api.answer = 'works';
    const past = Date.now() - 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(past);
    expect(await ask()).toBe('worked');
  });

  it('pauses at the first refusal of the keys, and probes seldom', async () => {
    const { api, ask, codeOf, states } = world();
    api.answer = 'misconfigured';
    await codeOf(ask());
    expect(states).toEqual(['paused']);
    const asks = Array.from({ length: 5 }, () => codeOf(ask()));
    await waitFor(() => api.asked.length >= 3, { what: 'two probes' });
    for (const [n, { from }] of api.asked.entries()) {
      if (n > 0) expect(from - api.asked[n - 1]!.to).toBeGreaterThanOrEqual(TIMES.pausedProbeMs - 1);
    }
    api.answer = 'works';
    await Promise.all(asks);
    expect(states).toEqual(['paused', 'passing']);
  });

  it.each([
    ['transient', 'paused'],
    ['limited', 'paused'],
    ['refused', 'passing'],
    ['works', 'passing'],
  ] as const)('after a refusal of the keys and an answer that %s is %s', async (answer, state) => {
    const { api, ask, codeOf, gates } = world({ ...TIMES, pausedProbeMs: 100 });
    api.answer = 'misconfigured';
    await codeOf(ask());
    api.answer = answer;
    await codeOf(ask());
    expect(gates[0]?.state).toBe(state);
  });

  it('asks for somebody to probe while nobody waits', async () => {
    const { api, ask, bringDown, idle } = world({ ...TIMES, probeMs: 200 });
    await bringDown(0);
    await waitFor(() => idle.mock.calls.length >= 2, { what: 'idleness to be noticed' });
    const asks = [ask(), ask()];
    idle.mockClear();
    api.answer = 'works';
    await Promise.all(asks);
    expect(idle).not.toHaveBeenCalled();
  });

  it('lets all who wait go when the worker stops', async () => {
    const { api, ask, codeOf, bringDown, stopping } = world({ probeMs: 60_000 });
    await bringDown(0);
    const asks = Array.from({ length: 100 }, () => codeOf(ask()));
    await new Promise(setImmediate);
    const startedAt = performance.now();
    stopping.abort();
    expect(new Set(await Promise.all(asks))).toEqual(new Set(['worker_stopping']));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(api.asked).toEqual([]);
  });
});
