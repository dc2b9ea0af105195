import { enqueueInbound } from '@optout-sync/shared/queues';
import { waitFor } from '@optout-sync/local-runtime/process';
import { PassRequests } from '@optout-sync/shared/reconcile';
import { System, type Running } from '@optout-sync/testkit/system';
import { inboundEvent } from './support/inbound-event';

jest.setTimeout(120_000);

const WHO = ['--by', 'Ann', '--why', 'new owner'];

let system: System;
let workers: Running[];
beforeAll(async () => {
  // Few phones in a search, so that a pass takes a while.
  system = await System.start({ env: { RECONCILE_PERIOD: 'off', LOOKUP_BATCH: '4' } });
  workers = await Promise.all([system.startWorker(), system.startWorker()]);
});
afterAll(async () => {
  await system.stop();
});

let phones = 0;
const freshPhone = (): string => `+1415557${String(1_000 + phones++)}`;

async function stop(...numbers: string[]): Promise<void> {
  for (const number of numbers) {
    await enqueueInbound(system.queues, inboundEvent(number));
  }
  await system.settled(numbers, 1, 60_000);
}
const addPerson = (phone: string, attributes = {}): string =>
  system.sandbox.workspace().addPerson({ attributes: { phone, ...attributes } });
const verify = (...args: string[]) => system.cli(['optouts', 'verify', ...args]);

const FIX = ['--fix', '--yes', ...WHO];

describe('optouts verify <phone> --fix', () => {
  it('has a worker opt out the profile that was created after the STOP', async () => {
    const phone = freshPhone();
    await stop(phone);
    addPerson(phone);
    expect((await verify(phone)).code).toBe(3);
    expect(system.attribute(phone)).toEqual([undefined]);
    const { code, out } = await verify(phone, ...FIX);
    expect(code).toBe(0);
    expect(out).toContain('Customer.io agrees with the ledger.');
    expect(system.attribute(phone)).toEqual([true]);
    expect((await verify(phone)).code).toBe(0);
    const entry = await system.entry(phone);
    expect(entry?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
    expect(entry?.laterWrites).toMatchObject([
      { reason: 'operator', kind: 'missing', people: entry?.people },
    ]);
  });

  it('says that the worker could not do it, and why', async () => {
    const phone = freshPhone();
    await stop(phone);
    addPerson(phone);
    const fault = system.sandbox.fault({
      match: { operation: 'batch' },
      effect: { kind: 'status', status: 503, headers: { 'retry-after': '60' } },
    });
    const { code, error } = await verify(phone, ...FIX);
    fault.remove();
    expect(code).toBe(3);
    expect(error).toContain(
      'The worker could not do it (customerio_server_error) and tries again by itself.',
    );
    expect((await verify(phone, ...FIX)).code).toBe(0);
    expect(system.attribute(phone)).toEqual([true]);
  });

  it('sets back an orphan with --allow-opt-in, and nobody else', async () => {
    const phone = freshPhone();
    const [holder, orphan] = [addPerson(phone), addPerson(phone)];
    await stop(phone);
    const workspace = system.sandbox.workspace();
    workspace.setAttributes(orphan, { phone: freshPhone() });
    const { code, out } = await verify(phone, ...FIX, '--allow-opt-in');
    expect(out).toContain('orphaned');
    expect(code).toBe(0);
    expect(workspace.person(orphan)?.attributes.sms_unsubscribe).toBe(false);
    expect(workspace.person(holder)?.attributes.sms_unsubscribe).toBe(true);
  });
});

describe('optouts verify --all', () => {
  const passes = (): PassRequests => new PassRequests(system.connection, system.prefix);
  const MANY = 120;

  it('only reports, and lists who differs', async () => {
    const phone = freshPhone();
    await stop(phone);
    const late = addPerson(phone, { sms_unsubscribe: false });
    const { code, out } = await verify('--all', '--json', '--by', 'Ann');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      state: 'ended',
      mode: 'report',
      by: 'Ann',
      found: { reverted: 1, missing: 0 },
      corrected: { reverted: 0 },
      uncorrected: 1,
    });
    expect(system.attribute(phone)).toEqual([false]);
    const listed = await system.cli(['optouts', 'list', '--drifted', '--full']);
    expect(listed.out).toMatch(new RegExp(`\\${phone} .*reverted.*${late}`));
    expect((await verify('--all', '--fix')).code).toBe(3);
    expect(system.attribute(phone)).toEqual([false]);
    expect((await verify('--all', ...FIX)).code).toBe(0);
    expect(system.attribute(phone)).toEqual([true]);
    expect((await system.cli(['optouts', 'list', '--drifted'])).out).toContain('None listed');
  });

  it('corrects everybody although the command is interrupted and a worker is killed meanwhile', async () => {
    const many = Array.from({ length: MANY }, freshPhone);
    await stop(...many);
    for (const phone of many) addPerson(phone);
    const first = system.startCli(['optouts', 'verify', '--all', ...FIX]);
    const checked = async (): Promise<number> => (await passes().read('default'))?.checked ?? 0;
    const isUnderWay = async (): Promise<boolean> =>
      first.errors().includes('Ctrl-C leaves it running') && (await checked()) > 0;
    await waitFor(isUnderWay, { what: 'some comparisons', timeoutMs: 60_000 });
    for (const worker of workers) await worker.kill('SIGKILL');
    first.kill('SIGINT');
    await first.ended;
    const status = await verify('--all', '--status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ state: 'running', mode: 'enforce', by: 'Ann' });
    expect(await verify('--all')).toMatchObject({
      code: 1,
      error: expect.stringContaining('error (pass_under_way)') as string,
    });
    expect(many.flatMap((phone) => system.attribute(phone))).toContain(undefined);

    const second = system.startCli(['optouts', 'verify', '--all', ...FIX, '--json']);
    await waitFor(() => second.errors().includes('Attached to the pass that Ann asked for.'), {
      what: 'the command to attach',
      timeoutMs: 60_000,
    });
    await system.startWorker();
    const { code, out } = await second.ended;
    expect(code).toBe(0);
    const pass = JSON.parse(out) as { corrected: { missing: number }; checked: number };
    expect(pass).toMatchObject({ state: 'ended', by: 'Ann', uncorrected: 0 });
    expect(pass.corrected.missing).toBeGreaterThan(0);
    expect(many.flatMap((phone) => system.attribute(phone))).toEqual(many.map(() => true));
    expect(system.sandbox.workspace().createdPeople()).toEqual([]);
  });

  it('is asked for without waiting, and cancelled', async () => {
    const detached = await verify('--all', '--detach', '--json');
    expect(detached.code).toBe(0);
    const cancelled = await verify('--all', '--cancel', '--yes', ...WHO);
    expect(cancelled.out).toContain('cancelled');
    expect(await verify('--all', '--cancel', '--yes', ...WHO)).toMatchObject({
      code: 1,
      error: expect.stringContaining('error (pass_over)') as string,
    });
  });

  it('sets back all that only an operator sets back with --allow-opt-in, after a preview', async () => {
    const numbers = [freshPhone(), freshPhone(), freshPhone()];
    const people = numbers.map((phone) => addPerson(phone));
    await stop(...numbers);
    const workspace = system.sandbox.workspace();
    for (const cioId of people) workspace.setAttributes(cioId, { phone: freshPhone() });
    const attributes = (): unknown[] =>
      people.map((cioId) => workspace.person(cioId)?.attributes.sms_unsubscribe);
    expect((await verify('--all', ...FIX)).code).toBe(3);
    expect(attributes()).toEqual([true, true, true]);
    const preview = await verify('--all', '--fix', '--allow-opt-in');
    expect(preview.code).toBe(3);
    for (const cioId of people) expect(preview.out).toContain(cioId);
    expect(attributes()).toEqual([true, true, true]);
    const done = await verify('--all', ...FIX, '--allow-opt-in');
    expect(done).toMatchObject({ code: 0, out: 'Everyone is set back.\n' });
    expect(attributes()).toEqual([false, false, false]);
    expect(
      (await system.cli(['audit', '--action', 'allow_opt_in', '--limit', '1', '--json', '--reveal'])).out,
    ).toContain(numbers[0]);
  });
});
