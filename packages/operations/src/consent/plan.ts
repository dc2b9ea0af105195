import type { Subject } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { ConsentItem } from './consent-item';

/**
 * What is to be done about an item:
 *
 * - `push`: at Twilio and in the ledger
 * - `push_to_twilio`: at Twilio alone, since the ledger has the opt-out
 * - `superseded`: nothing, since the person sent START later
 */
type ConsentAction = 'push' | 'push_to_twilio' | 'superseded';

export interface PlannedItem extends ConsentItem {
  readonly subject: Subject;
  readonly action: ConsentAction;
}

/** How many entries are read side by side. */
const READ_SIZE = 100;

/**
 * Compares items with the ledger. Only reads.
 *
 * @param workspaceOf returns the workspace that opt-outs from a sender go to
 */
export async function planConsents(
  { ledger }: { readonly ledger: Pick<Ledger, 'read'> },
  workspaceOf: (sender: string) => string,
  items: readonly ConsentItem[],
): Promise<PlannedItem[]> {
  const planned: PlannedItem[] = [];
  for (let i = 0; i < items.length; i += READ_SIZE) {
    const part = items.slice(i, i + READ_SIZE).map(async (item): Promise<PlannedItem> => {
      const subject: Subject = { workspace: workspaceOf(item.sender), channel: 'sms', phone: item.phone };
      return { ...item, subject, action: actionOf(item, await ledger.read(subject)) };
    });
    planned.push(...(await Promise.all(part)));
  }
  return planned;
}

function actionOf({ sender, at }: ConsentItem, entry: Awaited<ReturnType<Ledger['read']>>): ConsentAction {
  const consent = entry?.senders.get(sender);
  if (consent?.state === 'stopped') return 'push_to_twilio';
  return consent !== undefined && at !== undefined && consent.occurredAt > at ? 'superseded' : 'push';
}
