import { resultsTable } from './checker/results-table';
import { passed } from './checker/scenario-result';
import { runTogether } from './runner/run-together';
import { SCENARIOS } from './scenarios/scenarios';

jest.setTimeout(900_000);

const seed = Date.now() % 1_000_000_000;

it(`every scenario, in short, loses, duplicates and falsifies no message (seed ${String(seed)})`, async () => {
  const scenarios = SCENARIOS.filter(({ fullOnly }) => !fullOnly);
  const results = await runTogether(scenarios, seed);
  const failed = results.filter((result) => !passed(result)).map((result) => ({ ...result, recoveryMs: [] }));
  expect(`${resultsTable(results)}\n${JSON.stringify(failed, null, 2)}`).toMatch(/\n\[\]$/);
  expect(results.map(({ scenario }) => scenario)).toEqual(scenarios.map(({ name }) => name));
  expect(Math.min(...results.map(({ faults }) => faults))).toBeGreaterThan(0);
});
