import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { inParallel } from '@optout-sync/testkit/system';

/** At once, so that the backlog of the port holds them. */
const CONNECTING = 100;

/**
 * Opens `count` connections, each of which sends `bytes` and then nothing for ever. This process has as many descriptors open as the other end tolerates
 * connections.
 *
 * @param onOpened called with the number so far
 * @returns closes those that the other end has not closed
 */
export async function openIdleCrowd(
  port: number,
  count: number,
  bytes: string,
  onOpened: (opened: number) => void,
): Promise<() => void> {
  const sockets = new Set<Socket>();
  let opened = 0;
  const open = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.add(socket);
    socket.resume().on('close', () => sockets.delete(socket));
    await once(socket, 'connect');
    if (bytes !== '') socket.write(bytes);
    onOpened((opened += 1));
  };
  await inParallel(Array.from({ length: count }), CONNECTING, open);
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
