import { isSamePhone, phoneSpellings, type E164, type PhoneFormat } from '@optout-sync/shared';
import type { AppApi } from './app-api';
import type { BudgetedClient, Slot } from './budgeted-client';
import { coalesce, halvingOnRefusal } from './coalesce';
import { Failure } from '../domain/failure';

/** Finds the people who have a phone number. */
export type Lookup = (phone: E164) => Promise<string[]>;

export interface LookupOptions {
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  /** Phones in one search. */
  readonly lookupBatch: number;
}

/**
 * A look-up that asks for many phones in one search. The answer names people, not phones, so those of a joint search
 * are told apart by their phone attribute; whoever cannot be told apart that way (spelt unlike anything we know, or not
 * readable yet) makes the batch be searched in halves, down to one phone, where nobody needs telling apart.
 */
export function createLookup(client: BudgetedClient, api: AppApi, options: LookupOptions): Lookup {
  const { phoneAttribute, phoneFormats } = options;

  async function search(phones: readonly E164[], slot: Slot | undefined): Promise<string[][]> {
    const values = phones.flatMap((phone) => phoneSpellings(phone, phoneFormats));
    const people = await api.findPeople(phoneAttribute, [...new Set(values)], slot);
    if (phones.length === 1) return [people];
    const stored = await api.attributeOf(people, phoneAttribute);
    const owns = (person: string, phone: E164): boolean =>
      isSamePhone(stored.get(person) ?? '', phone, phoneFormats);
    if (!people.every((person) => phones.some((phone) => owns(person, phone)))) throw new NotToldApart();
    return phones.map((phone) => people.filter((person) => owns(person, phone)));
  }

  return coalesce<E164, string[]>({
    api: client,
    maxBatch: options.lookupBatch,
    run: async (asked, slot) => {
      const phones = [...new Set(asked)];
      const found = await halvingOnRefusal(phones, (part) => search(part, slot));
      return asked.map((phone) => found[phones.indexOf(phone)] ?? []);
    },
  });
}

class NotToldApart extends Failure {
  constructor() {
    super(
      'refused',
      'customerio_people_not_told_apart',
      'some people found match no phone that was searched',
    );
  }
}
