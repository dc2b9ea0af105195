// node .ci/release.d/first-start.mjs [--record]: `npm start -- --once` in a new clone of the last commit, with an empty npm cache,
// and a second time. Prints what it took as JSON on one line; --record writes it into docs/first-start.json and the paragraph of
// README that says it. Exits with 1 when a start fails.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const TIMEOUT_MS = 10 * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'optout-sync-first-'));
const clone = join(folder, 'clone');
const load = loadavg()[0];

try {
  execFileSync('git', ['clone', '--quiet', '.', clone]);
  const first = start();
  const later = start();
  const figures = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: cpus().length,
    load: Number(load.toFixed(1)),
    packages: packages(),
    megabytes: megabytes(),
    installSeconds: secondsOf(first.output, /installing packages/),
    buildSeconds: secondsOf(first.output, /building/),
    firstSeconds: first.seconds,
    laterSeconds: later.seconds,
  };
  if (process.argv.includes('--record')) {
    writeFileSync('docs/first-start.json', `${JSON.stringify(figures, null, 2)}\n`);
    const readme = readFileSync('README.md', 'utf8');
    writeFileSync(
      'README.md',
      readme.replace(/^The first start installs [^]*?(?=\n\n)/m, paragraph(figures)),
    );
  }
  console.log(JSON.stringify(figures));
} finally {
  rmSync(folder, { recursive: true });
}

/** e2e/src/docs/figures.test.ts compares it with the file. */
function paragraph(of) {
  return [
    `The first start installs ${of.packages} packages (${of.megabytes} MB in \`node_modules\`) in ${of.installSeconds} s, from an empty npm cache, and`,
    `builds in ${of.buildSeconds} s; with the samples it takes ${of.firstSeconds} s. Later ones take ${of.laterSeconds} s and no network. Measured on`,
    `${of.cores} cores at a load of ${of.load}, with Redis on PATH.`,
  ].join('\n');
}

function start() {
  const startedAt = performance.now();
  const env = { ...process.env, npm_config_cache: join(folder, 'cache') };
  const { status, stdout, stderr } = spawnSync('npm', ['start', '--', '--once'], {
    cwd: clone,
    env,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  if (status !== 0) throw new Error(`npm start -- --once ended with ${status}:\n${stdout}${stderr}`);
  return { output: stdout, seconds: Math.round((performance.now() - startedAt) / 1_000) };
}

/** How long a step of the set-up took. */
function secondsOf(output, title) {
  const lines = output.split('\n');
  const begin = lines.findIndex((line) => line.startsWith('setup: ') && title.test(line));
  const [, seconds] = /done after ([\d.]+) s/.exec(lines.slice(begin).join('\n'));
  return Math.round(Number(seconds));
}

/** What npm has installed, without the links to our workspaces. */
function packages() {
  const { packages } = JSON.parse(readFileSync(join(clone, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .length;
}

function megabytes() {
  const kilobytes = execFileSync('du', ['-sk', join(clone, 'node_modules')], { encoding: 'utf8' });
  return Math.round((parseInt(kilobytes) * 1024) / 1_000_000);
}
