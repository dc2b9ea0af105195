import { execFile } from 'node:child_process';
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

  it('offers nothing that is hidden', async () => {
    expect(await complete('optout-sync dlq ru')).toEqual([]);
    expect(await complete('optout-sync dlq list --fro')).toEqual([]);
  });
});
