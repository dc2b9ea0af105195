import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import { JobError, InboundEvent, type Subject } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import { enqueueSync } from '@optout-sync/shared/queues';
import type { ReviewEntry, ReviewList } from '@optout-sync/shared/review';
import { toDeadLetter, type JobKind } from '../runner/process-job';
import type { WorkerTelemetry } from '../telemetry';

/**
 * `inbound-events`: writes what a person said into the ledger, once, and asks for a sync of the phone unless Customer.io
 * holds all of it. A crash between the two repeats both: the event is then a duplicate that still needs its sync.
 */
export function recordJob(deps: {
  readonly ledger: Ledger;
  readonly reviews: Pick<ReviewList, 'add'>;
  readonly queues: JobStores;
  readonly events: WorkerTelemetry;
  readonly workspaceOf: WorkspaceOf;
}): JobKind<InboundEvent> {
  const { ledger, queues, events } = deps;
  return {
    parse(raw) {
      const parsed = InboundEvent.safeParse(raw);
      if (parsed.success) return parsed.data;
      const wrong = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
      const code = wrong.split(', ').includes('version') ? 'event_version_unknown' : 'event_invalid';
      throw new JobError('refused', code, `the event is not understood at: ${wrong}`);
    },

    async run(event, lane) {
      const workspace = deps.workspaceOf(event.accountSid);
      if (workspace === undefined) {
        throw new JobError(
          'misconfigured',
          'account_unknown',
          `account ${event.accountSid} is not configured`,
        );
      }
      const subject: Subject = { workspace, channel: event.channel, phone: event.phone };
      const { result, needsSync } = await ledger.record(subject, event);
      if (event.kind === 'review') await deps.reviews.add(reviewOf(event, subject));
      if (needsSync) await enqueueSync(queues, { version: 1, ...subject }, { lane });
      events.recorded(event, result);
      return result;
    },

    async giveUp(gaveUp) {
      const { payload, raw } = gaveUp;
      const undone = payload
        ? { type: 'event' as const, event: payload }
        : { type: 'raw' as const, data: raw };
      const letter = toDeadLetter('record', gaveUp, undone);
      events.deadLettered(letter, await queues.deadLetters.put(letter), payload ? [payload] : []);
    },
  };
}

function reviewOf({ sender, messageSid, phrase, receivedAt }: InboundEvent, subject: Subject): ReviewEntry {
  return { ...subject, sender, messageSid, phrase, receivedAt };
}
