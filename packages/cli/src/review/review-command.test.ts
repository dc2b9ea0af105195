import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReviewEntry } from '@optout-sync/shared/review';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, queues, reviewList, close } = openStores();
const dir = mkdtempSync(join(tmpdir(), 'review-'));
afterEach(async () => {
  await queues.inbound.obliterate({ force: true });
  const { entries } = await reviewList.list({ offset: 0, limit: 1_000 });
  for (const entry of entries) await reviewList.done(entry.messageSid);
});
afterAll(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const run = (...args: string[]): Promise<Ran> => runWith(env, 'review', ...args);
const WHO = ['--yes', '--by', 'Ann', '--why', 'read it'];
const PHONE = '+14155550123';
const NOW = Date.parse('2026-02-25T09:59:58Z');

async function flagged(given: Partial<ReviewEntry> = {}): Promise<ReviewEntry> {
  const entry = ReviewEntry.parse({
    workspace: 'default',
    channel: 'sms',
    phone: PHONE,
    sender: '+15005550006',
    messageSid: messageSid(),
    phrase: 'stop_texting',
    receivedAt: NOW,
    ...given,
  });
  await reviewList.add(entry);
  return entry;
}

describe('review list', () => {
  it('lists the messages to review without printing a whole phone', async () => {
    const entry = await flagged();
    const { code, out } = await run('list');
    expect(code).toBe(0);
    expect(out).toContain(entry.messageSid);
    expect(out).toContain('2026-02-25T09:59:58.000Z');
    expect(out).toContain('stop_texting');
    expect(out).toContain('1 to 1 of 1');
    expect(out).not.toContain(PHONE);
  });

  it('reports an empty list', async () => {
    expect(await run('list')).toEqual({ code: 0, out: 'Nothing to review.', error: '' });
  });

  it('prints pages as JSON, the oldest message first', async () => {
    const entries = [];
    for (let n = 0; n < 4; n++) entries.push(await flagged({ receivedAt: NOW + n }));
    const { out } = await run('list', '--json', '--cursor', '1', '--limit', '2');
    expect(JSON.parse(out)).toEqual({
      total: 4,
      next: '3',
      unreadable: [],
      entries: entries.slice(1, 3).map((entry) => ({
        ...entry,
        phone: '+1415*****23',
        receivedAt: new Date(entry.receivedAt).toISOString(),
      })),
    });
    expect((await run('list', '--offset', '9')).out).toBe('No messages after this cursor: the list has 4.');
  });
});

describe('review done', () => {
  it('takes a message off the list and opts nobody out', async () => {
    const entry = await flagged();
    expect(await run('done', entry.messageSid, ...WHO)).toMatchObject({ code: 0, error: '' });
    expect((await run('list')).out).toBe('Nothing to review.');
    expect(await queues.inbound.count()).toBe(0);
  });

  it('reports a message that is not on the list', async () => {
    expect(await run('done', 'SM0', ...WHO)).toEqual({
      code: 1,
      out: '',
      error: 'error (review_entry_not_found): SM0 is not on the review list',
    });
  });
});

describe('review stop', () => {
  it('opts the phone out from the sender of the message and takes the message off the list', async () => {
    const entry = await flagged({ channel: 'whatsapp', sender: 'whatsapp:+15005550006' });
    const { code, out } = await run('stop', entry.messageSid, ...WHO);
    expect(code).toBe(0);
    const [job] = await queues.inbound.getJobs(['waiting']);
    expect(job?.data.payload.events[0]).toMatchObject({
      accountSid: 'manual',
      kind: 'stop',
      source: 'manual',
      channel: 'whatsapp',
      phone: PHONE,
      sender: 'whatsapp:+15005550006',
      by: 'Ann',
      why: 'read it',
    });
    expect(out).toContain(job?.data.payload.events[0]?.messageSid);
    expect((await run('list')).out).toBe('Nothing to review.');
  });

  it('uses an account of the workspace of the message', async () => {
    const [one, two] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
    const path = join(dir, 'two.yaml');
    writeFileSync(
      path,
      `
twilio: { accounts: [{ sid: ${one}, workspace: acme }, { sid: ${two}, workspace: globex }] }
customerio: { workspaces: [{ name: acme }, { name: globex }] }
`,
    );
    const several = { ...env, OPTOUT_CONFIG: path, TWILIO_ACCOUNT_SID: one };
    const there = await flagged({ workspace: 'globex' });
    expect((await runWith(several, 'review', 'stop', there.messageSid, ...WHO)).code).toBe(0);
    const [job] = await queues.inbound.getJobs(['waiting']);
    expect(job?.data.payload.events[0]?.accountSid).toBe(two);

    const gone = await flagged({ workspace: 'initech' });
    expect(await runWith(several, 'review', 'stop', gone.messageSid, ...WHO)).toMatchObject({
      code: 2,
      error: expect.stringContaining('account_unknown') as string,
    });
    expect(await reviewList.get(gone.messageSid)).toEqual(gone);
  });

  it('leaves the message on the list when it cannot opt out', async () => {
    const entry = await flagged();
    expect((await run('stop', entry.messageSid, '--yes', '--by', 'Ann')).code).toBe(2);
    expect(
      (await run('stop', entry.messageSid, '--yes', '--by', 'x'.repeat(201), '--why', 'read it')).code,
    ).toBe(2);
    expect(await reviewList.get(entry.messageSid)).toEqual(entry);
    expect((await run('stop', 'SM0', ...WHO)).error).toContain('review_entry_not_found');
  });
});
