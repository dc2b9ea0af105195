// npm run dev: runs the demo; whenever a source changes, stops it, builds what changed and runs it again.
import { watch, type FSWatcher } from 'chokidar';
import { join } from 'node:path';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { OwnedProcess } from '../process/owned-process';
import { stopSignal } from '../process/stop-signal';

const NO_SOURCE = /[\\/](node_modules|dist|\.turbo)([\\/]|$)|\.test\.ts$/;
const SOURCE_FILE = /\.(tsx?|js|css|lua|json)$/;

/** Editors and git write several files at once: a restart waits until nothing has changed for this long. */
const SETTLE_MS = 200;

/** More than the 30 s that the demo gives each of its services. */
const STOP_MS = 45_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const interrupted = stopSignal(() => process.exit(1)).then(() => undefined);
  const sources = watch(
    ['packages', 'services'].map((folder) => join(FOLDERS.root, folder)),
    {
      // Editors write temporary files beside the sources.
      ignored: (path, stats) => NO_SOURCE.test(path) || (stats?.isFile() === true && !SOURCE_FILE.test(path)),
      ignoreInitial: true,
    },
  );
  let changed: string | undefined;
  do {
    // Listens from before the build on: a change during the build needs another one.
    const change = nextChange(sources);
    const demo = await startDemo();
    void demo.exited.then(({ code }) => code && say('dev: the demo has ended; waiting for a change'));
    changed = await Promise.race([change, interrupted]);
    if (changed !== undefined) say(`dev: ${changed} has changed`);
    await demo.stop(STOP_MS);
  } while (changed !== undefined);
  process.exit(0);
}

function startDemo(): Promise<OwnedProcess> {
  return OwnedProcess.start({
    command: process.execPath,
    args: [PROGRAMS.runner, 'start', '--demo', ...process.argv.slice(2)],
    env: process.env,
    cwd: FOLDERS.root,
    onLog: say,
  });
}

/** Resolves with the path of the last changed file once changes have paused. */
function nextChange(sources: FSWatcher): Promise<string> {
  return new Promise((resolve) => {
    let pause: NodeJS.Timeout | undefined;
    const onChange = (_: string, path: string): void => {
      clearTimeout(pause);
      pause = setTimeout(() => {
        sources.off('all', onChange);
        resolve(path.slice(FOLDERS.root.length + 1));
      }, SETTLE_MS);
    };
    sources.on('all', onChange);
  });
}

void main();
