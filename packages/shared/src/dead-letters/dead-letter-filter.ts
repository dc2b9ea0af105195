import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EventSource } from '../domain/inbound-event';
import { E164 } from '../domain/phone';
import { Stage, type DeadLetter } from './dead-letter';
import type { IndexTerms } from './index-terms';

/** Which letters: those that meet all of it; an empty one means all. Times in ms since 1970, both included. */
export const DeadLetterFilter = z.object({
  ids: z.array(z.string()).optional(),
  code: z.string().optional(),
  stage: Stage.optional(),
  source: EventSource.optional(),
  workspace: z.string().optional(),
  phone: E164.optional(),
  messageSid: z.string().optional(),
  /** Of the last failure. */
  from: z.number().optional(),
  to: z.number().optional(),
  /** Tries that the letter holds. */
  minAttempts: z.number().int().optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** Every letter with so many tries or more stands in the step's set, so that few others are looked at for a number between. */
const ATTEMPT_STEPS = [2, 3, 5, 10, 20, 50, 100] as const;

/** The sets in Redis that a letter stands in. */
export function indexKeys({ code, stage, attempts }: DeadLetter, facts: IndexTerms): string[] {
  const { source, workspace, phone, messageSids } = facts;
  return [
    ...new Set([
      'all',
      ...combinations(named({ code, source, workspace })),
      ...named({ stage, phone }),
      ...messageSids.flatMap((messageSid) => named({ messageSid })),
      ...ATTEMPT_STEPS.filter((step) => attempts.length >= step).map((step) => `attempts:${String(step)}`),
    ]),
  ];
}

/** The sets whose intersection holds what the filter asks for, apart from times and the very number of tries. */
export function filterKeys({ minAttempts = 0, ...filter }: DeadLetterFilter): string[] {
  const { code, stage, source, workspace, phone, messageSid } = filter;
  const step = ATTEMPT_STEPS.findLast((one) => one <= minAttempts);
  const together = named({ code, source, workspace }).join(TOGETHER);
  const sets = [
    ...(together === '' ? [] : [together]),
    ...named({ stage, phone, messageSid }),
    ...(step === undefined ? [] : [`attempts:${String(step)}`]),
  ];
  return sets.length > 0 ? sets : ['all'];
}

const TOGETHER = '+';

/**
 * What many letters share stands in a set for each combination too: intersecting two large sets that have little in
 * common takes long.
 */
function combinations([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return [];
  const others = combinations(rest);
  return [first, ...others, ...others.map((other) => first + TOGETHER + other)];
}

function named(values: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}:${keyPart(value)}`],
  );
}

/** Phones, and what could be anything, do not stand in names of keys, which turn up in Redis' own logs. */
function keyPart(value: string): string {
  return /^[\w-]{1,64}$/.test(value) ? value : createHash('sha256').update(value).digest('hex').slice(0, 24);
}
