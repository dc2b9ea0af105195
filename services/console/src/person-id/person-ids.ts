import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { Channel, E164, type Subject } from '@optout-sync/shared/domain';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const Stored = z.tuple([z.string(), Channel, E164]);
const Cursor = z.object({ cursor: z.string() });

/**
 * The ids of people in URLs, which hold no phone: the subject, encrypted by AES-256-GCM. An id is the same at every console
 * of a system and always, so that an URL can be shared: the nonce is a MAC of the subject (as in SIV, RFC 5297), and the key is
 * stored in Redis.
 */
export class PersonIds {
  private constructor(private readonly key: Buffer) {}

  /** Reads the key, `<prefix>:console:person-key`, and creates it where there is none. */
  static async open(redis: Redis | Cluster, prefix: string): Promise<PersonIds> {
    const name = `${prefix}:console:person-key`;
    await redis.setnx(name, randomBytes(32).toString('base64'));
    return new PersonIds(Buffer.from((await redis.get(name)) ?? '', 'base64'));
  }

  idOf({ workspace, channel, phone }: Subject): string {
    return this.seal(JSON.stringify([workspace, channel, phone]));
  }

  /** Returns whom an id names; `undefined` for what is no id of this system. */
  subjectOf(id: string): Subject | undefined {
    try {
      const [workspace, channel, phone] = Stored.parse(JSON.parse(this.unseal(id)));
      return { workspace, channel, phone };
    } catch {
      return undefined;
    }
  }

  /** Seals the cursor of a list of phones, which may name one. */
  sealCursor(cursor: string): string {
    return this.seal(JSON.stringify({ cursor }));
  }

  /** Returns a cursor that was sealed; `undefined` for any other text. */
  openCursor(sealed: string): string | undefined {
    try {
      return Cursor.parse(JSON.parse(this.unseal(sealed))).cursor;
    } catch {
      return undefined;
    }
  }

  private seal(text: string): string {
    const iv = createHmac('sha256', this.key).update(text).digest().subarray(0, IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  }

  /** @throws {Error} for what this system did not seal */
  private unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8');
    return text + decipher.final('utf8');
  }
}
