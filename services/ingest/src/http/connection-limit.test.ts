import { connectionLimit } from './connection-limit';

describe('the number of connections', () => {
  it.each([
    ['leaves descriptors for everything else', 1_024, 896],
    ['is a quarter of few descriptors', 128, 32],
    ['is bounded where descriptors are plenty', 1_048_576, 16_384],
    ['is bounded where descriptors have no limit', Infinity, 16_384],
  ])('%s', (_, descriptors, expected) => {
    expect(connectionLimit(descriptors)).toBe(expected);
  });

  it('is below the limit of this process', () => {
    expect(connectionLimit()).toBeGreaterThan(0);
  });
});
