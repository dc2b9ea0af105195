import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FOLDERS } from './folders';
import { waitFor } from './process/wait-for';

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a module that has all that this one of scripts/lib exports. */
function run(module: string, names: string, code: string, env: NodeJS.ProcessEnv = process.env) {
  const url = pathToFileURL(join(FOLDERS.root, 'scripts/lib', module)).href;
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
    'run-step.mjs',
    'runStep',
    `await runStep('step', ${JSON.stringify([process.execPath, '-e', step])}, { say: () => {} });
     console.log('went on');`,
  );
  await waitFor(() => existsSync(ready), { what: 'the step to run' });
  child.kill('SIGINT');
  expect(await ended).toEqual({ exit: 130, output: '' });
});

onLinux('a parent is found without ps', async () => {
  const { ended } = run('process-info.mjs', 'processInfo', 'console.log(processInfo(process.pid).parent)', {
    PATH: folder,
  });
  expect(await ended).toEqual({ exit: 0, output: `${process.pid}\n` });
});

onLinux("the lock of an earlier process with a running one's id counts for nothing", async () => {
  const lock = join(folder, 'setup.lock');
  writeFileSync(lock, `${process.pid} 1`);
  const { ended } = run(
    'lock.mjs',
    'withLock',
    `await withLock('${lock}', console.log, async () => console.log('its turn'))`,
  );
  expect(await ended).toEqual({ exit: 0, output: 'its turn\n' });
});
