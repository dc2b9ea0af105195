import type { WorkspaceOf } from '@optout-sync/shared/config';
import { deadLetterId, indexTerms } from '@optout-sync/shared/dead-letters';
import type { Logger } from '@optout-sync/shared/service';
import type { BatchJobEvents } from './jobs/batch-job';
import type { WorkerMetrics } from './metrics';
import { NO_WORKSPACE } from './metrics-start';

/** The log line of a slice names no more than this. The metrics count all. */
const LOGGED_DEAD_LETTERS = 10;

/** @param enqueued counts events that are enqueued */
export function batchTelemetry(
  metrics: Pick<WorkerMetrics, 'streamEvents' | 'sendErrors' | 'deadLetters'>,
  log: Logger,
  workspaceOf: WorkspaceOf,
  enqueued: BatchJobEvents['enqueued'],
): Omit<BatchJobEvents, 'deadLettered'> {
  return {
    enqueued,
    batchEventsHandled(records) {
      for (const { type, outcome, deadLetter, sendError } of records) {
        metrics.streamEvents.inc({ type, outcome });
        if (sendError) metrics.sendErrors.inc({ route: 'events', code: sendError });
        if (!deadLetter) continue;
        const { stage, code } = deadLetter;
        const { workspace = NO_WORKSPACE } = indexTerms(deadLetter, workspaceOf);
        metrics.deadLetters.inc({ stage, code, workspace });
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
