import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { integer, listOf } from './fields';
import { ConfigError, parseEnv } from './parse-env';

const shape = {
  REGION: z.enum(['us', 'eu']),
  TOKENS: listOf(z.string()),
  RPS: integer(1, 100).default(8),
};

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    parseEnv(shape, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('parseEnv', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'parse-env-'));
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it('parses values and fills defaults', () => {
    expect(parseEnv(shape, { REGION: 'eu', TOKENS: 'present, next,' })).toEqual({
      REGION: 'eu',
      TOKENS: ['present', 'next'],
      RPS: 8,
    });
  });

  it('names every mistake at once, and no value', () => {
    const mistakes = mistakesOf({ REGION: 'mars', RPS: '0' });
    expect(mistakes).toHaveLength(3);
    expect(mistakes.join('\n')).toMatch(/REGION: .*us.*eu/);
    expect(mistakes).toContain('TOKENS is required');
    expect(mistakes).toContain('RPS: must be a whole number from 1 to 100');
    expect(mistakes.join('\n')).not.toContain('mars');
  });

  it('counts an empty variable as unset', () => {
    expect(mistakesOf({ REGION: '', TOKENS: 'a' })).toEqual(['REGION is required']);
  });

  it('reads a variable from a file', () => {
    const file = join(dir, 'tokens');
    writeFileSync(file, 'from-file\n');
    expect(parseEnv(shape, { REGION: 'us', TOKENS_FILE: file }).TOKENS).toEqual(['from-file']);
  });

  it('says which file cannot be read, once', () => {
    expect(mistakesOf({ REGION: 'us', TOKENS_FILE: join(dir, 'none') })).toEqual([
      'TOKENS_FILE: cannot be read (ENOENT)',
    ]);
  });

  it('refuses a variable that is given twice', () => {
    expect(mistakesOf({ REGION: 'us', TOKENS: 'a', TOKENS_FILE: join(dir, 'none') })).toEqual([
      'TOKENS_FILE: set either TOKENS or TOKENS_FILE, not both',
    ]);
  });
});
