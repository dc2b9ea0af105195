import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { commandLine } from './command-line';

const given = (...args: string[]) => ({ args });

describe('commandLine', () => {
  it('repeats what was given', () => {
    const terminal = given('optouts', 'import', 'a.csv', '--sender', '+15005550006', '--yes', '--by', 'Ann');
    expect(commandLine(terminal)).toBe(
      'optout-sync optouts import a.csv --sender +15005550006 --yes --by Ann',
    );
  });

  it('puts an option in place of the one that was given', () => {
    for (const cursor of [[], ['--cursor', 'o=d'], ['--cursor=old']]) {
      const terminal = given('optouts', 'export', ...cursor, '--json');
      expect(commandLine(terminal, { '--cursor': 'new' })).toBe(
        'optout-sync optouts export --json --cursor new',
      );
    }
  });

  it('is read by a shell as it was given', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !one.includes('\u0000'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (args) => {
        const script = commandLine({ args }).replace(/^optout-sync/, "printf '%s\\0'");
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(
          args.map((arg) => `${arg}\u0000`).join(''),
        );
      }),
      { numRuns: 30 },
    );
  });
});
