import { OperationError } from '../operation-error';

/** What a row of an import may tell. Only the phone is needed. */
export const IMPORT_FIELDS = ['phone', 'at', 'sender', 'channel'] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** The name of the column, or key, that holds each field. */
export type Columns = Readonly<Partial<Record<ImportField, string>>> & { readonly phone: string };

/** Names by which a column is recognised, in lower case, without spaces, underscores and hyphens. */
const USUAL_NAMES: Readonly<Record<ImportField, readonly string[]>> = {
  phone: ['phone', 'phonenumber', 'number', 'mobile', 'mobilenumber', 'msisdn', 'recipient'],
  at: [
    'at',
    'date',
    'since',
    'optedoutat',
    'optoutdate',
    'unsubscribedat',
    'datecreated',
    'createdat',
    'timestamp',
  ],
  sender: ['sender', 'messagingservice', 'messagingservicesid', 'from', 'ournumber'],
  channel: ['channel'],
};

/**
 * Decides which column holds which field: the given ones, else those with a usual name.
 *
 * @param names the columns of the header, or the keys of the first object
 * @throws {OperationError} `column_unknown` for a given one that does not exist, `column_missing` where no column has the phone
 */
export function findColumns(
  names: readonly string[],
  given: Readonly<Partial<Record<ImportField, string>>>,
): Columns {
  const found: Partial<Record<ImportField, string>> = {};
  for (const field of IMPORT_FIELDS) {
    const name = given[field] ?? names.find((one) => USUAL_NAMES[field].includes(folded(one)));
    if (name === undefined) continue;
    if (!names.includes(name)) {
      throw new OperationError('column_unknown', `there is no column ${name}; there are ${names.join(', ')}`);
    }
    found[field] = name;
  }
  const { phone } = found;
  if (phone !== undefined) return { ...found, phone };
  throw new OperationError(
    'column_missing',
    `no column has a usual name for the phone; name it, as in phone=<column>. There are ${names.join(', ')}`,
  );
}

const folded = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');
