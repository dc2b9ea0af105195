export { DriftKind, type Drift } from './drift';
export { Findings, type Finding } from './findings';
export { reconcileKey } from './keys';
export type { PassCount, PassCounts } from './pass-progress';
export { PassRequests, PassUnderWayError, type RequestedPass } from './pass-requests';
export { SecondLooks } from './second-looks';
export { PassStore, type PassState } from './pass-store';
export { SyncMarks, type SyncMark, type SyncMarkRequest } from './sync-marks';
export { UnappliedIndex } from './unapplied-index';
