import { z } from 'zod';
import { Reason, e164Spellings, type ConsentPolicy, type Subject } from '@optout-sync/shared/domain';
import { stateNow, type Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { iso, time } from '../http/fields';

/** The present state of a number, by the consent policy of its workspace. */
export const OptOutState = z
  .object({
    phone: z.string().describe('in its canonical spelling'),
    channel: z.string(),
    workspace: z.string(),
    state: z
      .enum(['stopped', 'started', 'unknown'])
      .describe('stopped: opted out. started: opted in again. unknown: has sent neither STOP nor START'),
    since: time.nullable(),
    stoppedSenders: z.array(z.string()),
    reasons: z
      .array(Reason)
      .describe(
        'why it is so, each once. blocked_at_twilio: Twilio refused to send, its own list has the number; not that the person said so',
      ),
    version: z.int().describe('grows with every change; 0 for none'),
    applied: z.boolean().describe('whether Customer.io holds this version'),
  })
  .meta({ id: 'OptOutState' });
export type OptOutState = z.infer<typeof OptOutState>;

/** Entries of a page that cannot be read. */
export const Unreadable = z
  .array(z.object({ phone: z.string(), channel: z.string(), workspace: z.string() }))
  .describe('entries of a later release, or damaged ones: treat them as opted out');

/**
 * Reads an entry for its present state. What a release that knows one spelling of a number wrote under the other one counts too.
 *
 * @throws {UnreadableEntryError}
 */
export function readEntry(
  ledger: Pick<Ledger, 'read' | 'readWhole'>,
  subject: Subject,
): Promise<LedgerEntry | undefined> {
  const [, other] = e164Spellings(subject.phone);
  return other === undefined ? ledger.read(subject) : ledger.readWhole(subject);
}

const NOTHING: Pick<OptOutState, 'stoppedSenders' | 'reasons'> = { stoppedSenders: [], reasons: [] };

/** @param sender considers the state with this sender alone */
export function stateOf(
  { workspace, channel, phone }: Subject,
  entry: LedgerEntry | undefined,
  policies: ReadonlyMap<string, ConsentPolicy>,
  sender?: string,
): OptOutState {
  const now = entry && stateNow(entry, policies.get(workspace) ?? 'any', sender);
  return {
    phone,
    channel,
    workspace,
    state: now?.state ?? 'unknown',
    since: now ? iso(now.since) : null,
    ...(now ? { stoppedSenders: [...now.stoppedSenders], reasons: [...now.reasons] } : NOTHING),
    version: entry?.version ?? 0,
    applied: !entry || entry.appliedVersion >= entry.version,
  };
}
