import type { JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, isOptedOut, type Subject } from '@optout-sync/shared/domain';
import type { Ledger, SettledEvent } from '@optout-sync/shared/ledger';
import { SyncRequest, enqueueSync, hasLiveSyncNext } from '@optout-sync/shared/queues';
import type { SyncTarget } from '../destinations/destination';
import { toDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';

export interface SyncEvents extends DeadLetterEvents {
  /**
   * @param settled the inbound events that have their outcome now
   * @param people how many people were written to
   */
  settled(
    subject: Subject,
    outcome: 'applied' | 'no_match',
    settled: readonly SettledEvent[],
    people: number,
  ): void;
}

/**
 * Queue `customerio-sync`: makes Customer.io hold what the ledger holds of one phone now. It applies a state and not an
 * event, so it may run any number of times, late or twice at once, and the result converges:
 *
 *   nothing new in the ledger             -> done
 *   read -> look up -> write -> mark      -> done
 *
 * An event that is recorded meanwhile enqueues a sync of its own, which follows this one. Only the ledger's own script
 * marks what Customer.io holds, after the write, so a crash anywhere repeats the whole. A sync that is suspended and
 * writes late, over a newer version, is detected when it marks its own, and the newer version is written again;
 * attributes do not even change, since its timestamp is the older one.
 */
export function syncJob(context: {
  readonly ledger: Ledger;
  readonly queues: JobStores;
  readonly telemetry: SyncEvents;
  readonly workspaces: ReadonlyMap<string, SyncTarget>;
}): JobKind<SyncRequest> {
  const { ledger, queues, telemetry, workspaces } = context;
  return {
    parse(raw) {
      const parsed = SyncRequest.safeParse(raw);
      if (parsed.success) return parsed.data;
      throw new JobError('refused', 'sync_request_invalid', 'the sync request is invalid');
    },
    isSuperseded: (request) => hasLiveSyncNext(queues, request),

    async run(request, lane) {
      const target = workspaces.get(request.workspace);
      if (!target) {
        throw new JobError(
          'misconfigured',
          'workspace_unknown',
          `workspace ${request.workspace} is not configured`,
        );
      }
      const entry = await ledger.read(request);
      if (!entry || entry.version <= entry.appliedVersion) return 'up_to_date';
      const optedOut = isOptedOut([...entry.senders.values()], target.policy);
      if (optedOut === undefined) return 'up_to_date';

      const consent = { subject: request, entry, optedOut };
      const written = [];
      for (const write of target.destinations) written.push(await write(consent));
      const people = [...new Set(written.flatMap((cioIds) => cioIds ?? []))];
      const outcome = people.length > 0 || written.includes(undefined) ? 'applied' : 'no_match';
      const { needsSync, settled } = await ledger.markApplied(request, entry.version, { outcome, people });
      if (needsSync) await enqueueSync(queues, request, { lane });
      telemetry.settled(request, outcome, settled, people.length);
      return outcome;
    },

    async onExhausted(job) {
      const { payload: request, raw } = job;
      if (!request) {
        const deadLetter = toDeadLetter('sync', job, { type: 'raw', data: raw });
        telemetry.deadLettered(deadLetter, await queues.deadLetters.put(deadLetter), []);
        return;
      }
      // An event that was recorded while this job failed is in the ledger, and its own sync follows.
      const entry = await ledger.read(request);
      const waiting = (entry?.history ?? []).filter(
        ({ outcome }) => outcome === 'pending' || outcome === 'dead_lettered',
      );
      const messageSids = waiting.map(({ messageSid }) => messageSid);
      const deadLetter = toDeadLetter('sync', job, { type: 'sync', request, messageSids });
      const id = await queues.deadLetters.put(deadLetter);
      const settled = await ledger.markDeadLettered(request, entry?.version ?? 0);
      telemetry.deadLettered(deadLetter, id, settled);
    },
  };
}
