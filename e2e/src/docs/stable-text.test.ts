import { isPrinted } from './stable-text';

const PRINTED = [
  'Written 2026-11-29T12:12:40.755Z',
  'SMcbb79f4c7f3c6644e8f9e6b821ffc95d applied',
  'at 127.0.0.1:4010',
].join('\n');

test('ids, times and ports differ from one run to the next', () => {
  const shown = PRINTED.replace('12:12:40.755Z', '09:00:00.001Z')
    .replace('SMcb', 'SM00')
    .replace('4010', '8080');
  expect(isPrinted(shown, PRINTED)).toBe(true);
  expect(isPrinted(shown.replace('applied', 'ignored'), PRINTED)).toBe(false);
});

test('how often something was tried and when it was compared depends on how fast somebody types', () => {
  expect(isPrinted('attempts  1', 'attempts     12')).toBe(true);
  const compared = 'last read by a worker 2026-11-29T12:12:40.755Z';
  expect(isPrinted('last read by a worker never or long ago', compared)).toBe(true);
  expect(isPrinted('never compared.', 'last compared 2026-11-29T12:12:40.755Z.')).toBe(true);
  expect(isPrinted('last written never', 'last written 2026-11-29T12:12:40.755Z')).toBe(false);
});

test('a line ... stands for any number of lines, and nothing else may be left out', () => {
  const [first = '', second = '', third = ''] = PRINTED.split('\n');
  expect(isPrinted([first, '...'].join('\n'), PRINTED)).toBe(true);
  expect(isPrinted([first, '...', third].join('\n'), PRINTED)).toBe(true);
  expect(isPrinted(['...', second, '...'].join('\n'), PRINTED)).toBe(true);
  expect(isPrinted([first, '...', second].join('\n'), PRINTED)).toBe(false);
  expect(isPrinted([second, third].join('\n'), PRINTED)).toBe(false);
  expect(isPrinted([first, second].join('\n'), PRINTED)).toBe(false);
  expect(isPrinted(['...', third, first].join('\n'), PRINTED)).toBe(false);
});
