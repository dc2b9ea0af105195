import { waitFor } from './wait-for';

test('gives what the condition gave once it is truthy', async () => {
  let looks = 0;
  const found = await waitFor(() => (++looks === 3 ? { looks } : undefined), {
    what: 'the third look',
    everyMs: 1,
  });
  expect(found).toEqual({ looks: 3 });
});

test('a condition that throws is looked at again', async () => {
  let looks = 0;
  const condition = () => {
    if (++looks < 3) throw new Error('not yet');
    return 'now';
  };
  await expect(waitFor(condition, { what: 'no more errors', everyMs: 1 })).resolves.toBe('now');
});

test('the error says what was awaited, for how long, and what was seen last', async () => {
  const waiting = waitFor(() => Promise.reject(new Error('HTTP 503')), {
    what: 'the worker',
    timeoutMs: 5,
    everyMs: 1,
  });
  await expect(waiting).rejects.toThrow(
    'waited in vain for the worker: not within 5 ms; last look: HTTP 503',
  );
});

test('a reason to give up ends the wait before its time', async () => {
  const waiting = waitFor(() => false, { what: 'the worker', everyMs: 1, giveUp: () => 'it ended' });
  await expect(waiting).rejects.toThrow('waited in vain for the worker: it ended; last look: false');
});
