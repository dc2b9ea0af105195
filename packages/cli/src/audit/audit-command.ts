import { Command, Option } from 'commander';
import { AuditAction, withStores, type AuditEntry } from '@optout-sync/operations';
import { addExamples } from '../frame/examples';
import { forOutput, printJson } from '../frame/json';
import {
  addSpanOptions,
  cursorOption,
  jsonOption,
  limitOption,
  nextPageText,
  type SpanOptions,
} from '../frame/options';
import { cursorLike } from '../frame/option-values';
import { recordReveal, revealOption, writtenText, type PhoneOptions } from '../frame/phones';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

interface AuditOptions extends SpanOptions, PhoneOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly action?: AuditAction;
  readonly json: boolean;
}

/** `audit`: prints the audit trail. */
export function auditCommand(terminal: Terminal): Command {
  const command = new Command('audit')
    .description('List who changed or revealed what, and why, the latest first.')
    .addOption(new Option('--action <action>', 'only entries of this action').choices(AuditAction.options));
  addSpanOptions(command, 'done')
    .addOption(limitOption(50, 1_000))
    .addOption(cursorOption(cursorLike(/^\d+-\d+$/)))
    .addOption(revealOption())
    .addOption(jsonOption())
    .action(async ({ json, reveal, ...query }: AuditOptions) => {
      const { entries, next } = await withStores(terminal, async (stores) => {
        await recordReveal(stores, { reveal }, 'audit');
        return stores.audit.list(query);
      });
      if (json) {
        printJson(terminal, { next: next ?? null, entries }, { reveal });
        return;
      }
      terminal.out(entries.length === 0 ? 'No audit entries.' : auditTable(terminal, entries, { reveal }));
      if (next !== undefined) terminal.out(nextPageText(next));
    });
  return addExamples(command, 'optout-sync audit --since 7d', 'optout-sync audit --action discard --json');
}

function auditTable(terminal: Terminal, entries: readonly AuditEntry[], options: PhoneOptions): string {
  const written = writtenText(options);
  return tableText(
    terminal,
    ['when', 'action', 'by', 'why', 'what'],
    entries.map(({ at, action, by, why, details }) => [
      new Date(at).toISOString(),
      action,
      written(by),
      written(why),
      JSON.stringify(forOutput('', details, options)),
    ]),
  );
}
