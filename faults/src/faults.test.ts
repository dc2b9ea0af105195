import { resultsTable } from './checker/results-table';
import { passed } from './checker/scenario-result';
import { mutatedCopy } from './mutants/mutated-copy';
import { MUTANTS } from './mutants/mutants';
import { runTogether } from './runner/run-together';
import { SCENARIOS } from './scenarios/scenarios';

jest.setTimeout(600_000);

/** One fault of each process; faults.long.test.ts has the others. */
const NAMES = [
  'redis-killed',
  'ingest-killed-before-enqueue',
  'ingest-killed-spooling',
  'worker-killed-before-mark',
  'customerio-500',
];
const seed = Date.now() % 1_000_000_000;

it(`a fault of each process loses, duplicates and falsifies no message (seed ${String(seed)})`, async () => {
  const scenarios = SCENARIOS.filter(({ name }) => NAMES.includes(name));
  const results = await runTogether(scenarios, seed);
  const failed = results.filter((result) => !passed(result)).map((result) => ({ ...result, recoveryMs: [] }));
  expect(`${resultsTable(results)}\n${JSON.stringify(failed, null, 2)}`).toMatch(/\n\[\]$/);
  expect(results.map(({ scenario }) => scenario)).toEqual(NAMES);
  expect(Math.min(...results.map(({ faults }) => faults))).toBeGreaterThan(0);
});

it.each(Object.entries(MUTANTS))(
  'the mutant %s can still be applied',
  async (_, { mutations = [], killedBy }) => {
    const copy = await mutatedCopy(mutations);
    await copy.remove();
    expect(SCENARIOS.map(({ name }) => name)).toEqual(expect.arrayContaining([...killedBy]));
  },
);
