import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server on this machine that can be blocked like one through a real network. */
export interface TcpProxy {
  readonly port: number;
  /** Where new connections lead. */
  target: number;
  /** From now on nothing comes through any more, in either direction; who connects is not told. */
  swallow(): void;
  /** Cuts every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** New connections work again. Those that were swallowed stay as they are. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTcpProxy(target = 0): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let swallows = false;
  let server: Server | undefined;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const join = (near: Socket): void => {
    keep(near);
    if (swallows) {
      near.resume();
      return;
    }
    const far = keep(connect(proxy.target, '127.0.0.1'));
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  };
  const listen = async (port: number): Promise<number> => {
    server = createServer(join).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const refuse = async (): Promise<void> => {
    if (!server) return;
    const closed = once(server.close(), 'close');
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const proxy: TcpProxy = {
    port: await listen(0),
    target,
    swallow() {
      swallows = true;
      for (const socket of sockets) socket.unpipe().removeAllListeners('close').resume();
    },
    refuse,
    async mend() {
      swallows = false;
      if (!server) await listen(proxy.port);
    },
    stop: refuse,
  };
  return proxy;
}
