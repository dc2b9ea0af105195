import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { HttpClient } from '@optout-sync/http-client';
import { ForwardRequest } from '@optout-sync/shared/queues';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';
import { storeDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';
import { Breakers } from './breakers';
import { deliver } from './deliver';

const CODES: PayloadCodes = {
  invalid: 'forward_invalid',
  versionUnknown: 'forward_version_unknown',
  valueUnknown: 'forward_value_unknown',
};

/** Queue `forwards`: delivers an inbound message to one target, at least once. */
export function forwardJob(context: {
  readonly http: HttpClient;
  readonly queues: JobStores;
  readonly telemetry: DeadLetterEvents;
}): JobKind<ForwardRequest> {
  const { http, queues, telemetry } = context;
  const breakers = new Breakers();
  return {
    parse: (raw) => parsePayload(ForwardRequest, raw, CODES, 'the request to forward'),
    causes: ({ traceparent }) => [traceparent],

    async run(request) {
      await breakers.run(request.target, () => deliver(http, request));
      return 'delivered';
    },

    // The rest of the URL may hold a secret.
    describe: ({ id, target }) => ({ messageSids: [id], target: new URL(target).host }),

    async onExhausted(job) {
      const { payload: request, raw } = job;
      const payload = request ? { type: 'forward' as const, request } : { type: 'raw' as const, data: raw };
      const { deadLetter, id } = await storeDeadLetter(queues, 'forward', job, payload);
      telemetry.deadLettered(deadLetter, id, []);
    },
  };
}
