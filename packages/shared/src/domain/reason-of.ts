import { isBlockedSend } from './consent';
import type { Reason } from './reason';

type Reasoned = Parameters<typeof isBlockedSend>[0] & {
  readonly source: string;
  readonly reason?: Reason | undefined;
  readonly phrase?: string | undefined;
};

/** The reason of an event, which is stored only where its source does not tell. */
export function reasonOf(event: Reasoned): Reason {
  if (event.reason) return event.reason;
  if (event.source === 'manual') return 'operator';
  if (event.source === 'import') return 'import';
  if (event.source === 'status_callback' || isBlockedSend(event)) return 'blocked_at_twilio';
  return event.phrase === undefined ? 'message' : 'wording';
}
