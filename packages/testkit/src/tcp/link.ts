import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Window, type Direction } from './trap';
import type { Valve } from './valve';

/** The rules of the proxy that a connection applies to each chunk of bytes. */
export interface LinkRules {
  /** Holds back everything while it is shut. */
  readonly valve: Valve;
  /** How long each chunk is held back, in ms. */
  readonly delayMs: number;
  /** Upper bound for each direction; Infinity for none. */
  readonly bytesPerSecond: number;
  /** Examines a chunk and returns the part to forward. */
  inspect(link: Link, direction: Direction, chunk: Buffer, window: Window): Buffer;
}

const SLICE_MS = 20;

/** One client's connection and the one to the server that it leads to. */
export class Link {
  /** Directions whose bytes are discarded. */
  readonly dropped = new Set<Direction>();
  /** Called at the next chunk of a direction, forwarded or not. */
  readonly atNext = new Map<Direction, () => void>();
  /** Set to close the connection once the bytes forwarded last are written. */
  cut = false;
  /** Never resolves; set when this connection stays silent although others work. */
  private strandedAt: Promise<never> | undefined;
  private server: Socket | undefined;
  private readonly windows = { to_server: new Window(), to_client: new Window() };

  constructor(
    private readonly client: Socket,
    private readonly upstream: { readonly host: string; readonly port: number },
    private readonly rules: LinkRules,
  ) {
    client.on('error', () => undefined);
  }

  /** Resolves when both ends are closed. */
  async run(): Promise<void> {
    await this.rules.valve.pass();
    if (this.client.destroyed) return;
    const server = connect({ ...this.upstream, allowHalfOpen: true, noDelay: true });
    this.server = server;
    // pump() sees the same error where it reads the bytes.
    server.on('error', () => undefined);
    await Promise.all([
      this.pump(this.client, server, 'to_server'),
      this.pump(server, this.client, 'to_client'),
    ]);
    this.close();
  }

  /** Nothing passes any more, not even a close: as if the other end had vanished. */
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
      for await (const chunk of from as AsyncIterable<Buffer>) await this.forward(chunk, to, direction);
      await this.rules.valve.pass();
      await this.strandedAt;
      to.end();
    } catch {
      await this.rules.valve.pass();
      await this.strandedAt;
      this.reset();
    }
  }

  private async forward(chunk: Buffer, to: Socket, direction: Direction): Promise<void> {
    if (this.rules.delayMs > 0) await delay(this.rules.delayMs);
    await this.rules.valve.pass();
    await this.strandedAt;
    const passing = this.dropped.has(direction)
      ? Buffer.alloc(0)
      : this.rules.inspect(this, direction, chunk, this.windows[direction]);
    for (const slice of this.slices(passing)) {
      if (to.destroyed) return;
      const room = to.write(slice);
      if (slice.length < passing.length) await delay(SLICE_MS);
      else if (!room) await untilWritable(to);
    }
    this.atNext.get(direction)?.();
    this.atNext.delete(direction);
    if (this.cut) to.write('', () => this.close());
  }

  private *slices(chunk: Buffer): Iterable<Buffer> {
    const size = Math.max(1, Math.round((this.rules.bytesPerSecond * SLICE_MS) / 1_000));
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }
}

/** Resolves when a socket accepts more bytes or is closed. Rejects when it fails. */
async function untilWritable(socket: Socket): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
  } finally {
    // Removes the listener of the event that did not happen.
    over.abort();
  }
}
