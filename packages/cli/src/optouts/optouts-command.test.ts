import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InboundEvent, maskPhone, type Subject } from '@optout-sync/shared/domain';
import { enqueueDestination } from '@optout-sync/shared/queues';
import { messageSid } from '@optout-sync/twilio-simulator';
import { openStores, runWith, type Ran } from '../test-support/cli';

const { env, queues, ledger, audit, close } = openStores();
const dir = mkdtempSync(join(tmpdir(), 'optouts-'));
afterEach(() => queues.inbound.obliterate({ force: true }));
afterAll(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const run = (...args: string[]): Promise<Ran> => runWith(env, 'optouts', ...args);
const SERVICE = `MG${'a'.repeat(32)}`;
const [ONE, TWO] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
const NOW = Date.parse('2026-02-25T09:59:58Z');
const WHO = ['--by', 'Ann', '--why', 'asked by phone'];

let phones = 0;
const freshPhone = (): string => `+1415555${String(1000 + phones++)}`;

async function record(
  phone: string,
  given: Partial<InboundEvent> & { workspace?: string } = {},
): Promise<void> {
  const event = InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: ONE,
    kind: 'stop',
    channel: 'sms',
    phone,
    sender: SERVICE,
    source: 'webhook',
    occurredAt: NOW,
    receivedAt: NOW,
    ...given,
  });
  const subject: Subject = {
    workspace: given.workspace ?? 'default',
    channel: event.channel,
    phone: event.phone,
  };
  await ledger.record(subject, event);
}

async function enqueued(): Promise<InboundEvent[]> {
  return (await queues.inbound.getJobs(['waiting'])).flatMap((job) => job.data.payload.events);
}

/** Two accounts with a workspace each, without secrets. */
function twoWorkspaces(): string {
  const path = join(dir, 'two.yaml');
  writeFileSync(
    path,
    `
twilio: { accounts: [{ sid: ${ONE}, workspace: acme }, { sid: ${TWO}, workspace: globex }] }
customerio: { workspaces: [{ name: acme }, { name: globex }] }
`,
  );
  return path;
}

describe('optouts show', () => {
  it('prints the senders, the version in Customer.io, and the history with its notes', async () => {
    const phone = freshPhone();
    await record(phone);
    await record(phone, {
      kind: 'start',
      sender: '+15005550006',
      source: 'manual',
      occurredAt: NOW + 1_000,
      by: 'Ann',
      why: 'asked',
    });
    const { code, out } = await run('show', phone);
    expect(code).toBe(0);
    expect(out).toContain('(sms, workspace default)');
    expect(out).not.toContain(phone);
    const [revealed] = [await run('show', phone, '--reveal')];
    expect(revealed.out).toContain(`${phone} (sms, workspace default)`);
    expect((await audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'reveal', details: { command: 'optouts show', phone: maskPhone(phone) } },
    ]);
    expect(out).toMatch(new RegExp(`${SERVICE} .*stopped.*2026-02-25T09:59:58\\.000Z.*webhook`));
    expect(out).toContain('holds version 0 of 2: the rest is pending');
    expect(out).toMatch(/2026-02-25T09:59:59\.000Z.*start.*manual.*pending.*by Ann; asked/);
  });

  it('prints how many people were updated', async () => {
    const phone = freshPhone();
    await record(phone);
    const subject: Subject = {
      workspace: 'default',
      channel: 'sms',
      phone: InboundEvent.shape.phone.parse(phone),
    };
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1', 'b2', 'c3'] });
    const { out } = await run('show', phone);
    expect(out).toContain('holds version 1 of 1, written to 3 people (cio_id a1, b2, c3).');
    expect(out).toContain('applied');
  });

  it('masks a phone that somebody wrote into a note, unless it is revealed', async () => {
    const phone = freshPhone();
    await record(phone, { source: 'manual', by: 'Ann', why: 'called from (415) 555-0123' });
    for (const json of [[], ['--json']]) {
      const { out } = await run('show', phone, ...json);
      expect(out).toContain('called from');
      expect(out).not.toContain('555-0123');
      expect((await run('show', phone, '--reveal', ...json)).out).toContain('called from (415) 555-0123');
    }
  });

  it('prints since when the present opt-out holds, and when and why each version was made', async () => {
    const phone = freshPhone();
    await record(phone);
    await record(phone, { occurredAt: NOW + 60_000, receivedAt: NOW + 60_000 });
    const { out } = await run('show', phone);
    expect(out).toMatch(/stopped +2026-02-25T09:59:58.000Z/);
    expect(out).toMatch(/^1 +\d{4}-\d\d-\d\dT\S+ +- +SM[0-9a-f]{32}/m);
  });

  it('prints when Customer.io was last written and read, and what was written later to whom', async () => {
    const phone = freshPhone();
    await record(phone);
    const subject: Subject = {
      workspace: 'default',
      channel: 'sms',
      phone: InboundEvent.shape.phone.parse(phone),
    };
    expect((await run('show', phone)).out).toContain(
      'Never written, or by an older version, never compared.',
    );
    await ledger.markApplied(subject, 1, { outcome: 'no_match', people: [] });
    const writes = [{ reason: 'second_look', kind: 'missing', people: ['a1'] }];
    await ledger.markChecked(subject, 1, { people: ['a1'], read: true, wrote: true, writes });
    const { out } = await run('show', phone);
    expect(out).toMatch(/Last written \d{4}-.*Z, last compared \d{4}-.*Z\./);
    expect(out).toMatch(/stop .*no_match/);
    expect(out).toMatch(/second_look .*missing .*true .*a1/);
  });

  it('prints what each optional destination holds, and whether the rest is pending', async () => {
    const phone = freshPhone();
    await record(phone);
    const subject: Subject = {
      workspace: 'default',
      channel: 'sms',
      phone: InboundEvent.shape.phone.parse(phone),
    };
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1'] }, [
      { name: 'native', toPeople: true },
      { name: 'campaign', toPeople: false },
    ]);
    await enqueueDestination(queues, 'native', { version: 1, ...subject });
    const { out } = await run('show', phone);
    expect(out).toContain('Customer.io holds version 1 of 1, written to 1 person (cio_id a1).');
    expect(out).toContain('The native list holds version 0 of 1: a job of it is pending.');
    expect(out).toContain(
      'The campaign holds version 0 of 1: look for the rest in the dead letters of stage campaign.',
    );
    expect(JSON.parse((await run('show', phone, '--json')).out)).toMatchObject({
      entry: { destinations: { native: { appliedVersion: 0 }, campaign: { appliedVersion: 0 } } },
    });
  });

  it('prints that Customer.io needs nothing for HELP', async () => {
    const phone = freshPhone();
    await record(phone, { kind: 'help' });
    const { out } = await run('show', phone);
    expect(out).toContain('No sender has received STOP or START.');
    expect(out).toContain('Customer.io holds no version of it and needs none.');
    expect(out).toMatch(/help.*ignored/);
  });

  it('prints JSON', async () => {
    const phone = freshPhone();
    await record(phone, { channel: 'whatsapp', sender: 'whatsapp:+15005550006' });
    const { out } = await run('show', `whatsapp:${phone}`, '--json');
    expect(JSON.parse(out)).toMatchObject({
      workspace: 'default',
      channel: 'whatsapp',
      phone: maskPhone(phone),
      entry: {
        version: 1,
        appliedVersion: 0,
        senders: [
          {
            sender: 'whatsapp:+15005550006',
            state: 'stopped',
            occurredAt: '2026-02-25T09:59:58.000Z',
            source: 'webhook',
            reason: 'message',
          },
        ],
        history: [{ kind: 'stop', reason: 'message', outcome: 'pending' }],
      },
    });
    expect(JSON.parse((await run('show', phone, '--channel', 'sms', '--json')).out)).toMatchObject({
      entry: null,
    });
  });

  it('reports that there is no entry', async () => {
    const phone = freshPhone();
    expect(await run('show', phone)).toEqual({
      code: 0,
      out: `The ledger has no entry for ${maskPhone(phone)} (sms, workspace default).`,
      error: '',
    });
  });

  it('prints the entry of the given workspace', async () => {
    const phone = freshPhone();
    const several = { ...env, OPTOUT_CONFIG: twoWorkspaces() };
    await record(phone, { workspace: 'globex' });
    const show = (...args: string[]): Promise<Ran> => runWith(several, 'optouts', 'show', phone, ...args);
    expect((await show('--workspace', 'globex')).out).toContain('stopped');
    expect((await show('--workspace', 'acme')).out).toContain('The ledger has no entry');
    expect(await show('--workspace', 'initech')).toMatchObject({
      code: 2,
      error:
        'error (workspace_unknown): this workspace is not configured; the configured workspaces are acme, globex',
    });
    expect(await show()).toMatchObject({
      code: 2,
      error: expect.stringContaining('workspace_ambiguous') as string,
    });
    const present = await runWith({ ...several, TWILIO_ACCOUNT_SID: TWO }, 'optouts', 'show', phone);
    expect(present.out).toContain('workspace globex');
  });

  it('has to be told the workspace where senders of the account are routed to another', async () => {
    const phone = freshPhone();
    const path = join(dir, 'routed.yaml');
    writeFileSync(
      path,
      `
twilio:
  accounts:
    - { sid: ${ONE}, auth_tokens: [x], workspace: acme, routes: [{ senders: ['24567'], workspace: globex }] }
customerio:
  workspaces: [{ name: acme }, { name: globex }]
`,
    );
    await record(phone, { workspace: 'globex' });
    const routed = { ...env, OPTOUT_CONFIG: path, TWILIO_ACCOUNT_SID: ONE };
    expect(await runWith(routed, 'optouts', 'show', phone)).toMatchObject({
      code: 2,
      error: expect.stringContaining('workspace_ambiguous') as string,
    });
    const shown = await runWith(routed, 'optouts', 'show', phone, '--workspace', 'globex');
    expect(shown.out).toContain('stopped');
  });

  it('rejects an invalid phone number without repeating it', async () => {
    for (const wrong of ['4155559999', '+1 415 555 9999', 'fax:+14155559999']) {
      const { code, error } = await run('show', wrong);
      expect(code).toBe(2);
      expect(error).toContain('error (phone_invalid)');
      expect(error).not.toContain(wrong);
    }
    const both = await run('show', 'whatsapp:+14155550123', '--channel', 'sms');
    expect(both).toMatchObject({ code: 2, error: expect.stringContaining('channel_ambiguous') as string });
    expect(await run('show', '+14155550123', '--channel', 'fax')).toMatchObject({ code: 2 });
  });
});

describe('what changes consent by hand, with --json', () => {
  it('prints what it would do, and then what it did', async () => {
    const phone = freshPhone();
    const add = ['add', phone, '--sender', SERVICE, '--json'];
    const expected = { channel: 'sms', sender: SERVICE, state: 'stopped', phone: maskPhone(phone) };
    expect(JSON.parse((await run(...add)).out)).toMatchObject({ ...expected, done: false, present: null });
    const done = JSON.parse((await run(...add, '--yes', ...WHO)).out) as object;
    const [event] = await enqueued();
    expect(done).toMatchObject({ ...expected, done: true, messageSid: event?.messageSid });
  });
});

describe('optouts add and remove', () => {
  it('only shows what would change without --yes', async () => {
    const phone = freshPhone();
    await record(phone);
    const { code, out } = await run('remove', phone, '--sender', SERVICE, ...WHO);
    expect(code).toBe(0);
    expect(out).toContain(`now:      ${SERVICE} stopped since 2026-02-25T09:59:58.000Z (message, webhook)`);
    expect(out).toContain(`would be: ${SERVICE} started by hand`);
    expect(out).toContain('21610');
    expect(out).toContain('Nothing was done.');
    expect(await enqueued()).toEqual([]);
  });

  it('points out an unknown sender, and one that already has that state', async () => {
    const phone = freshPhone();
    await record(phone);
    const mistyped = await run('add', phone, '--sender', '+15005550006', ...WHO);
    expect(mistyped.out).toContain('+15005550006 has received neither STOP nor START');
    expect(mistyped.out).toContain(`Senders in the ledger for this phone: ${SERVICE}`);
    expect((await run('add', phone, '--sender', SERVICE, ...WHO)).out).toContain('It is already stopped');
  });

  it('opts out with --yes, and prints what was enqueued', async () => {
    const phone = freshPhone();
    const before = Date.now();
    const { code, out } = await run('add', phone, '--sender', SERVICE, ...WHO, '--yes');
    expect(code).toBe(0);
    const [event] = await enqueued();
    expect(event).toMatchObject({
      accountSid: 'manual',
      kind: 'stop',
      channel: 'sms',
      phone,
      sender: SERVICE,
      source: 'manual',
      by: 'Ann',
      why: 'asked by phone',
    });
    expect(event?.occurredAt).toBeGreaterThanOrEqual(before);
    expect(out).toContain(`Enqueued ${event?.messageSid ?? ''}`);
  });

  it('lifts an opt-out with --yes', async () => {
    const phone = freshPhone();
    expect((await run('remove', phone, '--sender', SERVICE, ...WHO, '--yes')).code).toBe(0);
    expect(await enqueued()).toMatchObject([{ kind: 'start', phone, source: 'manual' }]);
  });

  it('spells a WhatsApp sender as Twilio does', async () => {
    const args = ['--sender', '+15005550006', ...WHO, '--channel', 'whatsapp', '--yes'];
    expect((await run('add', freshPhone(), ...args)).code).toBe(0);
    expect(await enqueued()).toMatchObject([{ channel: 'whatsapp', sender: 'whatsapp:+15005550006' }]);
  });

  it('rejects an invalid sender', async () => {
    for (const wrong of [' ', 'MG123', '+1 500 555 0006', 'whatsapp:+15005550006']) {
      const ran = await run('add', freshPhone(), '--sender', wrong, ...WHO, '--yes');
      expect(ran).toMatchObject({
        code: 2,
        error: expect.stringContaining('error (sender_invalid)') as string,
      });
    }
    expect(await enqueued()).toEqual([]);
  });

  it('requires who, why and the sender', async () => {
    const phone = freshPhone();
    expect(await run('add', phone, '--sender', SERVICE, '--yes', '--by', 'Ann')).toMatchObject({
      code: 2,
      error: expect.stringContaining('who_missing') as string,
    });
    expect(await run('add', phone, ...WHO)).toMatchObject({ code: 2 });
    expect(await run('add', phone, '--sender', SERVICE, '--by', ' ', '--why', 'x', '--yes')).toMatchObject({
      code: 2,
      error: expect.stringContaining('who_missing') as string,
    });
    expect(await enqueued()).toEqual([]);
  });

  it('uses the given account, else the present one, else the only one', async () => {
    const add = async (more: Record<string, string>, ...args: string[]): Promise<Ran> =>
      runWith(
        { ...env, ...more },
        'optouts',
        'add',
        freshPhone(),
        '--sender',
        SERVICE,
        ...WHO,
        '--yes',
        ...args,
      );
    const several = { OPTOUT_CONFIG: twoWorkspaces() };
    expect((await add(several, '--account', TWO)).out).toContain('workspace globex');
    expect((await add({ ...several, TWILIO_ACCOUNT_SID: ONE })).out).toContain('workspace acme');
    expect((await add({ TWILIO_ACCOUNT_SID: ONE })).out).toContain('workspace default');
    const sids = (await enqueued()).map(({ accountSid }) => accountSid).sort();
    expect(sids).toEqual([ONE, ONE, TWO]);

    const ambiguous = await add(several);
    expect(ambiguous.code).toBe(2);
    expect(ambiguous.error).toContain('error (account_ambiguous)');
    expect(ambiguous.error).toContain(ONE);
    expect(ambiguous.error).toContain(TWO);
    expect(await add(several, '--account', `AC${'3'.repeat(32)}`)).toMatchObject({
      code: 2,
      error: expect.stringContaining('error (account_unknown)') as string,
    });
    expect(await enqueued()).toHaveLength(3);
  });
});

describe('optouts list', () => {
  const jsonOf = async (...args: string[]): Promise<Record<string, unknown>[]> => {
    const { code, out } = await run('list', '--all', '--reveal', ...args);
    expect(code).toBe(0);
    return out === '' ? [] : out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  /** The output of every page. Keys of other tests may lie in between. */
  const everyPage = async (...args: string[]): Promise<string[]> => {
    const pages: string[] = [];
    let cursor: string[] = [];
    do {
      const { code, out } = await run('list', ...args, ...cursor);
      expect(code).toBe(0);
      pages.push(out);
      const [, next] = /(?:--cursor |"next": ")([\w-]+)/.exec(out) ?? [];
      cursor = next === undefined ? [] : ['--cursor', next];
    } while (cursor.length > 0);
    return pages;
  };
  const phonesOf = async (...args: string[]): Promise<unknown[]> =>
    (await jsonOf(...args)).map(({ phone }) => phone);

  it('lists who is opted out, with phones masked unless they are asked for', async () => {
    const phone = freshPhone();
    const sender = '+15005550007';
    await record(phone, { sender });
    const out = (await everyPage('--sender', sender)).join('\n');
    expect(out).not.toContain(phone);
    expect(out).toMatch(/stopped.*2026-02-25T09:59:58\.000Z.*\+15005550007.*version 0 of 1/);
    expect((await everyPage('--sender', sender, '--full')).join('\n')).toContain(phone);
    const pages = await everyPage('--sender', sender, '--json', '--reveal');
    expect(pages.flatMap((page) => (JSON.parse(page) as { optouts: unknown[] }).optouts)).toMatchObject([
      {
        phone,
        channel: 'sms',
        workspace: 'default',
        state: 'stopped',
        stoppedSenders: [sender],
        reasons: ['message'],
        since: '2026-02-25T09:59:58.000Z',
        version: 1,
        appliedVersion: 0,
      },
    ]);
  });

  it('lists the numbers that nobody had, whatever happened later', async () => {
    const [nobody, somebody, later] = [freshPhone(), freshPhone(), freshPhone()];
    const sender = '+15005550017';
    for (const [phone, people] of [
      [nobody, []],
      [somebody, ['a1']],
      [later, []],
    ] as const) {
      await record(phone, { sender });
      const subject: Subject = {
        workspace: 'default',
        channel: 'sms',
        phone: InboundEvent.shape.phone.parse(phone),
      };
      const outcome = people.length > 0 ? 'applied' : 'no_match';
      await ledger.markApplied(subject, 1, { outcome, people });
      if (phone === later) await ledger.markChecked(subject, 1, { people: ['b2'], read: true, wrote: true });
      await record(phone, { sender, kind: 'help' });
    }
    const listed = await jsonOf('--sender', sender, '--no-match');
    expect(listed.map(({ phone, writtenTo }) => [phone, writtenTo]).sort()).toEqual([
      [nobody, 0],
      [later, 1],
    ]);
  });

  it('filters by state, sender, time, channel and by what Customer.io does not hold yet', async () => {
    const [stopped, started, later] = [freshPhone(), freshPhone(), freshPhone()];
    const senders = ['+15005550008', '+15005550009'] as const;
    await record(stopped, { sender: senders[0] });
    await record(started, { sender: senders[0] });
    await record(started, { sender: senders[0], kind: 'start', occurredAt: NOW + 1_000 });
    await record(later, { sender: senders[0], occurredAt: NOW + 5_000 });
    await record(later, { sender: senders[1], kind: 'start', occurredAt: NOW + 9_000 });
    const [by, since] = [['--sender', senders[0]], '2026-02-25T10:00:01Z'];
    expect((await phonesOf(...by)).sort()).toEqual([stopped, later].sort());
    expect(await phonesOf(...by, '--state', 'started')).toEqual([started]);
    expect(await phonesOf(...by, '--since', since)).toEqual([later]);
    expect(await phonesOf(...by, '--until', since)).toEqual([stopped]);
    expect(await phonesOf(...by, '--channel', 'whatsapp')).toEqual([]);
    expect(await phonesOf('--state', 'started', '--since', '2026-02-25T10:00:07Z')).not.toContain(later);

    const subject: Subject = {
      workspace: 'default',
      channel: 'sms',
      phone: InboundEvent.shape.phone.parse(stopped),
    };
    await ledger.markApplied(subject, 1, { outcome: 'applied', people: ['a1'] });
    expect((await phonesOf(...by, '--pending')).sort()).toEqual([started, later].sort());
    expect(await phonesOf(...by, '--pending', '--state', 'stopped')).toEqual([later]);
  });

  it('applies the policy of the workspace', async () => {
    const phone = freshPhone();
    await record(phone);
    await record(phone, { sender: '+15005550006', kind: 'start', occurredAt: NOW + 1_000 });
    expect(await phonesOf('--state', 'stopped')).toContain(phone);
    const last = await runWith({ ...env, CONSENT_POLICY: 'last' }, 'optouts', 'list', '--all', '--reveal');
    expect(last.out).not.toContain(phone);
  });

  it('prints the cursor of the next page, and rejects an invalid one', async () => {
    for (let n = 0; n < 30; n++) await record(freshPhone());
    const seen = new Set<string>();
    let next: string | null = null;
    do {
      const { out } = await run(
        'list',
        '--reveal',
        '--json',
        '--limit',
        '5',
        ...(next === null ? [] : ['--cursor', next]),
      );
      const page = JSON.parse(out) as { next: string | null; optouts: { phone: string }[] };
      for (const { phone } of page.optouts) seen.add(phone);
      ({ next } = page);
    } while (next !== null);
    expect([...seen].sort()).toEqual([...new Set(await phonesOf())].sort());
    expect((await run('list', '--limit', '5')).out).toMatch(
      /may be more: repeat the command with --cursor [0-9a-f]{8}-0-\d+/,
    );
    expect(await run('list', '--cursor', '17')).toMatchObject({
      code: 2,
      error: expect.stringContaining('cursor_invalid') as string,
    });
    expect(await run('list', '--limit', '0')).toMatchObject({ code: 2 });
    expect((await run('list', '--limit', '1001')).error).toContain('limit_invalid');
    expect((await run('list', '--workspace', 'nowhere')).error).toContain('workspace_unknown');
  });
});
