import type { Registry } from 'prom-client';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { indexTerms } from '@optout-sync/shared/dead-letters';
import { maskPhone } from '@optout-sync/shared/domain';
import { DriftKind, type Drift } from '@optout-sync/shared/reconcile';
import { enqueueCounters, neverThrowing, type Logger } from '@optout-sync/shared/service';
import { batchTelemetry } from './batch-telemetry';
import type { BatchJobEvents } from './jobs/batch-job';
import type { DestinationEvents } from './jobs/destination-job';
import type { RecordEvents } from './jobs/record-job';
import type { SyncEvents } from './jobs/sync-job';
import { countEach } from './lib/count-each';
import { ERROR_LOG_MS, throttleEach } from './lib/throttle-each';
import { recordedFields, secondsSinceOldest } from './log-fields';
import { eventCounters } from './event-counters';
import { createMetrics, type WorkerMetrics } from './metrics';
import { NO_WORKSPACE, purposesOf, startAtZero } from './metrics-start';
import type { PeopleJobEvents } from './people/people-job';
import type { PersonLookEvents } from './people/person-look-rounds';
import { reconcileTelemetry } from './reconcile-telemetry';
import { redisTelemetry, type RedisEvents } from './redis-telemetry';
import type { ReconcileEvents } from './reconcile/start-reconcilers';
import type { ReplayEvents } from './replay/replay-job';
import type { DeadLetterEvents } from './runner/job-kind';
import type { JobEvents } from './runner/process-job';
import type { SenderCountEvents } from './sent-check/sender-counts';
import type { SentCheckEvents } from './sent-check/sent-check';
import { sentCheckTelemetry } from './sent-check/sent-check-telemetry';
import type { AccessEvents } from './workspace/check-access';
import { storedNamesTelemetry } from './workspace/stored-names-telemetry';
import type { StoredNamesEvents } from './workspace/watch-stored-names';
import type { WorkspaceEvents } from './workspace/workspace';
import { workspaceTelemetry } from './workspace/workspace-telemetry';

/** What happens in the worker, in metrics and log together. Its methods never throw. */
export interface Telemetry
  extends
    JobEvents,
    DeadLetterEvents,
    RecordEvents,
    SyncEvents,
    DestinationEvents,
    ReplayEvents,
    WorkspaceEvents,
    AccessEvents,
    RedisEvents,
    StoredNamesEvents,
    ReconcileEvents,
    PeopleJobEvents,
    BatchJobEvents,
    PersonLookEvents,
    SentCheckEvents,
    SenderCountEvents {}

/** What the labels of metrics are made of. */
interface TelemetryConfig {
  readonly workspaces: readonly { readonly name: string }[];
  readonly workspaceOf: WorkspaceOf;
}

/** @param now in ms since 1970, by the clock that events are received by */
export function createTelemetry(
  registry: Registry,
  log: Logger,
  config: TelemetryConfig,
  now: () => number,
): Telemetry {
  const metrics = createMetrics(registry);
  const { workspaceOf } = config;
  const names = config.workspaces.map(({ name }) => name);
  startAtZero(metrics, names);
  return neverThrowing<Telemetry>({
    ...outcomeTelemetry(metrics, log, workspaceOf, now),
    ...jobTelemetry(metrics, log, purposesOf(names)),
    ...replayTelemetry(metrics, log),
    ...workspaceTelemetry(metrics, log),
    ...accessTelemetry(log),
    ...redisTelemetry(metrics, log, purposesOf(names)),
    ...storedNamesTelemetry(log),
    ...reconcileTelemetry(metrics, log),
    ...peopleTelemetry(metrics, log),
    ...sentCheckTelemetry(metrics, log),
    ...batchTelemetry(metrics, log, workspaceOf, enqueueCounters(registry, names, workspaceOf)),
  });
}

function outcomeTelemetry(
  metrics: WorkerMetrics,
  log: Logger,
  workspaceOf: WorkspaceOf,
  now: () => number,
): RecordEvents & SyncEvents & DestinationEvents & DeadLetterEvents {
  const { ended, reached } = eventCounters(metrics, now);
  return {
    recorded(results, lane, { attempt, waitedMs }) {
      for (const { event, workspace, counted } of results) {
        const { kind, channel } = event;
        if (counted === 'recorded') metrics.ledgerChanges.inc({ kind, channel });
        else if (counted !== undefined) ended(counted, event, { workspace, lane });
      }
      // One line for the job: a line for each event would cost more than its place in the ledger.
      log.info({ lane, attempt, waitedMs, events: results.map(recordedFields) }, 'events recorded');
    },
    superseded(events, place) {
      for (const event of events) ended('stale', event, place);
    },
    settled({ workspace, channel, phone }, outcome, settled, people, at, earlyVersion = 0) {
      metrics.people.inc({ channel }, people);
      const { lane } = at;
      for (const event of settled) {
        ended(event.outcome === 'stale' ? 'stale' : outcome, event, { workspace, lane });
        // Those of an early write were counted then.
        if (event.version > earlyVersion) reached(event, { workspace, lane });
      }
      const messageSids = settled.map(({ messageSid }) => messageSid);
      const logFields = { workspace, channel, phone: maskPhone(phone), messageSids };
      const seconds = secondsSinceOldest(settled, now());
      log.info({ ...logFields, outcome, people, ...at, seconds }, 'synced');
    },
    written({ workspace }, events) {
      for (const event of events) reached(event, { workspace, lane: 'live' });
    },
    compared({ workspace, channel, phone }, { reason, mode }, { written, drift, corrected }) {
      metrics.reconcileChecked.inc({ workspace });
      const found = countDrift(metrics, workspace, drift, corrected);
      metrics.people.inc({ channel }, written);
      if (found.length === 0) return;
      const phoneFields = { workspace, channel, phone: maskPhone(phone) };
      log.info({ ...phoneFields, reason, mode, written, ...Object.fromEntries(found) }, 'drift found');
    },
    destinationWritten({ workspace, channel, phone }, destination, messageSids, at) {
      const logFields = { workspace, channel, phone: maskPhone(phone), messageSids };
      log.info({ ...logFields, destination, ...at }, 'destination written');
    },
    deadLettered(deadLetter, id, inboundEvents, lane = 'live') {
      const { stage, code, message, attempts } = deadLetter;
      const { workspace = NO_WORKSPACE, phone, messageSids } = indexTerms(deadLetter, workspaceOf);
      metrics.deadLetters.inc({ stage, code, workspace });
      for (const event of inboundEvents) ended('dead_lettered', event, { workspace, lane });
      const logFields = { workspace, lane, messageSids, phone: phone && maskPhone(phone) };
      log.error({ id, stage, code, ...logFields, message, attempts: attempts.length }, 'dead-lettered');
    },
  };
}

/** Counts the people that drifted, by kind. @returns how many there are of each kind that was found */
function countDrift(
  metrics: WorkerMetrics,
  workspace: string,
  drift: Drift,
  corrected: Drift,
): (readonly [DriftKind, number])[] {
  return DriftKind.options.flatMap((kind) => {
    const [people, of] = [drift[kind]?.length ?? 0, corrected[kind]?.length ?? 0];
    if (of > 0) metrics.reconcileDrift.inc({ workspace, kind, action: 'written' }, of);
    if (people > of) metrics.reconcileDrift.inc({ workspace, kind, action: 'reported' }, people - of);
    return people > 0 ? [[kind, people] as const] : [];
  });
}

function jobTelemetry(
  metrics: WorkerMetrics,
  log: Logger,
  purposes: ReturnType<typeof purposesOf>,
): JobEvents {
  // Every waiting job reports each 30 s: one line for all of a queue and a code.
  const unsupported = throttleEach(ERROR_LOG_MS, (_, suppressed, fields: object) => {
    log.error({ ...fields, suppressed }, 'a job of a newer version waits: upgrade the workers');
  });
  return {
    jobFinished(queue, outcomes, seconds, fields) {
      const counts = countEach(outcomes);
      for (const [outcome, count] of counts) metrics.jobs.inc({ queue, outcome }, count);
      metrics.jobSeconds.observe({ queue }, seconds);
      if (!log.isLevelEnabled('debug')) return;
      const ended = { queue, outcomes: Object.fromEntries(counts), seconds };
      void fields().then((more) => {
        log.debug({ ...ended, ...more }, 'attempt ended');
      });
    },
    jobFailed(queue, failure, next, fields) {
      metrics.jobs.inc({ queue, outcome: next });
      const workspace = purposes.get(queue)?.workspace ?? NO_WORKSPACE;
      const { code, status, operation, message, cause } = failure;
      metrics.jobFailures.inc({ queue, code, workspace });
      if (failure.kind === 'unsupported') {
        metrics.unsupported.inc({ queue, code });
        unsupported(`${queue} ${code}`, { queue, code, next, ...fields, message });
        return;
      }
      const level = code === 'worker_stopping' ? 'debug' : 'warn';
      log[level]({ queue, code, status, operation, next, ...fields, message, err: cause }, 'attempt failed');
    },
  };
}

function replayTelemetry(metrics: WorkerMetrics, log: Logger): ReplayEvents {
  return {
    replayed(run, done, failed) {
      metrics.replayedDeadLetters.inc({ outcome: 'done' }, done);
      metrics.replayedDeadLetters.inc({ outcome: 'failed' }, failed);
      log.debug({ run, done, failed }, 'dead letters replayed');
    },
    replayUnserved(run, unserved, deadLetters) {
      log.warn(
        { code: 'replay_unserved', run, unserved, deadLetters },
        'dead letters of a workspace or an account that nobody serves stay',
      );
    },
    replayEnded(run, state) {
      log.info({ run, how: state }, 'replay run ended');
    },
  };
}

function accessTelemetry(log: Logger): AccessEvents {
  return {
    workspaceRefused(error) {
      log.error({ code: 'workspace_refused' }, error);
    },
    accessUnchecked({ code, message }) {
      log.warn({ code, message }, 'could not check the access to Customer.io; starting anyway');
    },
  };
}

function peopleTelemetry(
  metrics: WorkerMetrics,
  log: Logger,
): Omit<PeopleJobEvents, 'deadLettered'> & PersonLookEvents {
  return {
    peopleChecked(workspace, outcome, people) {
      metrics.peopleChanges.inc({ workspace, outcome }, people);
    },
    personLooksFailed(workspace, err) {
      log.warn(
        { err, code: 'person_looks_failed', workspace },
        'a round of looks at changed people failed and is repeated',
      );
    },
  };
}
