import type { Logger } from '@optout-sync/shared/service';
import type { WorkerMetrics } from '../metrics';
import type { PeopleJobEvents } from './people-job';
import type { PersonLookEvents } from './person-look-rounds';

export function peopleTelemetry(
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
