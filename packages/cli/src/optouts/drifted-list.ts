import {
  everyDrifted,
  listDrifted,
  type DriftedOptOut,
  type DriftedQuery,
  type Stores,
} from '@optout-sync/operations';
import type { Subject } from '@optout-sync/shared/domain';
import { printJson, printJsonLine } from '../frame/json';
import { nextPageText } from '../frame/options';
import { peopleText } from '../frame/people-text';
import { phoneText, type PhoneOptions } from '../frame/phones';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';
import { optOutJson } from './list-text';
import { reportUnreadable } from './unreadable-entries';

/** Prints who differed at the last comparison: a page as a table or JSON, or all pages as lines of JSON. */
export async function printDrifted(
  terminal: Terminal,
  stores: Stores,
  query: DriftedQuery,
  {
    reveal,
    json,
    all,
    limit,
  }: PhoneOptions & { readonly json: boolean; readonly all: boolean; readonly limit: number },
): Promise<void> {
  if (all) {
    const left: Subject[] = [];
    for await (const { optOuts, unreadable } of everyDrifted(stores, query)) {
      for (const optOut of optOuts) printJsonLine(terminal, driftedJson(optOut), { reveal });
      left.push(...unreadable);
    }
    reportUnreadable(terminal, left, { reveal });
    return;
  }
  const { optOuts, unreadable, examined, next } = await listDrifted(stores, { ...query, limit });
  if (json) {
    printJson(terminal, { next: next ?? null, optouts: optOuts.map(driftedJson) }, { reveal });
    reportUnreadable(terminal, unreadable, { reveal });
    return;
  }
  if (optOuts.length > 0) terminal.out(driftedTable(terminal, optOuts, { reveal }));
  const listed = optOuts.length > 0 ? String(optOuts.length) : 'None';
  terminal.out(`${listed} listed, ${String(examined)} findings examined.`);
  if (next !== undefined) terminal.out(nextPageText(next));
  reportUnreadable(terminal, unreadable, { reveal });
}

function driftedTable(terminal: Terminal, optOuts: readonly DriftedOptOut[], options: PhoneOptions): string {
  const shown = phoneText(options);
  const head = ['phone', 'channel', 'workspace', 'state', 'kind', 'found', 'people (cio_id)'];
  const rows = optOuts.map(({ subject, now, finding }) => {
    const { kind, foundAt } = finding;
    return [
      shown(subject.phone),
      subject.channel,
      subject.workspace,
      now.state,
      kind,
      new Date(foundAt).toISOString(),
      peopleText(finding),
    ];
  });
  return tableText(terminal, head, rows);
}

function driftedJson(optOut: DriftedOptOut): Record<string, unknown> {
  const { kind, foundAt, people, total } = optOut.finding;
  return { ...optOutJson(optOut), kind, foundAt, people, peopleTotal: total };
}
