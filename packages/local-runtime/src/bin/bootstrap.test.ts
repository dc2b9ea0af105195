import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FOLDERS } from '../config/folders';
import { waitFor } from '../process/wait-for';

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;
const PROCESS = 'packages/local-runtime/src/process';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs code on names that a file of the bootstrap exports, before anything of ours is built. */
function run(file: string, names: string, code: string, env: NodeJS.ProcessEnv = process.env) {
  const url = pathToFileURL(join(FOLDERS.root, file)).href;
  const source = `import { ${names} } from '${url}';\n${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = once(child, 'close').then(([exit]) => ({ exit: exit as number | null, output }));
  return { child, ended };
}

test('Ctrl-C ends the set-up, also when the step exits with 0 on it', async () => {
  const ready = join(folder, 'ready');
  const step = `process.on('SIGINT', () => process.exit(0)); setInterval(() => {}, 1000);
    require('node:fs').writeFileSync('${ready}', '')`;
  const { child, ended } = run(
    'scripts/bootstrap/run-step.mjs',
    'runStep',
    `await runStep('step', ${JSON.stringify([process.execPath, '-e', step])}, { say: () => {} });
     console.log('went on');`,
  );
  await waitFor(() => existsSync(ready), { what: 'the step to run' });
  child.kill('SIGINT');
  expect(await ended).toEqual({ exit: 130, output: '' });
});

test('a step is announced once it takes a while, and one that has ended is not', async () => {
  const { ended } = run(
    'scripts/bootstrap/slow-steps.mjs',
    'slowSteps',
    `let announced;
     const slow = new Promise((resolve) => { announced = resolve; });
     const steps = slowSteps(50, (line) => { console.log(line); announced(); });
     steps.say('installing');
     steps.say('building');
     await slow;
     steps.say('waiting');
     steps.end();
     process.on('exit', () => console.log('done'));`,
  );
  expect(await ended).toEqual({ exit: 0, output: 'building\ndone\n' });
});

onLinux('a parent is found without ps', async () => {
  const code = 'console.log(processInfo(process.pid).parent)';
  const { ended } = run(`${PROCESS}/process-info.js`, 'processInfo', code, { PATH: folder });
  expect(await ended).toEqual({ exit: 0, output: `${process.pid}\n` });
});

onLinux("the lock of an earlier process with a running one's id is free", async () => {
  const lock = join(folder, 'setup.lock');
  writeFileSync(lock, `${process.pid} 1`);
  const { ended } = run(
    `${PROCESS}/lock.js`,
    'withLock',
    `await withLock('${lock}', console.log, async () => console.log('its turn'))`,
  );
  expect(await ended).toEqual({ exit: 0, output: 'its turn\n' });
});
