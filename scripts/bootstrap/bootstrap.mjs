import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// Sources of a built package, since nothing is built yet.
import { transpile } from '../../packages/local-runtime/src/build/transpile.js';
import { withLock } from '../../packages/local-runtime/src/process/lock.js';
import { liveLine } from './live-line.mjs';
import { installedPackages, packagesAreCurrent } from './packages-are-current.mjs';
import { runStep } from './run-step.mjs';

/** The checkout's root folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const LEAST_NODE = [20, 19];

/**
 * Makes a checkout ready to run: checks Node's version, installs the packages of package-lock.json that are missing, and
 * builds what changed. Says each step, what it is and how long it takes; a build without changes is not mentioned. A
 * step's own output is shown only if it fails; the process then ends with the step's exit code.
 *
 * @param {object} options
 * @param {NodeJS.WriteStream} options.output where the steps are said
 * @param {boolean} options.withTests whether the packages that only tests and checks need are installed too. They are never
 *   removed.
 * @param {boolean} options.mayInstall where it is false and packages are missing, the process ends with exit code 1
 */
export async function bootstrap({ output, withTests, mayInstall }) {
  checkNode();
  const onWait = (holder) =>
    void output.write(`setup: waiting for process ${holder}, which is setting up here as well\n`);
  try {
    await withLock(join(ROOT, 'data/run/setup.lock'), onWait, async () => {
      if (!packagesAreCurrent(ROOT, withTests)) await install({ output, withTests, mayInstall });
      build(output);
    });
  } catch (error) {
    if (error.syscall === undefined) throw error;
    console.error(`setup: ${ROOT} must be a folder that can be written to, with its data/: ${error.message}`);
    process.exit(1);
  }
}

/** Whether everything is there that a program without tests needs: then its own help can be shown. */
export function isInstalled() {
  return packagesAreCurrent(ROOT, false);
}

async function install({ output, withTests, mayInstall }) {
  const command = installation(withTests);
  const text = `npm ${command.join(' ')}`;
  if (!mayInstall) {
    console.error(
      `setup: npm packages are missing, and --no-install refuses to install them. By hand: ${text}`,
    );
    process.exit(1);
  }
  await runStep(`installing packages (${text})`, npm([...command, '--no-audit', '--no-fund']), {
    output,
    cwd: ROOT,
  });
}

/**
 * The command that adds what is missing. Packages for tests stay where they are installed. No package runs a script of its
 * own: those with native code carry binaries.
 */
function installation(withTests) {
  const installed = installedPackages(ROOT);
  const hasTests = Object.values(installed ?? {}).some(({ dev }) => dev);
  const omit = withTests || hasTests ? [] : ['--omit=dev'];
  // `npm ci` removes everything first.
  const verb = installed ? ['install', '--no-save'] : ['ci'];
  return [...verb, '--ignore-scripts', ...omit];
}

function build(output) {
  let end;
  try {
    transpile(ROOT, () => (end ??= liveLine(output, 'building what changed')));
  } catch (error) {
    end?.('failed');
    console.error(error.message);
    process.exit(1);
  }
  end?.();
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
