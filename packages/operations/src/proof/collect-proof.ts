import {
  isBlockedSend,
  type ConsentPolicy,
  type EventSource,
  type Subject,
} from '@optout-sync/shared/domain';
import {
  messageReason,
  stateNow,
  type Ledger,
  type LedgerConsent,
  type LedgerEntry,
} from '@optout-sync/shared/ledger';
import { OperationError } from '../operation-error';
import type { MessageLogProgress, SentAfterLists } from '@optout-sync/shared/sent-after';
import type { ProofMessage, ProofRecords, ProofVersion } from './proof-records';

interface ProofStores {
  readonly ledger: Pick<Ledger, 'readWhole' | 'origins' | 'now'>;
  readonly sentAfter: Pick<SentAfterLists, 'ofPhone'>;
  readonly messageLog: Pick<MessageLogProgress, 'readAll'>;
}

/**
 * Collects everything that the ledger stores of a phone, and what was sent to it after an opt-out. Only reads.
 *
 * @param madeBy the release of the command
 * @throws {OperationError} `entry_not_found`
 */
export async function collectProof(
  stores: ProofStores,
  subject: Subject,
  { policy, madeBy }: { readonly policy: ConsentPolicy; readonly madeBy: string },
): Promise<ProofRecords> {
  const { ledger } = stores;
  const entry = await ledger.readWhole(subject);
  if (!entry) {
    const { channel, workspace } = subject;
    throw new OperationError(
      'entry_not_found',
      `the ledger has no entry of this phone (${channel}, workspace ${workspace})`,
      'failed',
    );
  }
  const origins = await ledger.origins();
  const senders = [...entry.senders].map(([sender, consent]) => ({
    ...consent,
    sender,
    since: beganAt(sender, consent, entry.history),
  }));
  const now = stateNow({ ...entry, senders: new Map(senders.map((one) => [one.sender, one])) }, policy);
  return {
    format: 'optout-sync-proof',
    version: 1,
    madeAt: iso(await ledger.now()),
    madeBy,
    workspace: subject.workspace,
    channel: subject.channel,
    phone: subject.phone,
    policy,
    now: now ? { state: now.state, since: iso(now.since) } : null,
    senders: senders.map(({ sender, state, since, messageSid, reason }) => ({
      sender,
      state,
      since: iso(since),
      decidedBy: messageSid,
      reason,
    })),
    messages: entry.history.map(messageOf).sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1)),
    versions: entry.versions.map((note) => versionOf(note, origins)),
    customerio: {
      presentVersion: entry.version,
      appliedVersion: entry.appliedVersion,
      people: [...entry.people],
      writtenAt: isoOrNull(entry.writtenAt),
      comparedAt: isoOrNull(entry.readAt),
    },
    laterWrites: (entry.laterWrites ?? []).map(({ at, reason, kind, people, total }) => ({
      at: iso(at),
      reason,
      kind,
      value: kind !== 'orphaned' && kind !== 'looser_policy',
      people: [...people],
      total,
    })),
    pruned: entry.pruned ? { count: entry.pruned.count, since: iso(entry.pruned.since) } : null,
    sentAfter: await sentAfterOf(subject, stores),
  };
}

async function sentAfterOf(
  subject: Subject,
  { sentAfter, messageLog }: ProofStores,
): Promise<NonNullable<ProofRecords['sentAfter']>> {
  const [messages, checked] = await Promise.all([sentAfter.ofPhone(subject), messageLog.readAll()]);
  return {
    checked: [...checked].map(([account, { since, until }]) => ({
      account,
      since: iso(since),
      until: iso(until),
    })),
    messages: messages.map(({ messageSid, relation, sender, sentAt, status, optOut }) => ({
      messageSid,
      relation,
      sender,
      sentAt: iso(sentAt),
      status,
      optOut: optOut.messageSid,
    })),
  };
}

/**
 * Returns when the consent with a sender began. The ledger takes the first opt-out by its order, which may be a blocked send that was
 * reported after the STOP that it proves: then it is that STOP, unless the person sent a START to anybody between.
 */
function beganAt(sender: string, { state, since }: LedgerConsent, history: LedgerEntry['history']): number {
  if (state !== 'stopped') return since;
  const before = history.filter(({ occurredAt }) => occurredAt < since);
  const optIn = Math.max(
    ...before.filter(({ kind }) => kind === 'start').map(({ occurredAt }) => occurredAt),
  );
  const stops = before.filter(
    (one) => one.kind === 'stop' && one.sender === sender && one.occurredAt > optIn,
  );
  return Math.min(since, ...stops.map(({ occurredAt }) => occurredAt));
}

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | undefined): string | null => (at === undefined ? null : iso(at));

/** What the time of a message is, by its source. */
const TIME_OF: Readonly<Record<EventSource, ProofMessage['sentAtIs']>> = {
  webhook: 'arrival',
  status_callback: 'arrival',
  studio: 'arrival',
  event_stream: 'twilio',
  backfill: 'twilio',
  manual: 'operator',
  import: 'import',
};

function messageOf(event: LedgerEntry['history'][number]): ProofMessage {
  const { note } = event;
  const { by, why, phrase } = note ?? {};
  const reason = messageReason(event);
  return {
    messageSid: event.messageSid,
    kind: event.kind === 'stop' && isBlockedSend(event) ? 'blocked_send' : event.kind,
    sender: event.sender,
    source: event.source,
    sentAt: iso(event.occurredAt),
    sentAtIs: TIME_OF[event.source],
    receivedAt: iso(event.receivedAt),
    outcome: event.outcome,
    ledgerVersion: event.version,
    ...(reason && { reason }),
    note: note
      ? {
          ...(by !== undefined && { by }),
          ...(why !== undefined && { why }),
          ...(phrase !== undefined && { rule: phrase }),
        }
      : null,
  };
}

function versionOf(
  note: LedgerEntry['versions'][number],
  origins: ReadonlyMap<string, string>,
): ProofVersion {
  const { version, cause, messageSid, writtenAt, writtenBy, appliedAt, appliedBy } = note;
  return {
    version,
    cause,
    messageSid,
    madeAt: iso(writtenAt),
    madeBy: originOf(origins.get(writtenBy)),
    appliedAt: isoOrNull(appliedAt),
    appliedBy: originOf(origins.get(appliedBy ?? '')),
  };
}

/** Splits `worker 1.4.0 3f2a9c01`; `null` for what earlier releases did not store. */
function originOf(text: string | undefined): ProofVersion['madeBy'] {
  const [, build, configuration] = /^(.+) (\S+)$/.exec(text ?? '') ?? [];
  return build === undefined || configuration === undefined ? null : { build, configuration };
}
