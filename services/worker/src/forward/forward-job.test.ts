import { waitFor } from '@optout-sync/local-runtime/process';
import { enqueueForward, enqueueReplay, type ForwardRequest } from '@optout-sync/shared/queues';
import { startForwardTarget, type ForwardTarget } from '../test-support/forward-target';
import { startHarness, type Harness } from '../test-support/worker-harness';

describe('forwardJob', () => {
  let harness: Harness;
  let target: ForwardTarget;
  let other: ForwardTarget;
  beforeEach(async () => {
    [harness, target, other] = await Promise.all([
      startHarness(),
      startForwardTarget(),
      startForwardTarget(),
    ]);
  });
  afterEach(async () => {
    await Promise.all([harness.stop(), target.stop(), other.stop()]);
  });

  let count = 0;
  const requestTo = ({ url }: ForwardTarget): ForwardRequest => ({
    version: 1,
    id: `message-${String(count++)}`,
    target: url,
    method: 'POST',
    query: '',
    headers: { 'content-type': 'text/plain' },
    body: 'secret text',
  });
  const forward = (request: ForwardRequest) => enqueueForward(harness.queues, request);
  const arrived = (at: ForwardTarget, times: number) =>
    waitFor(() => at.received.length >= times, {
      what: `${String(times)} requests to the target`,
      timeoutMs: 15_000,
    });
  const deadLetters = async () => (await harness.queues.deadLetters.page({ limit: 10 })).deadLetters;

  it('delivers a message to its target and counts it', async () => {
    await forward(requestTo(target));
    await arrived(target, 1);
    await waitFor(
      async () => (await harness.metric('optout_jobs_total{queue="forwards",outcome="delivered"')) === 1,
      {
        what: 'the metric',
      },
    );
    expect(await harness.metric('optout_queue_jobs{queue="forwards",state="waiting"')).toBe(0);
  });

  it('delivers to each target independently, and to none twice', async () => {
    let fails = 2;
    target.answer = (response) => response.writeHead(fails-- > 0 ? 503 : 200).end();
    const request = requestTo(target);
    await Promise.all([forward(request), forward({ ...request, target: other.url })]);
    await arrived(target, 3);
    await waitFor(async () => (await harness.queues.forwards.count()) === 0, { what: 'an empty queue' });
    expect(other.received).toHaveLength(1);
    expect(target.received).toHaveLength(3);
    expect(await deadLetters()).toEqual([]);
  });

  it('delivers a message once when it is enqueued twice within a minute, even after its delivery', async () => {
    const request = requestTo(target);
    await forward(request);
    await arrived(target, 1);
    await waitFor(async () => (await harness.queues.forwards.getJobCountByTypes('waiting', 'active')) === 0, {
      what: 'an empty queue',
    });
    await forward(request);
    await forward(requestTo(target));
    await arrived(target, 2);
    expect(target.received).toHaveLength(2);
  });

  it('dead-letters a message that the target rejects, and delivers it again in a replay, however soon', async () => {
    target.answer = (response) => response.writeHead(403).end();
    const request = requestTo(target);
    await forward(request);
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    const [stored] = await deadLetters();
    expect(stored?.deadLetter).toMatchObject({
      stage: 'forward',
      code: 'forward_refused',
      undone: { type: 'forward', request },
      attempts: [{ code: 'forward_refused', status: 403 }],
    });
    target.answer = (response) => response.writeHead(200).end();
    const { runs } = harness.queues;
    const run = await runs.create({
      filter: { ids: [stored!.id] },
      by: 'Ann',
      why: 'the target is corrected',
    });
    await enqueueReplay(harness.queues, run.id);
    await arrived(target, 2);
    await waitFor(async () => (await runs.get(run.id))?.outcomes.delivered === 1, { what: 'the outcome' });
    expect(await runs.get(run.id)).toMatchObject({ state: 'finished', total: 1, done: 1, skipped: 0 });
    expect(await harness.queues.deadLetters.get(stored!.id)).toBeUndefined();
    expect(harness.logLines.join('')).not.toContain('secret text');
  });

  it('dead-letters an invalid request whole', async () => {
    await harness.queues.forwards.add('forward', { payload: { version: 1 } as never });
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    expect((await deadLetters())[0]?.deadLetter).toMatchObject({
      code: 'forward_invalid',
      undone: { type: 'raw', data: { version: 1 } },
    });
  });

  it('delays messages for an unreachable target, but for a probe now and then, and no others', async () => {
    target.answer = (response) => void response.destroy();
    await Promise.all(Array.from({ length: 30 }, () => forward(requestTo(target))));
    const down = 'optout_job_failures_total{queue="forwards",code="forward_target_down"';
    await waitFor(async () => ((await harness.metric(down)) ?? 0) > 0, {
      what: 'the open breaker',
    });
    await forward(requestTo(other));
    await arrived(other, 1);
    expect(target.received.length).toBeLessThan(60);
  });
});
