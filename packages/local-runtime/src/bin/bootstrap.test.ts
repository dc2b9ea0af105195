import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FOLDERS } from '../config/folders';
import { isAlive } from '../process/process-info';
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
    `await runStep('step', ${JSON.stringify([process.execPath, '-e', step])}, { output: { write() {} } });
     console.log('went on');`,
  );
  await waitFor(() => existsSync(ready), { what: 'the step to run' });
  child.kill('SIGINT');
  expect(await ended).toEqual({ exit: 130, output: '' });
});

test('a step does not outlive the set-up, also when that is killed with SIGKILL', async () => {
  const ready = join(folder, 'ready');
  const step = `require('node:fs').writeFileSync('${ready}.new', String(process.pid));
    require('node:fs').renameSync('${ready}.new', '${ready}'); setInterval(() => {}, 1000)`;
  const { child } = run(
    'scripts/bootstrap/run-step.mjs',
    'runStep',
    `await runStep('step', ${JSON.stringify([process.execPath, '-e', step])}, { output: { write() {} } });`,
  );
  await waitFor(() => existsSync(ready), { what: 'the step to run' });
  const pid = Number(readFileSync(ready, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await waitFor(() => !isAlive(pid), { what: 'the step to end' });
});

test('on a terminal one line says what is done and for how long', async () => {
  const code = `
    const text = [];
    let now = 0;
    const end = liveLine({ isTTY: true, write: (part) => text.push(part) }, 'installing packages', () => now);
    now = 12_400;
    end();
    console.log(JSON.stringify(text));`;
  const { ended } = run('scripts/bootstrap/live-line.mjs', 'liveLine', code);
  const { output } = await ended;
  expect(JSON.parse(output)).toEqual([
    '\r\u001b[Ksetup: installing packages ...',
    '\r\u001b[Ksetup: installing packages done after 12 s\n',
  ]);
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
