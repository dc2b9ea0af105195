import { FailedAttempt, type JobData } from '@optout-sync/shared/queues';
import { z } from 'zod';

/** What the runner itself reads of the data of a job, and what each may be. Anything else is left out. */
const RUNNER_FIELDS = {
  failures: z.array(FailedAttempt),
  transientSince: z.number(),
  run: z.string(),
  replayOf: z.string(),
  eventReplayOf: z.array(z.string().nullable()),
  suspect: z.boolean(),
} as const;

/**
 * Returns the data of a job from the text that Redis stores. Whatever that text is, nothing of it is lost: text that is no JSON,
 * JSON that is no object, and an object without a payload become the payload. No kind of job parses such a payload, so it becomes
 * a raw dead letter. The request of a replay has no payload but a `run`, and stays as it is.
 */
export function toJobData(text: string): JobData<unknown> {
  const stored = parseJson(text);
  if (stored === undefined) return { payload: text };
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return { payload: stored };
  if (!('payload' in stored) && !('run' in stored)) return { payload: stored };
  return withoutInvalid(stored as JobData<unknown>);
}

/** Fields of the hash of a job that BullMQ parses as JSON before it reads the data, and what they are when they are missing. */
const JSON_FIELDS: Readonly<Record<string, string>> = { opts: '{}', progress: '0' };

/**
 * Replaces such fields of a job that are no JSON, in the list of names and values that BullMQ's scripts return. A job that BullMQ
 * cannot parse would be fetched again and again, at each turn as a stalled one.
 */
export function repairFields(fields: string[]): void {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const missing = JSON_FIELDS[fields[i] ?? ''];
    if (missing === undefined || isJson(fields[i] ?? '', fields[i + 1] ?? '')) continue;
    fields[i + 1] = missing;
  }
}

function isJson(name: string, text: string): boolean {
  if (text === '') return true;
  const value = parseJson(text);
  return name === 'progress' ? value !== undefined : typeof value === 'object' && value !== null;
}

/** JSON has no `undefined`, which therefore stands for text that is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function withoutInvalid(data: JobData<unknown>): JobData<unknown> {
  const invalid = Object.entries(RUNNER_FIELDS).flatMap(([name, schema]) => {
    const value = data[name as keyof typeof RUNNER_FIELDS];
    return value === undefined || schema.safeParse(value).success ? [] : [name];
  });
  if (invalid.length === 0) return data;
  return Object.fromEntries(
    Object.entries(data).filter(([name]) => !invalid.includes(name)),
  ) as unknown as JobData<unknown>;
}
