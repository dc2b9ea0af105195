import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import {
  isBlockedSend,
  type Classify,
  type EventSource,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import type { Stores } from '../stores';
import { LoggedMessage, parseLoggedMessage } from './parse-message';

/** What a backfill found in one account. A message counts once, however often Twilio lists it. */
export interface BackfillCounts {
  /** Messages in Twilio's log, in both directions. */
  messages: number;
  inbound: number;
  /** Inbound messages, by their kind. */
  optOuts: number;
  optIns: number;
  toReview: number;
  /** Outbound messages that Twilio did not send (error 21610). */
  blockedSends: number;
  /** Messages that cannot be parsed, or a keyword from or to an address that is not a phone number. They are skipped. */
  notUnderstood: number;
  /** Messages that change a consent and are in the ledger. */
  known: number;
  /** Messages that change a consent and are not in the ledger. */
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

/**
 * Reads pages of Twilio's log and finds the opt-outs and opt-ins that the ledger does not have, or has with a less precise
 * time. Two clocks are never compared as one: a message that the log places between two others finds both by the log's clock. Safe to
 * repeat: an event that the ledger has with Twilio's time is skipped, and one that still waits in its queue is not enqueued again.
 *
 * @param deps.progress is called with the counts after each page
 * @param rate how many events to enqueue per second; `undefined` enqueues none
 */
export async function backfillPages(
  pages: AsyncIterable<readonly unknown[]>,
  deps: Pick<Stores, 'queues' | 'ledger'> & {
    readonly classify: Classify;
    readonly workspaceOf: WorkspaceOf;
    readonly now: () => number;
    readonly progress: (counts: Readonly<BackfillCounts>) => void;
  },
  rate: number | undefined,
): Promise<BackfillCounts> {
  const counts = noCounts();
  // Pages shift while messages arrive, so that one may be listed twice.
  const seen = new Set<string>();
  for await (const page of pages) {
    const events = page.flatMap((raw) => count(raw, seen, counts, deps));
    for (let from = 0; from < events.length; from += BATCH_SIZE) {
      const { missing, imprecise } = await compare(events.slice(from, from + BATCH_SIZE), deps);
      counts.missing += missing.length;
      counts.imprecise += imprecise.length;
      const toEnqueue = [...missing, ...imprecise];
      if (rate === undefined || toEnqueue.length === 0) continue;
      await enqueueInboundBatch(deps.queues, toEnqueue);
      counts.enqueued += toEnqueue.length;
      await delay((toEnqueue.length / rate) * 1_000);
    }
    counts.known = counts.optOuts + counts.optIns + counts.toReview + counts.blockedSends - counts.missing;
    deps.progress(counts);
  }
  return counts;
}

/** Counts one message and returns its event, if it has one. */
function count(
  raw: unknown,
  seen: Set<string>,
  counts: BackfillCounts,
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
  const message = parseLoggedMessage(parsed.data, now(), classify);
  switch (message.kind) {
    case 'other':
      return [];
    case 'unprocessable':
      counts.notUnderstood += 1;
      return [];
    case 'event': {
      const { event, blocked } = message;
      if (blocked) counts.blockedSends += 1;
      else if (event.kind === 'stop') counts.optOuts += 1;
      else if (event.kind === 'start') counts.optIns += 1;
      else counts.toReview += 1;
      return [event];
    }
    default:
      return message satisfies never;
  }
}

/** Sources of which the ledger has the time of arrival only. */
const ARRIVAL_SOURCES: ReadonlySet<EventSource> = new Set(['webhook', 'studio', 'status_callback']);

/** Returns the events that the ledger does not have, and those that it has with a less precise time. */
async function compare(
  events: readonly InboundEvent[],
  { ledger, workspaceOf }: Pick<Stores, 'ledger'> & { readonly workspaceOf: WorkspaceOf },
): Promise<{ readonly missing: InboundEvent[]; readonly imprecise: InboundEvent[] }> {
  const compared = await Promise.all(
    events.map(async (event) => {
      const { accountSid, channel, phone, messageSid } = event;
      const workspace = workspaceOf(accountSid);
      const known =
        workspace === undefined ? undefined : await ledger.find({ workspace, channel, phone }, messageSid);
      if (!known) return { event, is: 'missing' };
      const isImprecise =
        ARRIVAL_SOURCES.has(known.source) || (isBlockedSend(event) && known.source === 'event_stream');
      return { event, is: isImprecise ? 'imprecise' : 'known' };
    }),
  );
  const those = (what: string): InboundEvent[] =>
    compared.filter(({ is }) => is === what).map(({ event }) => event);
  return { missing: those('missing'), imprecise: those('imprecise') };
}
