import { JobError, type ErrorCode } from '@optout-sync/shared/domain';

/** The highest version of every payload that this worker parses. */
const VERSION = 1;

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
}

/** A schema of Zod. */
interface PayloadSchema<Payload> {
  safeParse(
    raw: unknown,
  ):
    | { readonly success: true; readonly data: Payload }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

/** The error codes of a kind of payload. */
export interface PayloadCodes {
  /** It has no version, or does not match the schema of its version. */
  readonly invalid: ErrorCode;
  /** It has a higher version. */
  readonly versionUnknown: ErrorCode;
  /** It matches the schema except for words that are none of the known ones. */
  readonly valueUnknown: ErrorCode;
}

/**
 * Parses the payload of a job. During an upgrade, ingest or another worker may enqueue a form that only newer workers know: a
 * higher version, or a new word such as a source or a channel. Such a payload is `unsupported`, not `rejected`: it waits for a
 * worker that knows it.
 *
 * @param what names the payload in error messages, which contain no values
 * @throws {JobError} `unsupported` or `rejected`
 */
export function parsePayload<Payload>(
  schema: PayloadSchema<Payload>,
  raw: unknown,
  codes: PayloadCodes,
  what: string,
): Payload {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const { version } = (raw ?? {}) as { readonly version?: unknown };
  if (typeof version === 'number' && Number.isInteger(version) && version > VERSION) {
    const message = `${what} has version ${String(version)}; this worker supports ${String(VERSION)}`;
    throw new JobError('unsupported', codes.versionUnknown, message);
  }
  const { issues } = parsed.error;
  const fields = issues.map(({ path }) => path.join('.') || 'all').join(', ');
  if (issues.every((issue) => isUnknownWord(issue, raw))) {
    throw new JobError('unsupported', codes.valueUnknown, `unknown values in fields of ${what}: ${fields}`);
  }
  throw new JobError('rejected', codes.invalid, `invalid fields of ${what}: ${fields}`);
}

/** Whether the value is text where one of several words is expected. The version is no word. */
function isUnknownWord({ code, path }: Issue, raw: unknown): boolean {
  if (code !== 'invalid_value' || path[0] === 'version') return false;
  const value = path.reduce<unknown>(
    (parent, key) => (parent as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    raw,
  );
  return typeof value === 'string';
}
