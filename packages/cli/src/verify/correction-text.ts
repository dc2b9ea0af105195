import type { Verification, VerifiedPerson } from '@optout-sync/operations';
import { NOTHING_DONE } from '../frame/options';
import { phoneText, type PhoneOptions } from '../frame/phones';

/** What `--fix` does about a phone. */
export interface Correction {
  /** Whom a worker writes what the ledger says. */
  readonly written: readonly VerifiedPerson[];
  /** Whom it sets back to `false`, by the operator's permission. */
  readonly setBack: readonly VerifiedPerson[];
}

/** Who would be written to, from what to what, and why. */
export function correctionText(
  { written, setBack }: Correction,
  { attribute, expected }: Verification,
  options: PhoneOptions,
): string {
  return [
    ...written.map(
      ({ cioId, value = '(none)', verdict }) =>
        `would set ${cioId}: ${attribute} from ${value || "''"} to ${String(expected)}, ${verdict}`,
    ),
    ...setBack.map((person) => setBackText(person, attribute, options)),
    NOTHING_DONE,
  ].join('\n');
}

function setBackText(
  { cioId, phone, verdict }: VerifiedPerson,
  attribute: string,
  options: PhoneOptions,
): string {
  const now = phone === undefined ? '' : `, but ${phoneText(options)(phone)}`;
  const why =
    verdict === 'orphaned'
      ? `no longer has the number${now}`
      : 'the consent policy no longer opts the number out';
  return `would set back ${cioId}: ${attribute} from true to false, ${verdict}: ${why}`;
}

/** The same as `--json` prints it. */
export function correctionJson({ written, setBack }: Correction): Record<string, unknown> {
  const idsOf = (people: readonly VerifiedPerson[]): string[] => people.map(({ cioId }) => cioId);
  return { result: 'previewed', written: idsOf(written), setBack: idsOf(setBack) };
}
