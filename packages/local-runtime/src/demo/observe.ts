import { connectSandboxControl } from '@optout-sync/customerio-sandbox';
import type { RedisConfig } from '@optout-sync/shared/config';
import { E164 } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { closeQueues, openQueues, type Queues } from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { waitFor } from '../process/wait-for';
import type { SampleOutcome } from './samples';
import type { Delivery } from './send-samples';

/** The actual outcome of a delivery. */
export interface Observed {
  readonly delivery: Delivery;
  readonly outcome: SampleOutcome;
  /** `sms_unsubscribe` of each person with the number. */
  readonly attributes: readonly unknown[];
}

/** The workspace that a one-account configuration syncs to. */
const WORKSPACE = 'default';
const SETTLE_MS = 20_000;
/** Longer than the first second look at a STOP that found nobody: where sweeps are rare, that finds the profile. */
const LATE_PROFILE_MS = 90_000;

/**
 * Waits until the queues are empty, 20 s at most, creates the profiles that samples get afterwards, waits until the
 * reconciler has found them, 90 s at most, then reads each delivery's outcome from the ledger and the people's
 * attributes from the sandbox.
 */
export async function observe(
  deliveries: readonly Delivery[],
  config: RedisConfig,
  sandboxUrl: string,
): Promise<{ observed: Observed[]; created: number }> {
  const redis = connectRedis(config, 'store', () => undefined);
  await untilReady(redis);
  const queues = openQueues(redis, queuePrefix(config));
  try {
    // In the order of the work, so that no job moves from one queue to the next between the two checks.
    const idle = async () => (await isEmpty(queues.inbound)) && (await isEmpty(queues.syncOf(WORKSPACE)));
    await waitFor(idle, { what: 'the samples to be processed', timeoutMs: SETTLE_MS }).catch(() => undefined);

    const ledger = new Ledger(redis, { prefix: config.prefix });
    const workspace = connectSandboxControl(sandboxUrl).workspace();
    const late = deliveries.map(({ sample }) => sample).filter((sample) => sample.profileAfterwards);
    for (const { from } of late) await workspace.addPerson({ attributes: { phone: from } });
    const areOptedOut = async (): Promise<boolean> => {
      const created = await workspace.people();
      return late.every(({ from }) =>
        created.some(({ attributes }) => attributes.phone === from && attributes.sms_unsubscribe === true),
      );
    };
    const what = 'a sweep to opt out the profiles created since';
    await waitFor(areOptedOut, { what, timeoutMs: LATE_PROFILE_MS }).catch(() => undefined);
    const people = await workspace.people();
    const observed: Observed[] = [];
    for (const delivery of deliveries) {
      const { from } = delivery.sample;
      observed.push({
        delivery,
        outcome: await outcomeOf(delivery, deliveries, ledger),
        attributes: people
          .filter(({ attributes }) => attributes.phone === from)
          .map(({ attributes }) => attributes.sms_unsubscribe),
      });
    }
    return { observed, created: (await workspace.createdPeople()).length };
  } finally {
    await closeQueues(queues);
    redis.disconnect();
  }
}

async function isEmpty(queue: Pick<Queues['inbound'], 'getJobCounts'>): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
}

async function outcomeOf(
  { sample, sid, status }: Delivery,
  all: readonly Delivery[],
  ledger: Ledger,
): Promise<SampleOutcome> {
  const entry = await ledger.read({ workspace: WORKSPACE, channel: 'sms', phone: E164.parse(sample.from) });
  const recorded = entry?.history.find((event) => sample.byLink ?? event.messageSid === sid);
  if (!recorded) {
    if (status === 403) return 'refused';
    return status === 200 && sample.outcome === 'no_opt_out' ? 'no_opt_out' : 'missing';
  }
  if (sample.repeats === undefined) return recorded.outcome;
  // The version grows with every event that changes the entry, so one recorded twice shows in it.
  const messages = new Set(
    all.filter((other) => other.sample.from === sample.from).map((other) => other.sid),
  );
  return entry?.version === messages.size ? 'duplicate' : recorded.outcome;
}
