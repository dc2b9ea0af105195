import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { AuditAction, withStores, type AuditEntry } from '@optout-sync/operations';
import { maskPhone } from '@optout-sync/shared/domain';
import { cursorOption, limitOption, nextPageText, printJson, type Terminal } from '../command';
import { cursorLike } from '../option-values';

interface AuditOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly action?: AuditAction;
  readonly json: boolean;
}

/** `audit`: prints the audit trail. */
export function auditCommand(terminal: Terminal): Command {
  return new Command('audit')
    .description('List who replayed, discarded or overrode what, and why, latest first. Phones are masked.')
    .addOption(limitOption(50))
    .addOption(cursorOption(cursorLike(/^\d+-\d+$/)))
    .addOption(new Option('--action <action>', 'only entries of this action').choices(AuditAction.options))
    .option('--json', 'print JSON, with whole phones', false)
    .action(async ({ limit, cursor, action, json }: AuditOptions) => {
      const { entries, next } = await withStores(terminal, ({ audit }) =>
        audit.list({ limit, cursor, action }),
      );
      if (json) {
        printJson(terminal, { entries, next: next ?? null });
        return;
      }
      terminal.out(entries.length === 0 ? 'No audit entries.' : auditTable(entries));
      if (next !== undefined) terminal.out(nextPageText(next));
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
