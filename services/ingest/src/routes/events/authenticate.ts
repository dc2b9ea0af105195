import type { Buffer } from 'node:buffer';
import { Turns, elementsOf, parseElement, type Pause } from '@optout-sync/shared/event-streams';
import { knownAccounts, type VerificationKeys } from '../../webhook/account';
import { checkBodyHash } from '../../webhook/json';
import type { WebhookRequest } from '../../webhook/request';
import { BATCH_LIMIT_BYTES, checkMethod, checkSize } from '../../webhook/request-checks';
import { checkSignature } from '../../webhook/signature';
import { WebhookError } from '../../webhook/webhook-error';
import { accountsNamed } from './accounts-named';

/** A batch up to this size, in bytes, and of at most this many events is handled before it is answered. */
const MOST_BYTES_AT_ONCE = 4 * 1024 * 1024;
const MOST_EVENTS_AT_ONCE = 1_000;

/** A verified batch: its events, and the SIDs of the accounts whose token signed it. */
export interface ParsedBatch {
  readonly cloudEvents: readonly unknown[];
  readonly verifiedAccounts: ReadonlySet<string>;
  readonly text?: undefined;
}

/** A verified batch that is too large to parse it here, or has too many events. */
export interface LargeBatch {
  readonly text: Buffer;
  /** The SHA-256 of the text, in hexadecimal. */
  readonly hash: string;
  /** The SIDs of the accounts whose token signed it. Whether it names one of them is not known. */
  readonly signedBy: readonly string[];
  readonly cloudEvents?: undefined;
}

export type VerifiedBatch = ParsedBatch | LargeBatch;

/**
 * Authenticates a batch of Event Streams. The batch may name several accounts, of which some may not be configured. It
 * needs the signature of one account that is both named and configured, or of the only configured account when it names
 * none. It is verified for the accounts with the token that signed it, so that no account can act for another. The order
 * of the checks is part of the contract. The signature covers only the URL, so it is checked first: hashing and parsing
 * megabytes requires a token. A large batch is verified over its bytes and not parsed.
 *
 * @param turns in which batches are hashed and parsed
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateBatch(
  request: WebhookRequest,
  keys: VerificationKeys,
  turns = new Turns(),
): Promise<VerifiedBatch> {
  checkMethod(request, ['POST']);
  checkSize(request, BATCH_LIMIT_BYTES);
  const accounts = [...keys.accounts].map(([sid, { tokens }]) => ({ sid, tokens }));
  const signedBy = checkSignature(request, {}, accounts, keys.publicUrl).map(({ sid }) => sid);
  const text = await request.readBody(BATCH_LIMIT_BYTES);
  return turns.take((pause) => authenticateText(request, { text, signedBy }, keys, pause));
}

async function authenticateText(
  request: WebhookRequest,
  { text, signedBy }: Pick<LargeBatch, 'text' | 'signedBy'>,
  keys: VerificationKeys,
  pause: Pause,
): Promise<VerifiedBatch> {
  const hash = await checkBodyHash(request, text, pause);
  const cloudEvents = text.length > MOST_BYTES_AT_ONCE ? undefined : await parseEvents(text, pause);
  if (!cloudEvents) return { text, hash, signedBy };
  // An empty batch belongs to no account, so the token of any account verifies it.
  const known =
    cloudEvents.length === 0
      ? keys.accounts
      : knownAccounts(await accountsNamed(cloudEvents, pause), keys.accounts);
  const verified = signedBy.filter((sid) => known.has(sid));
  if (verified.length === 0) throw new WebhookError('bad_signature', { signedBy: signedBy.join(', ') });
  return { cloudEvents, verifiedAccounts: new Set(verified) };
}

/**
 * Parses the events of a batch. `undefined` when there are too many.
 *
 * @throws {WebhookError} `malformed_body` when the text is not JSON in UTF-8
 */
async function parseEvents(text: Buffer, pause: Pause): Promise<unknown[] | undefined> {
  try {
    const elements: Buffer[] = [];
    for (const element of elementsOf(text)) {
      if (element) elements.push(element);
      if (elements.length > MOST_EVENTS_AT_ONCE) return undefined;
      await pause();
    }
    const cloudEvents: unknown[] = [];
    for (const element of elements) {
      cloudEvents.push(parseElement(element));
      await pause();
    }
    return cloudEvents;
  } catch {
    // Without the cause: its message quotes the body.
    throw new WebhookError('malformed_body');
  }
}
