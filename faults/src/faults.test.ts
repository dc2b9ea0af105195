import { resultsTable } from './checker/results-table';
import { passed, type ScenarioResult } from './checker/scenario-result';
import { Environment } from './environment/environment';
import { mutatedCopy } from './mutants/mutated-copy';
import { MUTANTS } from './mutants/mutants';
import { runScenario, type ScenarioRun } from './runner/run-scenario';
import { SCENARIOS } from './scenarios/scenarios';
import { Population } from './workload/population';
import { Random } from './workload/random';

jest.setTimeout(600_000);

/** Relative to the full suite: each fault once or twice. */
const SCALE = 0.005;
const MAX_PER_SECOND = 60;
const seed = Date.now() % 1_000_000_000;

describe('the short fault suite', () => {
  /*
   * All scenarios run one after the other in one environment. Only after the last one the test waits for the jobs that
   * killed workers had at work; then the messages of each scenario are checked.
   */
  it(`finds no message lost, duplicated or wrong (seed ${String(seed)})`, async () => {
    const environment = await Environment.start();
    const results: ScenarioResult[] = [];
    try {
      const population = new Population(environment.system.sandbox.workspace());
      const runs: ScenarioRun[] = [];
      for (const scenario of SCENARIOS) {
        const slowed = { ...scenario, perSecond: Math.min(scenario.perSecond ?? 40, MAX_PER_SECOND) };
        const on = { environment, population, random: new Random(seed) };
        runs.push(await runScenario(slowed, on, { scale: SCALE, skipRecovery: true }));
      }
      for (const run of runs) results.push(await run.finish());
    } finally {
      await environment.stop();
    }
    const failed = results
      .filter((result) => !passed(result))
      .map((result) => ({ ...result, recoveryMs: [] }));
    expect(`${resultsTable(results)}\n${JSON.stringify(failed, null, 2)}`).toMatch(/\n\[\]$/);
    expect(results.map(({ scenario }) => scenario)).toEqual(SCENARIOS.map(({ name }) => name));
    expect(Math.min(...results.map(({ faults }) => faults))).toBeGreaterThan(0);
  });

  it.each(Object.entries(MUTANTS))(
    'can still apply the mutant %s',
    async (_, { mutations = [], killedBy }) => {
      const copy = await mutatedCopy(mutations);
      await copy.remove();
      expect(SCENARIOS.map(({ name }) => name)).toEqual(expect.arrayContaining([...killedBy]));
    },
  );
});
