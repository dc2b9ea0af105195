import { held, type Result } from './checker/result';
import { table } from './checker/table';
import { Environment } from './environment/environment';
import { MUTANTS } from './mutants/mutants';
import { mutatedCopy } from './mutants/mutated-copy';
import { Random } from './random';
import { runScenario } from './run-scenario';
import { SCENARIOS } from './scenarios/index';
import { Population } from './workload/population';

jest.setTimeout(180_000);

/** Of the full suite: each fault once or twice. */
const SCALE = 0.005;
const seed = Date.now() % 1_000_000_000;

describe('the fault suite, in short', () => {
  /*
   * All rows on one system, one after the other. Only at the end is waited for what a killed worker had at work: each
   * row's messages are judged then, by what was said in it.
   */
  it(`loses, doubles and mistakes nothing (seed ${String(seed)})`, async () => {
    const stage = await Environment.start();
    const results: Result[] = [];
    try {
      const crowd = new Population(stage.system.sandbox.workspace());
      const played = [];
      for (const row of SCENARIOS) {
        const calm = { ...row, perSecond: Math.min(row.perSecond ?? 40, 60) };
        played.push(
          await runScenario(
            calm,
            { stage, crowd, random: new Random(seed) },
            { scale: SCALE, impatient: true },
          ),
        );
      }
      for (const performance of played) results.push(await performance.finish());
    } finally {
      await stage.stop();
    }
    const examples = results
      .filter((result) => !held(result))
      .map((result) => ({ ...result, recoveryMs: [] }));
    expect(`${table(results)}\n${JSON.stringify(examples, null, 2)}`).toMatch(/\n\[\]$/);
    expect(results.map(({ row }) => row)).toEqual(SCENARIOS.map(({ name }) => name));
    expect(Math.min(...results.map(({ faults }) => faults))).toBeGreaterThan(0);
  });

  it.each(Object.entries(MUTANTS))(
    'can still seed the defect %s',
    async (_, { mutations = [], noticedBy }) => {
      const copy = await mutatedCopy(mutations);
      await copy.remove();
      expect(SCENARIOS.map(({ name }) => name)).toEqual(expect.arrayContaining([...noticedBy]));
    },
  );
});
