import type { Command } from 'commander';
import { OperationError } from '@optout-sync/operations';

/** Who does something, why, and whether it is to be done at all. */
export interface AuditOptions {
  readonly yes: boolean;
  readonly by?: string;
  readonly why?: string;
}

export function addAuditOptions(command: Command): Command {
  return command
    .option('--yes', 'do it', false)
    .option('--by <name>', 'who does this')
    .option('--why <text>', 'why');
}

/** Who and why, which the audit trail needs. Throws a CommandError. */
export function whoAndWhy({ by = '', why = '' }: AuditOptions): {
  readonly by: string;
  readonly why: string;
} {
  if (by.trim() === '' || why.trim() === '') {
    throw new OperationError('who_missing', 'say who does it and why: --by <name> --why <text>');
  }
  return { by, why };
}
