import { randomUUID } from 'node:crypto';
import { runCli } from './run-cli';

const url = process.env.TEST_REDIS_URL ?? '';

async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: { REDIS_URL: url, QUEUE_PREFIX: `test-${randomUUID()}` },
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

describe('optout-sync', () => {
  it('reports a wrong option or command, and prints its help', async () => {
    expect(await run('dlq', 'list', '--limit', 'many')).toMatchObject({ code: 2 });
    expect((await run('dlq', 'shred')).error).toMatch(/unknown command/);
    expect((await run('--help')).code).toBe(0);
  });

  it('names a missing variable', async () => {
    const errors: string[] = [];
    const code = await runCli(['dlq', 'list'], {
      env: {},
      out: () => undefined,
      error: (text) => errors.push(text),
    });
    expect(code).toBe(78);
    expect(errors.join()).toContain('REDIS_URL is required');
  });

  it('reports that Redis cannot be reached', async () => {
    const errors: string[] = [];
    const env = { REDIS_URL: 'redis://127.0.0.1:9' };
    const code = await runCli(['dlq', 'list'], {
      env,
      out: () => undefined,
      error: (text) => errors.push(text),
    });
    expect(code).toBe(1);
    expect(errors.join()).toContain('redis_unavailable');
  });
});
