import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellText, tablesIn } from '../docs/markdown-tables';
import { RESULTS } from './result';
import { WAYS } from './ways';

const ROOT = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const COLUMNS = ['way', 'native capture', 'a Function', 'optout-sync', 'test'];
const tables = tablesIn(read('docs/coverage.md')).filter(({ header }) => header[0] === 'way');
const rows = tables
  .flatMap(({ rows: cells }) => cells.map((row) => row.map((cell) => cellText(cell))))
  .map(([way = '', native = '', ofFunction = '', ours = '', test = '']) => ({
    way,
    native: resultOf(native),
    ofFunction: resultOf(ofFunction),
    ours: resultOf(ours),
    test,
  }));

/** A cell begins with a result, which a colon and a remark may follow. */
function resultOf(cell: string): string {
  return cell.split(': ', 1)[0] ?? '';
}

describe('docs/coverage.md', () => {
  it('has the same columns in each of its tables', () => {
    expect(tables.length).toBeGreaterThan(5);
    for (const { header } of tables) expect(header).toEqual(COLUMNS);
  });

  it('says of its own rows what coverage.long.test.ts expects, in the same order', () => {
    const own = rows.filter(({ test }) => test === 'own');
    expect(own.map(({ way, ofFunction, ours }) => ({ way, ofFunction, ours }))).toEqual(
      WAYS.map(({ way, ofFunction = '-', result }) => ({ way: cellText(way), ofFunction, ours: result })),
    );
  });

  it.each(rows.filter(({ test }) => test !== 'own'))('names a test that exists: $way', ({ test }) => {
    const [, path = '', title = ''] = /^(\S+\.test\.ts): (.+)$/.exec(test) ?? [];
    expect(existsSync(join(ROOT, path))).toBe(true);
    expect(title).not.toBe('');
    expect(["'", '"'].some((quote) => read(path).includes(`(${quote}${title}${quote},`))).toBe(true);
  });

  it('has a result in each cell, or says that it is unknown or does not apply', () => {
    const words: readonly string[] = [...RESULTS, '?', '-'];
    for (const { way, native, ofFunction, ours } of rows) {
      expect({ way, known: [native, ofFunction].every((word) => words.includes(word)) }).toEqual({
        way,
        known: true,
      });
      expect({ way, ours }).toEqual({ way, ours: expect.stringMatching(RESULTS.join('|')) as string });
    }
  });
});
