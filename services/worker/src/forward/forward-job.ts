import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import { ForwardRequest } from '@optout-sync/shared/queues';
import { toDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';
import { Breakers } from './breakers';
import { deliver } from './deliver';

/** Queue `forwards`: delivers an inbound message to one target, at least once. */
export function forwardJob(context: {
  readonly http: HttpClient;
  readonly queues: JobStores;
  readonly telemetry: DeadLetterEvents;
}): JobKind<ForwardRequest> {
  const { http, queues, telemetry } = context;
  const breakers = new Breakers();
  return {
    parse(raw) {
      const parsed = ForwardRequest.safeParse(raw);
      if (parsed.success) return parsed.data;
      throw new JobError('rejected', 'forward_invalid', 'the forward request is invalid');
    },

    async run(request) {
      await breakers.run(request.target, () => deliver(http, request));
      return 'delivered';
    },

    async onExhausted(job) {
      const { payload: request, raw } = job;
      const payload = request ? { type: 'forward' as const, request } : { type: 'raw' as const, data: raw };
      const deadLetter = toDeadLetter('forward', job, payload);
      telemetry.deadLettered(deadLetter, await queues.deadLetters.put(deadLetter), []);
    },
  };
}
