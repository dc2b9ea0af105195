import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { E164, type Channel } from '@optout-sync/shared/domain';
import type { Ledger, LedgerEntry } from '@optout-sync/shared/ledger';

export function readEntry(
  ledger: Ledger,
  phone: string,
  channel: Channel = 'sms',
  workspace = 'default',
): Promise<LedgerEntry | undefined> {
  return ledger.readWhole({ workspace, channel, phone: E164.parse(phone) });
}

/** Waits until each phone's ledger entry has at least `events` events with an outcome. */
export async function untilSettled(
  ledger: Ledger,
  phones: readonly string[],
  events = 1,
  timeoutMs = 60_000,
  channel: Channel = 'sms',
): Promise<void> {
  const open = new Set(phones);
  await waitFor(
    async () => {
      for (const phone of open) {
        const history = (await readEntry(ledger, phone, channel))?.history ?? [];
        const settled = history.filter(({ outcome }) => outcome !== 'pending');
        if (settled.length < events) return false;
        open.delete(phone);
      }
      return true;
    },
    { what: `the outcomes of ${String(phones.length)} phones`, timeoutMs, everyMs: 50 },
  );
}

/** An attribute of every person with this number. */
export function attributesOf(sandbox: CustomerIoSandbox, phone: string, name = 'sms_unsubscribe'): unknown[] {
  return sandbox
    .workspace()
    .people()
    .filter(({ attributes }) => attributes.phone === phone)
    .map(({ attributes }) => attributes[name]);
}
