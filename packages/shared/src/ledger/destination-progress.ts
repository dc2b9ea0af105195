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

/** Parses the fields `a:<destination>` and `p:<destination>` of an entry; `undefined` where there is none. */
export function parseDestinations(
  hash: Readonly<Record<string, string>>,
): Readonly<Partial<Record<DestinationName, DestinationProgress>>> | undefined {
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
  return stored.length === 0 ? undefined : Object.fromEntries(stored);
}

/** Parses cio_ids, separated by spaces. */
export const parsePeople = (text: string | undefined): string[] => (text ? text.split(' ') : []);
