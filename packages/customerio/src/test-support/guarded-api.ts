import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { ApiCircuit, type CircuitTimes } from '../circuit';
import type { CircuitStateName } from '../circuit-state';
import { CustomerIoClient, type ApiRequest } from '../customerio-client';
import { GuardedClient } from '../guarded-client';
import { isOptionalOperation } from '../optional-operations';
import { RateLimiter } from '../rate-limiter';

export interface GuardedApi {
  readonly http: CustomerIoClient;
  readonly client: GuardedClient;
  readonly limiter: RateLimiter;
  /** The states that the API, and each operation, went through, such as `search blocked`. */
  readonly states: readonly string[];
  close(): void;
}

/** A guarded client as a worker has it. Without `harmless`, every rejection is the request's own. */
export function guardedApi(options: {
  readonly redis: Redis;
  readonly baseUrl: string;
  readonly authorization?: string;
  readonly harmless?: ApiRequest;
  readonly rps?: number;
  readonly maxAnswerBytes?: number;
  readonly times?: Partial<CircuitTimes>;
  /** Whether there is a job that may probe. Default: true. */
  readonly hasJob?: boolean;
}): GuardedApi {
  const {
    redis,
    baseUrl,
    authorization,
    maxAnswerBytes,
    harmless,
    rps = 1_000,
    times,
    hasJob = true,
  } = options;
  const name = `test-${randomUUID()}`;
  const states: string[] = [];
  const telemetry = (prefix: string) => ({
    breakerChanged: () => undefined,
    changed: (state: CircuitStateName) => void states.push(`${prefix} ${state}`),
    idle: () => Promise.resolve(hasJob),
  });
  const http = new CustomerIoClient(
    { baseUrl, authorization, timeoutMs: 2_000, maxAnswerBytes },
    () => undefined,
  );
  const limiter = new RateLimiter(redis, `${name}:budget`, rps);
  const common = { redis, times };
  const circuit = new ApiCircuit({
    ...common,
    key: `${name}:probe`,
    limiter,
    telemetry: telemetry('api'),
    sendHarmless: harmless && (() => http.send(harmless)),
  });
  const circuitOf = (operation: string) =>
    new ApiCircuit({
      ...common,
      key: `${name}:probe:${operation}`,
      scope: 'operation',
      isOptional: isOptionalOperation(operation),
      telemetry: telemetry(operation),
    });
  const client = new GuardedClient(http, limiter, circuit, harmless && { circuitOf, harmless });
  return {
    http,
    client,
    limiter,
    states,
    close() {
      client.close();
      http.close();
    },
  };
}
