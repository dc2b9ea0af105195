import { CircuitState } from 'cockatiel';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RequestEvents } from '@optout-sync/customerio';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { maskPhone, type InboundEvent, type Outcome, type Subject } from '@optout-sync/shared/domain';
import type { Recorded, SettledEvent } from '@optout-sync/shared/ledger';
import { deadLettersTotal, type Logger } from '@optout-sync/shared/service';
import type { JobEvents } from './runner/process-job';
import type { WorkspaceEvents } from './workspace/availability';

/** What happens in the worker, each told once: in the metrics and in the log. */
export interface WorkerTelemetry extends JobEvents, WorkspaceEvents {
  recorded(event: InboundEvent, result: Recorded['result']): void;
  settled(
    subject: Subject,
    outcome: 'applied' | 'no_match',
    settled: readonly SettledEvent[],
    people: number,
  ): void;
  deadLettered(
    letter: DeadLetter,
    id: string,
    events: readonly Pick<InboundEvent, 'kind' | 'source'>[],
  ): void;
  requested: RequestEvents;
}

const BREAKER_STATES: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};
const SECONDS_TO_APPLIED = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200, 86_400];

export function createTelemetry(registry: Registry, log: Logger): WorkerTelemetry {
  const registers = [registry];
  const outcomes = new Counter({
    name: 'optout_events_total',
    help: 'Accepted events by the outcome they ended in.',
    labelNames: ['outcome', 'kind', 'source'],
    registers,
  });
  const changes = new Counter({
    name: 'optout_ledger_changes_total',
    help: 'Events that had the last word with their sender.',
    labelNames: ['kind', 'channel'],
    registers,
  });
  const endToEnd = new Histogram({
    name: 'optout_end_to_end_seconds',
    help: 'From receiving an event to Customer.io holding it.',
    labelNames: ['source'],
    buckets: SECONDS_TO_APPLIED,
    registers,
  });
  const people = new Counter({
    name: 'optout_people_updated_total',
    help: 'People an attribute was written to.',
    labelNames: ['channel'],
    registers,
  });
  const deadLetters = deadLettersTotal(registry);
  const jobs = new Counter({
    name: 'optout_jobs_total',
    help: 'Tries of jobs by how they ended; failed tries by `retry` or `dead_letter`.',
    labelNames: ['queue', 'outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'optout_job_failures_total',
    help: 'Failed tries of jobs by error code.',
    labelNames: ['queue', 'code'],
    registers,
  });
  const jobSeconds = new Histogram({
    name: 'optout_job_duration_seconds',
    help: 'Time a successful try of a job took.',
    labelNames: ['queue'],
    registers,
  });
  const requests = new Counter({
    name: 'optout_customerio_requests_total',
    help: 'Requests to Customer.io; `status` is the HTTP status, or an error code when there was no answer.',
    labelNames: ['api', 'operation', 'status'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'optout_customerio_request_duration_seconds',
    help: 'Time until Customer.io answered.',
    labelNames: ['api', 'operation'],
    registers,
  });
  const breakers = new Gauge({
    name: 'optout_customerio_breaker_state',
    help: 'Whether requests to an API pass (0), one is under way to find out (1), or none passes (2).',
    labelNames: ['workspace', 'api'],
    registers,
  });
  const pauses = new Gauge({
    name: 'optout_workspace_paused',
    help: '1 while a workspace waits because its keys or its region are refused.',
    labelNames: ['workspace'],
    registers,
  });

  const ended = (outcome: Outcome, { kind, source }: Pick<InboundEvent, 'kind' | 'source'>): void => {
    outcomes.inc({ outcome, kind, source });
  };

  return {
    recorded(event, result) {
      const { messageSid, kind, channel, source } = event;
      if (result === 'recorded') changes.inc({ kind, channel });
      else ended(result, event);
      log.info(
        { messageSid, kind, channel, source, result, phone: maskPhone(event.phone) },
        'event recorded',
      );
    },
    settled({ workspace, channel, phone }, outcome, settled, count) {
      people.inc({ channel }, count);
      for (const event of settled) {
        ended(event.outcome === 'stale' ? 'stale' : outcome, event);
        endToEnd.observe({ source: event.source }, (Date.now() - event.receivedAt) / 1_000);
      }
      const messageSids = settled.map(({ messageSid }) => messageSid);
      log.info(
        { workspace, channel, phone: maskPhone(phone), outcome, people: count, messageSids },
        'synced',
      );
    },
    deadLettered({ stage, code, message, attempts }, id, events) {
      deadLetters.inc({ stage, code });
      for (const event of events) ended('dead_lettered', event);
      log.error({ id, stage, code, message, attempts: attempts.length }, 'dead-lettered');
    },
    jobFinished(queue, outcome, seconds) {
      jobs.inc({ queue, outcome });
      jobSeconds.observe({ queue }, seconds);
    },
    jobFailed(queue, failure, next) {
      jobs.inc({ queue, outcome: next });
      failures.inc({ queue, code: failure.code });
      const { code, status, message } = failure;
      const level = code === 'worker_stopping' ? 'debug' : 'warn';
      log[level]({ queue, code, status, next, message, err: failure.cause }, 'a try failed');
    },
    requested(api, operation, status, seconds) {
      requests.inc({ api, operation, status });
      requestSeconds.observe({ api, operation }, seconds);
    },
    workspaceOpened(workspace) {
      pauses.set({ workspace }, 0);
    },
    breakerChanged(workspace, api, state) {
      breakers.set({ workspace, api }, BREAKER_STATES[state]);
    },
    customerIoDown(workspace, api, failure) {
      log.warn(
        { code: 'customerio_down', workspace, api, reason: failure?.code, status: failure?.status },
        'Customer.io is down: jobs wait for it',
      );
    },
    customerIoUp(workspace, api) {
      log.info({ workspace, api }, 'Customer.io works again');
    },
    workspacePaused(workspace, api, failure) {
      pauses.set({ workspace }, 1);
      log.error(
        { code: 'workspace_paused', workspace, api, reason: failure?.code, status: failure?.status },
        'Customer.io refuses the keys or the region of a workspace: its jobs wait until that is mended',
      );
    },
    workspaceResumed(workspace) {
      pauses.set({ workspace }, 0);
      log.info({ workspace }, 'the workspace is taken again');
    },
  };
}

/** Hears what becomes of replay runs. */
export interface ReplayEvents {
  replayed(run: string, done: number, failed: number): void;
  replayEnded(run: string, how: string): void;
}

export function createReplayEvents(registry: Registry, log: Logger): ReplayEvents {
  const letters = new Counter({
    name: 'optout_replayed_letters_total',
    help: 'Dead letters that replay runs put back to work (`done`), or that cannot be and stay (`failed`).',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    replayed(run, done, failed) {
      letters.inc({ outcome: 'done' }, done);
      letters.inc({ outcome: 'failed' }, failed);
      log.debug({ run, done, failed }, 'dead letters replayed');
    },
    replayEnded(run, how) {
      log.info({ run, how }, 'replay run ended');
    },
  };
}
