import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, type ErrorCode } from '@optout-sync/shared/domain';
import { cellText, tablesIn } from './docs/markdown-tables';
import { METRICS } from './support/metric-tables';

const ROOT = join(__dirname, '../..');
const DOCS = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');

/** Gauges of what a process is, has or does by itself. */
const OF_ONE_PROCESS = /^optout_(build_info|config_info|redis_up|spool_|worker_slots)/;

const codesThat = (ends: (typeof ERROR_CODES)[ErrorCode]['ends']): string[] =>
  Object.entries(ERROR_CODES)
    .filter(([, definition]) => definition.ends === ends)
    .map(([code]) => code);

describe('the error codes in docs/operations.md', () => {
  const inTable = tablesIn(DOCS)
    .filter(({ header }) => header[0] === 'code')
    .flatMap(({ rows }) => rows.flatMap(([codes]) => cellText(codes).split(', ')));

  it('have one row or part of a row for each code of a dead letter', () => {
    expect(inTable.sort()).toEqual(codesThat('dead_letter').sort());
  });

  it.each(codesThat('waits'))('explain the code %s', (code) => {
    expect(DOCS).toContain(`\`${code}\``);
  });
});

describe('the metrics in docs/operations.md', () => {
  it.each(METRICS)('explain $name', ({ name }) => {
    expect(DOCS).toMatch(new RegExp(`\`${name}[{\`]`));
  });

  it.each(METRICS)('list the labels of $name, where they list any', ({ name, labels }) => {
    const listed = [...DOCS.matchAll(new RegExp(`\`${name}\\{([\\w,]+)\\}\``, 'g'))].map(
      ([, text = '']) => text,
    );
    for (const text of listed) expect(text.split(',')).toEqual([...labels]);
  });

  it.each(METRICS.filter(({ type, name }) => type === 'gauge' && !OF_ONE_PROCESS.test(name)))(
    'say in the help of $name how the values of several processes are put together',
    ({ help }) => {
      expect(help).toMatch(/[Uu]se (max|min|sum)\b/);
    },
  );

  it('are all defined once, in a table', () => {
    const sources = ['services', 'packages']
      .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name, 'src')))
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
      )
      .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|test-support/.test(path));
    const named = sources.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/name: '(optout_\w+)'/g)].map(([, name = '']) => name),
    );
    expect(named.sort()).toEqual(METRICS.map(({ name }) => name).sort());
    expect(new Set(named).size).toBe(named.length);
  });
});
