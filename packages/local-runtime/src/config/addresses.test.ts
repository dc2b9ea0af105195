import { reachableHost } from './addresses';

test.each([
  [undefined, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '127.0.0.1'],
  ['::1', '[::1]'],
  ['10.0.0.5', '10.0.0.5'],
])('what listens on %s is reached at %s', (host, reached) => {
  expect(reachableHost(host)).toBe(reached);
});
