import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// The source of a built package, since nothing is built yet.
import { withLock } from '../../packages/local-runtime/src/process/lock.js';
import { packagesAreCurrent } from './packages-are-current.mjs';
import { runStep } from './run-step.mjs';

/** The checkout's root folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const LEAST_NODE = [20, 19];

// The build sends no telemetry and leaves no process behind.
const BUILD_ENV = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };

/**
 * Makes a checkout ready to run: checks Node's version, installs the packages of package-lock.json and builds what
 * changed. Announces each step in one line. A step's own output is shown only if it fails; the process then ends with
 * the step's exit code.
 *
 * @param {{ say: (line: string) => void, workspaces?: string[] }} options `workspaces`: what to build, together with what
 *   they depend on (default: all)
 */
export async function bootstrap({ say, workspaces = [] }) {
  checkNode();
  const onWait = (holder) => say(`setup: waiting for process ${holder}, which is setting up here as well`);
  await withLock(join(ROOT, 'data/run/setup.lock'), onWait, async () => {
    if (!packagesAreCurrent(ROOT)) {
      const install = npm(['ci', '--no-audit', '--no-fund']);
      await runStep('installing packages (npm ci), a minute or so', install, { cwd: ROOT, say });
    }
    const turbo = [process.execPath, join(ROOT, 'node_modules/turbo/bin/turbo')];
    const only = workspaces.map((name) => `--filter=@optout-sync/${name}`);
    const build = [...turbo, 'run', 'build', '--output-logs=errors-only', ...only];
    await runStep('building what changed', build, { cwd: ROOT, say, env: BUILD_ENV });
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  console.error(`Node ${LEAST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
  process.exit(1);
}

/** The npm that started us, if any; otherwise the one on PATH. */
function npm(args) {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') && existsSync(own) ? [process.execPath, own, ...args] : ['npm', ...args];
}
