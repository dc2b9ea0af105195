import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EventSource } from '../domain/inbound-event';
import { E164, e164Spellings } from '../domain/phone';
import { Stage, type DeadLetter } from './dead-letter';
import type { IndexTerms } from './index-terms';

/** Selects the dead letters that meet all of its terms; an empty filter selects all. Times in ms since 1970, inclusive. */
export const DeadLetterFilter = z.object({
  ids: z.array(z.string()).optional(),
  code: z.string().optional(),
  stage: Stage.optional(),
  source: EventSource.optional(),
  workspace: z.string().optional(),
  phone: E164.optional(),
  messageSid: z.string().optional(),
  /** Bounds of `lastFailedAt`. */
  from: z.number().optional(),
  to: z.number().optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** The names of the index sets that hold a dead letter. */
export function indexKeys({ code, stage }: DeadLetter, terms: IndexTerms): string[] {
  const { source, workspace, phone, messageSids } = terms;
  return [
    ...new Set([
      'all',
      ...setNames({ code, source, workspace, stage, phone }),
      failureKey(stage, code),
      ...messageSids.flatMap((messageSid) => setNames({ messageSid })),
    ]),
  ];
}

/** The name of the index set of the dead letters of a stage that have a code. Earlier versions did not write it. */
export function failureKey(stage: string, code: string): string {
  return `failure:${stage}:${keyPart(code)}`;
}

/**
 * The names of the index sets whose intersection holds what the filter selects, before ids and times. The set of a number with
 * another spelling is followed by that of the other one, in a line of its own: an earlier version indexed by what Twilio sent.
 */
export function filterKeys({
  code,
  stage,
  source,
  workspace,
  phone,
  messageSid,
}: DeadLetterFilter): string[] {
  const ofPhone = phone && e164Spellings(phone).flatMap((spelling) => setNames({ phone: spelling }));
  const sets = [
    ...setNames({ code, source, workspace, stage, messageSid }),
    ...(ofPhone ? [ofPhone.join('\n')] : []),
  ];
  return sets.length > 0 ? sets : ['all'];
}

function setNames(terms: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(terms).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}:${keyPart(value)}`],
  );
}

/** Hashes phones and values of arbitrary form: key names appear in Redis' own logs. */
function keyPart(value: string): string {
  return /^[\w-]{1,64}$/.test(value) ? value : createHash('sha256').update(value).digest('hex').slice(0, 24);
}
