import { Redis } from 'ioredis';
import { NOW, SUBJECT, freshLedger, message } from './test-support/fresh-ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const NUMBER = '+15005550006';
const SERVICE = { sender: 'MG1', messagingServiceSid: 'MG1', ours: NUMBER };
const blocked = (n: number, at: number, sender = NUMBER) =>
  message(n, 'stop', at, { sender, source: 'status_callback', orderAt: NOW + at - 1_000 });
const states = async (ledger: ReturnType<typeof freshLedger>['ledger']) =>
  Object.fromEntries(
    [...((await ledger.read(SUBJECT))?.senders ?? [])].map(([name, { state }]) => [name, state]),
  );

describe('a START to a Messaging Service', () => {
  it.each([
    ['the START last', [0, 1]],
    ['the START first', [1, 0]],
  ])('lifts the opt-out of the number it was sent to, %s', async (_, order) => {
    const { ledger } = freshLedger(redis);
    const events = [blocked(1, 0), message(2, 'start', 1_000, SERVICE)];
    let version = 0;
    for (const n of order) ({ version } = await ledger.record(SUBJECT, events[n]!));
    expect(await states(ledger)).toEqual({ MG1: 'started', [NUMBER]: 'started' });
    await ledger.markApplied(SUBJECT, version, { outcome: 'applied', people: ['a1'] });
    expect((await ledger.read(SUBJECT))?.history.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['stop', 'stale'],
      ['start', 'applied'],
    ]);
  });

  it('lifts the opt-outs of configured numbers of the service, and of no others', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, blocked(1, 0, '+15005550001'));
    await ledger.record(SUBJECT, blocked(2, 0, '+15005550002'));
    await ledger.record(SUBJECT, message(3, 'start', 1_000, { ...SERVICE, ours: undefined }), [
      '+15005550001',
    ]);
    expect(await states(ledger)).toEqual({
      MG1: 'started',
      '+15005550001': 'started',
      '+15005550002': 'stopped',
    });
  });

  it('creates no consent with a number that has none, and does not outlast a later STOP to it', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'start', 0, SERVICE));
    expect(await states(ledger)).toEqual({ MG1: 'started' });
    await ledger.record(SUBJECT, blocked(2, 5_000));
    expect(await states(ledger)).toEqual({ MG1: 'started', [NUMBER]: 'stopped' });
  });

  it('lifts nothing once another delivery shows it to be a STOP', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, blocked(1, 0));
    await ledger.record(SUBJECT, message(2, 'start', 1_000, { ...SERVICE, source: 'event_stream' }));
    await ledger.record(SUBJECT, message(2, 'stop', 1_000, SERVICE));
    expect(await states(ledger)).toEqual({ MG1: 'stopped', [NUMBER]: 'stopped' });
  });
});

describe('a STOP to a Messaging Service', () => {
  it('changes nothing for its numbers', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'start', 0, { sender: NUMBER }));
    await ledger.record(SUBJECT, message(2, 'stop', 1_000, SERVICE));
    expect(await states(ledger)).toEqual({ MG1: 'stopped', [NUMBER]: 'started' });
  });
});
