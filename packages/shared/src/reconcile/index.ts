export { reconcileKey } from './keys';
export { SecondLooks } from './second-looks';
export { PassStore, type PassState } from './pass-store';
export { SyncMarks, type SyncMark } from './sync-marks';
export { UnappliedIndex } from './unapplied-index';
