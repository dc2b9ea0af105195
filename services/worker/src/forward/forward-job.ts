import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import { ForwardRequest } from '@optout-sync/shared/queues';
import { toDeadLetter, type JobKind } from '../runner/process-job';
import type { WorkerTelemetry } from '../telemetry';
import { Breakers } from './breakers';
import { deliver } from './deliver';

/** `forwards`: passes an inbound message on to one target, at least once. */
export function forwardJob(deps: {
  readonly http: HttpClient;
  readonly queues: JobStores;
  readonly events: Pick<WorkerTelemetry, 'deadLettered'>;
}): JobKind<ForwardRequest> {
  const { http, queues, events } = deps;
  const breakers = new Breakers();
  return {
    parse(raw) {
      const parsed = ForwardRequest.safeParse(raw);
      if (parsed.success) return parsed.data;
      throw new JobError('refused', 'forward_invalid', 'the request to forward is not understood');
    },

    async run(request) {
      await breakers.run(request.target, () => deliver(http, request));
      return 'delivered';
    },

    async giveUp(gaveUp) {
      const { payload: request, raw } = gaveUp;
      const undone = request ? { type: 'forward' as const, request } : { type: 'raw' as const, data: raw };
      const letter = toDeadLetter('forward', gaveUp, undone);
      events.deadLettered(letter, await queues.deadLetters.put(letter), []);
    },
  };
}
