export { reconcileKey } from './keys';
export { SecondLooks, type SecondLook } from './second-looks';
export { ReconcileMode, SyncMarks, type SyncMark } from './sync-marks';
export { UnappliedIndex } from './unapplied-index';
