import { setTimeout as delay } from 'node:timers/promises';
import { OperationError } from '@optout-sync/operations';
import type { ConsoleContext } from '../context';
import type { Answer } from '../http/route';

/** Streams that one console has open at most. */
const MAX_STREAMS = 100;
/** A stream ends after this time, and the browser opens it again: whoever was logged out meanwhile gets none. */
const MAX_STREAM_MS = 5 * 60_000;

/** A part of a page at one moment. */
interface Reading {
  readonly html: string;
  /** Whether it will not change any more. */
  readonly isLast?: boolean;
}

/** What a stream shows. */
interface Shown {
  /** Streams with the same key show the same, and are read once for all. */
  readonly key: string;
  /** The name of the event that carries the part. */
  readonly event: string;
  readonly periodMs: number;
  readonly read: () => Promise<Reading>;
}

/** The server-sent events of one console. However many look at the same thing, it is read once in its period. */
export class LiveStreams {
  private open = 0;
  private readonly readings = new Map<string, { readonly at: number; readonly reading: Promise<Reading> }>();

  constructor(private readonly maxStreams = MAX_STREAMS) {}

  /**
   * Returns a stream that sends the part when it has changed. It ends with the event `over` after the last reading.
   *
   * @throws {OperationError} `too_many_streams`
   */
  answer(shown: Shown): Extract<Answer, { stream: unknown }> {
    if (this.open >= this.maxStreams) {
      throw new OperationError(
        'too_many_streams',
        'too many pages are being updated live: reload this one by hand',
        'failed',
      );
    }
    return {
      stream: async (send, signal) => {
        this.open += 1;
        try {
          await this.run(shown, send, AbortSignal.any([signal, AbortSignal.timeout(MAX_STREAM_MS)]));
        } finally {
          this.open -= 1;
          if (this.open === 0) this.readings.clear();
        }
      },
    };
  }

  private async run(
    shown: Shown,
    send: (event: string, data: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let sent: string | undefined;
    const isOpen = (): boolean => !signal.aborted;
    while (isOpen()) {
      // While Redis does not answer, the page shows what it has.
      const reading = await this.readingOf(shown).catch(() => undefined);
      if (!isOpen()) return;
      if (reading && reading.html !== sent) {
        send(shown.event, reading.html);
        sent = reading.html;
      }
      if (reading?.isLast) {
        send('over', '');
        return;
      }
      await delay(shown.periodMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private readingOf({ key, periodMs, read }: Shown): Promise<Reading> {
    const known = this.readings.get(key);
    // Timers of several streams are not exact.
    if (known && performance.now() - known.at < periodMs * 0.9) return known.reading;
    const reading = read();
    this.readings.set(key, { at: performance.now(), reading });
    return reading;
  }
}

const streams = new WeakMap<ConsoleContext, LiveStreams>();

/** The streams of the console that a context belongs to. */
export function liveStreamsOf(context: ConsoleContext): LiveStreams {
  const known = streams.get(context);
  if (known) return known;
  const created = new LiveStreams();
  streams.set(context, created);
  return created;
}
