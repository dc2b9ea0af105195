import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/launcher';
import { isPrinted } from './stable-text';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('README shows a part of the recording of the first hour, of at most 40 lines', () => {
  const [, block = ''] = /first-hour\.txt\)[^]*?```text\n([^]*?)\n```/.exec(read('README.md')) ?? [];
  expect(block).toContain('optout-sync dlq replay');
  expect(block.split('\n').length).toBeLessThanOrEqual(40);
  expect(isPrinted(block, read('docs/first-hour.txt'))).toBe(true);
});
