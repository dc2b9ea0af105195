import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { OperationError } from '../operation-error';
import { ProofRecords } from './proof-records';

/**
 * - `SHA-256`: shows an accidental change; whoever changes the records can compute it anew
 * - `HMAC-SHA-256`: with a key; without it nobody can compute it anew
 */
const Digest = z.object({ algorithm: z.enum(['SHA-256', 'HMAC-SHA-256']), value: z.string() });

export const SealedProof = z.object({ records: ProofRecords, digest: Digest });
export type SealedProof = z.infer<typeof SealedProof>;

/** Adds the digest over the records. @param key makes it an HMAC */
export function sealProof(records: ProofRecords, key: string | undefined): SealedProof {
  const algorithm = key === undefined ? 'SHA-256' : 'HMAC-SHA-256';
  return { records, digest: { algorithm, value: digestOf(records, key) } };
}

/**
 * Returns a proof whose digest is that of its records.
 *
 * @param content parsed JSON
 * @param key the key that it was sealed with, if any
 * @throws {OperationError} `proof_not_understood`, `proof_key_missing`, `proof_changed`
 */
export function checkProof(content: unknown, key: string | undefined): SealedProof {
  const sealed = z.strictObject({ records: z.unknown(), digest: Digest }).safeParse(content);
  if (!sealed.success) throw notUnderstood();
  const { records, digest } = sealed.data;
  const isKeyed = digest.algorithm === 'HMAC-SHA-256';
  if (isKeyed && key === undefined) {
    throw new OperationError(
      'proof_key_missing',
      'the proof was sealed with a key; set PROOF_KEY to the key of that time to check it',
    );
  }
  const expected = Buffer.from(digestOf(records, isKeyed ? key : undefined));
  const given = Buffer.from(digest.value);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    const orKey = isKeyed ? ', or PROOF_KEY is another key' : '';
    throw new OperationError(
      'proof_changed',
      `the records were changed after the proof was made${orKey}`,
      'failed',
    );
  }
  const parsed = ProofRecords.safeParse(records);
  if (!parsed.success) throw notUnderstood();
  return { records: parsed.data, digest };
}

/** The error of a file that is no proof, or one that a later release made. */
export function notUnderstood(): OperationError {
  return new OperationError(
    'proof_not_understood',
    'the file is no proof of this release: give a file that `proof --json` or `proof --html` wrote',
  );
}

/** As hexadecimal digits, over the canonical JSON (RFC 8785) of the records: keys in order, no spaces. */
function digestOf(records: unknown, key: string | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(canonicalJson(records)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
