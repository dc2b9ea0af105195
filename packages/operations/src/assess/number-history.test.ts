import fc from 'fast-check';
import {
  E164,
  InboundEvent,
  decidingMessage,
  orderTimes,
  type ConsentMessage,
} from '@optout-sync/shared/domain';
import { messageSid } from '@optout-sync/twilio-simulator';
import { NumberHistory } from './number-history';

const PHONE = E164.parse('+14155550123');
const SERVICE = `MG${'a'.repeat(32)}`;
const MINUTE = 60_000;
const AT = Date.parse('2026-02-25T10:00:00Z');

const event = (kind: 'stop' | 'start', at: number, more: Partial<InboundEvent> = {}): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: messageSid(),
    accountSid: `AC${'1'.repeat(32)}`,
    kind,
    channel: 'sms',
    phone: PHONE,
    sender: SERVICE,
    source: 'backfill',
    occurredAt: at,
    receivedAt: at,
    ...more,
  });
const words = (at: number) => ({ messageSid: messageSid(), at, rule: 'stop_texting', text: 'no more texts' });
const fresh = (policy: 'any' | 'last' = 'any') => new NumberHistory('sms', PHONE, policy);

describe('NumberHistory', () => {
  it('decides as the set of all messages does, with messages in their order', () => {
    const kinds = fc.constantFrom('stop', 'start', 'yes', 'blocked');
    const said = fc.record({ kind: kinds, after: fc.constantFrom(0, 1_000, MINUTE) });
    fc.assert(
      fc.property(fc.array(said, { maxLength: 12 }), (messages) => {
        const history = fresh();
        const all: ConsentMessage[] = [];
        let at = AT;
        for (const { kind, after } of messages) {
          at += after;
          const state = kind === 'start' || kind === 'yes' ? 'start' : 'stop';
          const one = event(state, at, {
            ...(kind === 'yes' && { keyword: 'YES' }),
            ...(kind === 'blocked' && { orderAt: at, occurredAt: at + 1 }),
          });
          history.addConsent(one, kind === 'blocked');
          const { messageSid: sid, source } = one;
          const consent = state === 'stop' ? ('stopped' as const) : ('started' as const);
          all.push({ ...orderTimes(one), state: consent, source, messageSid: sid, weak: kind === 'yes' });
        }
        expect(history.state).toBe(decidingMessage(all)?.state ?? 'none');
      }),
    );
  });

  it('takes ten thousand blocked sends to one number', () => {
    const history = fresh();
    for (let n = 0; n < 10_000; n++) {
      history.addConsent(event('stop', AT + n * 1_000 + 1, { orderAt: AT + n * 1_000 }), true);
    }
    expect(history).toMatchObject({ state: 'stopped', blockedAfter: 10_000 });
  });

  it('is stopped since the first STOP of the standing opt-out, however often it is repeated', () => {
    const history = fresh();
    history.addConsent(event('stop', AT), false);
    history.addConsent(event('start', AT + MINUTE), false);
    history.addConsent(event('stop', AT + 2 * MINUTE), false);
    history.addConsent(event('stop', AT + 3 * MINUTE), false);
    expect(history).toMatchObject({ state: 'stopped', since: AT + 2 * MINUTE, saidStop: true });
  });

  it('counts what is sent while stopped, but for one confirmation within five minutes of a STOP', () => {
    const history = fresh();
    history.addSent(AT - MINUTE);
    history.addConsent(event('stop', AT), false);
    history.addSent(AT + 1_000);
    expect(history.textedAfter).toBe(0);
    history.addSent(AT + 2_000);
    history.addSent(AT + 60 * MINUTE);
    expect(history).toMatchObject({ textedAfter: 2, lastTextedAt: AT + 60 * MINUTE });
  });

  it('allows no confirmation later than five minutes after the STOP', () => {
    const history = fresh();
    history.addConsent(event('stop', AT), false);
    history.addSent(AT + 6 * MINUTE);
    expect(history.textedAfter).toBe(1);
  });

  it('forgets what was sent before a START', () => {
    const history = fresh();
    history.addConsent(event('stop', AT), false);
    history.addSent(AT + 10 * MINUTE);
    history.addConsent(event('start', AT + 11 * MINUTE), false);
    history.addSent(AT + 12 * MINUTE);
    expect(history).toMatchObject({ state: 'started', textedAfter: 0, lastTextedAt: undefined });
  });

  it('is stopped while any sender is, by the policy any, and by the last word, by the policy last', () => {
    for (const [policy, state] of [
      ['any', 'stopped'],
      ['last', 'started'],
    ] as const) {
      const history = fresh(policy);
      history.addConsent(event('stop', AT), false);
      history.addConsent(event('start', AT + MINUTE, { sender: '+15005550006' }), false);
      expect(history).toMatchObject({ state, stoppedSenders: [SERVICE] });
    }
  });

  it('takes a blocked send for an opt-out that nobody said in this log', () => {
    const history = fresh();
    history.addConsent(event('stop', AT, { orderAt: AT - 1 }), true);
    expect(history).toMatchObject({ state: 'stopped', saidStop: false, blockedAfter: 1 });
  });

  it('does not let a YES of somebody who is not stopped opt in, nor forget their own words', () => {
    const history = fresh();
    history.addOwnWords(words(AT));
    history.addConsent(event('start', AT + MINUTE, { keyword: 'YES' }), false);
    expect(history.ownWords).toBeDefined();
    expect(history.stoppedSenders).toEqual([]);
  });

  it('forgets own words after a START', () => {
    const history = fresh();
    history.addConsent(event('start', AT), false);
    history.addOwnWords(words(AT + MINUTE));
    history.addConsent(event('start', AT + 2 * MINUTE), false);
    expect(history.ownWords).toBeUndefined();
  });

  it('lifts the opt-out of a number by a START to its service', () => {
    const history = fresh();
    history.addConsent(event('stop', AT, { sender: '+15005550006' }), false);
    history.addConsent(event('start', AT + MINUTE, { ours: '+15005550006' }), false);
    expect(history).toMatchObject({ state: 'started', stoppedSenders: [] });
    expect([...history.addressesOf(SERVICE)]).toEqual([SERVICE, '+15005550006']);
  });
});
