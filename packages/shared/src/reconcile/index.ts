export { DriftKind, type Drift } from './drift';
export { Findings, type Finding, type FindingsPage } from './findings';
export { reconcileKey } from './keys';
export { PassRequests, PassUnderWayError, type RequestedPass } from './pass-requests';
export { SecondLooks } from './second-looks';
export { PassStore, type PassState } from './pass-store';
export { SyncMarks, type SyncMark } from './sync-marks';
export { UnappliedIndex } from './unapplied-index';
