import { timingSafeEqual } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { OperationError } from '../operation-error';
import { ApiScope } from './scopes';
import { hashOf, nameIn, newToken } from './token-text';

/** The scopes of a later release are left out. */
const Stored = z.object({
  hash: z.base64(),
  scopes: z.array(z.string()).transform((names) => ApiScope.options.filter((scope) => names.includes(scope))),
  createdAt: z.number(),
  by: z.string(),
  why: z.string(),
});

/** A token of the API, without its secret. */
export interface ApiToken {
  /** Unique. The audit trail names it as the author of what its holder changes. */
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  /** In ms since 1970. */
  readonly createdAt: number;
  readonly by: string;
  readonly why: string;
}

/** `usedAt`: in ms since 1970, at most a minute old; missing for one that was never used. */
interface ListedApiToken extends ApiToken {
  readonly usedAt: number | undefined;
}

/** How often the time of the last use is written for a token, by each process. */
const USED_PERIOD_MS = 60_000;

/**
 * The tokens of the API, in Redis: `<prefix>:api-tokens` maps each name to the SHA-256 of its token, its scopes and who created
 * it; `<prefix>:api-tokens:used` maps the name to when it was last used. A token itself is stored nowhere.
 */
export class ApiTokens {
  private readonly key: string;
  private readonly usedKey: string;
  /** When the last use was written, by name. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly redis: Redis | Cluster,
    prefix: string,
  ) {
    this.key = `${prefix}:api-tokens`;
    this.usedKey = `${this.key}:used`;
  }

  /**
   * Creates a token and returns it. Nobody can read it again.
   *
   * @throws {OperationError} `token_exists`
   */
  async add({ name, ...fields }: ApiToken): Promise<string> {
    const token = newToken(name);
    const stored = JSON.stringify({ ...fields, hash: hashOf(token).toString('base64') });
    if ((await this.redis.hsetnx(this.key, name, stored)) === 1) return token;
    throw tokenExists(name);
  }

  /** Returns the token that a text is; `undefined` for one that does not exist, or was revoked. */
  async find(text: string): Promise<ApiToken | undefined> {
    const name = nameIn(text);
    const stored = name === undefined ? undefined : await this.read(name);
    if (name === undefined || !stored) return undefined;
    const { hash, ...token } = stored;
    const expected = Buffer.from(hash, 'base64');
    const given = hashOf(text);
    const isSame = expected.length === given.length && timingSafeEqual(expected, given);
    return isSame ? { name, ...token } : undefined;
  }

  /** Stores that a token was used, once a minute. */
  async markUsed({ name }: Pick<ApiToken, 'name'>): Promise<void> {
    const now = Date.now();
    if (now < (this.written.get(name) ?? 0) + USED_PERIOD_MS) return;
    this.written.set(name, now);
    await this.redis.hset(this.usedKey, name, now);
  }

  async has(name: string): Promise<boolean> {
    return (await this.redis.hexists(this.key, name)) === 1;
  }

  /** Returns all tokens by name. Those that only a later release can read are left out. */
  async list(): Promise<ListedApiToken[]> {
    const [tokens, used] = await Promise.all([
      this.redis.hgetall(this.key),
      this.redis.hgetall(this.usedKey),
    ]);
    return Object.entries(tokens)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, json]) => {
        const stored = parseStored(json);
        if (!stored) return [];
        const { scopes, createdAt, by, why } = stored;
        const usedAt = used[name] === undefined ? undefined : Number(used[name]);
        return [{ name, scopes, createdAt, by, why, usedAt }];
      });
  }

  /** Revokes a token: the next request with it is refused. */
  async remove(name: string): Promise<void> {
    await this.redis.hdel(this.key, name);
    await this.redis.hdel(this.usedKey, name);
  }

  private async read(name: string): Promise<z.infer<typeof Stored> | undefined> {
    const json = await this.redis.hget(this.key, name);
    return json === null ? undefined : parseStored(json);
  }
}

function parseStored(json: string): z.infer<typeof Stored> | undefined {
  try {
    return Stored.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

export function tokenExists(name: string): OperationError {
  return new OperationError(
    'token_exists',
    `there is a token ${name}; revoke it first, or choose another name`,
  );
}
