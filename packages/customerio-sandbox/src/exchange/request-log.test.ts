import { RequestLog, type LoggedRequest } from './request-log';

const request = (at: number) => ({ at, path: `/${at}` }) as LoggedRequest;

test.each([
  [0, []],
  [8, [13, 14, 15, 16, 17, 18, 19, 20]],
])('a log of %p requests holds the latest ones', (capacity, held) => {
  const log = new RequestLog(capacity);
  // A log of 8 is trimmed at request 20; between two trims it holds up to a quarter more.
  for (let at = 1; at <= 20; at += 1) log.add(request(at));
  expect(log.find().map(({ at }) => at)).toEqual(held);
});

test('find filters by path and time', () => {
  const log = new RequestLog(10);
  [1, 2, 12].forEach((at) => {
    log.add(request(at));
  });
  expect(log.find({ path: /2$/, since: 2 }).map(({ at }) => at)).toEqual([2, 12]);
});
