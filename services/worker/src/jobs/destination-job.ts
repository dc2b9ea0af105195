import type { JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, isOptedOut, type DestinationName, type Subject } from '@optout-sync/shared/domain';
import { progressOf, type DestinationStore, type Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { enqueueDestination, hasLiveDestinationNext, type SyncRequest } from '@optout-sync/shared/queues';
import type { DestinationIndexes } from '../destinations/destination-requests';
import type { OptionalDestination } from '../destinations/optional-destination';
import type { SyncTarget } from '../destinations/sync-target';
import {
  storeDeadLetter,
  type Attempt,
  type DeadLetterEvents,
  type ExhaustedJob,
  type JobKind,
} from '../runner/job-kind';
import { describePhone } from './describe-phone';
import { parseSyncRequest } from './sync-request';

export interface DestinationEvents extends DeadLetterEvents {
  /**
   * @param messageSids the messages that waited for it
   * @param at the attempt of the job that wrote it
   */
  destinationWritten(
    subject: Subject,
    destination: DestinationName,
    messageSids: readonly string[],
    at: Attempt,
  ): void;
}

interface DestinationContext {
  readonly ledger: Pick<Ledger, 'read' | 'readWhole'>;
  readonly destinationStore: Pick<DestinationStore, 'markWritten'>;
  readonly destinationIndexes: DestinationIndexes;
  readonly queues: JobStores;
  readonly telemetry: DestinationEvents;
  readonly workspaces: ReadonlyMap<string, Pick<SyncTarget, 'optional' | 'policy'>>;
}

/**
 * Queues `customerio-native`, `customerio-campaign`, `customerio-events` and `twilio-consents`: writes one phone to an optional destination, after its attribute. Like
 * a sync it carries no state: it writes what the destination does not hold yet of the version that Customer.io holds.
 *
 *   nothing waits for it   -> done
 *   read -> write -> mark  -> done
 *
 * A failure is of this destination alone: the events have their outcome, and the attribute is set.
 */
export function destinationJob(context: DestinationContext, name: DestinationName): JobKind<SyncRequest> {
  const { ledger, destinationStore, queues, telemetry } = context;
  const index = context.destinationIndexes[name];
  return {
    parse: parseSyncRequest,
    causes: ({ traceparent }) => [traceparent],
    isSuperseded: (request) => hasLiveDestinationNext(queues, name, request),

    async run(request, lane, { attempt, waitedMs }) {
      const { destination, policy } = targetOf(context, name, request);
      const entry = await (destination.needsHistory ? ledger.readWhole(request) : ledger.read(request));
      const optedOut = entry && isOptedOut([...entry.senders.values()], policy);
      if (!entry || optedOut === undefined || !destination.isBehind(entry)) {
        await index.remove(request);
        return 'up_to_date';
      }
      const after = { isBehind: false };
      await destination.write({ subject: request, entry, optedOut }, async (written) => {
        after.isBehind = await destinationStore.markWritten(request, name, written, progressOf(entry, name));
      });
      if (after.isBehind) await enqueueDestination(queues, name, request, { lane });
      else await index.remove(request);
      telemetry.destinationWritten(request, name, waitingMessages(entry, name), { lane, attempt, waitedMs });
      return 'applied';
    },

    describe: (request) => describePhone(ledger, request, (entry) => waitingMessages(entry, name)),

    onExhausted: (job) => deadLetterDestination(context, name, job),
  };
}

/** @throws {JobError} `workspace_unknown` */
function targetOf(
  { workspaces }: DestinationContext,
  name: DestinationName,
  { workspace }: SyncRequest,
): { readonly destination: OptionalDestination; readonly policy: SyncTarget['policy'] } {
  const target = workspaces.get(workspace);
  const destination = target?.optional[name];
  if (target && destination) return { destination, policy: target.policy };
  throw new JobError(
    'misconfigured',
    'workspace_unknown',
    `workspace ${workspace} is not configured with the destination ${name}`,
  );
}

async function deadLetterDestination(
  { ledger, destinationIndexes, queues, telemetry }: DestinationContext,
  name: DestinationName,
  job: ExhaustedJob<SyncRequest>,
): Promise<void> {
  const { payload: request, raw } = job;
  const entry = request && (await ledger.read(request));
  const { deadLetter, id } = await storeDeadLetter(
    queues,
    name,
    job,
    request
      ? { type: 'destination', destination: name, request, messageSids: waitingMessages(entry, name) }
      : { type: 'raw', data: raw },
  );
  if (request) await destinationIndexes[name].remove(request);
  telemetry.deadLettered(deadLetter, id, []);
}

/** The messages that decide for their sender and that the destination does not hold. */
function waitingMessages(entry: LedgerEntry | undefined, name: DestinationName) {
  if (!entry) return [];
  const { appliedVersion } = progressOf(entry, name);
  const waiting = [...entry.senders.values()].filter(({ version }) => version > appliedVersion);
  return [...new Set(waiting.map(({ messageSid }) => messageSid))];
}
