import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import { Channel, E164, type Subject } from '@optout-sync/shared/domain';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const Stored = z.tuple([z.string(), Channel, E164]);

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
    const text = JSON.stringify([workspace, channel, phone]);
    const iv = createHmac('sha256', this.key).update(text).digest().subarray(0, IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  }

  /** Returns whom an id names; `undefined` for what is no id of this system. */
  subjectOf(id: string): Subject | undefined {
    const bytes = Buffer.from(id, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8');
      const [workspace, channel, phone] = Stored.parse(JSON.parse(text + decipher.final('utf8')));
      return { workspace, channel, phone };
    } catch {
      return undefined;
    }
  }
}
