import { OperationError, checkProof, notUnderstood, type SealedProof } from '@optout-sync/operations';
import { dataOfPage, proofHtml } from './proof-html';

/** A proof whose digest is right. */
export interface CheckedProof {
  readonly sealed: SealedProof;
  /**
   * - `json`: the file is the records
   * - `same`: the page shows what its records say
   * - `other_release`: another release made the page, so what it shows was not compared with its records
   */
  readonly page: 'json' | 'same' | 'other_release';
}

/**
 * Checks the content of a file: the digest, and of a page also that it shows what its records say.
 *
 * @param release that of this command
 * @throws {OperationError} `proof_not_understood`, `proof_key_missing`, `proof_changed`
 */
export function checkFile(content: string, key: string | undefined, release: string): CheckedProof {
  // `trim` takes a byte order mark away too.
  const text = content.replaceAll('\r\n', '\n').trim();
  if (!text.startsWith('<')) return { sealed: checkProof(parse(text), key), page: 'json' };
  const sealed = checkProof(parse(dataOfPage(text) ?? ''), key);
  if (proofHtml(sealed).trim() === text) return { sealed, page: 'same' };
  if (sealed.records.madeBy !== release) return { sealed, page: 'other_release' };
  throw new OperationError(
    'proof_changed',
    'the records are as they were, but the page was changed: it does not show what they say',
    'failed',
  );
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notUnderstood();
  }
  // JSON.parse takes the last of two: somebody who reads the file may take the first.
  if (keysOfText(text) !== keysOf(value)) {
    throw new OperationError('proof_changed', 'a key stands twice in the records', 'failed');
  }
  return value;
}

/** How many keys stand in JSON. The expression consumes each string, so a colon within one does not count. */
function keysOfText(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, one) => sum + keysOf(one), own);
}
