export { AppApi, type OptOut } from './app-api';
export { checkAccess, type AccessCheck } from './check-access';
export { ApiCircuit, type CircuitEvents, type CircuitTimes } from './circuit';
export { GuardedClient } from './guarded-client';
export { CustomerIoClient, type Api, type RequestEvents } from './customerio-client';
export { SerialQueue } from './lib/serial-queue';
export { createLookup, type Lookup } from './lookup';
export { RateLimiter } from './rate-limiter';
export { createWriter, type Writer } from './track-api';
