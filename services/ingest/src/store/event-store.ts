import type { DeadLetter, InboundEvent } from '@optout-sync/shared';

/** Where ingest makes things durable. A promise that rejects, for whatever reason, means: perhaps not kept. */
export interface EventStore {
  /** Keeps an event for the workers. Keeping a message again while it waits keeps it once. */
  keep(event: InboundEvent): Promise<void>;
  /** Keeps what nobody understood for an operator, once. */
  keepRaw(letter: DeadLetter): Promise<void>;
  /** Resolves while an event could be kept now; rejects with the reason. */
  check(): Promise<void>;
  close(): Promise<void>;
}
