import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { E164, Channel } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { Findings, type FindingsPage } from './findings';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const WORKSPACE = 'default';
const fresh = (max?: number): Findings => new Findings(redis, `test-${randomUUID()}`, max);
const subject = (n: number, channel: Channel = 'sms'): Subject => ({
  workspace: WORKSPACE,
  channel,
  phone: `+1415555${String(n).padStart(4, '0')}` as E164,
});

async function pages(
  findings: Findings,
  options: Omit<Parameters<Findings['page']>[1], 'cursor'>,
): Promise<FindingsPage['findings'][]> {
  const all = [];
  let cursor: string | undefined;
  do {
    const page = await findings.page(WORKSPACE, { ...options, ...(cursor === undefined ? {} : { cursor }) });
    all.push(page.findings);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}

describe('Findings', () => {
  it('lists a damaged finding without people, beside the others', async () => {
    const prefix = `test-${randomUUID()}`;
    const findings = new Findings(redis, prefix);
    await findings.replace(subject(1), { missing: ['a1'] });
    await findings.replace(subject(2), { missing: ['a2'] });
    const key = `${prefix}:reconcile:{${WORKSPACE}}:findings:missing:people`;
    await redis.hset(key, `sms:${subject(1).phone}`, '{"people":');
    const { findings: found } = await findings.page(WORKSPACE, { limit: 10 });
    expect(found.map(({ people, total }) => [people, total])).toEqual([
      [[], 0],
      [['a2'], 1],
    ]);
    expect(await findings.peopleOf(subject(1), 'missing')).toEqual([]);
  });

  it('lists what a comparison found, by kind, with the people', async () => {
    const findings = fresh();
    await findings.replace(subject(1), { missing: ['a1', 'a2'], orphaned: ['a3'] });
    await findings.replace(subject(1, 'whatsapp'), { looser_policy: ['a4'] });
    const { findings: found, next } = await findings.page(WORKSPACE, { limit: 10 });
    expect(
      found.map(({ subject: { channel }, kind, people, total }) => [channel, kind, people, total]),
    ).toEqual([
      ['sms', 'missing', ['a1', 'a2'], 2],
      ['sms', 'orphaned', ['a3'], 1],
      ['whatsapp', 'looser_policy', ['a4'], 1],
    ]);
    expect(Math.abs((found[0]?.foundAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(next).toBeUndefined();
    expect(await findings.count(WORKSPACE)).toEqual({
      missing: 1,
      reverted: 0,
      orphaned: 1,
      looser_policy: 1,
    });
    expect(await findings.count('other')).toMatchObject({ missing: 0 });
  });

  it('replaces the findings of a phone by those of the next comparison, and keeps the time of one that stays', async () => {
    const findings = fresh();
    await findings.replace(subject(1), { missing: ['a1'], reverted: ['a2'] });
    const [before] = await findings.read(subject(1));
    await findings.replace(subject(1), { missing: ['a3'], orphaned: ['a2'] });
    expect((await findings.read(subject(1))).map(({ kind, people }) => [kind, people])).toEqual([
      ['missing', ['a3']],
      ['orphaned', ['a2']],
    ]);
    expect((await findings.read(subject(1)))[0]?.foundAt).toBe(before?.foundAt);
    await findings.replace(subject(1), {});
    expect(await findings.read(subject(1))).toEqual([]);
    expect((await findings.page(WORKSPACE, { limit: 10 })).findings).toEqual([]);
  });

  it('leaves the kinds alone that were not compared', async () => {
    const findings = fresh();
    await findings.replace(subject(1), { missing: ['a1'], orphaned: ['a2'] });
    await findings.replace(subject(1), {}, ['missing', 'reverted']);
    expect((await findings.read(subject(1))).map(({ kind }) => kind)).toEqual(['orphaned']);
  });

  it.each([1, 2, 3, 100])('pages through all of them, %i at a time, and through one kind', async (limit) => {
    const findings = fresh();
    for (let n = 0; n < 5; n++) await findings.replace(subject(n), { missing: ['a'], orphaned: ['b'] });
    const all = (await pages(findings, { limit })).flat();
    expect(all.map(({ kind }) => kind)).toEqual([
      ...Array<string>(5).fill('missing'),
      ...Array<string>(5).fill('orphaned'),
    ]);
    expect(new Set(all.map(({ subject: { phone }, kind }) => phone + kind)).size).toBe(10);
    const orphaned = await pages(findings, { kind: 'orphaned', limit });
    expect(orphaned.flat()).toHaveLength(5);
    for (const page of orphaned) expect(page.length).toBeLessThanOrEqual(limit);
  });

  it('skips none that stays while the one at the cursor is removed', async () => {
    const findings = fresh();
    for (let n = 0; n < 6; n++) await findings.replace(subject(n), { missing: ['a'] });
    const first = await findings.page(WORKSPACE, { limit: 3 });
    for (const { subject: listed } of first.findings) await findings.replace(listed, {});
    const rest = await findings.page(WORKSPACE, { limit: 10, cursor: first.next ?? '' });
    expect(rest.findings).toHaveLength(3);
  });

  it('starts over with a cursor that is mistyped', async () => {
    const findings = fresh();
    await findings.replace(subject(1), { missing: ['a1'] });
    for (const cursor of ['', 'x', 'missing|', 'missing|x|y', 'nothing|1|sms:+14155550001']) {
      expect((await findings.page(WORKSPACE, { limit: 5, cursor })).findings).toHaveLength(1);
    }
  });

  it('is bounded: further phones are left out until there is room, and 20 people of each are named', async () => {
    const findings = fresh(2);
    for (let n = 0; n < 4; n++) await findings.replace(subject(n), { missing: ['a'] });
    expect(await findings.count(WORKSPACE)).toMatchObject({ missing: 2 });
    const many = Array.from({ length: 50 }, (_, n) => `a${String(n)}`);
    await findings.replace(subject(0), { missing: many });
    const [finding] = await findings.read(subject(0));
    expect([finding?.people.length, finding?.total]).toEqual([20, 50]);
    await findings.replace(subject(1), {});
    await findings.replace(subject(3), { missing: ['a'] });
    expect((await pages(findings, { limit: 9 })).flat().map(({ subject: { phone } }) => phone)).toEqual([
      subject(0).phone,
      subject(3).phone,
    ]);
  });
});
