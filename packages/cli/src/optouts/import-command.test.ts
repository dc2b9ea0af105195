import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { cancelRun, listRuns, withStores } from '@optout-sync/operations';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, queues, ledger, audit, close } = openStores();
const dir = mkdtempSync(join(tmpdir(), 'import-'));
afterEach(() => queues.inbound.obliterate({ force: true }));
afterAll(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const SENDER = '+15005550006';
const WHO = ['--yes', '--by', 'Ann', '--why', 'from the old system'];
let [phones, files] = [0, 0];
const freshPhone = (): string => `+1415557${String(1_000 + phones++)}`;
function file(text: string, name = `${String(files++)}.csv`): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}
const run = (path: string, ...args: string[]): Promise<Ran> =>
  runWith(env, 'optouts', 'import', path, '--sender', SENDER, ...args);
const counted = async (path: string, ...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await run(path, '--json', ...args)).out) as Record<string, unknown>;

async function enqueued(): Promise<InboundEvent[]> {
  const jobs = await queues.inbound.getJobs(['waiting', 'prioritized']);
  return jobs.flatMap((job) => job.data.payload.events);
}

const subjectOf = (phone: string): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: InboundEvent.shape.phone.parse(phone),
});

/** As the worker does. */
async function applyEnqueued(): Promise<void> {
  for (const event of await enqueued()) {
    const subject = { ...subjectOf(event.phone), channel: event.channel };
    const { version } = await ledger.record(subject, event);
    await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a1'] });
  }
  await queues.inbound.obliterate({ force: true });
}

async function recordWord(phone: string, kind: 'stop' | 'start', at: string): Promise<void> {
  const occurredAt = Date.parse(at);
  const event = InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: 'manual',
    kind,
    channel: 'sms',
    phone,
    sender: SENDER,
    source: 'webhook',
    occurredAt,
    receivedAt: occurredAt,
  });
  const { version } = await ledger.record(subjectOf(phone), event);
  await ledger.markApplied(subjectOf(phone), version, { outcome: 'applied', people: ['a1'] });
}
const stateOf = async (phone: string): Promise<string | undefined> =>
  (await ledger.read(subjectOf(phone)))?.senders.get(SENDER)?.state;

describe('optouts import', () => {
  it('checks and counts without --yes, and enqueues nothing', async () => {
    const path = file(`phone,date\n${freshPhone()},2025-03-01\n${freshPhone()},\nnobody,2025-03-01\n`);
    const { code, out, error } = await run(path);
    expect(code).toBe(0);
    expect(out).toMatch(/to import +2\nof them without a date +1/);
    expect(out).toMatch(/rejected: phone_invalid +1/);
    expect(out).toContain('Nothing was done.');
    expect(error).toContain('Columns: phone from "phone", at from "date".');
    expect(await enqueued()).toEqual([]);
    expect((await audit.list({ limit: 9 })).entries).toEqual([]);
  });

  it('enqueues opt-outs of source import behind live traffic, with an audit entry before and after', async () => {
    const phone = freshPhone();
    const { code } = await run(file(`Phone Number,Opted Out At\n${phone},2025-03-01T10:00:00Z\n`), ...WHO);
    expect(code).toBe(0);
    const at = Date.parse('2025-03-01T10:00:00Z');
    expect(await enqueued()).toMatchObject([
      { kind: 'stop', source: 'import', phone, sender: SENDER, occurredAt: at },
    ]);
    expect((await queues.inbound.getJobCounts('prioritized')).prioritized).toBe(1);
    expect((await audit.list({ limit: 2 })).entries).toMatchObject([
      { action: 'import', by: 'Ann', details: { state: 'ended', imported: 1 } },
      { action: 'import', by: 'Ann', why: 'from the old system', details: { state: 'begun' } },
    ]);
  });

  it('changes nothing when it is repeated, before and after a worker has recorded it', async () => {
    const path = file(`phone,at\n${freshPhone()},2025-03-01\n${freshPhone()},\n`);
    await run(path, ...WHO);
    await run(path, ...WHO);
    expect(await enqueued()).toHaveLength(2);
    await applyEnqueued();
    expect(await counted(path, ...WHO)).toMatchObject({ done: true, rows: 2, imported: 0, unchanged: 2 });
    expect(await enqueued()).toEqual([]);
  });

  it('orders a row with a date by it: a later START remains, an earlier one does not', async () => {
    const [later, earlier] = [freshPhone(), freshPhone()];
    await recordWord(later, 'start', '2025-06-01T00:00:00Z');
    await recordWord(earlier, 'start', '2025-01-01T00:00:00Z');
    await run(file(`phone,at\n${later},2025-03-01\n${earlier},2025-03-01\n`), ...WHO);
    await applyEnqueued();
    expect([await stateOf(later), await stateOf(earlier)]).toEqual(['started', 'stopped']);
  });

  it('rejects a row without a date where the ledger has a word, unless it counts as said now', async () => {
    const [known, unknown] = [freshPhone(), freshPhone()];
    await recordWord(known, 'start', '2025-06-01T00:00:00Z');
    const path = file(`phone\n${known}\n${unknown}\n`);
    expect((await run(path, ...WHO)).code).toBe(3);
    expect(readFileSync(`${path}.rejects`, 'utf8')).toBe(`line,reason,phone\n2,known,${known}\n`);
    expect(statSync(`${path}.rejects`).mode & 0o777).toBe(0o600);
    await applyEnqueued();
    expect([await stateOf(known), await stateOf(unknown)]).toEqual(['started', 'stopped']);
    expect((await run(path, '--as-of', 'now', ...WHO)).code).toBe(0);
    await applyEnqueued();
    expect(await stateOf(known)).toBe('stopped');
  });

  it('imports a row without a date as of a given time, ordered by it', async () => {
    const phone = freshPhone();
    await recordWord(phone, 'start', '2025-06-01T00:00:00Z');
    await run(file(`phone\n${phone}\n`), '--as-of', '2025-03-01', ...WHO);
    await applyEnqueued();
    expect(await stateOf(phone)).toBe('started');
  });

  it('reads named columns, national numbers, senders, channels, and times of several forms', async () => {
    const path = file(
      `Mobile No;Opted Out;Line;Via
(415) 555-2671;2025-03-01 10:00:00;MG${'a'.repeat(32)};
0044 20 7946 0018;1740823200;;whatsapp
whatsapp:+491711234567;2025-03-01T11:00:00+01:00;;
`,
    );
    const maps = ['phone=Mobile No', 'at=Opted Out', 'sender=Line', 'channel=Via'].flatMap((map) => [
      '--map',
      map,
    ]);
    expect((await run(path, '--country', 'us', ...maps, ...WHO)).code).toBe(0);
    const occurredAt = Date.parse('2025-03-01T10:00:00Z');
    expect((await enqueued()).sort((a, b) => a.phone.localeCompare(b.phone))).toMatchObject([
      { phone: '+14155552671', channel: 'sms', sender: `MG${'a'.repeat(32)}`, occurredAt },
      { phone: '+442079460018', channel: 'whatsapp', sender: `whatsapp:${SENDER}`, occurredAt },
      { phone: '+491711234567', channel: 'whatsapp', sender: `whatsapp:${SENDER}`, occurredAt },
    ]);
  });

  it('reads JSON lines, and names the lines that it rejects with the reason', async () => {
    const phone = freshPhone();
    const lines = [
      JSON.stringify({ phone, since: '2025-03-01' }),
      '{"phone": ',
      JSON.stringify({ phone: '4155552671' }),
      JSON.stringify({ phone: freshPhone(), since: 'last year' }),
      JSON.stringify({ phone: freshPhone(), since: '2999-01-01' }),
    ];
    const path = file(lines.join('\n'), 'some.jsonl');
    expect(await counted(path, ...WHO)).toMatchObject({
      rows: 5,
      imported: 1,
      rejected: { row_malformed: 1, phone_invalid: 1, date_invalid: 1, date_in_future: 1 },
      rejects: `${path}.rejects`,
    });
    const rejects = readFileSync(`${path}.rejects`, 'utf8').trim().split('\n');
    expect(rejects.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([2, 3, 4, 5]);
  });

  it('takes the delimiter of the header, whatever the cells hold', async () => {
    const path = file(`name;phone\nDoe, John;${freshPhone()}\n"a;b";${freshPhone()}\n`);
    expect(await counted(path)).toMatchObject({ rows: 2, imported: 2, rejected: {} });
  });

  it('reads JSON lines that begin with a byte order mark', async () => {
    const path = file(`\uFEFF${JSON.stringify({ phone: freshPhone() })}\n`, 'mark.jsonl');
    expect(await counted(path)).toMatchObject({ rows: 1, imported: 1 });
  });

  it.each(['1900-01-01', '0001-01-01', '1970-01-01', '1999-12-31T23:59:59Z', '202602251200'])(
    'rejects the date %s, which says that there is none',
    async (at) => {
      const path = file(`phone,at\n${freshPhone()},${at}\n${freshPhone()},2000-01-01\n${freshPhone()},\n`);
      expect(await counted(path)).toMatchObject({ imported: 2, rejected: { date_invalid: 1 } });
    },
  );

  it('rejects a date that is not in the calendar', async () => {
    const path = file(`phone,at\n${freshPhone()},2025-02-30\n${freshPhone()},2024-02-29\n`);
    expect(await counted(path)).toMatchObject({ imported: 1, rejected: { date_invalid: 1 } });
  });

  it('writes rejects that can be mended and imported, of CSV and of JSON lines', async () => {
    const [phone, mended] = [freshPhone(), freshPhone()];
    const csv = file(`phone,at\n${phone},2025-01-01,too many\nnobody,2025-01-02\n`);
    await run(csv);
    const rejects = readFileSync(`${csv}.rejects`, 'utf8');
    expect(rejects).toBe(
      `line,reason,phone,at\n2,row_malformed,${phone},2025-01-01\n3,phone_invalid,nobody,2025-01-02\n`,
    );
    await run(`${csv}.rejects`);
    expect(readFileSync(`${csv}.rejects.rejects`, 'utf8')).toBe(
      'line,reason,phone,at\n3,phone_invalid,nobody,2025-01-02\n',
    );
    writeFileSync(`${csv}.rejects`, rejects.replace('nobody', mended).replace('2025-01-01', 'May'));
    await run(`${csv}.rejects`);
    expect(readFileSync(`${csv}.rejects.rejects`, 'utf8')).toBe(
      `line,reason,phone,at\n2,date_invalid,${phone},May\n`,
    );
    writeFileSync(`${csv}.rejects`, rejects.replace('nobody', mended));
    expect(await counted(`${csv}.rejects`)).toMatchObject({ imported: 2, rejects: null });
    const json = file(`{"phone":"nobody"}\n{broken\n`, 'mend.jsonl');
    await run(json);
    const lines = readFileSync(`${json}.rejects`, 'utf8');
    expect(lines).toContain('{"line":2,"reason":"row_malformed","row":"{broken"}');
    writeFileSync(`${json}.rejects`, lines.replace('nobody', mended));
    expect(await counted(`${json}.rejects`)).toMatchObject({ imported: 1 });
  });

  it('refuses to write the rejects over the file that it reads', async () => {
    const text = `phone\nnobody\n`;
    const path = file(text);
    const { code, error } = await run(path, '--rejects', join(dir, '.', path.slice(dir.length)));
    expect({ code, error }).toMatchObject({
      code: 2,
      error: expect.stringContaining('file_unwritable') as string,
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['CSV', `phone\n${'1'.repeat(200_000)}\n`, 'long.csv'],
    ['JSON lines', `{"phone":"${'1'.repeat(200_000)}`, 'long.jsonl'],
  ])('refuses a row that is too long to hold: %s', async (_, text, name) => {
    const { code, error } = await run(file(text, name));
    expect(error).toContain('file_unreadable');
    expect(code).toBe(2);
  });

  it.each([
    ['no column for the phone', 'name,date\nAnn,2025-01-01\n', [], 'column_missing'],
    ['a column that does not exist', 'phone\n+14155550123\n', ['--map', 'at=When'], 'column_unknown'],
  ])('refuses a file with %s', async (_, text, args, code) => {
    expect(await run(file(text), ...args)).toMatchObject({
      code: 2,
      error: expect.stringContaining(code) as string,
    });
  });

  it('refuses a file that does not exist, a missing sender, and --yes without an author', async () => {
    expect((await run(join(dir, 'none.csv'))).error).toContain('file_unreadable');
    const path = file(`phone\n${freshPhone()}\n`);
    expect((await runWith(env, 'optouts', 'import', path)).error).toContain('sender_missing');
    expect((await run(path, '--yes')).error).toContain('who_missing');
    expect(await enqueued()).toEqual([]);
  });

  // The pause after a batch is 50 s.
  const BEFORE_ITS_END_MS = 30_000;
  it(
    'ends when somebody else cancels it, also in the pause of a low rate, and says so',
    async () => {
      const path = file(`phone\n${Array.from({ length: 100 }, freshPhone).join('\n')}\n`);
      const running = run(path, '--rate', '1', ...WHO);
      await waitFor(async () => (await enqueued()).length > 0, { what: 'the first batch' });
      await withStores({ env }, async (stores) => {
        const query = { workspaces: [], kind: 'import', limit: 1 } as const;
        const { runs } = await listRuns(stores, query);
        await cancelRun(stores, runs[0]?.id ?? '', { by: 'Bea', why: 'the wrong file' });
        expect(await running).toMatchObject({
          code: 1,
          error: expect.stringContaining('run_cancelled') as string,
        });
        expect((await listRuns(stores, query)).runs).toMatchObject([
          { state: 'stopped', counts: { imported: 50 } },
        ]);
      });
      expect(await enqueued()).toHaveLength(50);
    },
    BEFORE_ITS_END_MS,
  );
});

describe('optouts export', () => {
  it('prints all as CSV or lines of JSON, with phones masked unless they are asked for', async () => {
    const phone = freshPhone();
    await recordWord(phone, 'stop', '2025-03-01T10:00:00Z');
    const exported = (...args: string[]): Promise<Ran> => runWith(env, 'optouts', 'export', ...args);
    const csv = await exported('--reveal');
    const [head, ...rows] = csv.out.split('\n');
    expect(head).toBe(
      'phone,channel,workspace,state,since,stopped_senders,version,applied_version,written_to,reasons',
    );
    expect(rows).toContain(`${phone},sms,default,stopped,2025-03-01T10:00:00.000Z,${SENDER},1,1,1,message`);
    expect((await audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'reveal', details: { command: 'optouts export' } },
    ]);
    const json = await exported('--format', 'jsonl');
    expect(json.error).toContain('Phones are masked');
    expect(json.out).not.toContain(phone);
    for (const line of json.out.split('\n')) expect(JSON.parse(line)).toMatchObject({ state: 'stopped' });
  });
});
