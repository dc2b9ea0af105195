import type { JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, isOptedOut, type Subject } from '@optout-sync/shared/domain';
import type { Ledger, SettledEvent } from '@optout-sync/shared/ledger';
import { enqueueSync, hasLiveSyncNext, type Lane, type SyncRequest } from '@optout-sync/shared/queues';
import type {
  Findings,
  Newcomers,
  PassCount,
  SecondLooks,
  SyncMark,
  SyncMarks,
  UnappliedIndex,
} from '@optout-sync/shared/reconcile';
import type { Consent } from '../destinations/destination';
import { namesOf, type DestinationRequests } from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';
import { storeDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';
import { forcedSync, type ForcedSyncEvents } from './forced-sync';
import { parseSyncRequest } from './sync-request';

export interface SyncEvents extends DeadLetterEvents, ForcedSyncEvents {
  /**
   * @param settled the inbound events that have their outcome now
   * @param people how many people were written to
   * @param lane of the job
   */
  settled(
    subject: Subject,
    outcome: 'applied' | 'no_match',
    settled: readonly SettledEvent[],
    people: number,
    lane: Lane,
  ): void;
}

interface SyncContext {
  readonly ledger: Ledger;
  readonly queues: JobStores;
  readonly marks: Pick<SyncMarks, 'read' | 'clear'>;
  readonly looks: Pick<SecondLooks, 'schedule' | 'scheduleOne'>;
  readonly findings: Pick<Findings, 'peopleOf' | 'replace'>;
  readonly newcomers: Pick<Newcomers, 'list'>;
  readonly unapplied: Pick<UnappliedIndex, 'remove'>;
  readonly destinationRequests: Pick<DestinationRequests, 'announce' | 'enqueue'>;
  readonly telemetry: SyncEvents;
  readonly workspaces: ReadonlyMap<string, SyncTarget>;
  /** See `ReconcileTimes`. */
  readonly lagMs: number;
}

/** How a sync ended, and what it adds to the passes over the ledger that asked for it. */
interface Synced {
  readonly outcome: string;
  readonly counts: readonly PassCount[];
}

const UP_TO_DATE: Synced = { outcome: 'up_to_date', counts: [] };

/**
 * Queue `customerio-sync`: makes Customer.io hold what the ledger holds of one phone now. It applies a state and not an
 * event, so it may run any number of times, late or twice at once, and the result converges:
 *
 *   nothing new in the ledger             -> done
 *   read -> look up -> write -> mark      -> jobs of the optional destinations -> done
 *   nothing new, but the phone is marked  -> forced: look up -> read Customer.io -> write what differs -> done
 *   both                                  -> as something new; a forced sync follows when Customer.io shows the write
 *
 * An event that is recorded meanwhile enqueues a sync of its own, which follows this one. Only the ledger's own script
 * marks what Customer.io holds, after the write, so a crash anywhere repeats the whole. A sync that is suspended and
 * writes late, over a newer version, is detected when it marks its own, and the newer version is written again;
 * attributes do not even change, since its timestamp is the older one.
 */
export function syncJob(context: SyncContext): JobKind<SyncRequest> {
  const { ledger, marks, unapplied, workspaces } = context;
  const force = forcedSync(context);

  async function bringUpToDate(
    request: SyncRequest,
    mark: SyncMark | undefined,
    lane: Lane,
  ): Promise<Synced> {
    const target = workspaces.get(request.workspace);
    if (!target) {
      throw new JobError(
        'misconfigured',
        'workspace_unknown',
        `workspace ${request.workspace} is not configured`,
      );
    }
    await ledger.mergeTwins(request);
    const entry = await ledger.read(request);
    const optedOut = entry && isOptedOut([...entry.senders.values()], target.policy);
    if (!entry || optedOut === undefined) return UP_TO_DATE;
    const consent: Consent = { subject: request, entry, optedOut };
    if (entry.version > entry.appliedVersion) {
      const outcome = await apply(context, target, consent, lane);
      if (mark) await compareLater(context, consent, mark);
      return { outcome, counts: [] };
    }
    await unapplied.remove(request);
    const { compare, policy, optional } = target;
    return mark && compare ? force(consent, { compare, policy, optional }, mark, lane) : UP_TO_DATE;
  }

  return {
    parse: parseSyncRequest,
    isSuperseded: (request) => hasLiveSyncNext(context.queues, request),

    async run(request, lane) {
      // Read before the entry: a phone that is marked later has one more sync.
      const mark = await marks.read(request);
      const { outcome, counts } = await bringUpToDate(request, mark, lane);
      if (mark) await marks.clear(mark, [['checked', 1], ...counts]);
      return outcome;
    },

    onExhausted: (job) => deadLetterSync(context, job),
  };
}

/** Writes the present version to Customer.io, marks it as applied, and requests the optional destinations. */
async function apply(
  { ledger, queues, looks, findings, unapplied, destinationRequests, telemetry }: SyncContext,
  { main, optional }: SyncTarget,
  consent: Consent,
  lane: Lane,
): Promise<string> {
  const { subject, entry, optedOut } = consent;
  const found = await main(consent);
  const people = found ?? [];
  const outcome = found?.length === 0 ? 'no_match' : 'applied';
  if (outcome === 'no_match' && optedOut) await looks.schedule(subject);
  // What an earlier version left differing is written now. Who no longer has the number is not among these people.
  if (entry.appliedVersion > 0) await findings.replace(subject, {}, ['missing', 'reverted', 'looser_policy']);
  await destinationRequests.announce(subject, optional);
  const { needsSync, settled } = await ledger.markApplied(
    subject,
    entry.version,
    { outcome, people },
    namesOf(optional).map((name) => ({ name, toPeople: optional[name]?.toPeople ?? false })),
  );
  if (needsSync) await enqueueSync(queues, { version: 1, ...subject }, { lane });
  else await unapplied.remove(subject);
  telemetry.settled(subject, outcome, settled, people.length, lane);
  await destinationRequests.enqueue(subject, optional, lane);
  return outcome;
}

/**
 * A phone that is marked had an event to apply, which was written without a comparison: a value that was set after the event was
 * sent wins over it, and the search may not find newcomers yet. So it is compared when what is read shows the write.
 */
async function compareLater(
  { looks, lagMs }: Pick<SyncContext, 'looks' | 'lagMs'>,
  { subject, optedOut }: Consent,
  { mode }: SyncMark,
): Promise<void> {
  if (optedOut && mode === 'enforce') await looks.scheduleOne(subject, lagMs);
}

async function deadLetterSync(
  { ledger, queues, marks, unapplied, telemetry }: SyncContext,
  job: Parameters<JobKind<SyncRequest>['onExhausted']>[0],
): Promise<void> {
  const { payload: request, raw } = job;
  if (!request) {
    const { deadLetter, id } = await storeDeadLetter(queues, 'sync', job, { type: 'raw', data: raw });
    telemetry.deadLettered(deadLetter, id, []);
    return;
  }
  const mark = await marks.read(request);
  // An event that was recorded while this job failed is in the ledger, and its own sync follows.
  const entry = await ledger.read(request);
  const waiting = (entry?.history ?? []).filter(
    ({ outcome }) => outcome === 'pending' || outcome === 'dead_lettered',
  );
  const messageSids = waiting.map(({ messageSid }) => messageSid);
  const { deadLetter, id } = await storeDeadLetter(queues, 'sync', job, {
    type: 'sync',
    request,
    messageSids,
  });
  const settled = await ledger.markDeadLettered(request, entry?.version ?? 0);
  await unapplied.remove(request);
  // The next sweep marks the phone again.
  if (mark) await marks.clear(mark, [['checked', 1]]);
  telemetry.deadLettered(deadLetter, id, settled, job.lane);
}
