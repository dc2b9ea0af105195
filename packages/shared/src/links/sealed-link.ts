import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Channel, E164 } from '../domain/phone';
import { readFields, writeFields } from './fields';

/** What a one-click link opts out: a person of a sender, for an account, which names the workspace. Times in ms since 1970. */
export interface Link {
  readonly accountSid: string;
  readonly channel: Channel;
  readonly phone: E164;
  readonly sender: string;
  /** Whose messages they are, for the page; '' where the sender alone says so. */
  readonly brand: string;
  /** Stored in whole seconds. */
  readonly issuedAt: number;
  /** Stored in whole seconds; undefined where the link does not expire. */
  readonly expiresAt?: number | undefined;
}

/** The form of a token. Changed with whatever changes the meaning of its bytes, so that old links are still read. */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** The two times. */
const TIME_BYTES = 8;
const NEVER = 0;
/** More than any link has. */
const LONGEST_TOKEN = 1_024;

/**
 * Seals a link as a token for a URL: `base64url(version, IV, ciphertext, tag)` by AES-256-GCM, some 120 characters. Without the key it can
 * be neither read nor made nor changed. A key may seal 2^32 links: the IV is random (NIST SP 800-38D, 8.3).
 *
 * @param key from `LinkKey`
 * @throws {RangeError} for a sender or brand of more than 254 bytes
 */
export function sealLink(link: Link, key: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const version = Buffer.of(VERSION);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(version);
  const sealed = Buffer.concat([cipher.update(contentOf(link)), cipher.final()]);
  return Buffer.concat([version, iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/**
 * Opens a token. Each of the keys is tried, whichever of them sealed it.
 *
 * @param keys the present key and those before it
 * @returns `undefined` for whatever `sealLink` did not make with one of the keys
 */
export function openLink(token: string, keys: readonly Buffer[]): Link | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // The decoder ignores what is no base64url, and unused bits: only one spelling of a token is one.
  if (bytes.toString('base64url') !== token) return undefined;
  if (bytes[0] !== VERSION || bytes.length < 1 + IV_BYTES + TIME_BYTES + TAG_BYTES) return undefined;
  const [content] = keys.flatMap((key) => decrypt(bytes, key) ?? []);
  return content && linkOf(content);
}

function decrypt(bytes: Buffer, key: Buffer): Buffer | undefined {
  const [start, end] = [1 + IV_BYTES, bytes.length - TAG_BYTES];
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, start), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(bytes.subarray(0, 1))
    .setAuthTag(bytes.subarray(end));
  const content = decipher.update(bytes.subarray(start, end));
  try {
    return Buffer.concat([content, decipher.final()]);
  } catch {
    // The tag is another: nothing of the content may be used.
    return undefined;
  }
}

function contentOf({ accountSid, channel, phone, sender, brand, issuedAt, expiresAt }: Link): Buffer {
  const times = Buffer.alloc(TIME_BYTES);
  times.writeUInt32BE(inSeconds(issuedAt), 0);
  times.writeUInt32BE(expiresAt === undefined ? NEVER : inSeconds(expiresAt), 4);
  return Buffer.concat([times, writeFields([accountSid, channel, phone, sender, brand])]);
}

function linkOf(content: Buffer): Link {
  const [accountSid = '', channel, phone, sender = '', brand = ''] = readFields(content.subarray(TIME_BYTES));
  const expires = content.readUInt32BE(4);
  return {
    accountSid,
    channel: Channel.parse(channel),
    phone: E164.parse(phone),
    sender,
    brand,
    issuedAt: content.readUInt32BE(0) * 1_000,
    ...(expires !== NEVER && { expiresAt: expires * 1_000 }),
  };
}

const inSeconds = (ms: number): number => Math.floor(ms / 1_000);
