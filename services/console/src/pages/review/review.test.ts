import { AMBIGUOUS, unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import { ReviewEntry } from '@optout-sync/shared/review';
import { ACCOUNT, SENDER, freshSid, freshSubject, pathOf } from '../../test-support/people';
import { damageDeadLetter } from '../../test-support/dead-letters';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

let tested: TestConsole;
beforeAll(async () => {
  tested = await startTestConsole({ TWILIO_ACCOUNT_SID: ACCOUNT });
});
afterAll(() => tested.stop());

async function flagged(phrase: string): Promise<ReviewEntry> {
  const entry = ReviewEntry.parse({
    ...freshSubject(),
    sender: SENDER,
    messageSid: freshSid(),
    phrase,
    receivedAt: Date.now(),
  });
  await tested.context.stores.reviewList.add(entry);
  return entry;
}

async function suspicious(): Promise<{ readonly id: string; readonly phone: string }> {
  const { phone } = freshSubject();
  const MessageSid = freshSid();
  const params = { AccountSid: ACCOUNT, From: phone, To: SENDER, MessageSid };
  const letter = unprocessableDeadLetter(AMBIGUOUS, { route: 'messages', params, signed: MessageSid }, 1);
  return { id: await tested.context.stores.queues.deadLetters.put(letter), phone };
}

const enqueued = async () => {
  const jobs = await tested.context.stores.queues.inbound.getJobs();
  return jobs.flatMap(({ data }) => data.payload.events as readonly { phone: string; kind: string }[]);
};

describe('the review page', () => {
  it('shows the others where one that may be made of another one is damaged', async () => {
    const [broken, whole] = [await suspicious(), await suspicious()];
    await damageDeadLetter(tested.context, broken.id, '{"code":');
    const { status, text } = await tested.get('/review', 'viewer');
    expect([status, text.includes(whole.id)]).toEqual([200, true]);
    const opened = await tested.get(`/review/dead-letters/${broken.id}`, 'viewer');
    expect([opened.status, opened.text.includes('letter_not_suspicious')]).toEqual([400, true]);
    await tested.context.stores.queues.deadLetters.discard({ ids: [broken.id, whole.id] });
  });

  it('lists wording, blocked codes and messages that may be made of another one, masked', async () => {
    const [worded, blocked] = [await flagged('take_me_off'), await flagged('blocked_send_63014')];
    const made = await suspicious();
    const { text } = await tested.get('/review', 'viewer');
    for (const { messageSid, phone, phrase = '' } of [worded, blocked]) {
      expect(text).toContain(`/review/${messageSid}`);
      expect(text).toContain(phrase);
      expect(text).not.toContain(phone.slice(1));
    }
    expect(text).toContain(`/review/dead-letters/${made.id}`);
    expect(text).not.toContain(made.phone.slice(1));
    expect(text).toContain(pathOf(tested.context, worded));
  });

  it('shows a viewer what is to be decided, and only an operator the decisions', async () => {
    const { messageSid } = await flagged('take_me_off');
    const path = `/review/${messageSid}`;
    expect((await tested.get(path, 'viewer')).text).not.toContain('Opt this person out');
    expect((await tested.get(path)).text).toContain('Opt this person out');
    expect((await tested.post(`${path}/apply`, { why: 'x' }, 'support')).status).toBe(403);
  });

  it('opts out by hand with who and why, and takes the message off the list', async () => {
    const { messageSid, phone } = await flagged('take_me_off');
    expect((await tested.post(`/review/${messageSid}/apply`, {})).text).toContain('who_missing');
    const { status, location } = await tested.post(`/review/${messageSid}/apply`, { why: 'asks to stop' });
    expect([status, location]).toEqual([303, '/review']);
    expect(await enqueued()).toContainEqual(
      expect.objectContaining({ phone, kind: 'stop', by: 'operator', why: 'asks to stop' }),
    );
    expect(await tested.context.stores.reviewList.has(messageSid)).toBe(false);
    expect((await tested.post(`/review/${messageSid}/apply`, { why: 'twice' })).status).toBe(404);
  });

  it('dismisses with who and why, and opts nobody out', async () => {
    const { messageSid, phone } = await flagged('take_me_off');
    await tested.post(`/review/${messageSid}/dismiss`, { why: 'asks about an order' });
    expect(await tested.context.stores.reviewList.has(messageSid)).toBe(false);
    expect(await enqueued()).not.toContainEqual(expect.objectContaining({ phone }));
    expect((await tested.context.stores.audit.list({ limit: 1 })).entries[0]).toMatchObject({
      action: 'review_done',
      by: 'operator',
      why: 'asks about an order',
    });
  });

  it('decides on a message that may be made of another one, and discards its dead letter', async () => {
    const [real, forged] = [await suspicious(), await suspicious()];
    const { text } = await tested.get(`/review/dead-letters/${real.id}`);
    expect(text).toContain('message_ambiguous');
    expect(text).not.toContain(real.phone.slice(1));
    await tested.post(`/review/dead-letters/${real.id}/apply`, { why: 'Twilio has it' });
    await tested.post(`/review/dead-letters/${forged.id}/dismiss`, { why: 'Twilio has another' });
    const phones = (await enqueued()).map(({ phone }) => phone);
    expect(phones).toContain(real.phone);
    expect(phones).not.toContain(forged.phone);
    const { deadLetters } = tested.context.stores.queues;
    expect(await deadLetters.get(real.id)).toBeUndefined();
    expect(await deadLetters.get(forged.id)).toBeUndefined();
  });

  it('shows a message that cannot be read, which can be dismissed', async () => {
    const { messageSid } = await flagged('take_me_off');
    const { redis, prefix, reviewList } = tested.context.stores;
    await redis.hset(`${prefix}:{review}:entries`, messageSid, '{"phone":');
    expect((await tested.get('/review')).text).toMatch(/Messages that cannot be read.*: 1\. They/);
    const page = await tested.get(`/review/${messageSid}`);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('Opt this person out');
    await tested.post(`/review/${messageSid}/dismiss`, { why: 'damaged' });
    expect(await reviewList.has(messageSid)).toBe(false);
  });

  it('does not know a message that is not on the list', async () => {
    expect((await tested.get(`/review/${freshSid()}`)).status).toBe(404);
    expect((await tested.get('/review/dead-letters/dl-00000000000000000000')).status).toBe(404);
  });
});
