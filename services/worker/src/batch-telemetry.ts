import { deadLetterId } from '@optout-sync/shared/dead-letters';
import type { Logger } from '@optout-sync/shared/service';
import type { BatchJobEvents } from './jobs/batch-job';
import type { WorkerMetrics } from './metrics';

/** The log line of a slice names no more than this. The metrics count all. */
const LOGGED_DEAD_LETTERS = 10;

export function batchTelemetry(
  metrics: Pick<WorkerMetrics, 'streamEvents' | 'sendErrors' | 'deadLetters'>,
  log: Logger,
): Omit<BatchJobEvents, 'deadLettered'> {
  return {
    batchEventsHandled(records) {
      for (const { type, outcome, deadLetter, sendError } of records) {
        metrics.streamEvents.inc({ type, outcome });
        if (sendError) metrics.sendErrors.inc({ route: 'events', code: sendError });
        if (deadLetter) metrics.deadLetters.inc({ stage: deadLetter.stage, code: deadLetter.code });
      }
      const deadLetters = records.flatMap(({ deadLetter }) => deadLetter ?? []);
      log.info(
        {
          events: records.length,
          accepted: records.filter(({ event }) => event).length,
          deadLettered: deadLetters.length,
          deadLetters: deadLetters.slice(0, LOGGED_DEAD_LETTERS).map(deadLetterId),
        },
        'slice of a large batch handled',
      );
    },
  };
}
