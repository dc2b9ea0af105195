import { ERROR_CODES, type ErrorCode } from '../domain/error-codes';
import type { Stage } from './dead-letter';

/** What the codes of a stage begin with, beside those that every job may have. */
const PREFIXES: Readonly<Record<Exclude<Stage, 'ingest'>, readonly string[]>> = {
  batch: ['batch_'],
  record: ['event_'],
  sync: ['customerio_', 'sync_request_'],
  native: ['customerio_', 'sync_request_'],
  campaign: ['customerio_', 'sync_request_'],
  events: ['customerio_', 'sync_request_'],
  twilio_consents: ['twilio_', 'sync_request_'],
  forward: ['forward_'],
  people: ['people_change_'],
};

const OF_EVERY_JOB: readonly string[] = ['internal_error', 'poison_job'];

const CODES = (Object.keys(ERROR_CODES) as ErrorCode[]).filter(
  (code) => ERROR_CODES[code].ends === 'dead_letter',
);

const ofJobs = (stage: Exclude<Stage, 'ingest'>): ErrorCode[] =>
  CODES.filter(
    (code) => OF_EVERY_JOB.includes(code) || PREFIXES[stage].some((prefix) => code.startsWith(prefix)),
  );

/** What a failed attempt may be beside those: it waits, and is no dead letter. */
const WAITING: Readonly<Record<Exclude<Stage, 'ingest'>, readonly ErrorCode[]>> = {
  batch: [],
  record: ['account_unknown'],
  sync: ['workspace_unknown'],
  native: ['workspace_unknown'],
  campaign: ['workspace_unknown'],
  events: ['workspace_unknown'],
  twilio_consents: ['workspace_unknown'],
  forward: [],
  people: ['workspace_unknown'],
};

/** The codes that a failed attempt of a job of a stage may have. Metrics start at 0 for each of them. */
export function failureCodesOf(stage: Exclude<Stage, 'ingest'>): readonly ErrorCode[] {
  const waits = (Object.keys(ERROR_CODES) as ErrorCode[]).filter(
    (code) => ERROR_CODES[code].ends === 'waits' && PREFIXES[stage].some((prefix) => code.startsWith(prefix)),
  );
  return [...ofJobs(stage), ...waits, ...WAITING[stage], 'worker_stopping'];
}

const STAGES = Object.keys(PREFIXES) as Exclude<Stage, 'ingest'>[];

/** The codes that a dead letter of each stage may have. Metrics start at 0 for each of them. */
export const STAGE_CODES: Readonly<Record<Stage, readonly ErrorCode[]>> = {
  ingest: CODES.filter((code) => !STAGES.some((stage) => ofJobs(stage).includes(code))),
  batch: ofJobs('batch'),
  record: ofJobs('record'),
  sync: ofJobs('sync'),
  native: ofJobs('native'),
  campaign: ofJobs('campaign'),
  events: ofJobs('events'),
  twilio_consents: ofJobs('twilio_consents'),
  forward: ofJobs('forward'),
  people: ofJobs('people'),
};
