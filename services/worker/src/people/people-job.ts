import type { JobStores } from '@optout-sync/shared/dead-letters';
import { Channel, JobError, maskPhone } from '@optout-sync/shared/domain';
import { PeopleChange, type ChangedPerson, type Lane, type TracedSubject } from '@optout-sync/shared/queues';
import type { PersonLooks } from '@optout-sync/shared/reconcile';
import type { SyncTarget } from '../destinations/sync-target';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';
import { storeDeadLetter, type DeadLetterEvents, type JobKind } from '../runner/job-kind';
import { requestComparison, type ComparisonContext } from './request-comparison';

/** What is done about a person: nothing without an opt-out or where a workspace has nothing to compare. */
export const PERSON_OUTCOMES = ['requested', 'not_opted_out', 'not_compared'] as const;
type PersonOutcome = (typeof PERSON_OUTCOMES)[number];

const CODES: PayloadCodes = {
  invalid: 'people_change_invalid',
  versionUnknown: 'people_change_version_unknown',
  valueUnknown: 'people_change_value_unknown',
};

export interface PeopleJobEvents extends DeadLetterEvents {
  peopleChecked(workspace: string, outcome: PersonOutcome, people: number): void;
}

interface PeopleContext extends ComparisonContext {
  readonly queues: JobStores;
  readonly personLooks: Pick<PersonLooks, 'schedule'>;
  readonly workspaces: ReadonlyMap<string, Pick<SyncTarget, 'policy' | 'compare'>>;
  readonly telemetry: PeopleJobEvents;
}

/**
 * Queue `people-changes`: requests a comparison for each person who is new or changed the number, when the number is opted
 * out: now, after 10 seconds and after a minute, since Customer.io's index may lag. A number that is not opted out costs one
 * read of the ledger for each channel and no request to Customer.io. The number that a person had before is compared once.
 * Safe to repeat.
 *
 * Known hole: when a master of Redis fails over and loses what this job wrote, nobody repeats it; the next sweep compares.
 */
export function peopleJob(context: PeopleContext): JobKind<PeopleChange> {
  const { queues, telemetry, workspaces } = context;
  return {
    parse: (raw) => parsePayload(PeopleChange, raw, CODES, 'the changed people'),
    causes: ({ traceparent }) => [traceparent],

    async run({ workspace, people, traceparent }, jobLane) {
      const target = workspaces.get(workspace);
      if (!target) {
        throw new JobError('misconfigured', 'workspace_unknown', `workspace ${workspace} is not configured`);
      }
      if (!target.compare) {
        telemetry.peopleChecked(workspace, 'not_compared', people.length);
        return 'not_compared';
      }
      // The queue has no other live jobs, so its own order needs no lane.
      const lane = jobLane === 'background' ? 'background' : 'prompt';
      const found = await Promise.all(
        people.map((person) => check(context, target, { workspace, traceparent }, person, lane)),
      );
      const requested = found.filter((isOptedOut) => isOptedOut).length;
      telemetry.peopleChecked(workspace, 'requested', requested);
      telemetry.peopleChecked(workspace, 'not_opted_out', people.length - requested);
      return requested > 0 ? 'requested' : 'not_opted_out';
    },

    describe: ({ workspace, people }) => ({
      workspace,
      phones: people.map(({ phone }) => maskPhone(phone)),
    }),

    async onExhausted(job) {
      const { payload: change, raw } = job;
      const payload = change ? { type: 'people' as const, change } : { type: 'raw' as const, data: raw };
      const { deadLetter, id } = await storeDeadLetter(queues, 'people', job, payload);
      telemetry.deadLettered(deadLetter, id, []);
    },
  };
}

/** Requests the comparisons for one person. Resolves with whether one of the numbers is opted out. */
async function check(
  context: PeopleContext,
  target: Pick<SyncTarget, 'policy'>,
  of: Pick<TracedSubject, 'workspace' | 'traceparent'>,
  { phone, previousPhone, cioId }: ChangedPerson,
  lane: Lane,
): Promise<boolean> {
  const compare = async (subject: TracedSubject, isPresent: boolean): Promise<boolean> => {
    const isOptedOut = await requestComparison(context, target, { subject, cioId }, lane);
    if (isOptedOut && isPresent) await context.personLooks.schedule(subject, cioId);
    return isOptedOut;
  };
  const before = previousPhone === undefined || previousPhone === phone ? [] : [previousPhone];
  const results = await Promise.all(
    Channel.options.flatMap((channel) => [
      compare({ ...of, channel, phone }, true),
      ...before.map((former) => compare({ ...of, channel, phone: former }, false)),
    ]),
  );
  return results.includes(true);
}
