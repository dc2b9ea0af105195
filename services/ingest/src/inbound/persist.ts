import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { isTracing, withTraceparent } from '@optout-sync/shared/tracing';
import type { EventStore, Kept, WriteBatch } from '../store/event-store';
import type { WebhookResult } from '../webhook/receiver';
import { WebhookError } from '../webhook/webhook-error';
import { deadLetterLogFields, eventLogFields } from './log-fields';

export interface DeadLetterEvents {
  /** A dead letter is stored. */
  deadLettered(deadLetter: DeadLetter): void;
}

type Store = Pick<EventStore, 'append'>;
type Forwards = WriteBatch['forwards'];

/**
 * Resolves once everything that a webhook brought is durable, with where it is. An empty batch needs no store.
 *
 * @throws {WebhookError} `storage_unavailable`, upon which Twilio retries or calls the fallback URL
 */
export async function persistOrThrow(
  store: Store,
  batch: WriteBatch,
  logFields: WebhookResult['logFields'],
): Promise<Kept | undefined> {
  const isEmpty = Object.values(batch).every((part: readonly unknown[] | undefined) => !part?.length);
  if (isEmpty) return undefined;
  try {
    return await store.append(traced(batch));
  } catch (error) {
    throw new WebhookError('storage_unavailable', logFields, { cause: error });
  }
}

/**
 * Stores the one inbound event of a webhook.
 *
 * @throws {WebhookError} `storage_unavailable`
 */
export async function persistEvent(
  store: Store,
  event: InboundEvent,
  forwards?: Forwards,
): Promise<WebhookResult> {
  const logFields = eventLogFields(event);
  const kept = await persistOrThrow(store, { events: [event], forwards }, logFields);
  return { outcome: 'accepted', kept, logFields };
}

/**
 * Stores a webhook that cannot be processed as a dead letter. `messageSid` goes into the log line.
 *
 * @throws {WebhookError} `storage_unavailable`
 */
export async function persistDeadLetter(
  { store, telemetry }: { readonly store: Store; readonly telemetry: DeadLetterEvents },
  deadLetter: DeadLetter,
  messageSid: string | undefined,
  forwards?: Forwards,
): Promise<WebhookResult> {
  const logFields = deadLetterLogFields(deadLetter, messageSid);
  const kept = await persistOrThrow(store, { deadLetters: [deadLetter], forwards }, logFields);
  telemetry.deadLettered(deadLetter);
  return { outcome: 'dead_lettered', kept, logFields };
}

/** The batch with the present span in what the worker's traces go on from. */
function traced(batch: WriteBatch): WriteBatch {
  if (!isTracing()) return batch;
  const { events, batches, people, forwards } = batch;
  return {
    ...batch,
    ...(events && { events: withTraceparent(events) }),
    ...(batches && { batches: withTraceparent(batches) }),
    ...(people && { people: withTraceparent(people) }),
    ...(forwards && { forwards: withTraceparent(forwards) }),
  };
}
