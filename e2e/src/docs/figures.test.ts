import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path: string): string => readFileSync(join(__dirname, '../../..', path), 'utf8');

/** What .ci/release.d/first-start.mjs measured. */
const FIRST_START = JSON.parse(read('docs/first-start.json')) as Record<
  | 'packages'
  | 'megabytes'
  | 'installSeconds'
  | 'buildSeconds'
  | 'firstSeconds'
  | 'laterSeconds'
  | 'cores'
  | 'load',
  number
>;

test('README has the figures of a measured first start', () => {
  const { packages, megabytes, installSeconds, buildSeconds, firstSeconds, laterSeconds, cores, load } =
    FIRST_START;
  const sentences = [
    `installs ${String(packages)} packages (${String(megabytes)} MB in \`node_modules\`) in ${String(installSeconds)} s`,
    `builds in ${String(buildSeconds)} s; with the samples it takes ${String(firstSeconds)} s`,
    `Later ones take ${String(laterSeconds)} s and no network`,
    `Measured on ${String(cores)} cores at a load of ${String(load)}`,
  ];
  const text = read('README.md').replaceAll(/\s+/g, ' ');
  expect(sentences.filter((sentence) => !text.includes(sentence))).toEqual([]);
});

test('the short figures of performance.md are those of the tables that the benchmarks write', () => {
  const tables = read('docs/performance-tables.md');
  const [, short = ''] =
    /## Figures in short[^]*?\n(\| what[^]*?)\n\n/.exec(read('docs/performance.md')) ?? [];
  const figures = short.split('\n').flatMap((line) => {
    const [, , figure = '', source = ''] = line.split('|').map((cell) => cell.trim());
    const [, benchmark] = /^benchmark `([a-z-]+)`/.exec(source) ?? [];
    if (benchmark === undefined) return [];
    const section = tables.split(`\n## ${benchmark}\n`)[1]?.split('\n## ')[0] ?? '';
    const numbers: string[] = figure.match(/\d[\d,.]*\d|\d/g) ?? [];
    return numbers.map((number) => ({ benchmark, number, found: hasNumber(section, number) }));
  });
  expect(figures.length).toBeGreaterThan(15);
  expect(figures.filter(({ found }) => !found)).toEqual([]);
});

/** Whether the text has the number, or one that is rounded to it. */
function hasNumber(text: string, number: string): boolean {
  const digits = number.split('.')[1]?.length ?? 0;
  return (text.match(/\d[\d,.]*\d|\d/g) ?? []).some(
    (each) =>
      each === number || Number(each.replaceAll(',', '')).toFixed(digits) === number.replaceAll(',', ''),
  );
}
