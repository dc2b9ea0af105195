import { ForwardRequest, type Queues } from '@optout-sync/shared';
import { Failure } from '../domain/failure';
import type { WorkerEvents } from '../events';
import { letterOf } from '../jobs/letter';
import type { JobKind } from '../jobs/run-job';
import type { OpenAxios } from '../http/open-axios';
import { Breakers } from './breakers';
import { deliver } from './deliver';

/** `forwards`: passes an inbound message on to one target, at least once. */
export function forwardJob(deps: {
  readonly http: OpenAxios;
  readonly queues: Queues;
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
