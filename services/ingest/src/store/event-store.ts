import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';

/** What one webhook brought that has to last. */
export interface WriteBatch {
  /** For the workers. Keeping a message again while it waits keeps it once. */
  readonly events?: readonly InboundEvent[];
  /** What needs an operator; each is kept once. */
  readonly letters?: readonly DeadLetter[];
  /** To be passed on; the same message to the same target within a minute is kept once. */
  readonly forwards?: readonly ForwardRequest[];
}

/** Where ingest makes things durable. */
export interface EventStore {
  /** Resolves once all of it is kept. A rejection, for whatever reason, means: perhaps not, or not all. */
  append(bundle: WriteBatch): Promise<void>;
  close(): Promise<void>;
}
