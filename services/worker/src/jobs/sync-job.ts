import type { JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, isOptedOut, type ConsentPolicy } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import { SyncRequest, enqueueSync } from '@optout-sync/shared/queues';
import type { Destination } from '../destinations/destination';
import { toDeadLetter, type JobKind } from '../runner/process-job';
import type { WorkerTelemetry } from '../telemetry';

/** Where a workspace's consent is written and by which rule. */
export interface SyncTarget {
  /** In this order, each only once those before it have taken the consent: what must not be repeated needlessly is last. */
  readonly destinations: readonly Destination[];
  readonly policy: ConsentPolicy;
}

/**
 * `customerio-sync`: makes Customer.io hold what the ledger holds of one phone, now. It applies a state, not an event, so
 * it may run any number of times, late or twice at once, and the result converges:
 *   nothing new in the ledger          -> done
 *   read -> look up -> write -> mark   -> done
 * What is recorded meanwhile has asked for a sync of its own, which follows this one. Only the ledger's own script says
 * what Customer.io holds, after the write, so a crash anywhere repeats the whole. A sync that stood still and writes late,
 * over a newer version, is noticed when it marks its own, and the newer one is written again; attributes do not even
 * change, since its timestamp is the older.
 */
export function syncJob(deps: {
  readonly ledger: Ledger;
  readonly queues: JobStores;
  readonly events: WorkerTelemetry;
  readonly targets: ReadonlyMap<string, SyncTarget>;
}): JobKind<SyncRequest> {
  const { ledger, queues, events } = deps;
  return {
    parse(raw) {
      const parsed = SyncRequest.safeParse(raw);
      if (!parsed.success)
        throw new JobError('refused', 'sync_request_invalid', 'the sync request is not understood');
      return parsed.data;
    },

    async run(request, lane) {
      const target = deps.targets.get(request.workspace);
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
      const people = [...new Set(written.flatMap((some) => some ?? []))];
      const outcome = people.length > 0 || written.includes(undefined) ? 'applied' : 'no_match';
      const { needsSync, settled } = await ledger.markApplied(request, entry.version, { outcome, people });
      if (needsSync) await enqueueSync(queues, request, { lane });
      events.settled(request, outcome, settled, people.length);
      return outcome;
    },

    async giveUp(gaveUp) {
      const { payload: request, raw } = gaveUp;
      if (!request) {
        const letter = toDeadLetter('sync', gaveUp, { type: 'raw', data: raw });
        events.deadLettered(letter, await queues.deadLetters.put(letter), []);
        return;
      }
      // What was recorded while this job failed is in the ledger and has a sync of its own to come.
      const entry = await ledger.read(request);
      const waiting = (entry?.history ?? []).filter(
        ({ outcome }) => outcome === 'pending' || outcome === 'dead_lettered',
      );
      const messageSids = waiting.map(({ messageSid }) => messageSid);
      const letter = toDeadLetter('sync', gaveUp, { type: 'sync', request, messageSids });
      const id = await queues.deadLetters.put(letter);
      events.deadLettered(letter, id, await ledger.markDeadLettered(request, entry?.version ?? 0));
    },
  };
}
