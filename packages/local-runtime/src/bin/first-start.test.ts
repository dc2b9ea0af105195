import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDERS } from '../config/folders';

/*
 * The set-up in a checkout of its own, with a program in the place of npm that notes its arguments and "installs" what
 * package-lock.json asks for.
 */

const PACKAGES = {
  '': {},
  'node_modules/needed': { version: '1.0.0' },
  'node_modules/for-tests': { version: '1.0.0', dev: true },
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
  for (const path of ['scripts', 'packages/local-runtime/src', 'bench/src/usage.js', 'faults/src/usage.js']) {
    cpSync(join(FOLDERS.root, path), join(root, path), { recursive: true });
  }
  writeFileSync(join(root, 'package.json'), JSON.stringify({ workspaces: [] }));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: PACKAGES }));
  writeFileSync(
    join(root, 'npm-cli.js'),
    `const fs = require('node:fs');
     const args = process.argv.slice(2);
     fs.appendFileSync('calls', args.join(' ') + '\\n');
     const all = Object.entries(JSON.parse(fs.readFileSync('package-lock.json')).packages);
     const wanted = all.filter(([path, { dev }]) => path && !(dev && args.includes('--omit=dev')));
     fs.mkdirSync('node_modules', { recursive: true });
     fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(wanted) }));`,
  );
  const main = 'packages/local-runtime/dist/bin';
  mkdirSync(join(root, main), { recursive: true });
  for (const name of ['start', 'test', 'cli']) {
    writeFileSync(
      join(root, main, `${name}.js`),
      `console.log('${name} runs', process.argv.slice(2).join(' '), process.env.NO_INSTALL ?? '');`,
    );
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs one of our programs as npm does. */
async function run(...args: string[]): Promise<{ code: number | null; out: string; error: string }> {
  const env = { PATH: process.env.PATH, npm_execpath: join(root, 'npm-cli.js') };
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...args], { env });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (error += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
}

const calls = (): string[] =>
  existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];

test('a first start installs what running needs, says so and how long it took, and runs', async () => {
  const { code, out } = await run('start', '--once');
  expect(out).toMatch(
    /^setup: installing packages \(npm ci --ignore-scripts --omit=dev\)\nsetup: done after [\d.]+ s\nstart runs --once/,
  );
  expect(code).toBe(0);
  expect(calls()).toEqual(['ci --ignore-scripts --omit=dev --no-audit --no-fund']);
});

test('a second start does not call npm', async () => {
  await run('start');
  const { out } = await run('start');
  expect(out).toBe('start runs  \n');
  expect(calls()).toHaveLength(1);
});

test('the tests add what they need and remove nothing; a start afterwards leaves it there', async () => {
  await run('start');
  expect((await run('test', 'path')).out).toContain('test runs path');
  await run('start');
  expect(calls().slice(1)).toEqual(['install --no-save --ignore-scripts --no-audit --no-fund']);
});

test('after a change of the lock file, a start keeps the packages of the tests', async () => {
  await run('test');
  const changed = { ...PACKAGES, 'node_modules/needed': { version: '2.0.0' } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: changed }));
  await run('start');
  expect(calls().at(-1)).toBe('install --no-save --ignore-scripts --no-audit --no-fund');
});

test.each(['start', 'dev', 'test', 'faults', 'bench', 'cli'])(
  '%s --help answers without installing',
  async (name) => {
    const { code, out } = await run(name, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/^(npm (start|test|run)|optout-sync) /);
    expect(calls()).toEqual([]);
    expect(existsSync(join(root, 'data'))).toBe(false);
  },
);

test.each([
  ['faults', '--scenario <name>'],
  ['bench', '--rounds <n>'],
])(
  'the help of the suite %s has its options, before and after an installation without its packages',
  async (name, option) => {
    expect((await run(name, '--help')).out).toContain(option);
    await run('start');
    const installations = calls().length;
    expect((await run(name, '--help')).out).toContain(option);
    expect(calls()).toHaveLength(installations);
  },
);

test('once packages are installed, a command shows its own help', async () => {
  await run('start');
  expect((await run('cli', 'dlq', '--help')).out).toContain('cli runs dlq --help');
});

test('--no-install refuses to install packages, and says what it would have done', async () => {
  const { code, error } = await run('start', '--no-install');
  expect(code).toBe(1);
  expect(error).toContain('--no-install refuses');
  expect(error).toContain('npm ci --ignore-scripts --omit=dev');
  expect(calls()).toEqual([]);
});

test('--no-install reaches what installs a Redis: the launcher as an option, the tests as a variable', async () => {
  await run('test');
  expect((await run('start', '--no-install')).out).toContain('start runs --no-install');
  expect((await run('test', '--no-install', 'path')).out).toContain('test runs path true');
});

test('the output of a command stays free of the set-up', async () => {
  const { out, error } = await run('cli', 'dlq', 'list');
  expect(out).toBe('cli runs dlq list \n');
  expect(error).toContain('setup: installing packages');
});

test('a checkout that cannot be written to is named, without a stack trace', async () => {
  writeFileSync(join(root, 'data'), '');
  const { code, out, error } = await run('start');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(error).toMatch(
    /^setup: \S+ must be a folder that can be written to, with its data\/: .*data\/run'\n$/,
  );
});
