export { AppApi, type OptOut } from './app-api';
export { checkAccess, type AccessCheck } from './check-access';
export { ApiCircuit, type CircuitEvents, type CircuitTimes } from './circuit';
export { GuardedClient } from './guarded-client';
export { CustomerIoClient, type Api, type RequestEvents } from './http-client';
export { createLookup, type Lookup } from './lookup';
export { RateLimiter } from './rate-limiter';
export { createWriter, type Writer } from './track-api';
