export { DeadLetter, Stage, deadLetterId } from './dead-letter';
export { DeadLetterStore, type FiledLetter } from './dead-letter-store';
export { LetterFilter } from './letter-filter';
export { putBack } from './put-back';
export { isOver, type ReplayRun } from './replay-run';
export { ReplayRuns, newRunId } from './replay-runs';
