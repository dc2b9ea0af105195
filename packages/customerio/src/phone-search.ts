import {
  JobError,
  isSamePhone,
  maxSpellings,
  phoneSpellings,
  type E164,
  type PhoneSettings,
} from '@optout-sync/shared/domain';
import type { AppApi } from './app-api';
import { bisectOnRejection } from './batching';
import { ResponseError } from './classify-response';
import { ConditionLimit, divideBySize } from './condition-limit';
import { CrowdedPhones } from './crowded-phones';
import type { GuardedClient, SendOptions } from './guarded-client';

export interface PhoneSearchOptions extends PhoneSettings {
  readonly phoneAttribute: string;
  /** Most phones in one search. */
  readonly lookupBatch: number;
  /** Called for each search. */
  readonly onSearch?: (phones: number) => void;
}

/** In the results of a search: the phone has too many people, so it has to be searched for alone. */
export const SEARCH_ALONE = Symbol('search alone');
/** People of several phones of whom it is not known yet who has which phone. */
export interface FoundTogether {
  readonly phones: readonly E164[];
  readonly cioIds: readonly string[];
  /**
   * Reads the phones of people, also of those that other searches of the workspace found.
   *
   * @throws {JobError}
   */
  readonly readPhones: (cioIds: readonly string[], send: SendOptions) => Promise<StoredPhones>;
  /**
   * The people of each phone.
   *
   * @throws {JobError} when a person matches none of the phones
   */
  readonly tellApart: (stored: StoredPhones) => ReadonlyMap<E164, string[]>;
}

/** What people have as their phone, by cio_id: '' for a person without one, no entry for a person who no longer exists. */
type StoredPhones = ReadonlyMap<string, string>;

export type Found = string[] | typeof SEARCH_ALONE | FoundTogether;

/** Is called with whom a search of several phones found. Resolves with whether they are to be told apart later. */
export type OnFound = (phones: readonly E164[], cioIds: readonly string[]) => Promise<boolean>;

/**
 * Searches for many phones at once. The response contains people but not their phones, so the people of a combined search
 * are matched to phones by reading their phone attribute. When a person matches no phone (their number has a spelling we
 * do not know, or is not readable yet), the batch is halved, down to a single phone, for which no matching is needed.
 */
export class PhoneSearch {
  private readonly conditionLimit: ConditionLimit;

  constructor(
    private readonly client: GuardedClient,
    private readonly api: AppApi,
    private readonly crowded: CrowdedPhones,
    private readonly options: PhoneSearchOptions,
  ) {
    this.conditionLimit = new ConditionLimit(options.lookupBatch * maxSpellings(options));
  }

  /** The people of each phone, or why they are unknown, in the order of the phones. */
  async run(phones: readonly E164[], send: SendOptions, onFound?: OnFound): Promise<(Found | JobError)[]> {
    const parts = divideBySize(phones, this.conditionLimit.max, (phone) => this.spellingsOf(phone).length);
    const results: (Found | JobError)[] = [];
    for (const part of parts) results.push(...(await this.runPart(part, send, onFound)));
    return results;
  }

  private async runPart(
    phones: readonly E164[],
    send: SendOptions,
    onFound: OnFound | undefined,
  ): Promise<(Found | JobError)[]> {
    const sizes = { accepted: 0, isRejected: false };
    const results = await bisectOnRejection<E164, Found>(
      this.client,
      phones,
      async (part, partSend) => {
        try {
          const found = await this.search(part, partSend, onFound);
          sizes.accepted = Math.max(sizes.accepted, this.groupBySpelling(part).size);
          return part.map((phone) => found.get(phone) ?? []);
        } catch (error) {
          sizes.isRejected ||= isRejectedSearch(error);
          throw error;
        }
      },
      send,
    );
    // When every part is accepted in the end, what was rejected was too large.
    const isTooLarge = sizes.isRejected && results.every((result) => !(result instanceof JobError));
    if (isTooLarge) this.conditionLimit.learn(sizes.accepted);
    return results;
  }

  private async search(
    phones: readonly E164[],
    send: SendOptions,
    onFound: OnFound | undefined,
  ): Promise<Map<E164, Found>> {
    const { phoneAttribute } = this.options;
    const bySpelling = this.groupBySpelling(phones);
    const [single] = phones;
    if (phones.length === 1 && single !== undefined) {
      return new Map([[single, await this.api.findPeople(phoneAttribute, [...bySpelling.keys()], send)]]);
    }
    const { cioIds, complete } = await this.api.findSomePeople(phoneAttribute, [...bySpelling.keys()], send);
    if (!complete) return this.searchWithoutCrowded(phones, cioIds, send, onFound);
    if (cioIds.length > 0 && (await onFound?.(phones, cioIds))) {
      const together: FoundTogether = {
        phones,
        cioIds,
        readPhones: (ids, later) => this.readPhones(ids, later),
        tellApart: (stored) => this.tellApart(phones, cioIds, stored),
      };
      return new Map(phones.map((phone) => [phone, together]));
    }
    return this.tellApart(phones, cioIds, await this.readPhones(cioIds, send));
  }

  private readPhones(cioIds: readonly string[], send: SendOptions): Promise<StoredPhones> {
    return this.api.attributeValues(cioIds, this.options.phoneAttribute, send);
  }

  private tellApart(
    phones: readonly E164[],
    cioIds: readonly string[],
    stored: StoredPhones,
  ): Map<E164, string[]> {
    const bySpelling = this.groupBySpelling(phones);
    const found = new Map(phones.map((phone): [E164, string[]] => [phone, []]));
    for (const cioId of cioIds) {
      const matches = this.match(stored.get(cioId), phones, bySpelling);
      if (matches.length === 0) throw new UnmatchedPersonError();
      for (const phone of matches) found.get(phone)?.push(cioId);
    }
    return found;
  }

  /** Learns from a sample which phones have most of the people, and searches for the others without them. */
  private async searchWithoutCrowded(
    phones: readonly E164[],
    cioIds: readonly string[],
    send: SendOptions,
    onFound: OnFound | undefined,
  ): Promise<Map<E164, Found>> {
    const bySpelling = this.groupBySpelling(phones);
    const sample = CrowdedPhones.sampleOf(cioIds);
    const stored = await this.readPhones(sample, send);
    const crowded = this.crowded.learn(
      sample.flatMap((cioId) => this.match(stored.get(cioId), phones, bySpelling)),
    );
    // None stands out, or its people are unreadable: smaller parts have fewer people each.
    if (crowded.size === 0) throw new UnmatchedPersonError();
    const others = phones.filter((phone) => !crowded.has(phone));
    const found = others.length > 0 ? await this.search(others, send, onFound) : new Map<E164, Found>();
    return new Map(phones.map((phone) => [phone, found.get(phone) ?? SEARCH_ALONE]));
  }

  /** The phones that a stored value spells. */
  private match(
    value: string | undefined,
    phones: readonly E164[],
    bySpelling: ReadonlyMap<string, readonly E164[]>,
  ): readonly E164[] {
    if (value === undefined) return [];
    return bySpelling.get(value) ?? phones.filter((phone) => isSamePhone(value, phone, this.options));
  }

  private spellingsOf(phone: E164): readonly string[] {
    return phoneSpellings(phone, this.options);
  }

  /** The phones by each of their spellings. Phones of several countries may share a national spelling. */
  private groupBySpelling(phones: readonly E164[]): Map<string, E164[]> {
    const groups = new Map<string, E164[]>();
    for (const phone of phones) {
      for (const spelling of this.spellingsOf(phone)) {
        groups.set(spelling, [...(groups.get(spelling) ?? []), phone]);
      }
    }
    return groups;
  }
}

function isRejectedSearch(error: unknown): boolean {
  return error instanceof ResponseError && error.kind === 'rejected' && error.operation === 'search';
}

/** Of kind `rejected`, so that `bisectOnRejection` halves the batch. */
class UnmatchedPersonError extends JobError {
  constructor() {
    super(
      'rejected',
      'customerio_people_not_told_apart',
      'a person found by a combined search matches none of its phones',
    );
  }
}
