import type { ScenarioResult } from '../checker/scenario-result';
import { Environment } from '../environment/environment';
import { Population } from '../workload/population';
import { Random } from '../workload/random';
import { runScenario, type ScenarioRun } from './run-scenario';
import type { Scenario } from './scenario';

/** Relative to the full suite: each fault once or twice. */
const SCALE = 0.005;
const MAX_PER_SECOND = 60;

/**
 * Runs scenarios in short, one after the other in one environment. Only after the last one it waits for the jobs that killed
 * workers had at work; then the messages of each scenario are checked.
 */
export async function runTogether(scenarios: readonly Scenario[], seed: number): Promise<ScenarioResult[]> {
  const environment = await Environment.start();
  const results: ScenarioResult[] = [];
  try {
    const population = new Population(environment.system.sandbox.workspace());
    const runs: ScenarioRun[] = [];
    for (const scenario of scenarios) {
      const slowed = { ...scenario, perSecond: Math.min(scenario.perSecond ?? 40, MAX_PER_SECOND) };
      const on = { environment, population, random: new Random(seed) };
      runs.push(await runScenario(slowed, on, { scale: SCALE, skipRecovery: true }));
    }
    for (const run of runs) results.push(await run.finish());
  } finally {
    await environment.stop();
  }
  return results;
}
