import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { packagesAreCurrent } from './packages-are-current.mjs';
import { ROOT } from './root.mjs';
import { runStep } from './run-step.mjs';

const LEAST_NODE = [20, 19];

// Nothing of the build reports home or outlives it.
const BUILD_ENV = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };

/**
 * Makes a checkout ready to run: Node is new enough, packages are those of package-lock.json, and
 * what changed is built. Says each step in one line; a step's own output is shown only if it fails,
 * and then the process ends with its exit code.
 *
 * @param {{ say?: (line: string) => void }} [options]
 */
export async function bootstrap({ say = console.log } = {}) {
  checkNode();
  await withLock(join(ROOT, 'data/run/setup.lock'), say, async () => {
    if (!packagesAreCurrent(ROOT)) {
      await runStep('installing packages (npm ci), a minute or so', npm(['ci', '--no-audit', '--no-fund']), {
        say,
      });
    }
    const turbo = [process.execPath, join(ROOT, 'node_modules/turbo/bin/turbo')];
    const build = [...turbo, 'run', 'build', '--output-logs=errors-only'];
    await runStep('building what changed', build, { say, env: BUILD_ENV });
  });
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  console.error(`Node ${LEAST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
  process.exit(1);
}

/** npm's own file when npm started us, so that the same npm is used; otherwise the one on PATH. */
function npm(args) {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') && existsSync(own) ? [process.execPath, own, ...args] : ['npm', ...args];
}
