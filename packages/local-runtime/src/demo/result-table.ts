import Table from 'cli-table3';
import type { Observed } from './observe';

/** Whether a delivery has the outcome that its sample expects. */
export function asExpected({ delivery: { sample, status }, outcome, attributes }: Observed): boolean {
  return (
    status === sample.status &&
    outcome === sample.outcome &&
    attributes.length === sample.people &&
    attributes.every((value) => value === sample.attribute)
  );
}

/** No lines between columns and rows. */
const PLAIN = Object.fromEntries(
  ['top', 'bottom', 'mid']
    .flatMap((line) => [line, `${line}-mid`, `${line}-left`, `${line}-right`])
    .concat('left', 'left-mid', 'mid-mid', 'right', 'right-mid')
    .map((place) => [place, '']),
);

/** The outcome of each sample message, as a table. */
export function resultTable(observed: readonly Observed[]): string {
  const table = new Table({
    head: ['message', 'HTTP', 'outcome', 'sms_unsubscribe', ''],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: { ...PLAIN, middle: '   ' },
  });
  for (const row of observed) {
    const { sample, status } = row.delivery;
    const mark = asExpected(row)
      ? 'ok'
      : `expected ${sample.status}, ${sample.outcome}, ${String(sample.attribute)}`;
    table.push([sample.title, String(status), row.outcome, summary(row.attributes), mark]);
  }
  return table.toString().replace(/ +$/gm, '');
}

function summary(attributes: readonly unknown[]): string {
  if (attributes.length === 0) return 'nobody has it';
  return [...new Set(attributes)]
    .map((value) => {
      const count = attributes.filter((other) => other === value).length;
      return `${value === undefined ? 'not set' : JSON.stringify(value)}${attributes.length > 1 ? ` (${count} people)` : ''}`;
    })
    .join(', ');
}
