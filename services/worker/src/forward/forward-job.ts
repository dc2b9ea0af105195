import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { OpenAxios } from '@optout-sync/http-client';
import { Failure } from '@optout-sync/shared/domain';
import { ForwardRequest } from '@optout-sync/shared/queues';
import { letterOf, type JobKind } from '../runner/process-job';
import type { WorkerEvents } from '../telemetry';
import { Breakers } from './breakers';
import { deliver } from './deliver';

/** `forwards`: passes an inbound message on to one target, at least once. */
export function forwardJob(deps: {
  readonly http: OpenAxios;
  readonly queues: JobStores;
  readonly events: Pick<WorkerEvents, 'deadLettered'>;
}): JobKind<ForwardRequest> {
  const { http, queues, events } = deps;
  const breakers = new Breakers();
  return {
    parse(raw) {
      const parsed = ForwardRequest.safeParse(raw);
      if (parsed.success) return parsed.data;
      throw new Failure('refused', 'forward_invalid', 'the request to forward is not understood');
    },

    async run(request) {
      await breakers.run(request.target, () => deliver(http, request));
      return 'delivered';
    },

    async giveUp(gaveUp) {
      const { payload: request, raw } = gaveUp;
      const undone = request ? { type: 'forward' as const, request } : { type: 'raw' as const, data: raw };
      const letter = letterOf('forward', gaveUp, undone);
      events.deadLettered(letter, await queues.deadLetters.file(letter), []);
    },
  };
}
