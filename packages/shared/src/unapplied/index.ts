export { InboundBacklog } from './inbound-backlog';
export { LATE_MS, countLiveStops, isLiveStop, type LiveStops, type LiveStopsByWorkspace } from './live-stops';
export { RawBatchBacklog } from './raw-batch-backlog';
export { registerUnappliedGauges } from './unapplied-gauges';
export { UnappliedReader, type Backlogs } from './unapplied-reader';
