import { Redis } from 'ioredis';
import { ApiTokens } from '@optout-sync/operations';
import { openStores, runWith } from '../test-support/cli';

const { env, audit, close } = openStores();
const prefix = env.QUEUE_PREFIX ?? '';
const redis = new Redis(env.REDIS_URL ?? '');
const tokens = new ApiTokens(redis, prefix);
afterAll(async () => {
  redis.disconnect();
  await close();
});

const author = ['--yes', '--by', 'Ann', '--why', 'a test'];
const add = (name: string, scopes: string, ...more: string[]) =>
  runWith(env, 'token', 'add', '--name', name, '--scopes', scopes, ...more);

describe('token add', () => {
  it('prints the token alone on standard output, and stores only its hash', async () => {
    const { code, out, error } = await add('crm', 'optouts:read,optouts:write', ...author);
    expect(code).toBe(0);
    expect(out).toMatch(/^oss_crm_[\w-]{43}$/);
    expect(error).toContain('nobody can show it again');
    expect(await tokens.find(out)).toMatchObject({ name: 'crm', scopes: ['optouts:read', 'optouts:write'] });
    const stored = await Promise.all((await redis.keys(`${prefix}*`)).map((key) => redis.dump(key)));
    expect(stored.join('')).not.toContain(out.slice(-43));
    const [entry] = (await audit.list({ limit: 1 })).entries;
    expect(entry).toMatchObject({ action: 'token_add', by: 'Ann', details: { token: 'crm' } });
    expect(JSON.stringify(entry)).not.toContain(out);
  });

  it('creates nothing without --yes, or without who and why', async () => {
    expect((await add('later', 'optouts:read')).out).toContain('Nothing was done');
    expect((await add('later', 'optouts:read', '--yes')).error).toContain('who_missing');
    expect(await tokens.has('later')).toBe(false);
  });

  it('refuses a second token of a name, an unknown scope and a strange name', async () => {
    await add('twice', 'status:read', ...author);
    expect((await add('twice', 'status:read', ...author)).error).toContain('token_exists');
    expect((await add('twice', 'status:read')).error).toContain('token_exists');
    expect((await add('other', 'everything', ...author)).error).toContain('scope_unknown');
    expect((await add('../x', 'status:read', ...author)).error).toContain('token_name_invalid');
  });
});

describe('token list', () => {
  it('shows scopes and the last use by pages, and no secret', async () => {
    const { out: token } = await add('listed', 'status:read', ...author);
    await add('listed-2', 'status:read', ...author);
    await tokens.markUsed({ name: 'listed' });
    const first = await runWith(env, 'token', 'list', '--json', '--limit', '1', '--cursor', 'list');
    const page = JSON.parse(first.out) as { next: string; tokens: Record<string, unknown>[] };
    expect(page.next).toBe('listed');
    expect(page.tokens[0]).toMatchObject({
      name: 'listed',
      scopes: ['status:read'],
      by: 'Ann',
      usedAt: expect.stringMatching(/Z$/) as string,
    });
    expect(first.out).not.toContain(token.slice(-43));
    expect((await runWith(env, 'token', 'list')).out).toContain('listed-2');
  });

  it('masks a phone that somebody wrote into the reason', async () => {
    await add('written', 'status:read', '--yes', '--by', 'Ann', '--why', 'asked by (415) 555-0123');
    for (const json of [[], ['--json']]) {
      const { out } = await runWith(env, 'token', 'list', ...json);
      expect(out).toContain('asked by');
      expect(out).not.toContain('555-0123');
    }
  });
});

describe('token revoke', () => {
  it('ends a token only with --yes', async () => {
    const { out: token } = await add('gone', 'status:read', ...author);
    expect((await runWith(env, 'token', 'revoke', 'gone')).out).toContain('Nothing was done');
    expect(await tokens.find(token)).toBeDefined();
    expect((await runWith(env, 'token', 'revoke', 'gone', ...author)).code).toBe(0);
    expect(await tokens.find(token)).toBeUndefined();
    expect((await audit.list({ limit: 1 })).entries[0]).toMatchObject({ action: 'token_revoke' });
  });

  it('says that there is no such token', async () => {
    expect((await runWith(env, 'token', 'revoke', 'nobody')).error).toContain('token_not_found');
  });
});
