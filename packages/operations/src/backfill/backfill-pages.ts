import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { isBlockedSend, type EventSource, type InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { enqueueInboundBatch, isSyncQueued } from '@optout-sync/shared/queues';
import { LoggedMessage } from '@optout-sync/twilio-api';
import type { Stores } from '../stores';
import { RecentSids } from './recent-sids';
import { parseLoggedMessage, type Classifiers } from './parse-message';

/** What a backfill found in one account. A message that Twilio lists again within 10,000 messages counts once. */
export interface BackfillCounts {
  /** Messages in Twilio's log, in both directions. */
  messages: number;
  inbound: number;
  /** Messages by their kind; `toReview` includes blocked sends whose error code is to be reviewed. */
  optOuts: number;
  optIns: number;
  toReview: number;
  /** Outbound messages that Twilio did not send, with an error code that is acted on (21610). */
  blockedSends: number;
  /** Messages that cannot be parsed, or a keyword from or to an address that is not a phone number. They are skipped. */
  notUnderstood: number;
  /** Messages that change a consent, are in the ledger, and have been applied or have a job that applies them. */
  known: number;
  /** Messages that change a consent and are not known. */
  missing: number;
  /** Known messages that are ordered by their arrival, or a blocked send by that of its report. They are enqueued with Twilio's time. */
  imprecise: number;
  /** Missing and imprecise messages that were enqueued. */
  enqueued: number;
}

const noCounts = (): BackfillCounts => ({
  messages: 0,
  inbound: 0,
  optOuts: 0,
  optIns: 0,
  toReview: 0,
  blockedSends: 0,
  notUnderstood: 0,
  known: 0,
  missing: 0,
  imprecise: 0,
  enqueued: 0,
});

/** Small, so that the rate holds within a second, and an interrupted backfill repeats little. */
const BATCH_SIZE = 50;
/** Pages shift by the messages that arrive while one is read: ten pages of 1,000 are far more than that. */
export const MAX_REMEMBERED = 10_000;

/**
 * Reads pages of Twilio's log and finds the opt-outs and opt-ins that the ledger does not have, or has with a less precise
 * time. Two clocks are never compared as one: a message that the log places between two others finds both by the log's clock. Safe to
 * repeat: an event that the ledger has with Twilio's time is skipped, unless it waits without a job that applies it, and one that
 * still waits in its queue is not enqueued again.
 *
 * @param deps.progress is called with the counts after each page
 * Its memory is bounded, whatever the number of messages: it holds one page, the history of 50 phones, and the sids of the latest
 * 10,000 messages.
 *
 * @param rate how many events to enqueue per second; `undefined` enqueues none
 */
export async function backfillPages(
  pages: AsyncIterable<readonly unknown[]>,
  deps: Pick<Stores, 'queues' | 'ledger'> &
    Classifiers & {
      readonly workspaceOf: WorkspaceOf;
      readonly now: () => number;
      readonly progress: (counts: Readonly<BackfillCounts>) => void;
      /** Ends it between two batches. */
      readonly stop?: AbortSignal;
    },
  rate: number | undefined,
  seen = new RecentSids(MAX_REMEMBERED),
): Promise<BackfillCounts> {
  const counts = noCounts();
  for await (const page of pages) {
    const events = page.flatMap((raw) => count(raw, seen, counts, deps));
    for (let from = 0; from < events.length; from += BATCH_SIZE) {
      if (deps.stop?.aborted) return counts;
      const { missing, imprecise } = await compare(events.slice(from, from + BATCH_SIZE), deps);
      counts.missing += missing.length;
      counts.imprecise += imprecise.length;
      const toEnqueue = [...missing, ...imprecise];
      if (rate === undefined || toEnqueue.length === 0) continue;
      await enqueueInboundBatch(deps.queues, toEnqueue);
      counts.enqueued += toEnqueue.length;
      const signal = deps.stop;
      await delay((toEnqueue.length / rate) * 1_000, undefined, { signal }).catch(() => undefined);
    }
    counts.known = counts.optOuts + counts.optIns + counts.toReview + counts.blockedSends - counts.missing;
    deps.progress(counts);
  }
  return counts;
}

/** Counts one message and returns its event, if it has one. */
function count(
  raw: unknown,
  seen: RecentSids,
  counts: BackfillCounts,
  deps: Classifiers & { readonly now: () => number },
): InboundEvent[] {
  const parsed = LoggedMessage.safeParse(raw);
  // Pages shift while messages arrive, so that one may be listed twice.
  if (parsed.success && !seen.add(parsed.data.sid)) return [];
  counts.messages += 1;
  if (!parsed.success) {
    counts.notUnderstood += 1;
    return [];
  }
  if (parsed.data.direction === 'inbound') counts.inbound += 1;
  const message = parseLoggedMessage(parsed.data, deps.now(), deps);
  switch (message.kind) {
    case 'other':
      return [];
    case 'unprocessable':
      counts.notUnderstood += 1;
      return [];
    case 'event': {
      const { event, blocked } = message;
      if (event.kind === 'review') counts.toReview += 1;
      else if (blocked) counts.blockedSends += 1;
      else if (event.kind === 'stop') counts.optOuts += 1;
      else counts.optIns += 1;
      return [event];
    }
    default:
      return message satisfies never;
  }
}

/** Sources of which the ledger has the time of arrival only. */
const ARRIVAL_SOURCES: ReadonlySet<EventSource> = new Set(['webhook', 'studio', 'status_callback']);

type CompareDeps = Pick<Stores, 'ledger' | 'queues'> & { readonly workspaceOf: WorkspaceOf };

/**
 * Returns the events that the ledger does not have, or that wait in it without a job that applies them, and those that it has
 * with a less precise time.
 */
async function compare(
  events: readonly InboundEvent[],
  deps: CompareDeps,
): Promise<{ readonly missing: InboundEvent[]; readonly imprecise: InboundEvent[] }> {
  const compared = await Promise.all(
    events.map(async (event) => ({ event, is: await statusOf(event, deps) })),
  );
  const those = (what: string): InboundEvent[] =>
    compared.filter(({ is }) => is === what).map(({ event }) => event);
  return { missing: those('missing'), imprecise: those('imprecise') };
}

async function statusOf(
  event: InboundEvent,
  { ledger, queues, workspaceOf }: CompareDeps,
): Promise<'known' | 'missing' | 'imprecise'> {
  const { accountSid, sender, channel, phone, messageSid } = event;
  const workspace = workspaceOf(accountSid, sender);
  if (workspace === undefined) return 'missing';
  const subject: Subject = { workspace, channel, phone };
  const known = await ledger.find(subject, messageSid);
  if (!known || (known.outcome === 'pending' && !(await isSyncQueued(queues, subject)))) return 'missing';
  const isImprecise =
    ARRIVAL_SOURCES.has(known.source) || (isBlockedSend(event) && known.source === 'event_stream');
  return isImprecise ? 'imprecise' : 'known';
}
