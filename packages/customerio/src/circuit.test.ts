import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { JobError, type ErrorCode, type JobErrorKind } from '@optout-sync/shared/domain';
import { ApiCircuit, type CircuitTimes } from './circuit';
import type { CircuitStateName } from './circuit-state';

const connections = [0, 1].map(() => new Redis(process.env.TEST_REDIS_URL ?? ''));
afterAll(() => Promise.all(connections.map((redis) => redis.quit())));

const TIMES = { probeMs: 300, blockedProbeMs: 600, idleMs: 50 };

/** The circuits of two workers in front of one API that responds as the test sets it. */
function setUp(times: Partial<CircuitTimes> = TIMES) {
  const stopping = new AbortController();
  const key = `test-${randomUUID()}`;
  const states: CircuitStateName[] = [];
  const idle = jest.fn(() => Promise.resolve(true));
  const telemetry = {
    breakerChanged: () => undefined,
    changed: (state: CircuitStateName) => void states.push(state),
    idle,
  };
  const limiter = { acquire: jest.fn(() => Promise.resolve(undefined)) };
  const api = {
    result: 'success' as JobErrorKind | 'success',
    requests: [] as { from: number; to: number }[],
  };
  const fail = (): void => {
    if (api.result !== 'success') throw new JobError(api.result, `it_was_${api.result}` as ErrorCode, 'x');
  };
  const sendHarmless = jest.fn(() => Promise.resolve().then(fail));
  const circuits = connections.map(
    (redis) =>
      new ApiCircuit({ redis, key, limiter, telemetry, sendHarmless, stopping: stopping.signal, times }),
  );
  openCircuits.push(...circuits);
  const request = async (worker = 0): Promise<string> => {
    const circuit = circuits[worker]!;
    const permit = await circuit.acquire();
    return circuit.run(permit, async () => {
      const from = performance.now();
      await new Promise(setImmediate);
      api.requests.push({ from, to: performance.now() });
      fail();
      return 'success';
    });
  };
  const codeOf = (requested: Promise<string>): Promise<string> =>
    requested.catch((error: unknown) => (error as JobError).code);
  /** Fails as many requests as it takes to open each worker's circuit. */
  const openCircuit = async (...workers: number[]): Promise<void> => {
    api.result = 'transient';
    for (const worker of workers) for (let i = 0; i < 5; i++) await codeOf(request(worker));
    api.requests = [];
  };
  return { api, request, codeOf, openCircuit, circuits, states, idle, stopping, limiter, sendHarmless };
}
const openCircuits: ApiCircuit[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const circuit of openCircuits.splice(0)) circuit.close();
});

describe('ApiCircuit', () => {
  it('stays closed while the API works, and while failures are not consecutive', async () => {
    const { api, request, codeOf, circuits, states } = setUp();
    for (let i = 0; i < 12; i++) {
      api.result = i % 5 === 4 ? 'success' : 'transient';
      await codeOf(request());
    }
    expect(circuits[0]?.state).toBe('closed');
    expect(states).toEqual([]);
  });

  it.each(['rejected', 'rate_limited'] as const)('stays closed when every response is %s', async (kind) => {
    const { api, request, codeOf, circuits } = setUp();
    api.result = kind;
    for (let i = 0; i < 10; i++) await codeOf(request());
    expect(circuits[0]?.state).toBe('closed');
  });

  it('sends one probe at a time, over all workers, while it is open', async () => {
    const { api, request, codeOf, openCircuit, states } = setUp();
    await openCircuit(0, 1);
    const requests = Array.from({ length: 20 }, (_, n) => codeOf(request(n % 2)));
    await waitFor(() => api.requests.length >= 5, { what: 'five probes' });
    for (const [n, { from }] of api.requests.entries()) {
      // Redis counts in whole milliseconds.
      if (n > 0) expect(from - api.requests[n - 1]!.to).toBeGreaterThanOrEqual(TIMES.probeMs - 1);
    }
    expect(states).toEqual(['open', 'open']);
    api.result = 'success';
    const codes = await Promise.all(requests);
    expect(codes.filter((code) => code === 'it_was_transient').length).toBeLessThan(10);
    expect(states).toEqual(['open', 'open', 'closed', 'closed']);
  });

  it('sends all waiting requests at once after a successful probe', async () => {
    const { api, request, openCircuit, limiter } = setUp();
    await openCircuit(0);
    api.result = 'success';
    limiter.acquire.mockClear();
    expect(await Promise.all(Array.from({ length: 50 }, () => request()))).toHaveLength(50);
    // One after the other, each at the time of a probe, they would take five times as long.
    expect(api.requests.at(-1)!.from - api.requests[0]!.from).toBeLessThan(10 * TIMES.probeMs);
    // Each request takes another token from the rate limiter when it is sent.
    expect(limiter.acquire.mock.calls.length).toBeGreaterThanOrEqual(100);
  });

  it('reports a failed probe as an outage, which counts against no job', async () => {
    const { request, openCircuit } = setUp();
    await openCircuit(0);
    await expect(request()).rejects.toMatchObject({ kind: 'outage', code: 'it_was_transient' });
  });

  it('probes on time when the clock is set back', async () => {
    const { api, request, openCircuit } = setUp();
    await openCircuit(0);
    api.result = 'success';
    const past = Date.now() - 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(past);
    expect(await request()).toBe('success');
  });

  it('is blocked by the first rejection of the keys, and probes at the longer interval', async () => {
    const { api, request, codeOf, states } = setUp();
    api.result = 'misconfigured';
    await codeOf(request());
    expect(states).toEqual(['blocked']);
    const requests = Array.from({ length: 5 }, () => codeOf(request()));
    await waitFor(() => api.requests.length >= 3, { what: 'two probes' });
    for (const [n, { from }] of api.requests.entries()) {
      if (n > 0) expect(from - api.requests[n - 1]!.to).toBeGreaterThanOrEqual(TIMES.blockedProbeMs - 1);
    }
    api.result = 'success';
    await Promise.all(requests);
    expect(states).toEqual(['blocked', 'closed']);
  });

  it.each([
    ['transient', 'blocked'],
    ['rate_limited', 'blocked'],
    ['rejected', 'closed'],
    ['success', 'closed'],
  ] as const)('moves from blocked, after a probe that ends in %s, to %s', async (result, state) => {
    const { api, request, codeOf, circuits } = setUp({ ...TIMES, blockedProbeMs: 100 });
    api.result = 'misconfigured';
    await codeOf(request());
    api.result = result;
    await codeOf(request());
    expect(circuits[0]?.state).toBe(state);
  });

  it('reports idleness while it is open and no request waits to be the probe', async () => {
    const { api, request, openCircuit, idle } = setUp({ ...TIMES, probeMs: 200 });
    await openCircuit(0);
    await waitFor(() => idle.mock.calls.length >= 2, { what: 'idleness to be reported' });
    const requests = [request(), request()];
    idle.mockClear();
    api.result = 'success';
    await Promise.all(requests);
    expect(idle).not.toHaveBeenCalled();
  });

  it('probes without a job where there is none, and closes when that is answered', async () => {
    const { api, openCircuit, circuits, idle, sendHarmless } = setUp({ ...TIMES, probeMs: 50 });
    idle.mockResolvedValue(false);
    await openCircuit(0);
    await waitFor(() => sendHarmless.mock.calls.length >= 2, { what: 'two probes' });
    expect(circuits[0]?.state).toBe('open');
    api.result = 'success';
    await waitFor(() => circuits[0]?.state === 'closed', { what: 'the circuit to close' });
    expect(api.requests).toEqual([]);
  });

  it('sends nothing by itself while there is a job', async () => {
    const { openCircuit, idle, sendHarmless } = setUp({ ...TIMES, probeMs: 50 });
    await openCircuit(0);
    await waitFor(() => idle.mock.calls.length >= 3, { what: 'idleness to be reported' });
    expect(sendHarmless).not.toHaveBeenCalled();
  });

  it('lets an optional request wait for the jobs that have to find out, as where what they request fails and a harmless request is answered', async () => {
    const { api, openCircuit, circuits, states, idle, sendHarmless } = setUp({ ...TIMES, probeMs: 50 });
    await openCircuit(0);
    api.result = 'success';
    const waiting = circuits[0]!.acquire({ isOptional: true });
    await waitFor(() => idle.mock.calls.length >= 3, { what: 'idleness to be reported' });
    expect(sendHarmless).not.toHaveBeenCalled();
    expect(states).toEqual(['open']);
    idle.mockResolvedValue(false);
    expect(await waiting).toMatchObject({ probe: false });
    expect(sendHarmless).toHaveBeenCalledTimes(1);
    expect(states).toEqual(['open', 'closed']);
  });

  it('counts no optional request beside a single job that waits, whose own request may be what fails', async () => {
    const { api, openCircuit, circuits, stopping, sendHarmless } = setUp({ ...TIMES, probeMs: 50 });
    await openCircuit(0);
    const optional = circuits[0]!.acquire({ isOptional: true }).catch(() => undefined);
    const single = circuits[0]!.acquire({ isSingle: () => true });
    await waitFor(() => sendHarmless.mock.calls.length > 0, { what: 'a harmless request' });
    api.result = 'success';
    expect(await single).toMatchObject({ probe: false });
    stopping.abort();
    await optional;
  });

  it('rejects all waiting requests on shutdown', async () => {
    const { api, request, codeOf, openCircuit, stopping } = setUp({ probeMs: 60_000 });
    await openCircuit(0);
    const requests = Array.from({ length: 100 }, () => codeOf(request()));
    await new Promise(setImmediate);
    const startedAt = performance.now();
    stopping.abort();
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['worker_stopping']));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(api.requests).toEqual([]);
  });
});
