export { createBacklogs, type Backlogs } from './backlogs';
export { LATE_MS, countLiveStops, isLiveStop, type LiveStops, type LiveStopsByWorkspace } from './live-stops';
export { registerUnappliedGauges } from './unapplied-gauges';
export { UnappliedReader } from './unapplied-reader';
