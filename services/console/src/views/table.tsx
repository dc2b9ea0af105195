import type { ComponentChildren, VNode } from 'preact';

/** A column: its heading, and what it shows of a row. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers are aligned to the right. */
  readonly numeric?: boolean;
}

/** A table, which scrolls sideways within itself on a narrow screen. The first column names the row. */
export function Table<Row>({
  caption,
  columns,
  rows,
  empty,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What is said where there are no rows. */
  readonly empty: string;
}): VNode {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ heading, numeric }) => (
              <th scope="col" class={numeric ? 'number' : undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{columns.map((column, index) => cellOf(column, row, index === 0))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellOf<Row>({ cell, numeric }: Column<Row>, row: Row, names: boolean): VNode {
  const className = numeric ? 'number' : undefined;
  return names ? (
    <th scope="row" class={className}>
      {cell(row)}
    </th>
  ) : (
    <td class={className}>{cell(row)}</td>
  );
}
