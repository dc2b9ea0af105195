import { OwnedProcess, inheritedEnv, type ProcessOptions } from '../process/owned-process';
import { waitFor } from '../process/wait-for';
import type { ServerBinary } from './find-server';
import { localUrl } from './password-file';
import { serverPid } from './ping';

const READY_MS = 30_000;

/** A server's process and its port on 127.0.0.1. */
export interface RunningServer {
  readonly process: OwnedProcess;
  readonly port: number;
}

/** Arguments for a server with an append-only file that evicts nothing; `settings` of redis.conf come first. */
export function serverArguments(settings: Readonly<Record<string, string>>): string[] {
  const all = {
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
    daemonize: 'no',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
}

/**
 * Starts a server, or with the right arguments a sentinel, and waits until it answers.
 *
 * @throws {Error} with its last lines when it ends or does not answer within 30 s; it does not run any more then
 */
export async function startServerProcess(
  server: ServerBinary,
  port: number,
  args: readonly string[],
  {
    password,
    ...options
  }: Pick<ProcessOptions, 'scratch' | 'onLog'> & { readonly password?: string | undefined } = {},
): Promise<RunningServer> {
  const process = await OwnedProcess.start({
    command: server.file,
    argv0: server.argv0,
    args,
    env: inheritedEnv(),
    ...options,
  });
  try {
    await waitFor(() => isOurs(process, localUrl(port, password)), {
      what: `${server.argv0} on port ${port}`,
      timeoutMs: READY_MS,
      giveUp: () => process.ended !== undefined && 'it ended',
    });
  } catch (error) {
    await process.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${process.logs().slice(-15).join('\n')}`, { cause: error });
  }
  return { process, port };
}

/** Compares process ids: while ours fails to bind the port, another server may answer on it. */
async function isOurs(process: OwnedProcess, url: string): Promise<boolean> {
  return (await serverPid(url)) === process.pid;
}
