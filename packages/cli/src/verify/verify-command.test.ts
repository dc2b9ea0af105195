import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { SyncMarks } from '@optout-sync/shared/reconcile';
import { runWith, type Ran } from '../test-support/cli';
import { startVerifySystem, type VerifySystem } from '../test-support/verify';

let system: VerifySystem;
beforeAll(async () => {
  system = await startVerifySystem();
});
afterAll(() => system.stop());
afterEach(() => {
  system.sandbox.clearFaults();
});

const marks = (): SyncMarks => new SyncMarks(system.redis, system.env.QUEUE_PREFIX ?? '');
const verify = (subject: Subject, ...args: string[]): Promise<Ran> =>
  runWith(system.env, 'optouts', 'verify', subject.phone, '--reveal', ...args);

interface Json {
  verdict: string;
  people: { cioId: string; phone: string | null; value: string | null; verdict: string }[];
}
async function verdicts(subject: Subject, ...args: string[]): Promise<[number, string, string[]]> {
  const { code, out } = await verify(subject, '--json', ...args);
  const { verdict, people } = JSON.parse(out) as Json;
  return [code, verdict, people.map((person) => person.verdict)];
}

/** A stopped and applied phone, and the people of it. */
async function stopped(...attributes: Record<string, boolean | string>[]): Promise<Subject> {
  const subject = system.freshSubject();
  await system.record(subject);
  const people = attributes.map((each) =>
    system.workspace.addPerson({ attributes: { phone: subject.phone, ...each } }),
  );
  await system.markApplied(subject, people);
  return subject;
}

describe('optouts verify', () => {
  it('agrees where everyone who has a stopped number is opted out', async () => {
    const subject = await stopped({ sms_unsubscribe: true }, { sms_unsubscribe: true });
    const { code, out, error } = await verify(subject);
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain(`${subject.phone} (sms, workspace default)`);
    expect(out).toContain('ledger:      opted out, version 1');
    expect(out.match(/ ok$/gm)).toHaveLength(2);
    expect(out).toContain('Customer.io agrees with the ledger.');
  });

  it('shows each person as Customer.io holds them, those who differ first, and what to do', async () => {
    const subject = await stopped({ sms_unsubscribe: true }, { sms_unsubscribe: false }, {});
    const { code, out } = await verify(subject);
    expect(code).toBe(3);
    expect(out).toMatch(/\+1415556\d+ +false .* reverted\n.* \(none\) .* missing\n.* true .* ok$/m);
    expect(out).toContain('missing: has the number and not the attribute. `--fix --yes` opts them out');
    expect(out).toContain('Customer.io differs from the ledger.');
  });

  it('prints when each value was set, the version and the verdicts as JSON', async () => {
    const subject = await stopped();
    const at = 1_790_000_000;
    const late = system.workspace.addPerson({
      attributes: { phone: subject.phone, sms_unsubscribe: false },
      attributesAt: at,
    });
    const { code, out } = await verify(subject, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      ...subject,
      verdict: 'differs',
      attribute: 'sms_unsubscribe',
      expected: true,
      version: 1,
      appliedVersion: 1,
      readAt: null,
      people: [
        {
          cioId: late,
          phone: subject.phone,
          value: 'false',
          setAt: new Date(at * 1_000).toISOString(),
          verdict: 'reverted',
          byOtherNumber: false,
        },
      ],
    });
  });

  it('names an orphan, but not a person who is opted out by the number that they have now', async () => {
    const other = await stopped();
    const subject = await stopped(
      { sms_unsubscribe: true },
      { sms_unsubscribe: true },
      { sms_unsubscribe: true },
    );
    const [free, again, subscribed] = (await system.ledger.read(subject))?.people ?? [];
    system.workspace.setAttributes(free ?? '', { phone: system.freshSubject().phone });
    system.workspace.setAttributes(again ?? '', { phone: other.phone });
    system.workspace.setAttributes(subscribed ?? '', { phone: '', sms_unsubscribe: false });
    expect(await verdicts(subject)).toEqual([3, 'differs', ['orphaned', 'ok']]);
    const { out } = await verify(subject);
    expect(out).toContain('ok: opted out by that number');
    expect(out).not.toContain(subscribed);
  });

  it.each([
    ['+447700900123', '447700900123', { CUSTOMERIO_PHONE_FORMATS: 'e164,digits' }],
    ['+447700900124', '447700900124', { CUSTOMERIO_PHONE_FORMATS: 'e164,digits', DEFAULT_COUNTRY: 'US' }],
    ['+447700900125', '07700 900125', { CUSTOMERIO_PHONE_FORMATS: 'e164,national', DEFAULT_COUNTRY: 'GB' }],
    ['+14155570101', '(415) 557-0101', { DEFAULT_COUNTRY: 'FR' }],
    ['+447700900126', '00 44 7700 900126', {}],
  ])('counts %s as stopped, stored as %s, with %j', async (other, stored, env) => {
    const phone = InboundEvent.shape.phone.parse(other);
    await system.record({ ...system.freshSubject(), phone });
    const subject = await stopped({ sms_unsubscribe: true });
    const [cioId = ''] = (await system.ledger.read(subject))?.people ?? [];
    system.workspace.setAttributes(cioId, { phone: stored });
    const command = ['optouts', 'verify', subject.phone, '--json'];
    const { code, out } = await runWith({ ...system.env, ...env }, ...command);
    expect(JSON.parse(out)).toMatchObject({ people: [{ cioId, verdict: 'ok', byOtherNumber: true }] });
    expect(code).toBe(0);
  });

  it('names the people whom a looser policy would set back, and not those whom somebody else opted out', async () => {
    const subject = system.freshSubject();
    const attributes = { phone: subject.phone, sms_unsubscribe: true };
    await system.record(subject);
    await system.record(subject, { kind: 'start', sender: '+15005550007' });
    const ours = system.workspace.addPerson({ attributes });
    system.workspace.addPerson({ attributes });
    await system.markApplied(subject, [ours]);
    expect(await verdicts(subject)).toEqual([0, 'ok', ['ok', 'ok']]);
    const { code, out } = await runWith(
      { ...system.env, CONSENT_POLICY: 'last' },
      ...['optouts', 'verify', subject.phone, '--json'],
    );
    expect(code).toBe(3);
    expect((JSON.parse(out) as Json).people.map(({ cioId, verdict }) => [cioId === ours, verdict])).toEqual([
      [true, 'looser_policy'],
      [false, 'opted_out_elsewhere'],
    ]);
  });

  it('reports a version that is not applied, and a write that may not be readable yet, as pending', async () => {
    const unapplied = system.freshSubject();
    await system.record(unapplied);
    system.workspace.addPerson({ attributes: { phone: unapplied.phone } });
    expect(await verdicts(unapplied)).toEqual([3, 'pending', ['pending']]);
    const recent = await stopped({ sms_unsubscribe: false });
    expect(await verdicts(recent)).toEqual([3, 'differs', ['reverted']]);
    await system.markApplied(recent, (await system.ledger.read(recent))?.people ?? [], 30_000);
    expect(await verdicts(recent)).toEqual([3, 'pending', ['pending']]);
  });

  it('says that nobody has the number', async () => {
    const { code, out } = await verify(await stopped());
    expect(code).toBe(0);
    expect(out).toContain('Nobody in Customer.io has the number.');
  });

  it('compares the attribute of the channel', async () => {
    const subject = { ...system.freshSubject(), channel: 'whatsapp' } as const;
    await system.record(subject, { sender: 'whatsapp:+15005550006' });
    system.workspace.addPerson({ attributes: { phone: subject.phone, whatsapp_unsubscribe: true } });
    await system.markApplied(subject, []);
    expect(await verdicts(subject, '--channel', 'whatsapp')).toEqual([0, 'ok', ['ok']]);
  });

  it('takes its requests from the rate limit that it shares with the workers', async () => {
    const subject = await stopped({ sms_unsubscribe: true });
    const key = `${system.env.QUEUE_PREFIX ?? ''}:budget:default:app`;
    await system.redis.del(key, `{${key}}:lanes`);
    expect((await verify(subject)).code).toBe(0);
    expect(await system.redis.exists(key)).toBe(1);
    expect(await system.redis.hkeys(`{${key}}:lanes`)).toEqual(['background']);
  });

  it('writes nothing', async () => {
    const subject = await stopped({ sms_unsubscribe: false });
    const before = await system.ledger.read(subject);
    await verify(subject);
    expect(await system.ledger.read(subject)).toEqual(before);
    expect(
      system.workspace.people().filter(({ attributes }) => attributes.phone === subject.phone),
    ).toMatchObject([{ attributes: { sms_unsubscribe: false } }]);
    expect(await marks().read(subject)).toBeUndefined();
  });
});

describe('optouts verify, when it cannot compare', () => {
  it.each([
    ['customerio_server_error', { kind: 'status', status: 503 } as const],
    ['customerio_unreachable', { kind: 'reset' } as const],
    ['customerio_answer_not_understood', { kind: 'status', status: 200, body: '<html>' } as const],
  ])('ends at once with %s', async (expected, effect) => {
    const subject = await stopped({});
    system.sandbox.fault({ match: { api: 'app' }, effect });
    const { code, error } = await verify(subject);
    expect(code).toBe(1);
    expect(error).toMatch(new RegExp(`^error \\(${expected}\\): workspace default could not be read`));
    expect(error).not.toContain(subject.phone);
  });

  it('names the setting when the key is rejected, without its value', async () => {
    const subject = await stopped({});
    const env = { ...system.env, CUSTOMERIO_APP_API_KEY: 'wrong-key' };
    const { code, error } = await runWith(env, 'optouts', 'verify', subject.phone);
    expect(code).toBe(1);
    expect(error).toContain('error (customerio_unauthorized)');
    expect(error).toContain('correct CUSTOMERIO_APP_API_KEY or CUSTOMERIO_REGION');
    expect(error).not.toContain('wrong-key');
  });

  it('waits out a 429 and pauses the workers for as long', async () => {
    const subject = await stopped({ sms_unsubscribe: true });
    system.sandbox.fault({
      match: { operation: 'search' },
      times: 1,
      effect: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
    });
    expect(await verdicts(subject)).toEqual([0, 'ok', ['ok']]);
  });

  it('sees an opt-out that an old worker stored under the other spelling of the number', async () => {
    const subject = { ...system.freshSubject(), phone: InboundEvent.shape.phone.parse('+525512345678') };
    await system.record(subject);
    await system.markApplied(subject, []);
    const key = `${system.env.QUEUE_PREFIX ?? ''}:ledger:{default:sms:${subject.phone}}`;
    await system.redis.rename(key, key.replace('+52', '+521'));
    system.workspace.addPerson({ attributes: { phone: subject.phone } });
    const { code, out } = await verify(subject);
    expect(code).toBe(3);
    expect(out).toContain('ledger:      opted out');
  });

  it('rejects a phone that is not in the ledger, or not valid, or a workspace that cannot be read', async () => {
    const subject = system.freshSubject();
    expect(await verify(subject)).toMatchObject({
      code: 1,
      error: 'error (entry_not_found): the ledger has no entry of this phone (sms, workspace default)',
    });
    await system.record(subject, { kind: 'help' });
    expect((await verify(subject)).error).toContain('neither STOP nor START');
    expect(await runWith(system.env, 'optouts', 'verify', '4155550123')).toMatchObject({
      code: 2,
      error: expect.stringContaining('phone_invalid') as string,
    });
    const byPhone = { ...system.env, CUSTOMERIO_LOOKUP: 'phone_identifier' };
    expect(await runWith(byPhone, 'optouts', 'verify', subject.phone)).toMatchObject({
      code: 2,
      error: expect.stringMatching(/workspace_not_readable.*CUSTOMERIO_LOOKUP/) as string,
    });
    const { QUEUE_PREFIX, REDIS_URL } = system.env;
    expect(await runWith({ QUEUE_PREFIX, REDIS_URL }, 'optouts', 'verify', subject.phone)).toMatchObject({
      code: 78,
      error: expect.stringContaining('CUSTOMERIO_APP_API_KEY') as string,
    });
  });
});

describe('optouts verify --fix', () => {
  /** Does what a worker does with a forced sync. */
  async function playWorker(subject: Subject): Promise<void> {
    await waitFor(async () => (await marks().read(subject)) !== undefined, { what: 'the request' });
    const mark = await marks().read(subject);
    expect(mark).toMatchObject({ reason: 'operator', mode: 'enforce' });
    for (const { cioId, attributes } of system.workspace.people()) {
      if (attributes.phone === subject.phone)
        system.workspace.setAttributes(cioId, { sms_unsubscribe: true });
      if (mark?.allowOptIn.includes(cioId)) system.workspace.setAttributes(cioId, { sms_unsubscribe: false });
    }
    if (mark) await marks().clear(mark);
  }

  const DO_IT = ['--fix', '--yes', '--by', 'Ann', '--why', 'ticket 4711'];

  it('only shows whom it would write what, without --yes', async () => {
    const subject = await stopped({}, { sms_unsubscribe: false }, { sms_unsubscribe: true });
    const [none = '', no = ''] = (await system.ledger.read(subject))?.people ?? [];
    const { code, out } = await verify(subject, '--fix', '--by', 'Ann', '--why', 'ticket 4711');
    expect(code).toBe(3);
    expect(out).toContain(`would set ${none}: sms_unsubscribe from (none) to true, missing`);
    expect(out).toContain(`would set ${no}: sms_unsubscribe from false to true, reverted`);
    expect(out.match(/would set/g)).toHaveLength(2);
    expect(out.endsWith('Repeat the command with --yes --by <name> --why <text> to do it.')).toBe(true);
    const json = await verify(subject, '--fix', '--json');
    expect(json.code).toBe(3);
    const { fix } = JSON.parse(json.out) as { fix: { written: string[] } };
    expect({ ...fix, written: fix.written.toSorted() }).toEqual({
      result: 'previewed',
      written: [none, no].toSorted(),
      setBack: [],
    });
    expect(await marks().read(subject)).toBeUndefined();
    expect((await system.audit.list({ limit: 1, action: 'sync' })).entries).toEqual([]);
  });

  it('asks a worker to opt out who differs, after it is in the audit trail, and compares again', async () => {
    const subject = await stopped({}, { sms_unsubscribe: false });
    const [{ code, out, error }] = await Promise.all([verify(subject, ...DO_IT), playWorker(subject)]);
    expect((await system.audit.list({ limit: 1, action: 'sync' })).entries).toMatchObject([
      { by: 'Ann', why: 'ticket 4711', details: { workspace: 'default', channel: 'sms' } },
    ]);
    expect(error).toContain('The worker has compared it.');
    expect(code).toBe(0);
    expect(out).toContain('Customer.io differs from the ledger.');
    expect(out.trimEnd().endsWith('Customer.io agrees with the ledger.')).toBe(true);
  });

  it('prints the verdicts before and after as JSON', async () => {
    const subject = await stopped({});
    const [{ out }] = await Promise.all([verify(subject, ...DO_IT, '--json'), playWorker(subject)]);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'ok',
      people: [{ verdict: 'ok' }],
      fix: { result: 'done' },
      before: [{ verdict: 'missing' }],
    });
  });

  it('asks nobody where there is nothing to correct', async () => {
    const subject = await stopped({ sms_unsubscribe: true });
    const { code, error } = await verify(subject, ...DO_IT);
    expect([code, error]).toEqual([0, '']);
    expect(await marks().read(subject)).toBeUndefined();
  });

  it('says that no worker took it, and leaves the request', async () => {
    const subject = await stopped({});
    const { code, error } = await verify(subject, ...DO_IT, '--wait', '0.5');
    expect(code).toBe(3);
    expect(error).toContain('No worker took it in 0.5 s');
    expect(await marks().read(subject)).toMatchObject({ reason: 'operator', mode: 'enforce' });
    await system.queues.syncOf('default').obliterate({ force: true });
  });

  describe('--allow-opt-in', () => {
    async function orphan(): Promise<{ subject: Subject; cioId: string; phone: string }> {
      const subject = await stopped({ sms_unsubscribe: true });
      const [cioId = ''] = (await system.ledger.read(subject))?.people ?? [];
      const { phone } = system.freshSubject();
      system.workspace.setAttributes(cioId, { phone });
      return { subject, cioId, phone };
    }
    const WHO = ['--by', 'Ann', '--why', 'new owner of the number'];

    it('only shows who would be set back, from what and why, without --yes', async () => {
      const { subject, cioId, phone } = await orphan();
      const { code, out } = await verify(subject, '--fix', '--allow-opt-in', ...WHO);
      expect(code).toBe(3);
      expect(out).toContain(
        `would set back ${cioId}: sms_unsubscribe from true to false, orphaned: no longer has the number, but ${phone}`,
      );
      expect(out).toContain('Nothing was done.');
      expect(await marks().read(subject)).toBeUndefined();
    });

    it('asks a worker to set back exactly them, after it is in the audit trail', async () => {
      const { subject, cioId } = await orphan();
      const command = verify(subject, '--fix', '--allow-opt-in', '--yes', ...WHO);
      const [{ code, out }] = await Promise.all([command, playWorker(subject)]);
      expect(code).toBe(0);
      expect(out).toContain('Nobody in Customer.io has the number.');
      expect((await system.audit.list({ limit: 1 })).entries).toMatchObject([
        {
          action: 'allow_opt_in',
          by: 'Ann',
          why: 'new owner of the number',
          details: { phones: [{ ...subject, people: [cioId] }] },
        },
      ]);
      expect((await runWith(system.env, 'audit')).out).not.toContain(subject.phone);
    });

    it('requires --fix, and who and why with --yes', async () => {
      const { subject } = await orphan();
      expect(await verify(subject, '--allow-opt-in')).toMatchObject({
        code: 2,
        error: expect.stringContaining('fix_missing') as string,
      });
      expect(await verify(subject, '--yes', ...WHO)).toMatchObject({
        code: 2,
        error: expect.stringContaining('fix_missing') as string,
      });
      for (const args of [
        ['--fix', '--yes'],
        ['--fix', '--allow-opt-in', '--yes', '--by', 'Ann'],
      ]) {
        expect(await verify(subject, ...args)).toMatchObject({
          code: 2,
          error: expect.stringContaining('who_missing') as string,
        });
      }
    });
  });
});
