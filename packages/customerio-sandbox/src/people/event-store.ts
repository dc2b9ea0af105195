import type { Attributes } from './person';

/** An event of a person, as Customer.io lists it in their activity. */
export interface PersonEvent {
  readonly name: string;
  /** Unix seconds, if the event has them. */
  readonly timestamp: number | undefined;
  readonly attributes: Attributes;
  /** A ULID, if the event has one. */
  readonly id: string | undefined;
}

/** The events of people. One with an id that is known already is dropped. */
export class EventStore {
  readonly #byCioId = new Map<string, PersonEvent[]>();
  readonly #ids = new Set<string>();

  add(cioId: string, event: PersonEvent): void {
    if (event.id !== undefined && this.#ids.has(event.id)) return;
    if (event.id !== undefined) this.#ids.add(event.id);
    this.#byCioId.set(cioId, [...this.of(cioId), event]);
  }

  of(cioId: string): readonly PersonEvent[] {
    return this.#byCioId.get(cioId) ?? [];
  }
}
