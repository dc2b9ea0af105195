import { E164 } from '@optout-sync/shared/domain';
import { scopeText } from './scope-text';

test('a replay is described by its filter, with the phone masked', () => {
  const filter = { code: 'customerio_refused', phone: E164.parse('+14155550123'), from: 0 };
  expect(scopeText({ filter, details: { 'per second at most': 5 } })).toBe(
    'phone +1415*****23, code customerio_refused, since 1970-01-01T00:00:00.000Z, per second at most 5',
  );
});

test('one without a filter goes through all dead letters', () => {
  expect(scopeText({ filter: {}, details: {} })).toBe('all dead letters');
});

test('a backfill is described by its span, also where that is damaged', () => {
  expect(scopeText({ details: { accounts: ['AC1', 'AC2'], since: 0, until: 9e99 } })).toBe(
    'accounts AC1 AC2, since 1970-01-01T00:00:00.000Z, until an invalid time',
  );
});
