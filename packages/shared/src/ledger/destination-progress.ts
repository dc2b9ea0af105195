import { DestinationName } from '../domain/destination-name';

/** What an optional destination holds of an entry. */
export interface DestinationProgress {
  /** The version that it holds. */
  readonly appliedVersion: number;
  /**
   * The cio_ids that the version was written to; undefined where the destination is not written to people, or has to be
   * written to everybody again.
   */
  readonly people: readonly string[] | undefined;
}

/** The progress of the destinations that it is stored of. */
export type Destinations = Readonly<Partial<Record<DestinationName, DestinationProgress>>>;

/**
 * What an optional destination holds of an entry. Where nothing is stored it holds what Customer.io holds: it was switched on,
 * or its own version was introduced, after the applied version had been written.
 */
export function progressOf(
  entry: DestinationProgress & { readonly destinations?: Destinations },
  destination: DestinationName,
): DestinationProgress {
  return entry.destinations?.[destination] ?? entry;
}

/** Parses the fields `a:<destination>` and `p:<destination>` of an entry. */
export function parseDestinations(hash: Readonly<Record<string, string>>): {
  readonly destinations?: Destinations;
} {
  const stored = DestinationName.options.flatMap((name) => {
    const appliedVersion = hash[`a:${name}`];
    if (appliedVersion === undefined) return [];
    const people = hash[`p:${name}`];
    const progress: DestinationProgress = {
      appliedVersion: Number(appliedVersion),
      people: people === undefined ? undefined : parsePeople(people),
    };
    return [[name, progress] as const];
  });
  return stored.length === 0 ? {} : { destinations: Object.fromEntries(stored) };
}

/** Parses cio_ids that are separated by spaces. */
export function parsePeople(text: string | undefined): string[] {
  return text ? text.split(' ') : [];
}
