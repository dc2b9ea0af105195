import { BENCHMARKS } from './benchmarks/benchmarks';
import { USAGE } from './usage';

test('every benchmark is in the help text, and no other', () => {
  const names = [...(USAGE.split('\n\n')[1] ?? '').matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name);
  expect(names).toEqual(BENCHMARKS.map(({ name }) => name));
});
