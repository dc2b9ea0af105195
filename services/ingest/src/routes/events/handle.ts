import type { BlockedSendSettings, KeywordSettings } from '@optout-sync/shared/domain';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import {
  toStreamRecord,
  type Pause,
  type StreamOutcome,
  type StreamRecord,
  type StreamType,
  type Turns,
} from '@optout-sync/shared/event-streams';
import { packRawBatch } from '@optout-sync/shared/queues';
import { deadLetterLogFields } from '../../inbound/log-fields';
import { persistOrThrow, type DeadLetterEvents } from '../../inbound/persist';
import type { RouteContext, SendErrorEvents } from '../../inbound/route-context';
import type { WebhookResult } from '../../webhook/receiver';
import type { LargeBatch, ParsedBatch, VerifiedBatch } from './authenticate';

export interface StreamEvents extends DeadLetterEvents, SendErrorEvents {
  /** One event of a stored batch is handled. */
  streamEventHandled(type: StreamType, outcome: StreamOutcome): void;
}

/** Stored with a large batch, so that a worker classifies as this ingest does. */
export interface BatchSettings {
  readonly keywords: KeywordSettings;
  readonly blockedSends: BlockedSendSettings;
}

interface BatchContext extends RouteContext<StreamEvents> {
  readonly turns: Turns;
  readonly settings: BatchSettings;
}

/** A log line names no more than this. The metric counts all. */
const LOGGED_DEAD_LETTERS = 10;
/** Events stored at once: building the command for Redis must not keep the event loop. */
const STORED_AT_ONCE = 100;

/**
 * Handles the batches of Event Streams. Either everything of a batch that must be stored is stored, or the whole batch is
 * refused and Event Streams retries it. An unprocessable event does not delay the others. A large batch is stored as it is.
 */
export function createBatchHandler(context: BatchContext): (batch: VerifiedBatch) => Promise<WebhookResult> {
  return (batch) =>
    batch.cloudEvents
      ? context.turns.take((pause) => storeEvents(context, batch, pause))
      : storeWhole(context, batch);
}

async function storeEvents(
  context: BatchContext,
  { cloudEvents, verifiedAccounts }: ParsedBatch,
  pause: Pause,
): Promise<WebhookResult> {
  const { store, telemetry, now } = context;
  const at = now();
  const records: StreamRecord[] = [];
  const kept = new Set<WebhookResult['kept']>();
  for (let start = 0; start < cloudEvents.length; start += STORED_AT_ONCE) {
    const some: StreamRecord[] = [];
    for (const cloudEvent of cloudEvents.slice(start, start + STORED_AT_ONCE)) {
      some.push(toStreamRecord(cloudEvent, verifiedAccounts, at, context));
      await pause();
    }
    kept.add(await persistOrThrow(store, toStore(some), { batch: String(cloudEvents.length) }));
    records.push(...some);
  }
  for (const { type, outcome, deadLetter, sendError } of records) {
    telemetry.streamEventHandled(type, outcome);
    if (sendError) telemetry.sendErrorIgnored('events', sendError);
    if (deadLetter) telemetry.deadLettered(deadLetter);
  }
  const { events, deadLetters } = toStore(records);
  return {
    outcome: events.length > 0 ? 'accepted' : deadLetters.length > 0 ? 'dead_lettered' : 'ignored',
    // Where any part of it is in the spool, the batch depends on that.
    kept: kept.has('spool') ? 'spool' : kept.has('redis') ? 'redis' : undefined,
    logFields: batchLogFields(records.length, events.length, deadLetters),
  };
}

/** Its events are counted by the worker that parses it. */
async function storeWhole(
  { store, now, settings }: BatchContext,
  { text, hash, signedBy }: LargeBatch,
): Promise<WebhookResult> {
  const logFields = { bytes: String(text.length), rawBatch: hash };
  const batch = await packRawBatch(text, {
    id: hash,
    receivedAt: now(),
    signedBy: [...signedBy],
    ...settings,
  });
  const kept = await persistOrThrow(store, { batches: [batch] }, logFields);
  return { outcome: 'accepted', kept, logFields };
}

function toStore(records: readonly StreamRecord[]) {
  return {
    events: records.flatMap(({ event }) => event ?? []),
    deadLetters: records.flatMap(({ deadLetter }) => deadLetter ?? []),
  };
}

function batchLogFields(
  batch: number,
  accepted: number,
  deadLetters: readonly DeadLetter[],
): WebhookResult['logFields'] {
  return {
    batch: String(batch),
    accepted: String(accepted),
    ...(deadLetters.length > 0 && {
      deadLetters: deadLetters
        .slice(0, LOGGED_DEAD_LETTERS)
        .map((deadLetter) => Object.values(deadLetterLogFields(deadLetter)).join(' '))
        .join(', '),
    }),
  };
}
