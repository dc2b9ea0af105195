import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../process/free-port';
import { waitFor } from '../process/wait-for';
import { dockerRedis } from './docker-redis';
import { localServer } from './install-server';
import { queried } from './ping';
import type { ProvidedRedis } from './provided-redis';
import { serverArguments } from './server-process';

const IMAGE = 'redis:8-alpine';

let folder: string;
const lines: string[] = [];
const started: ProvidedRedis[] = [];
const path = process.env.PATH;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  lines.length = 0;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

async function start(port: number, dir?: string): Promise<ProvidedRedis | undefined> {
  const log = (line: string) => lines.push(line);
  const redis = await dockerRedis({ image: IMAGE, args: serverArguments({}), port, dir, log });
  if (redis) started.push(redis);
  return redis;
}

/** Puts a program named docker first on PATH. */
async function fakeDocker(script: string): Promise<void> {
  const file = join(folder, 'docker');
  await writeFile(file, `#!/bin/sh\necho "$*" >> '${folder}/calls'\n${script}`);
  await chmod(file, 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
}

const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');

describe('with a client that runs the server on this machine', () => {
  beforeEach(async () => {
    const { file } = await localServer(() => undefined);
    // `run` behaves as docker's: it forwards SIGTERM, and the end of its stdin ends the server.
    await fakeDocker(`case "$1" in
      info) echo '["name=seccomp"]' ;;
      image) [ -e '${folder}/image' ] ;;
      pull) touch '${folder}/image' ;;
      inspect) echo true ;;
      kill) kill -s "\${3#SIG}" "$(cat '${folder}/pid')" ;;
      run)
        while [ "$1" != --publish ]; do shift; done
        port=\${2#127.0.0.1:}; port=\${port%:6379}; dir=\${4%:/data}
        while [ "$1" != redis-server ]; do shift; done
        shift
        [ "$1" != /data/password.conf ] || { shift; set -- "$dir/password.conf" "$@"; }
        exec 3<&0
        cp '${file}' '${folder}/redis-server'
        '${folder}/redis-server' "$@" --bind 127.0.0.1 --port $port --dir "$dir" </dev/null 3<&- &
        server=$!
        echo $server > '${folder}/pid'
        trap 'kill $server' TERM
        (read -r _ <&3; kill $server) >/dev/null 2>&1 &
        wait $server; wait $server ;;
    esac`);
  });

  test('it publishes the port on 127.0.0.1 only, mounts the folder and removes the container at its end', async () => {
    const port = await freePort();
    const dir = join(folder, 'data');
    const redis = (await start(port, dir)) as ProvidedRedis;
    expect(await queried(port, (client) => client.set('key', 'value'))).toBe('OK');
    await redis.stop();
    await redis.exited;
    expect(await readdir(dir)).toContain('appendonlydir');
    const run = (await calls()).find((call) => call.startsWith('run '));
    expect(run).toMatch(
      /^run --rm --interactive --name optout-sync-redis-\S+ --label optout-sync=local-runtime /,
    );
    expect(run).toContain(` --user ${process.getuid?.()}:${process.getgid?.()} `);
    expect(run).toContain(` --publish 127.0.0.1:${port}:6379 --volume ${dir}:/data `);
    expect(run).toContain(' --appendonly yes ');
    expect(lines).toEqual([
      `redis: pulling ${IMAGE} with Docker (--no-install refuses that)`,
      `redis: started ${IMAGE} in Docker on 127.0.0.1:${port}, data in ${dir}`,
    ]);
  });

  test('a protected server asks for the password that its URL has, and that no command line shows', async () => {
    const port = await freePort();
    const log = () => undefined;
    const redis = await dockerRedis({
      image: IMAGE,
      args: serverArguments({}),
      port,
      dir: undefined,
      log,
      protect: true,
    });
    if (!redis) throw new Error('no Redis');
    started.push(redis);
    const { password } = new URL(redis.url);
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    await expect(queried(port, (client) => client.ping())).rejects.toThrow('NOAUTH');
    expect((await calls()).join('\n')).not.toContain(password);
  });

  test('an image that is missing is not pulled where that is refused', async () => {
    const log = (line: string) => lines.push(line);
    const port = await freePort();
    const container = { image: IMAGE, args: [], port, dir: undefined, log };
    expect(await dockerRedis({ ...container, mayPull: false })).toBeUndefined();
    expect(lines).toEqual([
      expect.stringContaining(`${IMAGE} is not on this machine, and --no-install refuses`),
    ]);
    expect((await calls()).map((call) => call.split(' ')[0])).not.toContain('pull');
  });

  test('data survives SIGKILL and restart, and a scratch folder is removed at the end', async () => {
    const port = await freePort();
    const redis = (await start(port)) as ProvidedRedis;
    await queried(port, (client) => client.set('key', 'value'));
    const [, scratch = ''] = /data in (.*)/.exec(lines.at(-1) ?? '') ?? [];
    await waitFor(
      () => queried(port, async (client) => (await client.info('persistence')).includes('bio_fsync:0')),
      { what: 'the fsync' },
    );
    await redis.kill('SIGKILL');
    await redis.restart();
    expect(await queried(port, (client) => client.get('key'))).toBe('value');
    await redis.stop();
    expect(existsSync(scratch)).toBe(false);
  });
});

test('without a daemon there is no Redis, and nothing is started', async () => {
  await fakeDocker('echo "Cannot connect to the Docker daemon" >&2; exit 1');
  expect(await start(1)).toBeUndefined();
  // Some clients exit with 0 anyway.
  await fakeDocker('echo null');
  expect(await start(1)).toBeUndefined();
  expect(new Set((await calls()).map((call) => call.split(' ')[0]))).toEqual(new Set(['info']));
});

test('without a docker client there is no Redis', async () => {
  process.env.PATH = folder;
  expect(await start(1)).toBeUndefined();
});

test('an image that cannot be pulled is logged', async () => {
  await fakeDocker(`[ "$1" = info ] && echo '[]' || { echo 'no such image'; exit 1; }`);
  expect(await start(1)).toBeUndefined();
  expect(lines.at(-1)).toMatch(/^redis: Docker could not provide one: .*no such image/);
});
