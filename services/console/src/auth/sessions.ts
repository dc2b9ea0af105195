import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';

/** Without a request for this time a session ends, in seconds. */
const IDLE_S = 60 * 60;
/** It ends after this time in any case, in ms. */
const MAX_AGE_MS = 12 * 3_600_000;
/** How long a notice waits for its page, in seconds. */
const NOTICE_S = 60;

const Stored = z.object({ name: z.string(), proof: z.string(), at: z.number() });

/**
 * Who is logged in: `<prefix>:console:session:<digest of the id>`, which expires. The id, 256 random bits, is in the cookie
 * only: whoever reads Redis cannot use it.
 */
export class Sessions {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly prefix: string,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * @param proof what the user logged in by, such as the hash of the password: the session ends when it changes
   * @returns the id
   */
  async create(name: string, proof: string): Promise<string> {
    const id = newSessionId();
    const session = { name, proof: digest(proof), at: this.now() };
    await this.redis.set(this.key('session', id), JSON.stringify(session), 'EX', IDLE_S);
    return id;
  }

  /** Returns the name of the user whose session it is, and prolongs it. @param proofOf what a user logs in by now */
  async read(id: string, proofOf: (name: string) => string | undefined): Promise<string | undefined> {
    const text = await this.redis.getex(this.key('session', id), 'EX', IDLE_S);
    const session = parseSession(text ?? '');
    if (!session || this.now() - session.at > MAX_AGE_MS) return undefined;
    const proof = proofOf(session.name);
    return proof !== undefined && digest(proof) === session.proof ? session.name : undefined;
  }

  async end(id: string): Promise<void> {
    await this.redis.del(this.key('session', id));
  }

  /** Keeps a notice for the next page of the session. */
  async notify(id: string, notice: string): Promise<void> {
    await this.redis.set(this.key('notice', id), notice, 'EX', NOTICE_S);
  }

  /** Returns the notice, once. */
  async takeNotice(id: string): Promise<string | undefined> {
    return (await this.redis.getdel(this.key('notice', id))) ?? undefined;
  }

  private key(kind: 'session' | 'notice', id: string): string {
    return `${this.prefix}:console:${kind}:${digest(id)}`;
  }
}

/** Nothing for what is not readable: its user logs in again. */
function parseSession(json: string): z.infer<typeof Stored> | undefined {
  try {
    return Stored.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

export const newSessionId = (): string => randomBytes(32).toString('base64url');

/** The token that the forms of a session hold. It is derived from the id, so that nothing more is stored. */
export const csrfTokenOf = (id: string): string =>
  createHmac('sha256', id).update('csrf').digest('base64url');

/** Whether a form holds the token of the session, compared in constant time. */
export function isCsrfTokenOf(id: string, token: string): boolean {
  const [given, expected] = [Buffer.from(token), Buffer.from(csrfTokenOf(id))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
