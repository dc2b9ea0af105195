import { SyncMarks } from '@optout-sync/shared/reconcile';
import { runWith, type Ran } from '../test-support/cli';
import { startVerifySystem, type VerifySystem } from '../test-support/verify';

let system: VerifySystem;
beforeAll(async () => {
  system = await startVerifySystem();
});
afterAll(() => system.stop());

const WHO = ['--yes', '--by', 'Ann', '--why', 'ticket 4711'];
const sync = (phone: string, ...args: string[]): Promise<Ran> =>
  runWith(system.env, 'optouts', 'sync', phone, ...args);

describe('optouts sync', () => {
  it('shows what it would do for a phone in the ledger, and says of any other that there is nothing to do', async () => {
    const [known, unknown] = [system.freshSubject(), system.freshSubject()];
    await system.record(known);
    const { code, out } = await sync(known.phone);
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing was done.')]);
    for (const args of [[], ['--json'], WHO]) {
      expect(await sync(unknown.phone, ...args)).toEqual({
        code: 1,
        out: '',
        error: 'error (entry_not_found): the ledger has no entry of this phone (sms, workspace default)',
      });
    }
  });

  it('leaves the request where no worker takes it, with an audit entry, and ends with 3', async () => {
    const subject = system.freshSubject();
    await system.record(subject);
    const { code, out } = await sync(subject.phone, ...WHO, '--wait', '0.2');
    expect([code, out]).toEqual([3, expect.stringContaining('No worker took it in 0.2 s')]);
    const marks = new SyncMarks(system.redis, system.env.QUEUE_PREFIX ?? '');
    expect(await marks.read(subject)).toMatchObject({ reason: 'operator', mode: 'enforce' });
    expect((await system.audit.list({ limit: 1 })).entries).toMatchObject([
      { action: 'sync', by: 'Ann', why: 'ticket 4711' },
    ]);
  });
});
