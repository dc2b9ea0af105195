import { waitFor } from './wait-for';

test('returns what the condition returned once that is truthy', async () => {
  let checks = 0;
  const found = await waitFor(() => (++checks === 3 ? { checks } : undefined), {
    what: 'the third check',
    everyMs: 1,
  });
  expect(found).toEqual({ checks: 3 });
});

test('a condition that throws is checked again', async () => {
  let checks = 0;
  const condition = () => {
    if (++checks < 3) throw new Error('not yet');
    return 'now';
  };
  await expect(waitFor(condition, { what: 'no more errors', everyMs: 1 })).resolves.toBe('now');
});

test('the error names what was awaited, for how long, and the last check', async () => {
  const waiting = waitFor(() => Promise.reject(new Error('HTTP 503')), {
    what: 'the worker',
    timeoutMs: 5,
    everyMs: 1,
  });
  await expect(waiting).rejects.toThrow('timed out waiting for the worker after 5 ms; last check: HTTP 503');
});

test('a reason to give up ends the wait before the timeout', async () => {
  const waiting = waitFor(() => false, { what: 'the worker', everyMs: 1, giveUp: () => 'it ended' });
  await expect(waiting).rejects.toThrow('gave up waiting for the worker: it ended; last check: false');
});
