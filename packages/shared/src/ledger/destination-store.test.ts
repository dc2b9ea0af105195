import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import { stop } from '../test-support/stops';
import { DestinationStore } from './destination-store';
import { Ledger } from './ledger';
import type { DestinationProgress } from './destination-progress';
import { progressOf, type LedgerEntry } from './ledger-entry';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const NATIVE = { name: 'native', toPeople: true } as const;
const CAMPAIGN = { name: 'campaign', toPeople: false } as const;
const TWILIO = { name: 'twilio_consents', toPeople: false } as const;
const BOTH = [NATIVE, CAMPAIGN];
const subject: Subject = { workspace: 'default', channel: 'sms', phone: stop(1).phone };

let ledger: Ledger;
let store: DestinationStore;
let messages = 0;
beforeEach(() => {
  const options = { prefix: `test-${randomUUID()}` };
  ledger = new Ledger(redis, options);
  store = new DestinationStore(redis, options);
});

/** Records a STOP to another sender, which makes a new version. */
async function record(): Promise<number> {
  messages += 1;
  const event: InboundEvent = {
    ...stop(1),
    messageSid: stop(messages).messageSid,
    sender: `MG${String(messages)}`,
  };
  return (await ledger.record(subject, event)).version;
}
async function apply(
  people: readonly string[] = [],
  destinations: Parameters<Ledger['markApplied']>[3] = BOTH,
): Promise<void> {
  await ledger.markApplied(subject, await record(), { outcome: 'applied', people }, destinations);
}
const entry = async (): Promise<LedgerEntry> => (await ledger.read(subject))!;
const progress = async (name: 'native' | 'campaign' | 'twilio_consents'): Promise<DestinationProgress> => {
  const { appliedVersion, people } = progressOf(await entry(), name);
  return { appliedVersion, people };
};

describe('the version of an optional destination', () => {
  it('is none for the first version of a phone', async () => {
    await apply(['a']);
    expect((await entry()).destinations).toEqual({
      native: { appliedVersion: 0, people: [] },
      campaign: { appliedVersion: 0, people: undefined },
    });
  });

  it('is that of Customer.io when the destination is switched on, for the same people', async () => {
    await apply(['a'], []);
    await apply(['a', 'b'], []);
    expect((await entry()).destinations).toBeUndefined();
    expect(await progress('campaign')).toEqual({ appliedVersion: 2, people: ['a', 'b'] });
    await apply(['b', 'c']);
    expect(await progress('native')).toEqual({ appliedVersion: 2, people: ['a', 'b'] });
    expect(await progress('campaign')).toEqual({ appliedVersion: 2, people: undefined });
  });

  it('stays while Customer.io gets newer ones', async () => {
    await apply(['a']);
    await store.markWritten(
      subject,
      'native',
      { appliedVersion: 1, people: ['a'] },
      await progress('native'),
    );
    await apply(['b']);
    await apply(['c']);
    expect(await progress('native')).toEqual({ appliedVersion: 1, people: ['a'] });
  });

  it('is forgotten while the destination is switched off, so that nothing is caught up afterwards', async () => {
    await apply(['a']);
    await apply(['a'], [NATIVE]);
    expect((await entry()).destinations).toEqual({ native: { appliedVersion: 0, people: [] } });
    await apply(['a']);
    expect(await progress('campaign')).toMatchObject({ appliedVersion: 2 });
  });

  it('does not change when events end as dead letters', async () => {
    await apply(['a']);
    const before = (await entry()).destinations;
    await ledger.markDeadLettered(subject, await record());
    expect((await entry()).destinations).toEqual(before);
  });
});

describe('the mark of an optional destination', () => {
  it('says whether a newer version waits', async () => {
    await apply(['a']);
    await apply(['a']);
    const read = await progress('native');
    const write = (appliedVersion: number) =>
      store.markWritten(subject, 'native', { appliedVersion, people: ['a'] }, read);
    expect(await write(1)).toBe(true);
    expect(
      await store.markWritten(
        subject,
        'native',
        { appliedVersion: 2, people: ['a'] },
        await progress('native'),
      ),
    ).toBe(false);
    expect(await progress('native')).toEqual({ appliedVersion: 2, people: ['a'] });
  });

  it('goes back for a list that was written late, over a newer version, and not for a campaign', async () => {
    await apply(['a']);
    await apply(['a']);
    for (const name of ['native', 'campaign'] as const) {
      const mark = async (appliedVersion: number): Promise<boolean> => {
        const people = name === 'native' ? { people: ['a'] } : {};
        return store.markWritten(subject, name, { appliedVersion, ...people }, await progress(name));
      };
      expect(await mark(2)).toBe(false);
      expect(await mark(1)).toBe(name === 'native');
    }
    expect(await progress('native')).toMatchObject({ appliedVersion: 1 });
    expect(await progress('campaign')).toMatchObject({ appliedVersion: 2 });
  });

  it('goes back for a state of the number, too', async () => {
    await apply(['a'], [TWILIO]);
    await apply(['a'], [TWILIO]);
    const mark = async (appliedVersion: number): Promise<boolean> =>
      store.markWritten(
        subject,
        'twilio_consents',
        { appliedVersion, isState: true },
        await progress('twilio_consents'),
      );
    expect(await mark(2)).toBe(false);
    expect(await mark(1)).toBe(true);
    expect(await progress('twilio_consents')).toEqual({ appliedVersion: 1, people: undefined });
  });

  it('leaves everybody to be written to again when that was requested meanwhile', async () => {
    await apply(['a']);
    const write = async (read: DestinationProgress): Promise<boolean> =>
      store.markWritten(subject, 'native', { appliedVersion: 1, people: ['a'] }, read);
    const read = await progress('native');
    await store.restart(subject, 'native');
    expect(await write(read)).toBe(true);
    expect(await progress('native')).toEqual({ appliedVersion: 1, people: undefined });
    expect(await write(await progress('native'))).toBe(false);
    expect(await progress('native')).toEqual({ appliedVersion: 1, people: ['a'] });
  });

  it('keeps the version of a destination that is restarted before it had one', async () => {
    await apply(['a'], []);
    await store.restart(subject, 'native');
    expect(await progress('native')).toEqual({ appliedVersion: 1, people: undefined });
  });
});
