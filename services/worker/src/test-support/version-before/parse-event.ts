import { InboundEvent, JobError } from '@optout-sync/shared/domain';

/*
 * How the worker of the version before batches parses the payload of an inbound job: a frozen copy of its decisions, not to be
 * changed. The schema of an event is the same in both versions.
 */

const VERSION = 1;

/** @throws {JobError} `unsupported` or `rejected` */
export function parseEventOfVersionBefore(raw: unknown): InboundEvent {
  const what = 'the inbound event';
  const parsed = InboundEvent.safeParse(raw);
  if (parsed.success) return parsed.data;
  const { version } = (raw ?? {}) as { readonly version?: unknown };
  if (typeof version === 'number' && Number.isInteger(version) && version > VERSION) {
    const message = `${what} has version ${String(version)}; this worker supports ${String(VERSION)}`;
    throw new JobError('unsupported', 'event_version_unknown', message);
  }
  const { issues } = parsed.error;
  const fields = issues.map(({ path }) => path.join('.') || 'all').join(', ');
  if (issues.every((issue) => isUnknownWord(issue, raw))) {
    throw new JobError(
      'unsupported',
      'event_value_unknown',
      `unknown values in fields of ${what}: ${fields}`,
    );
  }
  throw new JobError('rejected', 'event_invalid', `invalid fields of ${what}: ${fields}`);
}

function isUnknownWord(
  { code, path }: { readonly code: string; readonly path: readonly PropertyKey[] },
  raw: unknown,
): boolean {
  if (code !== 'invalid_value' || path[0] === 'version') return false;
  const value = path.reduce<unknown>(
    (parent, key) => (parent as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    raw,
  );
  return typeof value === 'string';
}
