import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import type { Stores } from '../stores';
import { wordText } from './preview';

const LOOK_MS = 200;
/** Nobody is kept waiting longer for what the ledger will say. */
const PATIENCE_MS = 20_000;

type Deps = Pick<Stores, 'queues' | 'ledger'> & { readonly workspaceOf: WorkspaceOf };

/** What became of each letter that was replayed, waiting a while for it. */
export async function replayOutcomes(letters: readonly StoredDeadLetter[], deps: Deps): Promise<string[]> {
  const deadline = performance.now() + PATIENCE_MS;
  const fates: string[] = [];
  for (const filed of letters) {
    let fate = await fateOf(filed, deps);
    while (fate === undefined && performance.now() < deadline) {
      await delay(LOOK_MS);
      fate = await fateOf(filed, deps);
    }
    fates.push(`${filed.id}: ${fate ?? 'is back at work, its outcome is still to come'}`);
  }
  return fates;
}

/** Undefined while it is not known. */
async function fateOf({ id, letter }: StoredDeadLetter, deps: Deps): Promise<string | undefined> {
  const again = await deps.queues.deadLetters.get(id);
  if (again) return `is a dead letter still, with ${again.letter.code}`;
  const { undone } = letter;
  switch (undone.type) {
    case 'event': {
      const { accountSid, channel, phone, messageSid, sender } = undone.event;
      const workspace = deps.workspaceOf(accountSid);
      if (workspace === undefined) return 'waits: its account is not configured';
      const entry = await deps.ledger.read({ workspace, channel, phone });
      const said = entry?.history.find((one) => one.messageSid === messageSid);
      if (!said || said.outcome === 'pending') return undefined;
      const present = entry?.senders.get(sender);
      return said.outcome === 'stale' && present ? `stale: ${wordText(present)} is newer` : said.outcome;
    }
    case 'sync': {
      const entry = await deps.ledger.read(undone.request);
      if (!entry || entry.version > entry.appliedVersion) return undefined;
      const waited = new Set<string>(undone.messageSids);
      const stale = entry.history.filter((said) => waited.has(said.messageSid) && said.outcome === 'stale');
      const older = stale.map(({ kind, messageSid }) => `${kind} ${messageSid}`).join(', ');
      const upToDate = 'applied: Customer.io is up to date';
      return older === '' ? upToDate : `${upToDate}; stale, a newer word had come: ${older}`;
    }
    case 'forward':
      return 'is on its way to its target';
    case 'raw':
      return undefined;
    default:
      return undone satisfies never;
  }
}
