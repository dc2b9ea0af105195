import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { AuditAction, withStores, type AuditEntry } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';
import { cursorLike, wholeNumber } from '../options';
import type { Terminal } from '../terminal';

interface AuditOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly action?: AuditAction;
  readonly json: boolean;
}

/** `audit`: who replayed, discarded or overrode what. */
export function auditCommand(terminal: Terminal): Command {
  return new Command('audit')
    .description('Who replayed, discarded or overrode what, and why, the latest first. Phones are masked.')
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended', cursorLike(/^\d+-\d+$/))
    .addOption(new Option('--action <action>', 'only these').choices(AuditAction.options))
    .option('--json', 'print JSON, phones whole', false)
    .action(async ({ limit, cursor, action, json }: AuditOptions) => {
      const { entries, next } = await withStores(terminal, ({ audit }) =>
        audit.list({ limit, cursor, action }),
      );
      if (json) terminal.out(JSON.stringify({ entries, next: next ?? null }, null, 2));
      else if (entries.length === 0) terminal.out('Nothing was done by hand.');
      else terminal.out(auditTable(entries));
      if (!json && next !== undefined) terminal.out(`More: the same with --cursor ${next}`);
    });
}

function auditTable(entries: readonly AuditEntry[]): string {
  const table = new Table({ head: ['when', 'action', 'by', 'why', 'what'], style: { head: [], border: [] } });
  for (const { at, action, by, why, details } of entries) {
    table.push([new Date(at).toISOString(), action, by, why, detailsText(details)]);
  }
  return table.toString();
}

function detailsText(details: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(details, (name, value: unknown) =>
    name === 'phone' && typeof value === 'string' ? maskPhone(value) : value,
  );
}
