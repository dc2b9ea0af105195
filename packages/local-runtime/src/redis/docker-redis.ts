import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder } from '@optout-sync/shared/service';
import type { OwnedProcess } from '../process/owned-process';
import { waitFor } from '../process/wait-for';
import { runDocker, startDocker } from './docker-client';
import { PASSWORD_FILE, localUrl, readOrMakePassword } from './password-file';
import { serverPid } from './ping';
import type { ProvidedRedis, RedisContainer } from './provided-redis';

const LABEL = 'optout-sync=local-runtime';
const COMMAND_MS = 5_000;
const PULL_MS = 5 * 60_000;
const READY_MS = 30_000;
const STOP_MS = 10_000;

/**
 * Runs the server, whose files only its user can read, until it ends or stdin is closed. Docker closes stdin when its client ends, so the container does not
 * outlive this process, however that ends. The server gets SIGTERM again until it has installed its handler: as the
 * container's first process it ignores the signal before.
 */
const SCRIPT =
  'umask 077; exec 3<&0; (read -r _ <&3; while kill -TERM 1; do sleep 1; done) & exec redis-server "$@" </dev/null 3<&-';

/**
 * Starts a Redis in a container through the docker client. Docker removes the container when the server ends. Its data is
 * in `dir`, or in a scratch folder that is removed with it.
 *
 * Known hole: a container that is paused while this process is killed stays until `docker rm`; it has the label
 * `optout-sync=local-runtime`.
 *
 * @returns undefined when no Docker daemon answers within 5 s or the container cannot be started; the latter is logged
 */
export async function dockerRedis(container: RedisContainer): Promise<ProvidedRedis | undefined> {
  const user = await containerUser().catch(() => undefined);
  if (user === undefined) return undefined;
  const { image, dir, port, log, protect = false } = container;
  const scratch = dir === undefined ? await mkdtemp(join(tmpdir(), 'optout-sync-redis-')) : undefined;
  const removeScratch = async () => scratch && rm(scratch, { recursive: true, force: true });
  const home = dir ?? scratch ?? '';
  let password: string | undefined;
  const launch = () => startContainer({ ...container, dir: home }, { user, scratch, password });
  let running: RunningContainer;
  try {
    await makePrivateFolder(home);
    if (protect) password = await readOrMakePassword(home);
    await pullIfMissing(image, container.mayPull ?? true, log);
    running = await launch();
  } catch (error) {
    await removeScratch();
    log(`redis: Docker could not provide one: ${(error as Error).message}`);
    return undefined;
  }
  log(`redis: started ${image} in Docker on 127.0.0.1:${port}, data in ${home}`);
  return {
    url: localUrl(port, password),
    provider: 'docker',
    pid: undefined,
    get exited() {
      return running.client.exited;
    },
    logs: () => running.client.logs(),
    async stop() {
      await stopContainer(running);
      await removeScratch();
    },
    async kill(signal) {
      await runDocker(signalCommand(signal, running.name), COMMAND_MS);
      if (signal === 'SIGKILL') await running.client.exited;
    },
    async restart() {
      await stopContainer(running);
      running = await launch();
    },
  };
}

/** A container and the client that is attached to it, which ends after the container is removed. */
interface RunningContainer {
  readonly name: string;
  readonly client: OwnedProcess;
}

/**
 * The user who may write to our folders from inside a container: with a rootless daemon its root is our own user.
 *
 * @throws {Error} when no daemon answers
 */
async function containerUser(): Promise<string> {
  const options = await runDocker(['info', '--format', '{{json .SecurityOptions}}'], COMMAND_MS);
  // Some clients exit with 0 although no daemon answers, and print null then.
  if (!options.startsWith('[')) throw new Error(options);
  if (options.includes('name=rootless')) return '0:0';
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}

async function pullIfMissing(image: string, mayPull: boolean, log: (line: string) => void): Promise<void> {
  try {
    await runDocker(['image', 'inspect', '--format', '{{.Id}}', image], COMMAND_MS);
  } catch {
    if (!mayPull) throw new Error(`${image} is not on this machine, and --no-install refuses to pull it`);
    log(`redis: pulling ${image} with Docker (--no-install refuses that)`);
    await runDocker(['pull', '--quiet', image], PULL_MS);
  }
}

/** @throws {Error} with the client's last lines when the server does not answer; the container is removed then */
async function startContainer(
  { image, args, port, dir, onLog }: RedisContainer & { readonly dir: string },
  {
    user,
    scratch,
    password,
  }: {
    readonly user: string;
    readonly scratch: string | undefined;
    readonly password: string | undefined;
  },
): Promise<RunningContainer> {
  const name = `optout-sync-redis-${randomUUID()}`;
  const passwordFile = password === undefined ? [] : [`/data/${PASSWORD_FILE}`];
  const command = [
    ...['run', '--rm', '--interactive', '--name', name, '--label', LABEL],
    ...['--user', user, '--security-opt', 'label=disable'],
    ...['--publish', `127.0.0.1:${port}:6379`, '--volume', `${dir}:/data`, '--workdir', '/data'],
    ...['--entrypoint', 'sh', image, '-c', SCRIPT, 'redis-server', ...passwordFile, ...args],
    // Reachable through the published port only, which is on 127.0.0.1.
    ...['--bind', '0.0.0.0', '--protected-mode', 'no'],
    // Ends on SIGTERM also when the data cannot be written any more: the scratch folder may be removed before.
    ...['--shutdown-on-sigterm', 'force'],
  ];
  const client = await startDocker(command, { openStdin: true, scratch, onLog });
  try {
    await waitFor(() => answers(name, localUrl(port, password)), {
      what: `${image} on port ${port}`,
      timeoutMs: READY_MS,
      giveUp: () => client.ended !== undefined && 'it ended',
    });
  } catch (error) {
    await stopContainer({ name, client });
    throw new Error(`${(error as Error).message}\n${client.logs().slice(-15).join('\n')}`, { cause: error });
  }
  return { name, client };
}

/** A container runs only with its port published; otherwise another server may answer on the port. */
async function answers(name: string, url: string): Promise<boolean> {
  await serverPid(url);
  return (await runDocker(['inspect', '--format', '{{.State.Running}}', name], COMMAND_MS)) === 'true';
}

async function stopContainer({ name, client }: RunningContainer): Promise<void> {
  // The client forwards SIGTERM to the server and ends after the container is removed.
  const { signal } = await client.stop(STOP_MS);
  if (signal === 'SIGKILL') await runDocker(['rm', '--force', name], STOP_MS).catch(() => undefined);
}

/** The freezer's commands for SIGSTOP and SIGCONT: the kernel discards a SIGSTOP to a container's first process. */
function signalCommand(signal: NodeJS.Signals, name: string): string[] {
  if (signal === 'SIGSTOP') return ['pause', name];
  if (signal === 'SIGCONT') return ['unpause', name];
  return ['kill', '--signal', signal, name];
}
