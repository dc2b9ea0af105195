import { DestinationName, type Subject } from '@optout-sync/shared/domain';
import type { DestinationStore } from '@optout-sync/shared/ledger';
import { enqueueDestination, type Lane, type Queues, type TracedSubject } from '@optout-sync/shared/queues';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';
import type { OptionalDestinations } from './optional-destination';

/** The indexes of the phones that wait for each optional destination. */
export type DestinationIndexes = Readonly<
  Record<DestinationName, Pick<UnappliedIndex, 'add' | 'remove' | 'list'>>
>;

/**
 * Requests writes to optional destinations. A request has two steps: `announce` before the version is marked that they do not
 * hold yet, `enqueue` after it. Whatever ends in between, the search for unapplied entries finds the phone.
 */
export class DestinationRequests {
  constructor(
    private readonly deps: {
      readonly queues: Pick<Queues, 'destinationOf'>;
      readonly indexes: DestinationIndexes;
      readonly store: Pick<DestinationStore, 'restart'>;
      /** In ms since 1970, by the clock that the search for unapplied entries reads. */
      readonly now: () => number;
    },
  ) {}

  async announce(subject: Subject, destinations: OptionalDestinations): Promise<void> {
    const now = this.deps.now();
    const names = namesOf(destinations);
    await Promise.all(names.map((name) => this.deps.indexes[name].add(subject, now)));
  }

  async enqueue(subject: TracedSubject, destinations: OptionalDestinations, lane: Lane): Promise<void> {
    for (const name of namesOf(destinations)) {
      await enqueueDestination(this.deps.queues, name, { version: 1, ...subject }, { lane });
    }
  }

  /**
   * Requests that everybody with a number be written to as a person who has just got it, in the background: for a destination
   * to people that was switched on after the number was stopped. To be used for an entry that exists.
   */
  async restart(subject: Subject, name: DestinationName): Promise<void> {
    const { queues, indexes, store, now } = this.deps;
    await indexes[name].add(subject, now());
    await store.restart(subject, name);
    await enqueueDestination(queues, name, { version: 1, ...subject }, { lane: 'background' });
  }
}

/** The names of the destinations that are configured. */
export function namesOf(destinations: OptionalDestinations): DestinationName[] {
  return DestinationName.options.filter((name) => destinations[name]);
}
