import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Window, type Direction } from './trap';
import type { Gate } from './valve';

/** What a connection asks of its proxy at each piece of bytes. */
export interface LinkRules {
  /** Holds up everything while it is shut. */
  readonly gate: Gate;
  /** How long each piece is held back, in ms. */
  readonly delayMs: number;
  /** How fast each direction may go; Infinity for as fast as it can. */
  readonly bytesPerSecond: number;
  /** Looks at a piece; gives what of it to forward. */
  inspect(link: Link, direction: Direction, piece: Buffer, window: Window): Buffer;
}

const SLICE_MS = 20;

/** One client's connection and the one it stands for. */
export class Link {
  /** Whose bytes are thrown away. */
  readonly dropped = new Set<Direction>();
  /** Called at the next piece of a direction that comes, forwarded or not. */
  readonly atNext = new Map<Direction, () => void>();
  /** Set when it is to be closed once what was forwarded last is out. */
  cut = false;
  /** Set when it is to stay silent though others go on. */
  private strandedAt: Promise<never> | undefined;
  private server: Socket | undefined;
  private readonly windows = { to_server: new Window(), to_client: new Window() };

  constructor(
    private readonly client: Socket,
    private readonly target: { readonly host: string; readonly port: number },
    private readonly rules: LinkRules,
  ) {
    client.on('error', () => undefined);
  }

  /** Resolves when both ends are closed. */
  async run(): Promise<void> {
    await this.rules.gate.pass();
    if (this.client.destroyed) return;
    const server = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    this.server = server;
    // An error shows again where the bytes are read.
    server.on('error', () => undefined);
    await Promise.all([
      this.pump(this.client, server, 'to_server'),
      this.pump(server, this.client, 'to_client'),
    ]);
    this.close();
  }

  /** Nothing passes any more, a closing neither: as when the other end has vanished. */
  strand(): void {
    this.strandedAt ??= new Promise(() => undefined);
  }

  /** Both ends see a reset. */
  reset(): void {
    for (const socket of [this.client, this.server]) socket?.resetAndDestroy();
  }

  close(): void {
    for (const socket of [this.client, this.server]) socket?.destroy();
  }

  private async pump(from: Socket, to: Socket, direction: Direction): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) await this.forward(piece, to, direction);
      await this.rules.gate.pass();
      await this.strandedAt;
      to.end();
    } catch {
      await this.rules.gate.pass();
      await this.strandedAt;
      this.reset();
    }
  }

  private async forward(piece: Buffer, to: Socket, direction: Direction): Promise<void> {
    if (this.rules.delayMs > 0) await delay(this.rules.delayMs);
    await this.rules.gate.pass();
    await this.strandedAt;
    const passing = this.dropped.has(direction)
      ? Buffer.alloc(0)
      : this.rules.inspect(this, direction, piece, this.windows[direction]);
    for (const slice of this.slices(passing)) {
      if (to.destroyed) return;
      const room = to.write(slice);
      if (slice.length < passing.length) await delay(SLICE_MS);
      else if (!room) await roomOrEnd(to);
    }
    this.atNext.get(direction)?.();
    this.atNext.delete(direction);
    if (this.cut) to.write('', () => this.close());
  }

  private *slices(piece: Buffer): Iterable<Buffer> {
    const size = Math.max(1, Math.round((this.rules.bytesPerSecond * SLICE_MS) / 1_000));
    for (let at = 0; at < piece.length; at += size) yield piece.subarray(at, at + size);
  }
}

/** Resolves when a socket takes more, or never will. Rejects when it fails. */
async function roomOrEnd(socket: Socket): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
  } finally {
    // The one that did not happen must not go on listening.
    over.abort();
  }
}
