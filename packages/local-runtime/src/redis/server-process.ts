import { freePort } from '../process/free-port';
import { OwnedProcess, inheritedEnv } from '../process/owned-process';
import { waitFor } from '../process/wait-for';
import type { ServerBinary } from './find-server';
import { serverPid } from './ping';

const PORT_TRIES = 5;
const READY_MS = 30_000;

/** A server's process and the port on 127.0.0.1 that it answers on. */
export interface RunningServer {
  readonly process: OwnedProcess;
  readonly port: number;
}

/**
 * Launches on the port wanted, or on a free one. A free port may be taken by the time the server binds it: then another
 * is tried.
 */
export async function onAnyPort(
  wanted: number | undefined,
  launch: (port: number) => Promise<RunningServer>,
  anyPort: () => Promise<number> = freePort,
): Promise<RunningServer> {
  for (let tries = 1; ; tries++) {
    try {
      return await launch(wanted ?? (await anyPort()));
    } catch (error) {
      const taken = /Address already in use/i.test((error as Error).message);
      if (wanted !== undefined || !taken || tries === PORT_TRIES) throw error;
    }
  }
}

/** Runs a server, or with the right arguments a sentinel, until it answers. @throws Error with its last lines. */
export async function startServerProcess(
  server: ServerBinary,
  port: number,
  args: readonly string[],
  scratch: string | undefined,
): Promise<RunningServer> {
  const process = await OwnedProcess.start({
    command: server.file,
    argv0: server.argv0,
    args,
    env: inheritedEnv(),
    scratch,
  });
  try {
    await waitFor(() => isOurs(process, port), {
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

/** By its process id: while ours fails to bind the port, somebody else's server may answer on it. */
async function isOurs(process: OwnedProcess, port: number): Promise<boolean> {
  return (await serverPid(`redis://127.0.0.1:${port}`)) === process.pid;
}
