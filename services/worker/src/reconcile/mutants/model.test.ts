import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MUTANTS, type Mutation } from '../../test-support/reconcile-model/mutants';

/** A run that takes longer is killed, and has no violation to show. */
const RUN_MS = 240_000;
jest.setTimeout(RUN_MS + 20_000);

const ROOT = join(__dirname, '../../../../..');
/** One batch, with seeds of each workspace. */
const SEEDS = '1-11,16-27,32,132';

/** Runs the model test on mutated sources. Resolves with its output when it fails, and with undefined when it passes. */
async function modelFails(mutations: readonly Mutation[]): Promise<string | undefined> {
  const env = {
    ...process.env,
    RECONCILE_MODEL_SEEDS: SEEDS,
    MUTATIONS: JSON.stringify(
      mutations.map(({ path, find, replace }) => ({ path, find: find.source, replace })),
    ),
  };
  const args = [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    ...['--config', join(ROOT, 'jest.mutated.config.js'), '--runTestsByPath'],
    join(ROOT, 'services/worker/src/reconcile/model.test.ts'),
  ];
  return promisify(execFile)(process.execPath, args, { cwd: ROOT, env, timeout: RUN_MS }).then(
    () => undefined,
    (error: unknown) => (error as { stderr?: string }).stderr ?? '',
  );
}

describe('the model test of the reconciler', () => {
  it.each(Object.entries(MUTANTS))('fails with the mutant %s', async (name, mutations) => {
    const output = await modelFails(mutations);
    // A violation, and not an error of the mutated source.
    const [, violation = ''] = /RECONCILE_MODEL_SEEDS=.*\n\s*(.*)/.exec(output ?? '') ?? [];
    expect(violation).not.toBe('');
    process.stdout.write(`${name}: ${violation}\n`);
  });
});
