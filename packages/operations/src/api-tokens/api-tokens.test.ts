import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { ApiTokens } from './api-tokens';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => {
  redis.disconnect();
});

const fields = { scopes: ['optouts:read'], createdAt: 1, by: 'Ann', why: 'a test' } as const;

describe('the tokens of the API', () => {
  it('have 256 random bits each', async () => {
    const tokens = new ApiTokens(redis, `test-${randomUUID()}`);
    const secrets = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => (await tokens.add({ ...fields, name })).slice(-43)),
    );
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  it.each([
    ['another secret', (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['another name', (token: string) => token.replace('oss_crm_', 'oss_crm2_')],
    ['no prefix', (token: string) => token.slice(4)],
    ['something after it', (token: string) => `${token}\n`],
    ['no secret', () => 'oss_crm_'],
  ])('are refused with %s', async (_, change) => {
    const tokens = new ApiTokens(redis, `test-${randomUUID()}`);
    const token = await tokens.add({ ...fields, name: 'crm' });
    expect(await tokens.find(token)).toMatchObject({ name: 'crm', scopes: ['optouts:read'] });
    expect(await tokens.find(change(token))).toBeUndefined();
  });

  it('do not get the scopes of a later release, and none at all from a damaged record', async () => {
    const prefix = `test-${randomUUID()}`;
    const tokens = new ApiTokens(redis, prefix);
    const token = await tokens.add({ ...fields, name: 'crm' });
    const key = `${prefix}:api-tokens`;
    const stored = JSON.parse((await redis.hget(key, 'crm')) ?? '') as Record<string, unknown>;
    await redis.hset(key, 'crm', JSON.stringify({ ...stored, scopes: ['of_later', 'status:read'] }));
    expect(await tokens.find(token)).toMatchObject({ scopes: ['status:read'] });
    await redis.hset(key, 'crm', '{"hash":');
    expect(await tokens.find(token)).toBeUndefined();
  });
});
