import type { SandboxOptions } from '@optout-sync/customerio-sandbox';
import type { ConsentPolicy, Subject } from '@optout-sync/shared/domain';
import { ModelSystem, type Sweeps } from './model-system';
import { EPOCHS } from './plan';
import { SeedRun } from './seed-run';

const STEPS = 100;
/** Of the steps of an epoch, those during which syncs are paused, so that they wait in Redis and may vanish. */
const PAUSED_STEPS = 7;

/** The policy of each workspace in each epoch and in the end. */
const POLICIES: Readonly<Record<string, readonly ConsentPolicy[]>> = {
  one: ['any', 'last', 'any', 'last', 'any'],
  two: ['last', 'any', 'last', 'any', 'last'],
  three: ['any', 'any', 'last', 'last', 'any'],
  four: ['last', 'last', 'any', 'any', 'any'],
};

/** Whether the reconciler sweeps during an epoch; without, second looks and the index of unapplied entries must do. */
const sweepsIn = (epoch: number): boolean => epoch % 2 === 1 || epoch === EPOCHS;
/** Whether search and reads lag during an epoch. */
const lagsIn = (epoch: number): boolean => epoch < 2;

/** How Customer.io answers to a seed. Seeds of the same kind run together. */
export function kindOf(seed: number): 'with_timestamps' | 'without_timestamps' {
  return Math.floor(seed / 4) % 4 === 3 ? 'without_timestamps' : 'with_timestamps';
}

/**
 * Runs seeds of one kind at once: one worker and one sandbox, and for each seed its own numbers and people.
 *
 * Each epoch starts a worker with its policies, carries out steps while it runs, waits until all is settled, carries out
 * some more while syncs are paused, and stops the worker. In the end comes one full pass. Ends at the first violation.
 *
 * @returns the violations, one sentence each
 */
export async function runSeeds(seeds: readonly number[]): Promise<string[]> {
  const attributeTimestamps = kindOf(seeds[0] ?? 0) === 'with_timestamps';
  const sandbox: SandboxOptions = { attributeTimestamps };
  // Without its time a value of a clock that is ahead of ours may take more than one pass: each raises by a second.
  const clocks = { maybeAhead: attributeTimestamps };
  const system = await ModelSystem.start(sandbox);
  const runs = seeds.map((seed) => new SeedRun(seed, system, { steps: STEPS, clocks }));
  const violations: string[] = [];
  try {
    for (let epoch = 0; epoch < EPOCHS && violations.length === 0; epoch++) {
      violations.push(...(await runEpoch(system, runs, epoch)), ...checkWrites(runs));
    }
    if (violations.length === 0) violations.push(...(await runFullPass(system, runs)));
  } catch (error) {
    violations.push((error as Error).message);
  } finally {
    await system.stop();
  }
  return violations;
}

async function runFullPass(system: ModelSystem, runs: readonly SeedRun[]): Promise<string[]> {
  await startWorker(system, runs, EPOCHS, 'often');
  await Promise.all(runs.map((run) => run.settle()));
  await system.stopWorker();
  await system.lagPasses();
  await startWorker(system, runs, EPOCHS, 'once');
  await system.reconciler.firstPassEnds();
  const inPeople = ofEach(runs, (run) => run.checkPeople());
  return [...inPeople, ...checkWrites(runs), ...(await system.checkLimits())];
}

async function runEpoch(system: ModelSystem, runs: readonly SeedRun[], epoch: number): Promise<string[]> {
  const steps = STEPS / EPOCHS;
  await startWorker(system, runs, epoch, sweepsIn(epoch) ? 'often' : 'off');
  if (lagsIn(epoch)) system.lag();
  const running = { isPaused: false, sweepFollows: sweepsIn(epoch) };
  await Promise.all(runs.map((run) => run.steps(steps - PAUSED_STEPS, running)));
  await Promise.all(runs.map((run) => run.settle()));
  // While reads lag: what the sweep sees of the latest writes is older than they are.
  if (sweepsIn(epoch) && lagsIn(epoch)) await system.reconciler.nextPassEnds();
  system.catchUp();
  await Promise.all(runs.map((run) => run.settle()));
  const violations = sweepsIn(epoch) ? [] : await checkSecondLooks(system, runs);
  await system.pauseSyncs(true);
  const before = await system.waitingLive();
  const paused = { isPaused: true, sweepFollows: sweepsIn(epoch + 1) };
  await Promise.all(runs.map((run) => run.steps(PAUSED_STEPS, paused)));
  if (sweepsIn(epoch)) violations.push(...(await checkLanes(system, runs, before)));
  await system.stopWorker();
  return violations;
}

/** Without a sweep, whoever got a number that nobody had is opted out by the last second look. */
async function checkSecondLooks(system: ModelSystem, runs: readonly SeedRun[]): Promise<string[]> {
  await system.reconciler.firstLooksEnd();
  await system.lagPasses();
  const unmatched = await Promise.all(runs.map((run) => run.newlyUnmatched()));
  await system.lookAgain(unmatched.flat().filter((_, n) => n % 2 === 0));
  return runs.flatMap((run, n) =>
    run.checkPeople(unmatched[n]).map((what) => `seed ${run.seed}: after the last second look, ${what}`),
  );
}

/**
 * While syncs are paused: what the sweep asks for waits in the background lane.
 *
 * @param before what waited in the live lane when they were paused: a message may leave a sync behind that nobody needs
 */
async function checkLanes(
  system: ModelSystem,
  runs: readonly SeedRun[],
  before: readonly Subject[],
): Promise<string[]> {
  await system.reconciler.sweepHasAsked();
  const isNew = ({ phone, channel }: Subject): boolean =>
    !before.some((other) => other.phone === phone && other.channel === channel);
  const waiting = (await system.waitingLive()).filter(isNew);
  return ofEach(runs, (run) => run.checkLiveLane(waiting));
}

async function startWorker(
  system: ModelSystem,
  runs: readonly SeedRun[],
  epoch: number,
  sweeps: Sweeps,
): Promise<void> {
  const policies = new Map(system.workspaces.map((name) => [name, POLICIES[name]?.[epoch] ?? 'any']));
  for (const { timeline, workspace } of runs) {
    timeline.policies.push({ tick: timeline.next(), policy: policies.get(workspace) ?? 'any' });
  }
  await system.startWorker(policies, sweeps);
  await system.pauseSyncs(false);
}

const checkWrites = (runs: readonly SeedRun[]): string[] => ofEach(runs, (run) => run.checkWrites());

function ofEach(runs: readonly SeedRun[], check: (run: SeedRun) => string[]): string[] {
  return runs.flatMap((run) => check(run).map((violation) => `seed ${run.seed}: ${violation}`));
}
