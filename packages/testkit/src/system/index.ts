export { PrivateData } from './leaks';
export { inParallel } from './in-parallel';
export { AUTH_TOKEN, PUBLIC_URL, STUDIO_TOKEN, WEBHOOK_TOKEN } from './settings';
export type { Running } from './services';
export { System } from './system';
