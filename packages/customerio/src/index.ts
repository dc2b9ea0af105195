export { AppApi, type OptOut } from './app-api';
export { checkAccess, type AccessCheck } from './check-access';
export { Gate, type GateEvents, type GateTimes } from './circuit';
export { BudgetedClient } from './guarded-client';
export { HttpClient, type Api, type ApiObserver } from './http-client';
export { Line } from './lib/serial-queue';
export { createLookup, type Lookup } from './lookup';
export { Budget } from './rate-limiter';
export { createWriter, type Writer } from './track-api';
