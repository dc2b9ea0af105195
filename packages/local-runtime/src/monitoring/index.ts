export { queryPrometheus, scrapedTargets } from './prometheus-api';
export { providePrometheus } from './provide-prometheus';
