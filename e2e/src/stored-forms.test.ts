import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STORED_FORMS, formOfKey } from '@optout-sync/shared/stored-forms';
import { tablesIn } from './docs/markdown-tables';

const read = (page: string): string => readFileSync(join(__dirname, '../../docs', page), 'utf8');

describe('the table of stored forms in docs/upgrade.md', () => {
  const table = tablesIn(read('upgrade.md')).find(({ header }) => header[0] === 'stored form');

  it('has a row for each, with its version and what a release does with one that it does not know', () => {
    expect(table?.rows).toEqual(
      STORED_FORMS.map(({ name, version, unknown }) => [
        name,
        version === undefined ? '' : String(version),
        unknown,
      ]),
    );
  });
});

/** A word for a name in a key, where it is not any word. */
const EXAMPLES: Readonly<Record<string, string>> = { minute: '1', destination: 'native' };

describe('the keys in docs/architecture.md', () => {
  const cells = [...read('architecture.md').matchAll(/^\| (`\{?optout:.*?) +(?<!\\)\|/gm)];
  const keys = cells.flatMap(([, cell = '']) => cell.match(/`\{?optout:[^`]+/g) ?? []);

  it.each(keys.map((key) => key.slice(1)))('%s belongs to a stored form', (key) => {
    // `<a\|b>` is one of two words.
    const words = key.replaceAll(
      /<([^<>]*?)(?:\\\|[^<>]*(?:<\w+>)?)*>/g,
      (_, word: string) => EXAMPLES[word] ?? word,
    );
    expect(formOfKey(words.replaceAll('*', 'x'), 'optout')?.name).toBeDefined();
  });

  it('are more than twenty', () => {
    expect(keys.length).toBeGreaterThan(20);
  });
});
