export { AppApi, type OptOut } from './app-api';
export { checkAccess, type AccessCheck } from './check-access';
export { ApiCircuit, type CircuitTimes } from './circuit';
export type { CircuitEvents } from './circuit-breaker';
export { GuardedClient } from './guarded-client';
export { CustomerIoClient, type Api, type RequestEvents } from './customerio-client';
export { createLookup, type Lookup } from './lookup';
export { RateLimiter } from './rate-limiter';
export { createWriter, type Writer } from './track-api';
