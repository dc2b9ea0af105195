import { CONFIG_EXIT_CODE, ConfigError, type Env } from '@optout-sync/shared';
import { ServiceStartError } from '@optout-sync/testkit';
import type { Arguments } from './arguments';
import { banner } from './banner';
import { makePlan, type Plan } from './config/plan';
import { runDemo } from './demo/run-demo';
import { LocalSystem } from './system/local-system';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Runs the system until `interrupted`, a part's death or, with `once`, the end of the samples; then stops it all.
 *
 * @returns the exit code: 0 when stopped or all went as expected, 78 for a wrong configuration, 1 otherwise. What went
 *   wrong has been said.
 */
export async function runLauncher(args: Arguments, env: Env, interrupted: Promise<string>): Promise<number> {
  let plan: Plan;
  try {
    plan = makePlan(env, args.demo);
  } catch (error) {
    return complain(error);
  }
  const system = new LocalSystem(plan, { say, verbose: args.verbose });
  const code = await Promise.race([
    serve(plan, system, args).catch(complain),
    interrupted.then(() => 0),
    system.failed.then(complain),
  ]);
  say('stopping');
  await system.stop();
  say('stopped');
  return code;
}

/** @returns the exit code. A wrong configuration keeps its own, also when it is a service that found it. */
function complain(problem: unknown): number {
  process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
  if (problem instanceof ServiceStartError && problem.exit?.code === CONFIG_EXIT_CODE)
    return CONFIG_EXIT_CODE;
  return problem instanceof ConfigError ? CONFIG_EXIT_CODE : 1;
}

/** Settles only with `once`: otherwise the system serves until something else ends it. */
async function serve(plan: Plan, system: LocalSystem, { once }: Arguments): Promise<number> {
  if (plan.mode === 'demo') say('demo: no credentials are used; a stand-in for Customer.io takes the writes');
  const urls = await system.start();
  const passed = plan.mode === 'real' || (await runDemo(plan, urls, say));
  if (once) return passed ? 0 : 1;
  say(banner(plan, urls));
  return new Promise(() => undefined);
}
