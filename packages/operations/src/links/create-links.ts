import type { Channel, Country } from '@optout-sync/shared/domain';
import { parseRow, type RejectReason } from '../import/parse-row';
import { readRows, sizeOfFile, type Row } from '../import/read-rows';
import { OperationError } from '../operation-error';
import { linkMaker, type LinkSettings, type LinkTerms } from './create-link';

interface LinksRequest extends LinkTerms {
  /** A CSV file with a header. */
  readonly path: string;
  /** Of rows that name none. */
  readonly sender?: string | undefined;
  readonly channel?: Channel | undefined;
  /** The country of numbers that are written without their country code. */
  readonly country?: Country | undefined;
}

/** A row of the file, with its link or why it has none. */
type LinkedRow = Pick<Row, 'line' | 'bytes' | 'record'> &
  ({ readonly url: string } | { readonly url?: undefined; readonly reason: RejectReason });

/** The column of the output. */
export const LINK_COLUMN = 'link';

/**
 * Makes a link for each row of a CSV file: a column `phone`, and perhaps `sender` and `channel`. Memory does not grow with the file.
 *
 * @param now in ms since 1970
 * @returns the size of the file in bytes, and its rows
 * @throws {OperationError} `file_unreadable`, `csv_invalid`, and what `linkMaker` throws; the generator throws them too
 */
export async function createLinks(
  settings: LinkSettings,
  { path, channel = 'sms', country, ...request }: LinksRequest,
  now: number,
): Promise<{ readonly size: number; readonly rows: AsyncGenerator<LinkedRow> }> {
  const { make, onlyService } = linkMaker(settings, request, now);
  const defaults = { channel, country, sender: request.sender ?? onlyService };
  const linked = async function* (): AsyncGenerator<LinkedRow> {
    let columns: Columns | undefined;
    for await (const { line, bytes, record, isMalformed } of readRows(path, 'csv')) {
      columns ??= findColumns(Object.keys(record));
      const parsed = isMalformed
        ? ({ kind: 'rejected', reason: 'row_malformed' } as const)
        : parseRow(record, columns, defaults, now);
      if (parsed.kind === 'rejected') yield { line, bytes, record, reason: parsed.reason };
      else {
        const { phone, channel: on, sender } = parsed.optOut;
        yield { line, bytes, record, url: make({ phone, channel: on }, sender).url };
      }
    }
    if (!columns) throw new OperationError('csv_invalid', 'the file has no row below its header');
  };
  return { size: await sizeOfFile(path), rows: linked() };
}

interface Columns {
  readonly phone: string;
  readonly sender?: string;
  readonly channel?: string;
}

/** The columns by their names, in any case. @throws {OperationError} `csv_invalid` */
function findColumns(names: readonly string[]): Columns {
  const find = (name: string): string | undefined => names.find((one) => one.toLowerCase() === name);
  if (find(LINK_COLUMN) !== undefined) {
    throw new OperationError('csv_invalid', `the file has a column \`${LINK_COLUMN}\` already; rename it`);
  }
  const [phone, sender, channel] = ['phone', 'sender', 'channel'].map(find);
  if (phone === undefined) {
    throw new OperationError(
      'csv_invalid',
      'the header has no column `phone`; the columns are phone, sender and channel, of which phone is needed',
    );
  }
  return { phone, ...(sender !== undefined && { sender }), ...(channel !== undefined && { channel }) };
}
