import { waitFor } from '@optout-sync/local-runtime/process';
import type { Subject } from '@optout-sync/shared/domain';
import { Findings, PassRequests, type Drift } from '@optout-sync/shared/reconcile';
import { runWith, type Ran } from '../test-support/cli';
import { startVerifySystem, type VerifySystem } from '../test-support/verify';

let system: VerifySystem;
let passes: PassRequests;
let findings: Findings;
beforeEach(async () => {
  system = await startVerifySystem();
  const prefix = system.env.QUEUE_PREFIX ?? '';
  passes = new PassRequests(system.redis, prefix);
  findings = new Findings(system.redis, prefix);
});
afterEach(() => system.stop());

const optouts = (...args: string[]): Promise<Ran> => runWith(system.env, 'optouts', ...args);
const verifyAll = (...args: string[]): Promise<Ran> => optouts('verify', '--all', ...args);

/** Ends the pass that is asked for, as a worker does. */
async function end(fields: Record<string, number>): Promise<void> {
  await waitFor(async () => (await passes.read('default'))?.state === 'waiting', { what: 'a pass' });
  const { id = '' } = (await passes.read('default')) ?? {};
  await passes.update('default', id, ['waiting'], { state: 'running', startedAt: Date.now(), estimated: 10 });
  await passes.update('default', id, ['running'], { state: 'ended', endedAt: Date.now(), ...fields });
}

const WHO = ['--by', 'Ann', '--why', 'policy changed'];

describe('optouts verify --all', () => {
  it('asks for a pass that reports, and prints what it found', async () => {
    const [{ code, out }] = await Promise.all([
      verifyAll('--by', 'Ann'),
      end({ examined: 10, checked: 9, 'found:missing': 2, 'found:orphaned': 1 }),
    ]);
    expect(code).toBe(3);
    expect(out).toMatch(/asked for by Ann at .*: ended, only reports/);
    expect(out).toContain('10 entries examined, 9 compared');
    expect(out).toMatch(/missing .*2 .*0/);
    expect(out).toContain('3 people differ: `optouts list --drifted` lists them.');
  });

  it('only shows what --fix would ask for, without --yes', async () => {
    expect(await verifyAll('--fix')).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^Would have the workers compare[^]*0 missing[^]*Nothing was done\./,
      ) as string,
    });
    await found({ missing: ['a1'] });
    const { code, out } = await verifyAll('--fix', '--json', ...WHO);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toEqual({
      done: false,
      workspace: 'default',
      phones: { missing: 1, reverted: 0 },
    });
    expect(await passes.read('default')).toBeUndefined();
    expect((await system.audit.list({ limit: 1 })).entries).toEqual([]);
    expect(await verifyAll('--fix', '--yes', '--by', 'Ann')).toMatchObject({
      code: 2,
      error: expect.stringContaining('who_missing') as string,
    });
  });

  it('ends with 0 when all that was found is corrected, and the audit trail has who asked for it', async () => {
    const counts = { 'found:missing': 2, 'repaired:missing': 2 };
    const [{ code, out }] = await Promise.all([verifyAll('--fix', '--yes', ...WHO, '--json'), end(counts)]);
    expect((await system.audit.list({ limit: 1 })).entries).toMatchObject([
      {
        action: 'pass',
        by: 'Ann',
        why: 'policy changed',
        details: { workspace: 'default', mode: 'enforce' },
      },
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      mode: 'enforce',
      state: 'ended',
      found: { missing: 2 },
      corrected: { missing: 2 },
      uncorrected: 0,
    });
  });

  it('does not say that Customer.io agrees while a value may be lag after our own write', async () => {
    const [{ code, out }] = await Promise.all([verifyAll(), end({ examined: 10, checked: 10, settling: 1 })]);
    expect(code).toBe(3);
    expect(out).toContain('1 phone shows another value within a minute after the write');
    expect(out).not.toContain('agrees');
  });

  it('says that no worker has begun the pass, which stays', async () => {
    const { code, error } = await verifyAll('--wait', '0.2');
    expect(code).toBe(1);
    expect(error).toContain('error (pass_not_taken): no worker has begun the pass in 0.2 s');
    expect(await passes.read('default')).toMatchObject({ state: 'waiting', mode: 'report' });
    expect((await verifyAll('--status')).out).toContain('waiting');
    expect((await verifyAll('--fix', '--yes', ...WHO)).error).toContain('error (pass_under_way)');
    expect((await system.audit.list({ limit: 1 })).entries).toEqual([]);
  });

  it('shows what --cancel would end, and ends it with --yes', async () => {
    await verifyAll('--detach', '--by', 'Ann');
    const preview = await verifyAll('--cancel');
    expect(preview).toMatchObject({ code: 0, error: expect.stringContaining('Nothing was done.') as string });
    expect(preview.out).toContain('asked for by Ann');
    expect(await passes.read('default')).toMatchObject({ state: 'waiting' });
    const { code, out, error } = await verifyAll('--cancel', '--yes', ...WHO);
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('cancelled');
    expect((await system.audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'pass_cancel', by: 'Ann', details: { workspace: 'default' } },
    ]);
    expect((await verifyAll('--cancel')).error).toContain('error (pass_over)');
  });

  it('has no status before the first pass, and rejects options that exclude each other', async () => {
    expect(await verifyAll('--status')).toMatchObject({
      code: 1,
      error: expect.stringContaining('error (pass_not_found)') as string,
    });
    for (const [args, code] of [
      [['verify'], 'phone_missing'],
      [['verify', '+14155550101', '--all'], 'options_conflict'],
      [['verify', '--all', '--channel', 'sms'], 'options_conflict'],
      [['verify', '--all', '--allow-opt-in'], 'fix_missing'],
      [['verify', '--all', '--status', '--fix'], 'cannot be used with'],
    ] as const) {
      expect(await optouts(...args)).toMatchObject({
        code: 2,
        error: expect.stringContaining(code) as string,
      });
    }
    expect(await passes.read('default')).toBeUndefined();
  });
});

async function found(drift: Drift, kind: 'stop' | 'start' = 'stop'): Promise<Subject> {
  const subject = system.freshSubject();
  await system.record(subject, { kind });
  await findings.replace(subject, drift);
  return subject;
}

describe('optouts list --drifted', () => {
  it('lists who differs and how, with phones masked, and without the default of the state', async () => {
    const missing = await found({ missing: ['a1'] });
    const many = Array.from({ length: 30 }, (_, n) => `p${String(n)}`);
    const looser = await found({ looser_policy: many }, 'start');
    const { code, out } = await optouts('list', '--drifted');
    expect(code).toBe(0);
    expect(out).toMatch(/stopped .*missing .*a1/);
    expect(out).toMatch(/started .*looser_policy .*p0/);
    expect(out).toContain('and 10 more');
    expect(out).not.toContain(missing.phone);
    expect(out).toContain('2 listed, 2 findings examined.');
    expect((await optouts('list', '--drifted', 'looser_policy', '--full')).out).toContain(looser.phone);
    expect((await optouts('list', '--drifted', 'orphaned')).out).toContain('None listed');
    expect((await optouts('list', '--drifted', '--state', 'started')).out).toContain('1 listed');
  });

  it('pages, and prints all pages as lines of JSON', async () => {
    const subjects = [];
    for (let n = 0; n < 3; n++) subjects.push(await found({ reverted: [`a${String(n)}`] }));
    const page = await optouts('list', '--drifted', '--json', '--reveal', '--limit', '2');
    const first = JSON.parse(page.out) as { next: string; optouts: { phone: string }[] };
    // The cursor is pasted into a shell, and printed where phones are masked.
    expect(first.next).toMatch(/^[\w-]+$/);
    const rest = await optouts('list', '--drifted', '--json', '--reveal', '--cursor', first.next);
    const second = JSON.parse(rest.out) as typeof first;
    expect([...first.optouts, ...second.optouts].map(({ phone }) => phone)).toEqual(
      subjects.map(({ phone }) => phone),
    );
    expect(second.next).toBeNull();
    const all = (await optouts('list', '--drifted', '--all', '--reveal')).out
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(all).toMatchObject(
      subjects.map((subject, n) => ({ ...subject, kind: 'reverted', people: [`a${String(n)}`] })),
    );
    expect(await optouts('list', '--drifted', '--cursor', 'nonsense')).toMatchObject({
      code: 2,
      error: expect.stringContaining('cursor_invalid') as string,
    });
  });
});

describe('optouts verify --all --fix --allow-opt-in', () => {
  it('previews who would be set back, from what and why, and does nothing', async () => {
    const subject = await found({ orphaned: ['a1'] });
    await found({ missing: ['b1'] });
    const { code, out } = await verifyAll('--fix', '--allow-opt-in', ...WHO);
    expect(code).toBe(3);
    expect(out).toMatch(/a1 .*true .*false .*orphaned: no longer have the number/);
    expect(out).toContain('Phones: 1 with orphaned people, 0 with a looser policy.');
    expect(out).not.toContain(subject.phone);
    expect(out).not.toContain('b1');
    expect((await system.audit.list({ limit: 1 })).entries).toEqual([]);
  });

  it('requires who and why, and says that no worker takes it; the request is in the audit trail', async () => {
    const subject = await found({ looser_policy: ['a1', 'a2'] });
    expect(await verifyAll('--fix', '--allow-opt-in', '--yes')).toMatchObject({
      code: 2,
      error: expect.stringContaining('who_missing') as string,
    });
    const { code, error } = await verifyAll('--fix', '--allow-opt-in', '--yes', ...WHO, '--wait', '0.3');
    expect(code).toBe(1);
    expect(error).toContain('error (sync_not_taken)');
    expect((await system.audit.list({ limit: 2 })).entries).toMatchObject([
      { action: 'allow_opt_in', by: 'Ann', details: { phones: [{ ...subject, people: ['a1', 'a2'] }] } },
    ]);
  });

  it('has nobody to set back where nobody was found', async () => {
    expect(await verifyAll('--fix', '--allow-opt-in')).toMatchObject({
      code: 0,
      out: expect.stringContaining('found nobody to set back') as string,
    });
  });
});
