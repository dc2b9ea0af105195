import type { StoredDeadLetter } from '@optout-sync/shared/dead-letters';

/** A dead letter as `--json` prints it: under the key `letter`, which scripts rely on. */
export function deadLetterJson({ id, deadLetter, run }: StoredDeadLetter): unknown {
  return { id, letter: deadLetter, ...(run === undefined ? {} : { run }) };
}
