export { DeadLetterFilter } from './dead-letter-filter';
export type { DeadLetterText, StoredDeadLetter } from './dead-letter-store';
export type { ListedDeadLetter } from './listed-dead-letter';
export { DeadLetter, Stage, deadLetterId } from './dead-letter';
export { UnsupportedRunError, isOver, type ReplayRun } from './replay-run';
export { ReplayRuns, newRunId } from './replay-runs';
export { openJobStores, type JobStores } from './job-stores';
export {
  AMBIGUOUS,
  SIDS_DIFFER,
  ingestDeadLetter,
  invalidShape,
  unprocessableDeadLetter,
  type UnprocessableMessage,
} from './unprocessable';
export { resolveEvent, unresolvedEvent } from './unresolved';
export { indexTerms } from './index-terms';
export { STAGE_CODES, failureCodesOf } from './stage-codes';
