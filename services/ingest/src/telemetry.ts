import type { Registry } from 'prom-client';
import type { IngestConfig, WorkspaceOf } from '@optout-sync/shared/config';
import { indexTerms } from '@optout-sync/shared/dead-letters';
import type { PublicRoute } from '@optout-sync/shared/domain';
import {
  RedisOutage,
  enqueueCounters,
  neverThrowing,
  throttle,
  type ClosedReason,
  type Logger,
} from '@optout-sync/shared/service';
import type { UnknownPathEvents } from './http/app';
import { likelyPath } from './http/likely-path';
import { loggablePath } from './http/loggable-path';
import type { HttpEvents } from './http/server';
import type { SuspicionEvents } from './inbound/route-context';
import { createMetrics, type Metrics } from './metrics';
import type { StreamEvents } from './routes/events/handle';
import type { PeopleEvents } from './routes/people/handle';
import type { SpoolEvents } from './spool/spooling-store';
import type { ConnectionEvents } from './store/redis-store';
import type { WebhookEvents, WebhookResult } from './webhook/receiver';
import { WEBHOOK_ERRORS, type WebhookErrorCode } from './webhook/webhook-error';

/** Reports what happens in ingest. Each method writes the metric and the log line of one event, and never throws. */
export type Telemetry = WebhookEvents &
  HttpEvents &
  UnknownPathEvents &
  StreamEvents &
  PeopleEvents &
  SuspicionEvents &
  SpoolEvents &
  ConnectionEvents;

export function createTelemetry(
  registry: Registry,
  log: Logger,
  config: Pick<IngestConfig, 'workspaces' | 'workspaceOf'>,
): Telemetry {
  const metrics = createMetrics(registry, config.workspaces);
  return neverThrowing<Telemetry>({
    ...webhookTelemetry(metrics, log),
    ...httpTelemetry(metrics, log),
    ...streamTelemetry(metrics, config.workspaceOf),
    ...suspicionTelemetry(metrics, log),
    ...peopleTelemetry(metrics, log),
    ...spoolTelemetry(metrics, log),
    ...connectionTelemetry(log, enqueueCounters(registry, config.workspaces, config.workspaceOf)),
  });
}

function webhookTelemetry({ webhooks, webhookDuration }: Metrics, log: Logger): WebhookEvents {
  const warn = throttledWarnings(log);
  return {
    webhookHandled(route, { outcome, kept, logFields }, seconds) {
      webhooks.inc({ route, outcome });
      webhookDuration.observe({ route }, seconds);
      const level = isQuiet(route, outcome) ? 'debug' : 'info';
      log[level]({ route, outcome, kept, seconds: inMilliseconds(seconds), ...logFields }, 'webhook handled');
    },
    webhookRefused(route, { code, logFields, cause }, seconds) {
      webhooks.inc({ route, outcome: code });
      webhookDuration.observe({ route }, seconds);
      const fields = {
        route,
        outcome: code,
        seconds: inMilliseconds(seconds),
        ...logFields,
        ...(cause ? { err: cause } : {}),
      };
      if (WEBHOOK_ERRORS[code].status >= 500) log.error(fields, 'webhook refused');
      else warn(route, code, fields);
    },
  };
}

/** Seconds with three decimals. */
const inMilliseconds = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

/** Webhooks without effect are most of the traffic, and so are people during an import, few of whom are opted out. */
function isQuiet(route: PublicRoute, outcome: WebhookResult['outcome']): boolean {
  return outcome === 'not_a_keyword' || outcome === 'ignored' || route === 'people';
}

/** Anybody can cause these refusals at any rate. For each kind the log has one line in this time. */
const REFUSAL_LOG_MS = 10_000;

function throttledWarnings(
  log: Logger,
): (route: PublicRoute, code: WebhookErrorCode, fields: object) => void {
  const throttled = new Map<string, (fields: object) => void>();
  return (route, code, fields) => {
    const kind = `${route} ${code}`;
    let warn = throttled.get(kind);
    if (!warn) {
      warn = throttle(REFUSAL_LOG_MS, (suppressed, latest: object) => {
        log.warn({ ...latest, suppressed: suppressed }, 'webhook refused');
      });
      throttled.set(kind, warn);
    }
    warn(fields);
  };
}

/** In ms. A crowd of connections closes thousands of others in a second. */
const CLOSED_LOG_MS = 10_000;

function httpTelemetry(metrics: Metrics, log: Logger): HttpEvents & UnknownPathEvents {
  const { brokenRequests, connectionsClosed, unknownPaths, astray } = metrics;
  const warnOfClosed = throttle(CLOSED_LOG_MS, (suppressed, reason: ClosedReason) => {
    const message = 'there are as many connections as there may be: some are closed to make room';
    log.warn({ code: 'too_many_connections', reason, suppressed }, message);
  });
  const warn = throttle(REFUSAL_LOG_MS, (suppressed, path: string) => {
    log.warn(
      {
        code: 'unknown_path',
        path: loggablePath(path),
        expected: likelyPath(path),
        suppressed,
      },
      'nothing is served at the path that Twilio called: set the URL at Twilio, or the path that your proxy passes on',
    );
  });
  return {
    connectionClosed(reason) {
      connectionsClosed.inc({ reason });
      warnOfClosed(reason);
    },
    pathUnknown() {
      // Scanners ask for thousands, so it is not worth a line.
      unknownPaths.inc();
    },
    signedRequestAstray(path) {
      astray.inc();
      warn(path);
    },
    requestBroken(code) {
      brokenRequests.inc({ code });
      // Anybody can cause this at any rate, so it is not worth a line by default.
      log.debug({ code }, 'broken request');
    },
  };
}

function streamTelemetry(
  { streamEvents, sendErrors, deadLetters }: Metrics,
  workspaceOf: WorkspaceOf,
): StreamEvents {
  return {
    sendErrorIgnored(route, code) {
      sendErrors.inc({ route, code });
    },
    streamEventHandled(type, outcome) {
      // The log line of the batch has the counts.
      streamEvents.inc({ type, outcome });
    },
    deadLettered(deadLetter) {
      const { stage, code } = deadLetter;
      const { workspace = '' } = indexTerms(deadLetter, workspaceOf);
      // The log line of the webhook names the dead letter.
      deadLetters.inc({ stage, code, workspace });
    },
  };
}

function suspicionTelemetry({ sidMismatches }: Metrics, log: Logger): SuspicionEvents {
  return {
    sidsDiffered(route, messageSid) {
      sidMismatches.inc({ route });
      const message =
        'the SIDs of a signed message differ: its signature may have been used for another text';
      log.error({ code: 'sid_mismatch', route, messageSid }, message);
    },
  };
}

/** In ms. An import may have no usable phone number at all. */
const WITHOUT_PHONE_LOG_MS = 10_000;

function peopleTelemetry({ people: counter }: Metrics, log: Logger): PeopleEvents {
  const warn = throttle(WITHOUT_PHONE_LOG_MS, (suppressed, fields: object) => {
    log.warn({ ...fields, suppressed }, 'people without a usable phone number');
  });
  return {
    peopleReceived(workspace, people, withoutPhone) {
      counter.inc({ workspace, result: 'accepted' }, people);
      counter.inc({ workspace, result: 'not_a_phone_number' }, withoutPhone);
      if (withoutPhone > 0) warn({ code: 'not_a_phone_number', workspace, people, withoutPhone });
    },
  };
}

function spoolTelemetry({ spooled, drained }: Metrics, log: Logger): Omit<SpoolEvents, 'deadLettered'> {
  let outage = false;
  return {
    spooled(items) {
      spooled.inc(items);
    },
    drained(outcome, items) {
      drained.inc({ outcome }, items);
    },
    spooling(reason) {
      outage = true;
      log.error({ code: 'redis_unusable', err: reason }, 'Redis takes no events: they go to the spool');
    },
    draining(items) {
      outage ||= items > 0;
      if (outage) log.info({ items }, 'Redis takes events again: the spool is drained');
    },
    emptied() {
      if (outage) log.info('the spool is empty');
      outage = false;
    },
    spoolLost(error) {
      log.error({ code: error.code, err: error }, 'the spool takes no events');
    },
    spoolBack() {
      log.info('the spool takes events again');
    },
  };
}

/** In ms. While Redis is read-only, each attempt to find the master connects, and opens no queue. */
const NOT_OPENED_LOG_MS = 10_000;

function connectionTelemetry(log: Logger, enqueued: ConnectionEvents['enqueued']): ConnectionEvents {
  const outage = new RedisOutage(log);
  const notOpened = throttle(NOT_OPENED_LOG_MS, (suppressed, err: Error) => {
    log.error({ err, code: 'redis_unavailable', suppressed }, 'Redis is not usable');
  });
  return {
    redisLost(error) {
      outage.failed('producer', error);
    },
    redisBack() {
      outage.ready('producer');
    },
    queuesNotOpened: notOpened,
    enqueued,
  };
}
