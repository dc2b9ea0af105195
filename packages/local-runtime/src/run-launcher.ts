import { CONFIG_EXIT_CODE, ConfigError, collectErrors, errorsIn, type Env } from '@optout-sync/shared/config';
import type { Arguments } from './arguments';
import { banner } from './banner';
import { decideMode } from './config/mode';
import { makePlan, type Plan } from './config/plan';
import { unknownVariables } from './config/unknown-variables';
import { runDemo } from './demo/run-demo';
import { FOLDERS } from './folders';
import { ServiceStartError } from './process/spawn-service';
import { configMistakes } from './system/config-mistakes';
import { LocalSystem } from './system/local-system';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Runs the system until `interrupted`, a part's death or, with `once`, the end of the samples; then stops it all.
 *
 * @returns the exit code: 0 when stopped or all went as expected, 78 for a wrong configuration, 1 otherwise. What went
 *   wrong has been said.
 */
export async function runLauncher(args: Arguments, env: Env, interrupted: Promise<string>): Promise<number> {
  for (const warning of unknownVariables(env, FOLDERS.root)) say(warning);
  let plan: Plan | undefined;
  try {
    plan = await Promise.race([checkedPlan(args, env), interrupted.then(() => undefined)]);
  } catch (error) {
    return complain(error);
  }
  if (plan === undefined) return 0;
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

/** @throws ConfigError with every mistake of the launcher and of the services, before anything is started. */
async function checkedPlan({ demo }: Arguments, env: Env): Promise<Plan> {
  const ofServices = !demo && decideMode(env) === 'real' ? await configMistakes(env) : [];
  const { plan } = collectErrors({
    plan: () => makePlan(env, demo),
    services: () => {
      if (ofServices.length > 0) throw new ConfigError(ofServices);
    },
  });
  return plan;
}

/** @returns the exit code. A wrong configuration keeps its own, also when it is a service that found it. */
function complain(problem: unknown): number {
  const cause = configErrorOf(problem) ?? problem;
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  return cause instanceof ConfigError ? CONFIG_EXIT_CODE : 1;
}

/** What a service found wrong only once it ran: keys that Customer.io refuses, a folder that is in use. */
function configErrorOf(problem: unknown): ConfigError | undefined {
  if (!(problem instanceof ServiceStartError) || problem.exit?.code !== CONFIG_EXIT_CODE) return undefined;
  return new ConfigError(errorsIn(problem.message.split('\n')));
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
