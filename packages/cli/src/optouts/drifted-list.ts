import Table from 'cli-table3';
import {
  everyDrifted,
  listDrifted,
  type DriftedOptOut,
  type DriftedQuery,
  type Stores,
} from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';
import { nextPageText, printJson, type Terminal } from '../command';
import { optOutJson } from './list-text';

/** Prints who differed at the last comparison: a page as a table or JSON, or all pages as lines of JSON. */
export async function printDrifted(
  terminal: Terminal,
  stores: Stores,
  query: DriftedQuery,
  {
    full,
    json,
    all,
    limit,
  }: { readonly full: boolean; readonly json: boolean; readonly all: boolean; readonly limit: number },
): Promise<void> {
  if (all) {
    for await (const { optOuts } of everyDrifted(stores, query)) {
      for (const optOut of optOuts) terminal.out(JSON.stringify(driftedJson(optOut)));
    }
    return;
  }
  const { optOuts, examined, next } = await listDrifted(stores, { ...query, limit });
  if (json) {
    printJson(terminal, { next: next ?? null, optouts: optOuts.map(driftedJson) });
    return;
  }
  if (optOuts.length > 0) terminal.out(driftedTable(optOuts, full));
  const listed = optOuts.length > 0 ? String(optOuts.length) : 'None';
  terminal.out(`${listed} listed, ${String(examined)} findings examined.`);
  if (next !== undefined) terminal.out(nextPageText(next));
}

function driftedTable(optOuts: readonly DriftedOptOut[], full: boolean): string {
  const table = new Table({
    head: ['phone', 'channel', 'workspace', 'state', 'kind', 'found', 'people (cio_id)'],
    style: { head: [], border: [] },
  });
  for (const { subject, now, finding } of optOuts) {
    const { kind, foundAt, people, total } = finding;
    const more = total > people.length ? [`and ${String(total - people.length)} more`] : [];
    table.push([
      full ? subject.phone : maskPhone(subject.phone),
      subject.channel,
      subject.workspace,
      now.state,
      kind,
      new Date(foundAt).toISOString(),
      [...people, ...more].join('\n'),
    ]);
  }
  return table.toString();
}

function driftedJson(optOut: DriftedOptOut): Record<string, unknown> {
  const { kind, foundAt, people, total } = optOut.finding;
  return {
    ...optOutJson(optOut),
    kind,
    foundAt: new Date(foundAt).toISOString(),
    people,
    peopleTotal: total,
  };
}
