/** What a comparison wrote to Customer.io after an event had its outcome. */
export interface LaterWrite {
  /** In ms since 1970, by Redis' clock. */
  readonly at: number;
  /** Who asked for the comparison, such as `sweep`, `second_look` or `operator`. */
  readonly reason: string;
  /** How the people differed: `orphaned` and `looser_policy` were set back to `false`, the others opted out. */
  readonly kind: string;
  /** The cio_ids of the first people. */
  readonly people: readonly string[];
  /** How many people were written to. */
  readonly total: number;
}

/** cio_ids that a write names: an entry stays small. */
const MAX_PEOPLE = 20;

/** A write as `checked.lua` stores it, behind its time. */
export function formatLaterWrite({
  reason,
  kind,
  people,
}: Pick<LaterWrite, 'reason' | 'kind' | 'people'>): string {
  return [reason, kind, people.length, people.slice(0, MAX_PEOPLE).join(',')].join(' ');
}

/** Parses the field `lw` of an entry, oldest first. */
export function parseLaterWrites(lines: string): LaterWrite[] {
  return lines.split('\n').flatMap((line) => {
    const [at, reason, kind, total, people = ''] = line.split(' ');
    if (reason === undefined || kind === undefined) return [];
    return [{ at: Number(at), reason, kind, total: Number(total), people: people.split(',') }];
  });
}
