import type { E164 } from '@optout-sync/shared/domain';

/** As many people as one request reads the attributes of. */
const SAMPLE = 100;
/** Part of a sample that marks a phone as shared by very many people. */
const CROWDED_PART = 0.1;
/** A phone with fewer people is searched for together with others again. */
const FEW_PEOPLE = 100;
const MAX_REMEMBERED = 1_000;

/** The phones that very many people share, as far as this process knows them. */
export class CrowdedPhones {
  private readonly phones = new Set<E164>();

  /** People spread evenly over all that were found. */
  static sampleOf(cioIds: readonly string[]): string[] {
    const step = Math.max(1, cioIds.length / SAMPLE);
    const size = Math.min(SAMPLE, cioIds.length);
    return Array.from({ length: size }, (_, n) => cioIds[Math.floor(n * step)] ?? '');
  }

  has(phone: E164): boolean {
    return this.phones.has(phone);
  }

  /** Remembers the phones that a large part of a sample has. @param phones of the people of a sample @returns those */
  learn(phones: readonly E164[]): ReadonlySet<E164> {
    const counts = new Map<E164, number>();
    for (const phone of phones) counts.set(phone, (counts.get(phone) ?? 0) + 1);
    const crowded = new Set(
      [...counts].filter(([, count]) => count >= SAMPLE * CROWDED_PART).map(([phone]) => phone),
    );
    if (this.phones.size > MAX_REMEMBERED) this.phones.clear();
    for (const phone of crowded) this.phones.add(phone);
    return crowded;
  }

  /** Forgets a phone that has few people by now. */
  checkAgain(phone: E164, people: number): void {
    if (people < FEW_PEOPLE) this.phones.delete(phone);
  }
}
