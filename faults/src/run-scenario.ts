import { waitFor } from '@optout-sync/local-runtime/process';
import { check, noComplaints, type Violations } from './checker/checker';
import { Outcomes } from './checker/outcomes';
import type { Result } from './checker/result';
import type { Environment } from './environment/environment';
import type { Random } from './random';
import { Play, type PlayOptions, type Scenario } from './scenario';
import type { Population } from './workload/population';
import { Twilio } from './workload/twilio';
import { Workload } from './workload/workload';

const DEFAULT_PER_SECOND = 40;
const DRAIN_MS = 180_000;
/** With nothing left to do for so long, what has no outcome will never have one. */
const IDLE_MS = 3_000;

export interface Performance {
  /** Waits until nothing is left to do, and judges. */
  finish(): Promise<Result>;
}

/** Plays a row's faults under its traffic. Gives its result when all is done; until then other rows may be played. */
export async function runScenario(
  row: Scenario,
  on: { readonly stage: Environment; readonly crowd: Population; readonly random: Random },
  options: PlayOptions,
): Promise<Performance> {
  const startedAt = performance.now();
  const { stage, crowd } = on;
  const random = on.random.fork(row.name);
  const outcomes = new Outcomes((phone) => stage.system.entry(phone));
  const twilio = new Twilio(stage.system, () => stage.ingests.map((seat) => seat.running));
  const traffic = new Workload({
    twilio,
    crowd,
    random: random.fork('traffic'),
    perSecond: row.perSecond ?? DEFAULT_PER_SECOND,
    webhooksOnly: row.webhooksOnly ?? false,
    onAccepted: (caller, message) => outcomes.accepted(caller, message),
  });
  const play = new Play(stage, traffic, random, outcomes, options);
  let failure: string | undefined;
  outcomes.start();
  traffic.start();
  try {
    await row.inject(play);
  } catch (error) {
    failure = (error as Error).message;
  }
  await traffic.stop().catch((error: unknown) => (failure ??= (error as Error).message));

  return {
    async finish() {
      await drained(stage, outcomes).catch((error: unknown) => (failure ??= (error as Error).message));
      await outcomes.stop();
      const complaints = await judgeAll(stage, traffic);
      return {
        row: row.name,
        faults: play.faults.length,
        accepted: traffic.accepted,
        deliveries: twilio.deliveries,
        refusals: twilio.refusals,
        complaints,
        created: stage.system.sandbox.workspace().createdPeople().length,
        deadLetters: (await stage.system.queues.deadLetters.count({})).count,
        recoveryMs: play.faults.map(({ overAt }) => outcomes.recoveryMs(overAt)),
        seconds: (performance.now() - startedAt) / 1_000,
        ...(failure === undefined ? {} : { failure }),
      };
    },
  };
}

/** Ends when everything has its outcome and nothing is left to do, or when what has none will never have one. */
async function drained(stage: Environment, outcomes: Outcomes): Promise<void> {
  let idleSince: number | undefined;
  await waitFor(
    async () => {
      const backlog = await stage.backlog();
      if (backlog > 0) idleSince = undefined;
      else idleSince ??= performance.now();
      if (idleSince === undefined) return false;
      return outcomes.unsettled === 0 || performance.now() - idleSince > IDLE_MS;
    },
    { what: 'the queues to be empty', timeoutMs: DRAIN_MS, everyMs: 100 },
  );
}

async function judgeAll({ system }: Environment, { callers, forgedAccepted }: Workload): Promise<Violations> {
  const all = noComplaints();
  const workspace = system.sandbox.workspace();
  for (const caller of callers) {
    const values = caller.people.map((cioId) => workspace.person(cioId)?.attributes.sms_unsubscribe);
    const { lost, doubled, wrong } = check(caller, await system.entry(caller.phone), values);
    all.lost.push(...lost);
    all.doubled.push(...doubled);
    all.wrong.push(...wrong);
  }
  if (forgedAccepted > 0) all.wrong.push(`${String(forgedAccepted)} forged messages were accepted`);
  return all;
}
