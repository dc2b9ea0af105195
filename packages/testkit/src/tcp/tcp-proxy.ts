import { createServer, type AddressInfo, type Server } from 'node:net';
import { Link, type LinkRules } from './link';
import type { Direction, Trap, TrapOptions, Window } from './trap';
import { Valve } from './valve';

/** The server that connections lead to. */
export interface Upstream {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
}

interface SetTrap extends TrapOptions {
  readonly direction: Direction;
  readonly spring: () => void;
}

/**
 * Forwards connections between clients and a server on this machine and injects the faults of bad networks, without
 * knowledge of any protocol. Without a fault it forwards bytes and closes as they come.
 */
export class TcpProxy implements LinkRules {
  readonly valve = new Valve();
  delayMs = 0;
  bytesPerSecond = Infinity;
  private readonly links = new Set<Link>();
  private readonly traps = new Set<SetTrap>();
  private cut: { readonly direction: Direction; left: number } | undefined;

  private server: Server | undefined;
  private at = 0;

  /** @param upstream the server of new connections */
  private constructor(public upstream: Upstream) {}

  /** Listens on a free port of 127.0.0.1. Connections are reset while nothing listens upstream. */
  static async start(upstream: Upstream): Promise<TcpProxy> {
    const proxy = new TcpProxy(upstream);
    await proxy.accept();
    return proxy;
  }

  get port(): number {
    return this.at;
  }

  /** The number of open connections, including silent ones. */
  get connections(): number {
    return this.links.size;
  }

  /**
   * Nothing passes any more in either direction, not even a close, and neither side sees an error. New connections are
   * accepted and stay silent. Bytes sent meanwhile arrive after `heal`, as after a network partition.
   */
  blackhole(): void {
    this.valve.shut();
  }

  /** Like `blackhole` for the open connections, permanently; new ones work. As when a firewall forgets them. */
  strandAll(): void {
    for (const link of this.links) link.strand();
  }

  /** Ends blackhole, delay and throttle. Stranded connections stay silent. */
  heal(): void {
    this.valve.open();
    this.delayMs = 0;
    this.bytesPerSecond = Infinity;
  }

  /** Resets every connection and refuses new ones: as when nothing listens there. */
  async refuse(): Promise<void> {
    const closed = this.close();
    this.resetAll();
    await closed;
  }

  /** Accepts connections; after `refuse` on the same port. */
  async accept(): Promise<void> {
    if (this.server) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.at, '127.0.0.1', resolve);
    });
    this.at = (server.address() as AddressInfo).port;
    server.on('connection', (client) => {
      const { host = '127.0.0.1', port } = this.upstream;
      const link = new Link(client, { host, port }, this);
      this.links.add(link);
      void link.run().finally(() => this.links.delete(link));
    });
  }

  /** Resets every connection; both ends see it. */
  resetAll(): void {
    for (const link of this.links) link.reset();
  }

  /** Holds back every chunk of bytes for `ms` milliseconds. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Limits the speed of each direction of each connection; a small number makes bytes drip. */
  throttle(bytesPerSecond: number): void {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Closes one connection, once: the one whose chunk exceeds the given number of bytes over all connections. */
  cutAfter(bytes: number, direction: Direction = 'to_server'): void {
    this.cut = { left: bytes, direction };
  }

  /** Waits for bytes that match, and applies `then` to their connection. */
  trap(options: TrapOptions): Trap {
    let spring: () => void = () => undefined;
    const sprung = new Promise<void>((resolve) => (spring = resolve));
    const trap: SetTrap = { direction: 'to_server', ...options, spring };
    this.traps.add(trap);
    return { sprung, remove: () => this.traps.delete(trap) };
  }

  /** Closes all connections and stops listening. */
  async stop(): Promise<void> {
    const closed = this.close();
    for (const link of this.links) link.close();
    await closed;
  }

  /** Stops listening; resolves when no connection is left. */
  private close(): Promise<unknown> {
    const { server } = this;
    this.server = undefined;
    return new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  inspect(link: Link, direction: Direction, chunk: Buffer, window: Window): Buffer {
    if (this.cut?.direction === direction) {
      const { left } = this.cut;
      this.cut.left -= chunk.length;
      if (this.cut.left < 0) {
        this.cut = undefined;
        link.cut = true;
        return chunk.subarray(0, left);
      }
    }
    for (const trap of this.traps) {
      const at = trap.direction === direction ? window.find(trap.pattern, chunk) : undefined;
      if (at === undefined) continue;
      this.traps.delete(trap);
      return caught(trap, link, chunk, at);
    }
    window.advance(chunk);
    return chunk;
  }
}

/** Applies a trap to a match that begins at `at` of `chunk`; returns the part of `chunk` to forward. */
function caught({ then, direction, spring }: SetTrap, link: Link, chunk: Buffer, at: number): Buffer {
  const back = direction === 'to_server' ? 'to_client' : 'to_server';
  switch (then) {
    case 'hold':
      link.dropped.add(direction).add(back);
      spring();
      return chunk.subarray(0, at);
    case 'hold_answer':
      link.dropped.add(back);
      link.atNext.set(back, spring);
      return chunk;
    case 'pass':
      link.atNext.set(direction, spring);
      return chunk;
    default:
      return then satisfies never;
  }
}
