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

function errorsOf(env: Record<string, string>): readonly string[] {
  try {
    parseEnv(shape, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
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

  it('parses values and applies defaults', () => {
    expect(parseEnv(shape, { REGION: 'eu', TOKENS: 'present, next,' })).toEqual({
      REGION: 'eu',
      TOKENS: ['present', 'next'],
      RPS: 8,
    });
  });

  it('reports every error together and no value', () => {
    const errors = errorsOf({ REGION: 'mars', RPS: '0' });
    expect(errors).toHaveLength(3);
    expect(errors.join('\n')).toMatch(/REGION: .*us.*eu/);
    expect(errors).toContain('TOKENS is required');
    expect(errors).toContain('RPS: must be a whole number from 1 to 100');
    expect(errors.join('\n')).not.toContain('mars');
  });

  it('treats an empty variable as not set', () => {
    expect(errorsOf({ REGION: '', TOKENS: 'a' })).toEqual(['REGION is required']);
  });

  it('reads a variable from a file', () => {
    const file = join(dir, 'tokens');
    writeFileSync(file, 'from-file\n');
    expect(parseEnv(shape, { REGION: 'us', TOKENS_FILE: file }).TOKENS).toEqual(['from-file']);
  });

  it('reports a file that cannot be read, once', () => {
    expect(errorsOf({ REGION: 'us', TOKENS_FILE: join(dir, 'none') })).toEqual([
      'TOKENS_FILE: cannot be read (ENOENT)',
    ]);
  });

  it('rejects a variable that is set twice', () => {
    expect(errorsOf({ REGION: 'us', TOKENS: 'a', TOKENS_FILE: join(dir, 'none') })).toEqual([
      'TOKENS_FILE: set either TOKENS or TOKENS_FILE, not both',
    ]);
  });
});
