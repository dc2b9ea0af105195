import type { SandboxControl } from '@optout-sync/customerio-sandbox';

type Person = Awaited<ReturnType<ReturnType<SandboxControl['workspace']>['people']>>[number];

/** A row of the table: a person, or many with the same phone who have the same flag. */
export interface PeopleRow {
  readonly names: readonly string[];
  readonly phone: string;
  /** `sms_unsubscribe`; undefined where it was never set. */
  readonly flag: unknown;
  /** When the flag was written; undefined where it has been as it is since the start of the demo. */
  readonly setAt: Date | undefined;
}

/** More people than this who share a phone and a flag get one row. */
const MOST_ROWS_OF_A_PHONE = 5;

/** In the order in which the people were created. */
export function peopleRows(people: readonly Person[]): PeopleRow[] {
  const rows = people.map(toRow);
  const alike = new Map<string, PeopleRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.phone, row.flag, row.setAt]);
    alike.set(key, [...(alike.get(key) ?? []), row]);
  }
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length <= MOST_ROWS_OF_A_PHONE) return group;
    return [{ ...first, names: group.flatMap(({ names }) => names) }];
  });
}

function toRow({ cioId, id, email, attributes, writtenAt }: Person): PeopleRow {
  const writtenSeconds = writtenAt.sms_unsubscribe ?? 0;
  return {
    names: [email ?? id ?? cioId],
    phone: asText(attributes.phone),
    flag: attributes.sms_unsubscribe,
    setAt: writtenSeconds > 0 ? new Date(writtenSeconds * 1_000) : undefined,
  };
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
