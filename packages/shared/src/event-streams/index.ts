export type { StreamOutcome, StreamType } from './event-type';
export { elementsOf, parseElement } from './json-elements';
export { parseCloudEvent, type Classifiers } from './parse';
export { toStreamRecord, type StreamRecord } from './stream-record';
export { Turns, type Pause } from './turns';
