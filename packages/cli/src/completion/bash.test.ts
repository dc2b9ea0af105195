import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createProgram } from '../program';
import { bashCompletion } from './bash';

const script = bashCompletion(createProgram({ env: {}, out: () => undefined, error: () => undefined }));

/** What bash itself offers after this command line, whose last word is being typed. */
async function complete(line: string): Promise<string[]> {
  const words = line.split(' ').map((word) => `'${word}'`);
  const source = `${script}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${String(words.length - 1)}
_optout_sync; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', source]);
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('offers commands, the commands below them, and options', async () => {
    expect(await complete('optout-sync d')).toContain('dlq');
    expect(await complete('optout-sync dlq re')).toEqual(['replay', 'resolve']);
    expect(await complete('optout-sync dlq replay dl-1 --ra')).toEqual(['--rate']);
    expect(await complete('optout-sync optouts list --sinc')).toEqual(['--since']);
  });

  it('offers the values that an option or argument may have', async () => {
    expect(await complete('optout-sync dlq list --stage s')).toEqual(['sync']);
    expect(await complete('optout-sync optouts show +14155550101 --channel ')).toEqual(['sms', 'whatsapp']);
    expect(await complete('optout-sync simulate event in')).toEqual(['inbound']);
  });

  it('offers files where a file is meant, and options after a dash', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'completion-'));
    try {
      for (const name of ['a list.csv', 'b.jsonl']) writeFileSync(join(dir, name), '');
      const files = [join(dir, 'a list.csv'), join(dir, 'b.jsonl')];
      for (const before of [
        'optouts import',
        'optouts import x.csv --rejects',
        'consent push --csv',
        'proof --check',
        'init --file',
        'setup twilio --undo',
        'setup twilio --undo-file',
      ]) {
        expect((await complete(`optout-sync ${before} ${dir}/`)).toSorted()).toEqual(files);
      }
      expect(await complete('optout-sync optouts import --rej')).toEqual(['--rejects']);
      expect(await complete('optout-sync optouts import --format ')).toEqual(['csv', 'jsonl']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('offers nothing for a value of your own', async () => {
    expect(await complete('optout-sync dlq list --phone ')).toEqual([]);
    expect(await complete('optout-sync optouts import x.csv --by ')).toEqual([]);
  });

  it('offers nothing that is hidden', async () => {
    expect(await complete('optout-sync dlq ru')).toEqual([]);
    expect(await complete('optout-sync dlq list --fro')).toEqual([]);
  });
});
