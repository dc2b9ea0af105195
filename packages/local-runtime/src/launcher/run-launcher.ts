import {
  CONFIG_EXIT_CODE,
  ConfigError,
  collectErrors,
  errorsIn,
  unknownVariables,
  type Env,
} from '@optout-sync/shared/config';
import type { Arguments } from './arguments';
import { banner } from './banner';
import { decideMode } from '../config/mode';
import { makePlan, type Plan } from '../config/plan';
import { runDemo } from '../demo/run-demo';
import { startDemoPage } from '../demo-page/start-demo-page';
import { FOLDERS } from '../config/folders';
import { ServiceStartError } from '../process/spawn-service';
import { configErrors } from '../system/config-errors';
import { LocalSystem } from '../system/local-system';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Runs the system until `interrupted` resolves, a part ends for good or, with `once`, the samples have their outcomes; then stops
 * all parts. Prints errors.
 *
 * @returns the exit code: 0 when stopped or all outcomes are as expected, 78 for a wrong configuration, 1 otherwise
 */
export async function runLauncher(args: Arguments, env: Env, interrupted: Promise<string>): Promise<number> {
  for (const warning of unknownVariables(env, FOLDERS.root)) say(`warning: ${warning}`);
  let plan: Plan | undefined;
  try {
    plan = await Promise.race([checkedPlan(args, env), interrupted.then(() => undefined)]);
  } catch (error) {
    return report(error);
  }
  if (plan === undefined) return 0;
  const { verbose, mayInstall, monitoring } = args;
  const system = new LocalSystem(plan, { say, verbose, mayInstall, monitoring });
  const code = await Promise.race([
    serve(plan, system, args).catch(report),
    interrupted.then(() => 0),
    system.failed.then(report),
  ]);
  say('stopping');
  await system.stop();
  say('stopped');
  return code;
}

/**
 * Checks the configuration before anything is started.
 *
 * @throws {ConfigError} with all errors that the launcher and the services find
 */
async function checkedPlan({ demo }: Arguments, env: Env): Promise<Plan> {
  const ofServices = !demo && decideMode(env) === 'real' ? await configErrors(env) : [];
  const { plan } = collectErrors({
    plan: () => makePlan(env, demo),
    services: () => {
      if (ofServices.length > 0) throw new ConfigError(ofServices);
    },
  });
  return plan;
}

/** @returns the exit code; that of a wrong configuration also when a service found it */
function report(problem: unknown): number {
  const cause = configErrorOf(problem) ?? problem;
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  return cause instanceof ConfigError ? CONFIG_EXIT_CODE : 1;
}

/** A configuration error that a service finds only while it starts: keys that Customer.io rejects, a folder in use. */
function configErrorOf(problem: unknown): ConfigError | undefined {
  if (!(problem instanceof ServiceStartError) || problem.exit?.code !== CONFIG_EXIT_CODE) return undefined;
  return new ConfigError(errorsIn(problem.message.split('\n')));
}

/** Resolves only with `once`: otherwise the system runs until something else ends it. */
async function serve(plan: Plan, system: LocalSystem, { once }: Arguments): Promise<number> {
  if (plan.mode === 'demo') say('demo: no credentials are used; a sandbox takes the place of Customer.io');
  const urls = await system.start();
  const passed = plan.mode === 'real' || (await runDemo(plan, urls, say));
  if (once) return passed ? 0 : 1;
  const page = plan.mode === 'demo' ? await startDemoPage(plan, urls) : undefined;
  say(banner(plan, urls, system.parts(), page));
  return new Promise(() => undefined);
}
