import { RedisOutage } from './redis-outage';

describe('an outage of Redis', () => {
  let lines: [level: string, text: string, fields: object][];
  let outage: RedisOutage;
  beforeEach(() => {
    lines = [];
    const log = (level: string) => (fields: object | string, text?: string) =>
      void lines.push(typeof fields === 'string' ? [level, fields, {}] : [level, text ?? '', fields]);
    outage = new RedisOutage({ error: log('error'), info: log('info') } as never);
    for (const role of ['store', 'worker']) outage.ready(role);
  });
  const texts = () => lines.map(([, text]) => text);
  const fail = (times: number, message: string) => {
    for (let n = 0; n < times; n++)
      for (const role of ['store', 'worker']) outage.failed(role, new Error(message));
  };

  it('is logged once, and its end once all connections are ready', () => {
    for (const role of ['store', 'worker']) outage.closed(role);
    fail(3, 'connect ECONNREFUSED 127.0.0.1:6379');
    outage.ready('store');
    expect(outage.isOn).toBe(true);
    outage.ready('worker');
    expect(outage.isOn).toBe(false);
    expect(lines).toEqual([
      ['info', 'connected to Redis', {}],
      [
        'error',
        'Redis is gone',
        { code: 'redis_unavailable', role: 'store', reason: 'connect ECONNREFUSED 127.0.0.1:6379' },
      ],
      ['info', 'Redis is back', { seconds: expect.any(Number) as number }],
    ]);
  });

  it('has each of its reasons in the log, once and not at length, and the next outage again', () => {
    fail(2, 'connect ECONNREFUSED');
    fail(2, 'NOAUTH Authentication required.');
    fail(2, `DENIED ${'Redis is running in protected mode. '.repeat(20)}`);
    for (const role of ['store', 'worker']) outage.ready(role);
    fail(1, 'connect ECONNREFUSED');
    expect(texts()).toEqual([
      'connected to Redis',
      'Redis is gone',
      'Redis is still gone, for another reason',
      'Redis is still gone, for another reason',
      'Redis is back',
      'Redis is gone',
    ]);
    expect(JSON.stringify(lines[3]).length).toBeLessThan(350);
  });

  it('takes a reason for the same when only the time of the next attempt differs', () => {
    for (const ms of [10, 20, 1_000])
      fail(1, `All sentinels are unreachable. Retrying from scratch after ${ms}ms.`);
    expect(texts()).toEqual(['connected to Redis', 'Redis is gone']);
  });

  it('does not fill the log with reasons that differ each time', () => {
    for (let n = 0; n < 100; n++) outage.failed('store', new Error(`socket ${String(n)} timed out`));
    expect(lines.length).toBeLessThan(10);
  });

  it('is none when a lost connection is ready again at the first attempt', () => {
    outage.closed('store');
    expect(outage.isOn).toBe(true);
    outage.ready('store');
    expect(texts()).toEqual(['connected to Redis']);
  });
});
