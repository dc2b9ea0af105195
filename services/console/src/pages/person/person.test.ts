import { checkProof } from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';
import { SENDER, freshSubject, markApplied, pathOf, record } from '../../test-support/people';

let tested: TestConsole;
beforeAll(async () => {
  tested = await startTestConsole();
});
afterAll(() => tested.stop());

const path = (subject: Subject, action = ''): string => `${pathOf(tested.context, subject)}${action}`;
const audited = async () => (await tested.context.stores.audit.list({ limit: 1 })).entries[0];
const enqueued = async () => {
  const jobs = await tested.context.stores.queues.inbound.getJobs();
  return jobs.flatMap(
    ({ data }) => data.payload.events as readonly { phone: string; kind: string; by?: string }[],
  );
};

async function stopped(): Promise<Subject> {
  const subject = freshSubject();
  await record(tested.context, subject);
  return subject;
}

describe("a person's page", () => {
  it('has the timeline of messages, writes, reads and drift, the latest first', async () => {
    const { context } = tested;
    const subject = freshSubject();
    const event = await record(context, subject, { phrase: 'take_me_off' });
    await markApplied(context, subject, ['a1']);
    await context.stores.ledger.markChecked(subject, 1, {
      people: ['a1', 'b2'],
      read: true,
      wrote: true,
      writes: [{ reason: 'sweep', kind: 'missing', people: ['b2'] }],
    });
    await context.stores.findings.replace(subject, { reverted: ['c3'] });
    const { text } = await tested.get(path(subject), 'viewer');
    const rows = [...text.matchAll(/<tr><th scope="row"[^>]*><time.*?<\/tr>/gs)].map(([row]) => row);
    const what = rows.map((row) =>
      row.includes('>drift<') ? 'drift' : (/write by|write:|last read|STOP/.exec(row)?.[0] ?? row),
    );
    expect(what.at(-1)).toBe('STOP');
    expect(what.toSorted()).toEqual(['STOP', 'drift', 'last read', 'write by', 'write:']);
    expect(text).toContain(event.messageSid);
    expect(text).toContain('take_me_off');
    expect(text).toContain('opted out');
    expect(text).toContain('wording without a keyword');
    expect(text).not.toContain('a keyword, or what');
  });

  it('shows nobody the whole number, and a viewer no action', async () => {
    const subject = await stopped();
    for (const role of ['viewer', 'support', 'operator'] as const) {
      const { text } = await tested.get(path(subject), role);
      expect(text).not.toContain(subject.phone.slice(1));
      expect(text).toContain(`${subject.phone.slice(0, 5)}*****`);
      expect(text.includes('Show the whole number')).toBe(role !== 'viewer');
      expect(text.includes('Lift the opt-out')).toBe(role === 'operator');
    }
  });

  it('names the other entries of the number', async () => {
    const subject = await stopped();
    const other = { ...subject, channel: 'whatsapp' } as const;
    await record(tested.context, other);
    expect((await tested.get(path(subject))).text).toContain(`href="${path(other)}"`);
  });

  it('says that there is no entry, and that an address names nobody', async () => {
    const { text } = await tested.get(path(freshSubject()));
    expect(text).toContain('no entry of this phone');
    const unknown = await tested.get('/people/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('person_not_found');
  });
});

describe('showing the whole number', () => {
  it('needs support and a reason, is in the audit trail, and ends with the page', async () => {
    const subject = await stopped();
    const reveal = path(subject, '/reveal');
    expect((await tested.post(reveal, { why: 'call' }, 'viewer')).status).toBe(403);
    const without = await tested.post(reveal, { why: ' ' }, 'support');
    expect(without.text).toContain('who_missing');
    expect(without.text).not.toContain(subject.phone);
    const { status, text } = await tested.post(reveal, { why: 'ticket 4711', by: 'somebody' }, 'support');
    expect(status).toBe(200);
    expect(text).toContain(subject.phone);
    expect(text).not.toContain(`<title>Person ${subject.phone}`);
    const { action, by, why, details } = (await audited())!;
    expect({ action, by, why }).toEqual({ action: 'reveal', by: 'support', why: 'ticket 4711' });
    expect(details).toMatchObject({ command: 'console', phone: subject.phone });
    expect((await tested.get(path(subject), 'support')).text).not.toContain(subject.phone);
    expect(tested.logLines.join()).not.toContain(subject.phone);
  });
});

describe('opting a person out and in by hand', () => {
  it('shows what would change, and does it with who and why', async () => {
    const subject = freshSubject();
    const preview = await tested.post(path(subject, '/opt-out/preview'), { sender: SENDER }, 'support');
    expect(preview.text).toContain('Opt this person out');
    expect(preview.text).not.toContain(subject.phone);
    expect(await enqueued()).not.toContainEqual(expect.objectContaining({ phone: subject.phone }));
    const fields = { sender: SENDER, version: '0', why: 'asked on the phone' };
    const { status, location } = await tested.post(path(subject, '/opt-out'), fields, 'support');
    expect([status, location]).toEqual([303, path(subject)]);
    expect(await enqueued()).toContainEqual(
      expect.objectContaining({ phone: subject.phone, kind: 'stop', by: 'support', why: fields.why }),
    );
    expect(await audited()).toMatchObject({ action: 'override', by: 'support', why: fields.why });
    expect((await tested.get(path(subject), 'support')).text).toContain('Enqueued OV');
  });

  it('refuses what was previewed before the entry changed', async () => {
    const subject = await stopped();
    const fields = { sender: SENDER, version: '0', why: 'late' };
    const { status, text } = await tested.post(path(subject, '/opt-out'), fields);
    expect(status).toBe(409);
    expect(text).toContain('preview_outdated');
    expect(await enqueued()).not.toContainEqual(expect.objectContaining({ phone: subject.phone }));
  });

  it('lets only an operator lift an opt-out, and only with a reason', async () => {
    const subject = await stopped();
    const fields = { sender: SENDER, version: '1', why: 'a mistake of ours' };
    for (const action of ['/opt-in/preview', '/opt-in']) {
      expect((await tested.post(path(subject, action), fields, 'support')).status).toBe(403);
    }
    expect((await tested.post(path(subject, '/opt-in'), { ...fields, why: '' })).status).toBe(400);
    expect((await tested.post(path(subject, '/opt-in/preview'), fields)).text).toContain('error 21610');
    expect((await tested.post(path(subject, '/opt-in'), fields)).status).toBe(303);
    expect(await enqueued()).toContainEqual(
      expect.objectContaining({ phone: subject.phone, kind: 'start', by: 'operator' }),
    );
  });

  it('refuses a sender that is none', async () => {
    const { status, text } = await tested.post(path(freshSubject(), '/opt-out/preview'), { sender: 'MG1' });
    expect(status).toBe(400);
    expect(text).toContain('sender_invalid');
  });
});

describe('the proof', () => {
  it('is a file that can be checked, and its download is in the audit trail', async () => {
    const subject = await stopped();
    expect((await tested.post(path(subject, '/proof'), { why: 'a claim' }, 'viewer')).status).toBe(403);
    const { text, headers } = await tested.post(path(subject, '/proof'), { why: 'a claim' }, 'support');
    expect(headers.get('content-disposition')).toContain('optout-proof.json');
    expect(checkProof(JSON.parse(text), undefined).records.phone).toBe(subject.phone);
    expect(await audited()).toMatchObject({ action: 'reveal', by: 'support', why: 'a claim' });
  });
});
