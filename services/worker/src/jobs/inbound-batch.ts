import { InboundEvent, toJobError, type JobError } from '@optout-sync/shared/domain';
import { itemsOf, type InboundItem, type JobData } from '@optout-sync/shared/queues';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';

const CODES: PayloadCodes = {
  invalid: 'event_invalid',
  versionUnknown: 'event_version_unknown',
  valueUnknown: 'event_value_unknown',
};

/** An event of a job, at its place in it. */
export type ParsedItem = InboundItem & {
  readonly index: number;
} & (
    | { readonly event: InboundEvent; readonly failure?: undefined }
    /** Why it could not be parsed. */
    | { readonly event?: undefined; readonly failure: JobError }
  );

/** The events of a job, in their order. */
export type ParsedBatch = readonly ParsedItem[];

/**
 * Parses each event of a job by itself.
 *
 * @throws {JobError} when the job has one event, which cannot be parsed; see `parsePayload`
 */
export function parseBatch(data: JobData<unknown>): ParsedBatch {
  const items = itemsOf(data).map((item, index) => ({ ...item, index, ...parseEvent(item.raw) }));
  const [first, ...others] = items;
  if (others.length === 0 && first?.failure) throw first.failure;
  return items;
}

function parseEvent(
  raw: unknown,
): { readonly event: InboundEvent; readonly failure?: undefined } | { readonly failure: JobError } {
  try {
    return { event: parsePayload(InboundEvent, raw, CODES, 'the inbound event') };
  } catch (error) {
    return { failure: toJobError(error) };
  }
}
