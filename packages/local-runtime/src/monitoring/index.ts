export { queryPrometheus, scrapedTargets } from './prometheus-api';
export { providePrometheus } from './provide-prometheus';
export type { RunningPrometheus } from './start-prometheus';
