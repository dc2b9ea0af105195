import { OperationError } from '@optout-sync/operations';
import { LiveStreams } from './live-streams';

const shownOf = (htmls: readonly string[]) => {
  let reads = 0;
  return {
    key: 'run 1',
    event: 'progress',
    periodMs: 20,
    read: () => {
      const html = htmls[Math.min(reads, htmls.length - 1)] ?? '';
      reads += 1;
      return Promise.resolve({ html, isLast: reads >= htmls.length });
    },
    reads: () => reads,
  };
};

const never = (): AbortSignal => new AbortController().signal;

describe('a stream', () => {
  it('sends a part when it has changed, and ends after the last one', async () => {
    const sent: string[] = [];
    const { stream } = new LiveStreams().answer(shownOf(['a', 'a', 'b']));
    await stream((event, data) => sent.push(`${event} ${data}`), never());
    expect(sent).toEqual(['progress a', 'progress b', 'over ']);
  });

  it('is read once for all who look at the same', async () => {
    const streams = new LiveStreams();
    const shown = shownOf(['a', 'b', 'c']);
    const ends = Array.from({ length: 20 }, () => streams.answer(shown).stream(() => undefined, never()));
    await Promise.all(ends);
    // Each of three readings was shared; timers of 20 streams on a busy machine may repeat some.
    expect(shown.reads()).toBeLessThan(20);
  });

  it('goes on when a reading fails', async () => {
    const sent: string[] = [];
    let reads = 0;
    const read = (): Promise<{ html: string; isLast: boolean }> => {
      reads += 1;
      return reads === 1
        ? Promise.reject(new Error('no Redis'))
        : Promise.resolve({ html: 'a', isLast: true });
    };
    const { stream } = new LiveStreams().answer({ key: 'x', event: 'numbers', periodMs: 5, read });
    await stream((event) => sent.push(event), never());
    expect(sent).toEqual(['numbers', 'over']);
  });

  it('ends when the client leaves or the console stops, and gives its place free', async () => {
    const streams = new LiveStreams(1);
    const leaving = new AbortController();
    const shown = { key: 'x', event: 'e', periodMs: 60_000, read: () => Promise.resolve({ html: 'a' }) };
    const first = streams.answer(shown).stream(() => undefined, leaving.signal);
    expect(() => streams.answer(shown)).toThrow(OperationError);
    leaving.abort();
    await first;
    expect(() => streams.answer(shown)).not.toThrow();
  });
});
