import { z } from 'zod';
import { withCanonicalPhones } from './canonical-phones';
import type { DeadLetter } from './dead-letter';

/** What every reader relies on. The payload may be one of a newer version. */
const Envelope = z.looseObject({
  stage: z.string(),
  code: z.string(),
  message: z.string(),
  undone: z.looseObject({ type: z.string() }),
  attempts: z.array(z.unknown()),
  firstFailedAt: z.number(),
  lastFailedAt: z.number(),
});

/** Stands for a dead letter whose stored form is damaged. Its payload is of no known type, so that it is not requeued and stays. */
export const DAMAGED = {
  version: 1,
  stage: 'ingest',
  code: 'unreadable',
  message: 'its stored form is damaged',
  undone: { type: 'damaged' },
  attempts: [],
  firstFailedAt: 0,
  lastFailedAt: 0,
} as unknown as DeadLetter;

/** Reads the stored JSON of a dead letter, with the canonical spelling of its phones. One that is damaged does not hide others. */
export function parseDeadLetter(json: string): DeadLetter {
  try {
    return withCanonicalPhones(Envelope.parse(JSON.parse(json)) as unknown as DeadLetter);
  } catch {
    return DAMAGED;
  }
}
