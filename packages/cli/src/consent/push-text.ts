import type { OptedOutPage, ParsedItems, PlannedItem, PushedItem } from '@optout-sync/operations';
import { printJson } from '../frame/json';
import { NOTHING_DONE, nextPageText } from '../frame/options';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

/** The items of a command line, a file or a page of Customer.io. */
export interface FoundItems extends ParsedItems {
  readonly next?: string | undefined;
  /** What the search at Customer.io saw besides. */
  readonly searched?: Pick<OptedOutPage, 'examined' | 'known' | 'withoutPhone' | 'ambiguous'>;
  /** What the search in the ledger saw besides. */
  readonly ledger?: { readonly examined: number; readonly unreadable: number };
  /** The cursor that a page of the ledger begins with. */
  readonly begins?: string | undefined;
}

export interface Shown {
  readonly json: boolean;
  readonly reveal: boolean;
  /** Shows a phone, masked or whole. */
  readonly phone: (text: string) => string;
}

const ACTION_TEXTS: Readonly<Record<PlannedItem['action'], string>> = {
  push: 'to the ledger and to Twilio',
  push_to_twilio: 'to Twilio; the ledger has it',
  superseded: 'nothing: a START is later',
};

/** What would be done. */
export function printPreview(
  terminal: Terminal,
  found: FoundItems,
  planned: readonly PlannedItem[],
  shown: Shown,
): void {
  if (shown.json) {
    printJson(terminal, { done: false, ...restJson(found), items: planned.map(itemJson) }, shown);
    return;
  }
  if (planned.length > 0) {
    terminal.out(
      tableText(
        terminal,
        ['row', 'phone', 'sender', 'given', 'would go'],
        planned.map((item) => [...cells(item, shown), ACTION_TEXTS[item.action]]),
      ),
    );
  }
  printRest(terminal, found);
  const count = planned.filter(({ action }) => action !== 'superseded').length;
  terminal.out(`Would push ${String(count)} ${count === 1 ? 'opt-out' : 'opt-outs'}.`);
  if (count > 0) terminal.out(NOTHING_DONE);
}

/** What was done. */
export function printResults(
  terminal: Terminal,
  found: FoundItems,
  pushed: readonly PushedItem[],
  shown: Shown,
): void {
  if (shown.json) {
    printJson(terminal, { done: true, ...restJson(found), items: pushed.map(itemJson) }, shown);
    return;
  }
  if (pushed.length > 0) {
    terminal.out(
      tableText(
        terminal,
        ['row', 'phone', 'sender', 'given', 'ledger', 'Twilio'],
        pushed.map((item) => [...cells(item, shown), item.enqueued ? 'enqueued' : '', twilioText(item)]),
      ),
    );
  }
  printRest(terminal, found);
  const stored = pushed.filter(({ twilio }) => twilio === 'stored').length;
  terminal.out(
    `Twilio has ${String(stored)} of ${String(found.items.length)}. \`optouts show\` shows each in the ledger.`,
  );
}

function cells({ row, phone, sender, at }: PlannedItem, shown: Shown): (string | number)[] {
  return [row, shown.phone(phone), sender, at === undefined ? '' : new Date(at).toISOString()];
}

function twilioText({ twilio, errorCode, messages = [] }: PushedItem): string {
  const why = [errorCode, ...messages].filter((part) => part !== undefined && part !== 0).join(' ');
  return why === '' ? twilio : `${twilio}: ${why}`;
}

function printRest(terminal: Terminal, { invalid, repeated, searched, ledger, next }: FoundItems): void {
  for (const { row, code, message } of invalid)
    terminal.out(`row ${String(row)} is left out (${code}): ${message}`);
  if (repeated > 0) terminal.out(`${String(repeated)} repeated what another row says.`);
  if (searched) {
    const { examined, known, withoutPhone, ambiguous } = searched;
    terminal.out(
      `${String(examined)} opted out at Customer.io: the ledger has ${String(known)}, ${String(withoutPhone)} without a phone that can be read, ${String(ambiguous)} with one that may be several numbers.`,
    );
  }
  if (ledger && ledger.unreadable > 0) {
    terminal.out(`${String(ledger.unreadable)} ledger entries cannot be read. They may be opted out.`);
  }
  if (next !== undefined) terminal.out(nextPageText(next));
}

function restJson({ invalid, repeated, searched, ledger, next }: FoundItems): Record<string, unknown> {
  const found = searched ?? ledger;
  return { invalid, repeated, ...(found && { searched: found, next: next ?? null }) };
}

function itemJson(item: PlannedItem | PushedItem): Record<string, unknown> {
  const { row, phone, sender, at, action } = item;
  const planned = { row, phone, sender, givenAt: at ?? null, action };
  if (!('twilio' in item)) return planned;
  const { twilio, enqueued, errorCode, messages } = item;
  return { ...planned, enqueued, twilio, errorCode: errorCode ?? null, messages: messages ?? [] };
}
