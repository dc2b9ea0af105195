import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, tryPort } from './free-port';
import { OwnedProcess, inheritedEnv } from './owned-process';
import { isAlive } from './process-info';
import { spawnService } from './spawn-service';
import { waitFor } from './wait-for';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes a program and returns its file name. */
async function program(name: string, source: string): Promise<string> {
  const file = join(folder, `${name}.js`);
  await writeFile(file, source);
  return file;
}

describe('spawnService', () => {
  test('the service is ready once it answers 200, and has its own environment, not ours', async () => {
    const entry = await program(
      'ready',
      `let requests = 0;
       require('http').createServer((_, res) => { res.statusCode = ++requests < 3 ? 503 : 200; res.end(); })
         .listen(process.env.PORT, () => console.log('secret: ' + process.env.OPTOUT_TEST_SECRET));`,
    );
    const port = await freePort();
    process.env.OPTOUT_TEST_SECRET = 'ours';
    const readyUrl = `http://127.0.0.1:${port}/`;
    const service = await spawnService({ name: 'ready', entry, env: { PORT: String(port) }, readyUrl });
    expect((await fetch(readyUrl)).status).toBe(200);
    expect(service.logs()).toEqual(['secret: undefined']);
    expect(await service.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await tryPort(port, '127.0.0.1')).toBe(port);
  });

  test('a service that ends before it is ready is an error at once, with its last lines', async () => {
    const entry = await program('early', `console.error('no such setting'); process.exit(78);`);
    const starting = spawnService({ name: 'early', entry, env: {}, readyUrl: 'http://127.0.0.1:9/' });
    await expect(starting).rejects.toThrow(/early to be ready.*ended with exit code 78[^]*no such setting/);
  });

  test('a service that does not end within the deadline is killed', async () => {
    const entry = await program(
      'stubborn',
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');`,
    );
    const service = await spawnService({ name: 'stubborn', entry, env: {} });
    await waitFor(() => service.logs().includes('up'), { what: 'the service to run' });
    expect(await service.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(service.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

test('a command that does not exist is an error, not a crash', async () => {
  const starting = OwnedProcess.start({ command: '/nowhere/at/all', env: {} });
  await expect(starting).rejects.toThrow('ENOENT');
});

test('a child ends and its scratch folder is removed when the parent is killed with SIGKILL', async () => {
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  // A parent in its own process, since it has to be killed.
  const parent = await program(
    'parent',
    `const { spawn } = require('child_process');
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
     const { dieWithParent } = require(${JSON.stringify(join(__dirname, 'die-with-parent.js'))});
     dieWithParent(child, ${JSON.stringify(scratch)});
     console.log(child.pid);
     setInterval(() => {}, 1000);`,
  );
  const running = spawn(process.execPath, [parent], {
    env: inheritedEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise((resolve) => running.stdout.once('data', resolve)));
  expect(isAlive(pid)).toBe(true);
  running.kill('SIGKILL');
  await waitFor(() => !isAlive(pid), { what: 'the child to end' });
  await waitFor(() => !existsSync(scratch), { what: 'the scratch folder to be removed' });
});
