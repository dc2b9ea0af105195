import type { Subject } from '@optout-sync/shared/domain';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { phoneText, type PhoneOptions } from '../frame/phones';
import type { Terminal } from '../frame/terminal';

/** The phones that are named at most. */
const MOST_NAMED = 10;

/**
 * Says of which phones the ledger entry cannot be read.
 *
 * @throws {ExitStatus} done in part, if there are any
 */
export function reportUnreadable(
  terminal: Terminal,
  unreadable: readonly Subject[],
  options: PhoneOptions,
): void {
  if (unreadable.length === 0) return;
  const shown = phoneText(options);
  const named = unreadable.slice(0, MOST_NAMED).map(({ phone }) => shown(phone));
  const more = unreadable.length > named.length ? ', ...' : '';
  terminal.error(
    `error (ledger_entry_unreadable): ${String(unreadable.length)} ledger entries are left out, which cannot be read: ` +
      `${named.join(', ')}${more}. A later release wrote them, or they are damaged: use the command of that release, ` +
      'and look at the keys in Redis.',
  );
  throw new ExitStatus(EXIT.partly);
}
