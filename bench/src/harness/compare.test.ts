import { ratio, summarize } from './compare';

test('a summary holds the middle round, or the mean of the two middle ones, and the extremes', () => {
  expect(summarize([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  expect(summarize([4, 1, 9, 2])).toEqual({ median: 3, min: 1, max: 9 });
});

test('a ratio compares within each round and does not change the order of the rounds', () => {
  expect(ratio([10, 40, 90], [100, 100, 100])).toEqual({ median: 0.4, min: 0.1, max: 0.9 });
  expect(ratio([30, 10], [10, 30])).toEqual({ median: (3 + 1 / 3) / 2, min: 1 / 3, max: 3 });
});
