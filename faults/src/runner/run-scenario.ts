import { waitFor } from '@optout-sync/local-runtime/process';
import { check, noViolations, type Violations } from '../checker/checker';
import { OutcomeWatch } from '../checker/outcome-watch';
import type { ScenarioResult } from '../checker/scenario-result';
import type { Environment } from '../environment/environment';
import { settledPassAfter } from '../environment/reconciler-pass';
import type { Population } from '../workload/population';
import type { Random } from '../workload/random';
import { TwilioSender } from '../workload/twilio-sender';
import { Workload } from '../workload/workload';
import type { Scenario } from './scenario';
import { ScenarioContext, type RunOptions } from './scenario-context';

const DEFAULT_PER_SECOND = 40;
/** Generous: other programs may need the machine too. */
const DRAIN_MS = 300_000;
/** After this long with nothing left to do, a message without an outcome will never have one. */
const IDLE_MS = 3_000;

/** A scenario whose faults are injected and whose messages are all accepted. */
export interface ScenarioRun {
  /** Waits until nothing is left to do, and checks every subscriber. */
  finish(): Promise<ScenarioResult>;
}

/**
 * Injects the faults of a scenario under its workload. Resolves when the workload has stopped. Before the run is finished
 * other scenarios may run in the same environment.
 */
export async function runScenario(
  scenario: Scenario,
  on: { readonly environment: Environment; readonly population: Population; readonly random: Random },
  options: RunOptions,
): Promise<ScenarioRun> {
  const startedAt = performance.now();
  const { environment, population } = on;
  const random = on.random.fork(scenario.name);
  const outcomes = new OutcomeWatch((phone) => environment.system.entry(phone));
  const twilio = new TwilioSender(environment.system, () =>
    environment.ingests.map(({ running }) => running),
  );
  const workload = new Workload({
    twilio,
    population,
    random: random.fork('workload'),
    perSecond: scenario.perSecond ?? DEFAULT_PER_SECOND,
    webhooksOnly: scenario.webhooksOnly ?? false,
    onAccepted: (subscriber, message) => outcomes.accepted(subscriber, message),
  });
  const context = new ScenarioContext(environment, workload, random, outcomes, options);
  let failure: string | undefined;
  const noteFailure = (error: unknown): void => void (failure ??= (error as Error).message);
  outcomes.start();
  workload.start();
  await scenario.inject(context).catch(noteFailure);
  await workload.stop().catch(noteFailure);
  const changedAt = Date.now();

  return {
    async finish() {
      await drain(environment, outcomes).catch(noteFailure);
      await outcomes.stop();
      if (scenario.changesProfiles) await settledPassAfter(environment, changedAt).catch(noteFailure);
      return {
        scenario: scenario.name,
        faults: context.faults.length,
        accepted: workload.accepted,
        deliveries: twilio.deliveries,
        failedDeliveries: twilio.failedDeliveries,
        violations: await checkAll(environment, workload),
        created: environment.system.sandbox.workspace().createdPeople().length,
        deadLetters: (await environment.system.queues.deadLetters.count({})).count,
        deadLetterExamples: await deadLetterExamples(environment),
        recoveryMs: context.faults.map(({ endedAt }) => outcomes.recoveryMs(endedAt)),
        seconds: (performance.now() - startedAt) / 1_000,
        ...(failure === undefined ? {} : { failure }),
      };
    },
  };
}

/** Waits until nothing is left to do and every message has its outcome, or will never have one. */
async function drain(environment: Environment, outcomes: OutcomeWatch): Promise<void> {
  let idleSince: number | undefined;
  await waitFor(
    async () => {
      const backlog = await environment.backlog();
      if (backlog > 0) idleSince = undefined;
      else idleSince ??= performance.now();
      if (idleSince === undefined) return false;
      return outcomes.unsettled === 0 || performance.now() - idleSince > IDLE_MS;
    },
    { what: 'the queues to be empty', timeoutMs: DRAIN_MS, everyMs: 100 },
  );
}

async function checkAll(
  environment: Environment,
  { subscribers, forgedAccepted }: Workload,
): Promise<Violations> {
  const { system } = environment;
  const all = noViolations();
  const workspace = system.sandbox.workspace();
  for (const subscriber of subscribers) {
    const [values, late] = [subscriber.people, subscriber.late].map((people) =>
      people.map((cioId) => workspace.person(cioId)?.attributes.sms_unsubscribe),
    );
    const unlisted = environment.twilio?.missing(subscriber);
    if (unlisted) all.wrong.push(unlisted);
    const found = check(subscriber, await system.entry(subscriber.phone), values ?? [], late);
    all.lost.push(...found.lost);
    all.duplicated.push(...found.duplicated);
    all.wrong.push(...found.wrong);
  }
  if (forgedAccepted > 0) all.wrong.push(`${String(forgedAccepted)} forged messages were accepted`);
  return all;
}

const EXAMPLES = 5;

/** Why messages became dead letters, for a few of them. */
async function deadLetterExamples({ system }: Environment): Promise<string[]> {
  const { deadLetters } = await system.queues.deadLetters.page({ limit: EXAMPLES });
  return deadLetters.map(({ deadLetter }) => JSON.stringify(deadLetter));
}
