import type { JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, isOptedOut } from '@optout-sync/shared/domain';
import { isUnapplied, type Ledger } from '@optout-sync/shared/ledger';
import { hasLiveSyncNext, type SyncRequest } from '@optout-sync/shared/queues';
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
import type { DestinationRequests } from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';
import type { AfterJobs } from '../runner/after-jobs';
import { storeDeadLetter, type Attempt, type DeadLetterEvents, type JobKind } from '../runner/job-kind';
import { applyVersion } from './apply-version';
import { describePhone } from './describe-phone';
import { earlySync, type EarlySyncEvents } from './early-sync';
import { forcedSync, type ForcedSyncEvents } from './forced-sync';
import { parseSyncRequest } from './sync-request';

export interface SyncEvents extends DeadLetterEvents, ForcedSyncEvents, EarlySyncEvents {}

interface SyncContext {
  readonly ledger: Ledger;
  readonly queues: JobStores;
  readonly marks: Pick<SyncMarks, 'read' | 'clear'>;
  readonly looks: Pick<SecondLooks, 'schedule' | 'scheduleOne'>;
  readonly findings: Pick<Findings, 'peopleOf' | 'replace'>;
  readonly newcomers: Pick<Newcomers, 'list'>;
  readonly unapplied: Pick<UnappliedIndex, 'touch' | 'remove'>;
  readonly afterJobs: Pick<AfterJobs, 'add'>;
  readonly destinationRequests: Pick<DestinationRequests, 'announce' | 'enqueue'>;
  readonly telemetry: SyncEvents;
  readonly workspaces: ReadonlyMap<string, SyncTarget>;
  readonly now: () => number;
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
 *   a first opt-out, with others          -> look up -> write -> done; the rest follows, see `earlySync`
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
  const syncEarly = earlySync(context);

  async function bringUpToDate(
    request: SyncRequest,
    mark: SyncMark | undefined,
    at: Attempt,
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
    if (!entry || optedOut === undefined) {
      // Erased after it was indexed, or nothing that decides: nothing waits.
      await unapplied.remove(request);
      return UP_TO_DATE;
    }
    const consent: Consent = { subject: request, entry, optedOut };
    if (isUnapplied(entry)) {
      const early = mark || at.lane !== 'live' ? undefined : await syncEarly(target, consent, at);
      if (early) return { outcome: early, counts: [] };
      const outcome = await applyVersion(context, target, consent, at);
      if (mark) await compareLater(context, consent, mark);
      return { outcome, counts: [] };
    }
    await unapplied.remove(request);
    const { compare } = target;
    return mark && compare ? force(consent, { ...target, compare }, mark, at.lane) : UP_TO_DATE;
  }

  return {
    parse: parseSyncRequest,
    causes: ({ traceparent }) => [traceparent],
    isSuperseded: (request) => hasLiveSyncNext(context.queues, request),

    async run(request, lane, { attempt, waitedMs }) {
      // Read before the entry: a phone that is marked later has one more sync.
      const mark = await marks.read(request);
      const { outcome, counts } = await bringUpToDate(request, mark, { lane, attempt, waitedMs });
      if (mark) await marks.clear(mark, [['checked', 1], ...counts]);
      return outcome;
    },

    describe: (request) =>
      describePhone(ledger, request, ({ history }) =>
        history.filter(({ outcome }) => outcome === 'pending').map(({ messageSid }) => messageSid),
      ),
    onExhausted: (job) => deadLetterSync(context, job),
  };
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
