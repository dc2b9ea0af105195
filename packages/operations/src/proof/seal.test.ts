import fc from 'fast-check';
import type { ProofRecords } from './proof-records';
import { checkProof, sealProof } from './seal';

const KEY = 'k'.repeat(32);
const AT = '2026-02-25T10:00:00.000Z';
const RECORDS: ProofRecords = {
  format: 'optout-sync-proof',
  version: 1,
  madeAt: AT,
  madeBy: 'optout-sync 0.1.0',
  workspace: 'default',
  channel: 'sms',
  phone: '+14155550123',
  policy: 'any',
  now: { state: 'stopped', since: AT },
  senders: [{ sender: 'MG1', state: 'stopped', since: AT, decidedBy: 'SM1' }],
  messages: [
    {
      messageSid: 'SM1',
      kind: 'stop',
      sender: 'MG1',
      source: 'webhook',
      sentAt: AT,
      sentAtIs: 'arrival',
      receivedAt: AT,
      outcome: 'applied',
      ledgerVersion: 1,
      note: null,
    },
  ],
  versions: [],
  customerio: { presentVersion: 1, appliedVersion: 1, people: ['a1'], writtenAt: AT, comparedAt: null },
  laterWrites: [],
  pruned: null,
};
const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('checkProof', () => {
  it.each([undefined, KEY])('accepts what was sealed with the key %s, written by any program', (key) => {
    const sealed = sealProof(RECORDS, key);
    expect(checkProof(copy(sealed), key)).toEqual(sealed);
    const { records, digest } = sealed;
    const reversed = Object.fromEntries(Object.entries(records).reverse());
    expect(checkProof({ digest, records: reversed }, key).digest).toEqual(digest);
  });

  it.each([undefined, KEY])('finds every change of a value sealed with the key %s', (key) => {
    const text = JSON.stringify(sealProof(RECORDS, key).records);
    const { digest } = sealProof(RECORDS, key);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', '1', 'a', 'x'), (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        let records: unknown;
        try {
          records = JSON.parse(changed);
        } catch {
          return;
        }
        if (JSON.stringify(records) === text) return;
        expect(() => checkProof({ records, digest }, key)).toThrow();
      }),
    );
  });

  it('accepts a digest that was computed anew only where there is no key', () => {
    const forged: ProofRecords = { ...RECORDS, now: null };
    expect(checkProof(sealProof(forged, undefined), undefined).records.now).toBeNull();
    const other = sealProof(forged, 'x'.repeat(32));
    expect(() => checkProof(other, KEY)).toThrow(expect.objectContaining({ code: 'proof_changed' }) as Error);
  });

  it('asks for the key of a proof that was sealed with one', () => {
    const sealed = sealProof(RECORDS, KEY);
    expect(() => checkProof(sealed, undefined)).toThrow(
      expect.objectContaining({ code: 'proof_key_missing' }) as Error,
    );
  });

  it('checks a proof without a key also where a key is configured', () => {
    expect(checkProof(sealProof(RECORDS, undefined), KEY).digest.algorithm).toBe('SHA-256');
  });

  it.each([
    null,
    1,
    '',
    {},
    { records: RECORDS },
    { records: RECORDS, digest: { algorithm: 'MD5', value: '' } },
  ])('does not understand %j', (content) => {
    expect(() => checkProof(content, KEY)).toThrow(
      expect.objectContaining({ code: 'proof_not_understood' }) as Error,
    );
  });

  it('does not understand the records of a later form', () => {
    const later = { ...RECORDS, version: 2 } as unknown as ProofRecords;
    expect(() => checkProof(sealProof(later, undefined), undefined)).toThrow(
      expect.objectContaining({ code: 'proof_not_understood' }) as Error,
    );
  });
});
