export { reconcileKey } from './keys';
export { SecondLooks } from './second-looks';
export { Newcomers } from './newcomers';
export { PersonLooks, type PersonLook } from './person-looks';
export { PassStore, type PassState } from './pass-store';
export { SyncMarks, type SyncMark } from './sync-marks';
export { UnappliedIndex } from './unapplied-index';
