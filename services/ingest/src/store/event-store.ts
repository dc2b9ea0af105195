import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';
import type { ForwardRequest, PeopleChange, RawBatch } from '@optout-sync/shared/queues';

/** Everything that one webhook brought and that must be durable. */
export interface WriteBatch {
  /** For the workers. A message that is already queued is not queued again. */
  readonly events?: readonly InboundEvent[];
  /** For an operator. Each is stored once. */
  readonly deadLetters?: readonly DeadLetter[];
  /** For the forward targets. The same message for the same target is stored once within a minute. */
  readonly forwards?: readonly ForwardRequest[];
  /** For the workers. A change that is already queued is not queued again. */
  readonly people?: readonly PeopleChange[];
  /** For the workers. A batch that is already queued is not queued again. */
  readonly batches?: readonly RawBatch[];
}

/** Where a batch is durable: in its queues, or on the disk of this ingest until Redis takes it. */
export type Kept = 'redis' | 'spool';

/** Where ingest makes things durable. */
export interface EventStore {
  /** Resolves once the whole batch is durable, with where it is. After a rejection, none, some or all of it may be. */
  append(batch: WriteBatch): Promise<Kept>;
  close(): Promise<void>;
}
