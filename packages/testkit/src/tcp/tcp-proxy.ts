import { createServer, type AddressInfo, type Server } from 'node:net';
import { Link, type LinkRules } from './link';
import type { Direction, Trap, TrapOptions, Window } from './trap';
import { Gate } from './valve';

/** Where the bytes go. */
export interface Target {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
}

interface SetTrap extends TrapOptions {
  readonly direction: Direction;
  readonly spring: () => void;
}

/**
 * Stands between a client and a server on this machine and treats their connections as bad networks do. It knows no
 * protocol. Without any fault it forwards bytes and closings as they come.
 */
export class TcpProxy implements LinkRules {
  readonly gate = new Gate();
  delayMs = 0;
  bytesPerSecond = Infinity;
  private readonly links = new Set<Link>();
  private readonly traps = new Set<SetTrap>();
  private cut: { readonly direction: Direction; left: number } | undefined;

  private server: Server | undefined;
  private at = 0;

  /** @param target where new connections lead */
  private constructor(public target: Target) {}

  /** Listens on a free port of 127.0.0.1. The target need not be there yet: while it is not, connections are reset. */
  static async start(target: Target): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.accept();
    return proxy;
  }

  get port(): number {
    return this.at;
  }

  /** How many connections there are, silent ones included. */
  get connections(): number {
    return this.links.size;
  }

  /**
   * Nothing passes any more, in either direction, closings neither, and nobody is told; who connects anew is accepted and
   * hears nothing. What is sent meanwhile arrives after `heal`, as after a network partition.
   */
  blackhole(): void {
    this.gate.shut();
  }

  /** Like `blackhole` for the connections there are, and for good; new ones work. As when a firewall forgets them. */
  strandAll(): void {
    for (const link of this.links) link.strand();
  }

  /** Ends blackhole, delay and throttle. Stranded connections stay silent. */
  heal(): void {
    this.gate.open();
    this.delayMs = 0;
    this.bytesPerSecond = Infinity;
  }

  /** Resets every connection and refuses new ones: as when nothing listens there. */
  async refuse(): Promise<void> {
    const closed = this.close();
    this.resetAll();
    await closed;
  }

  /** Takes connections, after `refuse` at the same port. */
  async accept(): Promise<void> {
    if (this.server) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.at, '127.0.0.1', resolve);
    });
    this.at = (server.address() as AddressInfo).port;
    server.on('connection', (client) => {
      const { host = '127.0.0.1', port } = this.target;
      const link = new Link(client, { host, port }, this);
      this.links.add(link);
      void link.run().finally(() => this.links.delete(link));
    });
  }

  /** Resets every connection; both ends see it. */
  resetAll(): void {
    for (const link of this.links) link.reset();
  }

  /** Holds every piece of bytes back so long, in ms. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Each direction of each connection goes no faster than this; a small number makes it drip. */
  throttle(bytesPerSecond: number): void {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Lets so many bytes pass that way, over all connections, then closes the connection of the next one. Once. */
  cutAfter(bytes: number, direction: Direction = 'to_server'): void {
    this.cut = { left: bytes, direction };
  }

  /** Waits for bytes to pass, and does with their connection what `then` says. */
  trap(options: TrapOptions): Trap {
    let spring: () => void = () => undefined;
    const sprung = new Promise<void>((resolve) => (spring = resolve));
    const trap: SetTrap = { direction: 'to_server', ...options, spring };
    this.traps.add(trap);
    return { sprung, remove: () => this.traps.delete(trap) };
  }

  /** Cuts everything and listens no longer. */
  async stop(): Promise<void> {
    const closed = this.close();
    for (const link of this.links) link.close();
    await closed;
  }

  /** Resolves when no connection is left. */
  private close(): Promise<unknown> {
    const { server } = this;
    this.server = undefined;
    return new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  inspect(link: Link, direction: Direction, piece: Buffer, window: Window): Buffer {
    if (this.cut?.direction === direction) {
      const { left } = this.cut;
      this.cut.left -= piece.length;
      if (this.cut.left < 0) {
        this.cut = undefined;
        link.cut = true;
        return piece.subarray(0, left);
      }
    }
    for (const trap of this.traps) {
      const at = trap.direction === direction ? window.find(trap.pattern, piece) : undefined;
      if (at === undefined) continue;
      this.traps.delete(trap);
      return caught(trap, link, piece, at);
    }
    window.advance(piece);
    return piece;
  }
}

/** Deals with a match that begins at `at` of `piece`; gives what of the piece goes through. */
function caught({ then, direction, spring }: SetTrap, link: Link, piece: Buffer, at: number): Buffer {
  const back = direction === 'to_server' ? 'to_client' : 'to_server';
  switch (then) {
    case 'hold':
      link.dropped.add(direction).add(back);
      spring();
      return piece.subarray(0, at);
    case 'hold_answer':
      link.dropped.add(back);
      link.atNext.set(back, spring);
      return piece;
    case 'pass':
      link.atNext.set(direction, spring);
      return piece;
    default:
      return then satisfies never;
  }
}
