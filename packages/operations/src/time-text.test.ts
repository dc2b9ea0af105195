import { OperationError } from './operation-error';
import { parsePastTime } from './time-text';

describe('parsePastTime', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2026-02-25T09:59:58+02:00', '2026-02-25T07:59:58Z'],
  ])('reads %s', (text, time) => {
    expect(parsePastTime(text)).toBe(Date.parse(time));
  });

  it('reads an age', () => {
    expect(Date.now() - parsePastTime('2h')).toBeGreaterThanOrEqual(7_200_000);
  });

  it.each(['2026-02-30', '2025-02-29T10:00Z', '2026-02-25T10:00', '2h ago', '', '9999-01-01'])(
    'refuses %j',
    (text) => {
      expect(() => parsePastTime(text)).toThrow(OperationError);
    },
  );
});
