import { STORED_FORMS } from '@optout-sync/shared/stored-forms';
import { forwardRequest, peopleChange, sampleDeadLetter, stopEvent } from '../test-support/samples';
import { decode, encode, mergeBatches } from './spooled-batch';

describe('a spooled batch', () => {
  const events = [stopEvent()];
  const deadLetters = [sampleDeadLetter('x', { route: 'messages', params: { z: '1', a: '2' } })];
  const forwards = [forwardRequest('x')];

  it('has a format on disk that every version of ingest reads', () => {
    const text = encode({ at: 7, batch: { events, deadLetters, forwards } });
    expect(JSON.parse(text)).toEqual({
      version: 1,
      at: 7,
      bundle: { events, letters: deadLetters, forwards },
    });
    expect(decode(text)).toEqual({ at: 7, batch: { events, deadLetters, forwards } });
  });

  it('with changed people has a version that an older ingest dead-letters instead of dropping them', () => {
    const text = encode({ at: 7, batch: { people: [peopleChange('x')] } });
    expect(JSON.parse(text)).toEqual({ version: 2, at: 7, bundle: { people: [peopleChange('x')] } });
    expect(decode(text)?.batch.people).toEqual([peopleChange('x')]);
    expect(mergeBatches([decode(text)!.batch, { people: [peopleChange('y')] }]).people).toEqual([
      peopleChange('x'),
      peopleChange('y'),
    ]);
  });

  it('is decoded up to the version in the list of stored forms, and not in a later one', () => {
    const version = STORED_FORMS.find(({ name }) => name === 'item of the spool')?.version ?? 0;
    const ofVersion = (n: number): string => JSON.stringify({ version: n, at: 7, bundle: {} });
    expect(JSON.parse(encode({ at: 7, batch: { batches: [] } }))).toMatchObject({ version });
    expect(decode(ofVersion(version))).toBeDefined();
    expect(decode(ofVersion(version + 1))).toBeUndefined();
  });

  it('keeps the order of the fields, which is part of the id of a dead letter', () => {
    const decoded = decode(encode({ at: 7, batch: { deadLetters } }));
    expect(JSON.stringify(decoded?.batch.deadLetters)).toBe(JSON.stringify(deadLetters));
  });

  it.each(['', '{', 'null', '{"version":2}', '{"version":1,"at":1,"bundle":{"events":[{}]}}'])(
    'decodes to undefined in the unknown format %p',
    (text) => {
      expect(decode(text)).toBeUndefined();
    },
  );
});
