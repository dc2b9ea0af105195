import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { Classify, InboundEvent } from '@optout-sync/shared/domain';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import type { Stores } from '../stores';
import { LoggedMessage, understand } from './logged-message';

/** What was found. Each message is counted once, however often Twilio lists it. */
export interface Counts {
  /** Messages that Twilio has of that time, in both directions. */
  messages: number;
  inbound: number;
  /** Of the inbound ones, by what they say. */
  optOuts: number;
  optIns: number;
  toReview: number;
  /** Outbound ones that Twilio did not send (error 21610). */
  blockedSends: number;
  /** From or to what is no phone number, or not understood: nothing is done with them. */
  notUnderstood: number;
  /** Of those that say something, the ones that the ledger has. */
  known: number;
  /** The ones that it has not. */
  missing: number;
  /** Those of them that were enqueued. */
  enqueued: number;
}

const nothing = (): Counts => ({
  messages: 0,
  inbound: 0,
  optOuts: 0,
  optIns: 0,
  toReview: 0,
  blockedSends: 0,
  notUnderstood: 0,
  known: 0,
  missing: 0,
  enqueued: 0,
});

/** Small, so that the rate holds within a second, and a run that is cut off has little to repeat. */
const BATCH = 50;

/**
 * Goes through pages of messages and finds those whose word the ledger does not have; enqueues them when `rate` (a second)
 * is given. Safe to repeat: what is known by then is passed over, and what still waits lands once.
 *
 * @param progress hears of the counts after each page
 */
export async function runBackfill(
  pages: AsyncIterable<readonly unknown[]>,
  deps: Pick<Stores, 'queues' | 'ledger'> & {
    readonly classify: Classify;
    readonly workspaceOf: WorkspaceOf;
    readonly now: () => number;
    readonly progress: (counts: Readonly<Counts>) => void;
  },
  rate: number | undefined,
): Promise<Counts> {
  const counts = nothing();
  // Pages shift while messages come in, so that one may be listed twice.
  const seen = new Set<string>();
  for await (const page of pages) {
    const events = page.flatMap((raw) => count(raw, seen, counts, deps));
    for (let from = 0; from < events.length; from += BATCH) {
      const missing = await unknownOf(events.slice(from, from + BATCH), deps);
      counts.missing += missing.length;
      if (rate === undefined || missing.length === 0) continue;
      await enqueueInboundBatch(deps.queues, missing);
      counts.enqueued += missing.length;
      await delay((missing.length / rate) * 1_000);
    }
    counts.known = counts.optOuts + counts.optIns + counts.toReview + counts.blockedSends - counts.missing;
    deps.progress(counts);
  }
  return counts;
}

/** Counts one message and gives its event, where it has one. */
function count(
  raw: unknown,
  seen: Set<string>,
  counts: Counts,
  { classify, now }: { readonly classify: Classify; readonly now: () => number },
): InboundEvent[] {
  const parsed = LoggedMessage.safeParse(raw);
  if (parsed.success && seen.has(parsed.data.sid)) return [];
  counts.messages += 1;
  if (!parsed.success) {
    counts.notUnderstood += 1;
    return [];
  }
  seen.add(parsed.data.sid);
  if (parsed.data.direction === 'inbound') counts.inbound += 1;
  const understood = understand(parsed.data, now(), classify);
  switch (understood.kind) {
    case 'other':
      return [];
    case 'unprocessable':
      counts.notUnderstood += 1;
      return [];
    case 'event': {
      const { event, blocked } = understood;
      if (blocked) counts.blockedSends += 1;
      else if (event.kind === 'stop') counts.optOuts += 1;
      else if (event.kind === 'start') counts.optIns += 1;
      else counts.toReview += 1;
      return [event];
    }
    default:
      return understood satisfies never;
  }
}

async function unknownOf(
  events: readonly InboundEvent[],
  { ledger, workspaceOf }: Pick<Stores, 'ledger'> & { readonly workspaceOf: WorkspaceOf },
): Promise<InboundEvent[]> {
  const known = await Promise.all(
    events.map(async ({ accountSid, channel, phone, messageSid }) => {
      const workspace = workspaceOf(accountSid);
      if (workspace === undefined) return false;
      const entry = await ledger.read({ workspace, channel, phone });
      return entry?.history.some((event) => event.messageSid === messageSid) ?? false;
    }),
  );
  return events.filter((_, n) => !known[n]);
}
