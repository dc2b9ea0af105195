import { maskPhone } from '@optout-sync/shared/domain';
import type { RecordedResult } from './jobs/record-job';

/** Since the first of the events was received; undefined without any. @param now in ms since 1970 */
export function secondsSinceOldest(
  events: readonly { readonly receivedAt: number }[],
  now: number,
): number | undefined {
  if (events.length === 0) return undefined;
  return (now - Math.min(...events.map(({ receivedAt }) => receivedAt))) / 1_000;
}

/** The log fields of an event at an attempt of its job. */
export function recordedFields({ event, workspace, result }: RecordedResult): object {
  const { messageSid, kind, channel, source, phone } = event;
  return { messageSid, result, kind, channel, source, workspace, phone: maskPhone(phone) };
}
