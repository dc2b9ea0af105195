import { Writable } from 'node:stream';
import { LogOutput } from './log-output';
import { createLogger } from './logger';

const LINE = `${'x'.repeat(99_999)}\n`;

/** A stream whose reader reads only when it is told to. */
class SlowStream extends Writable {
  readonly lines: string[] = [];
  private done: (() => void)[] = [];

  constructor() {
    super({ decodeStrings: false, highWaterMark: 16_384 });
  }

  override _write(line: string, _: string, done: () => void): void {
    this.lines.push(line);
    this.done.push(done);
  }

  /** Reads everything. */
  async read(): Promise<void> {
    while (this.writableLength > 0) {
      for (const done of this.done.splice(0)) done();
      await Promise.resolve();
    }
    await new Promise(setImmediate);
  }
}

describe('the output of the log', () => {
  let stream: SlowStream;
  let output: LogOutput;
  beforeEach(() => {
    stream = new SlowStream();
    output = new LogOutput(stream);
  });
  const write = (lines: number) => {
    for (let n = 0; n < lines; n++) output.write(LINE);
  };

  it('buffers a million characters, and drops and counts what follows', () => {
    write(25);
    expect(stream.writableLength).toBe(1_000_000);
    expect(output.dropped).toBe(15);
  });

  it('drops no line in between: of those dropped none is shorter than one that is written after it', () => {
    write(11);
    output.write('short\n');
    expect(output.dropped).toBe(2);
    expect(stream.writableLength).toBe(1_000_000);
  });

  it('writes again once the reader has read everything, and says once how many lines were dropped', async () => {
    const log = createLogger({ service: 'test', level: 'info' }, output);
    write(25);
    await stream.read();
    log.info('after');
    await stream.read();
    const after = stream.lines.slice(10).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(after).toMatchObject([
      { level: 40, service: 'test', code: 'log_lines_dropped', dropped: 15 },
      { msg: 'after' },
    ]);
    write(12);
    await stream.read();
    expect(JSON.parse(stream.lines.at(-1) ?? '')).toMatchObject({ code: 'log_lines_dropped', dropped: 2 });
    expect(output.dropped).toBe(17);
  });

  it('counts every line after the stream has failed, and does not throw', async () => {
    stream.destroy(new Error('EPIPE'));
    await new Promise(setImmediate);
    write(3);
    expect(output.dropped).toBe(3);
    await output.flush();
  });

  it('is flushed when the reader has read everything', async () => {
    write(3);
    let flushed = false;
    const flushing = output.flush().then(() => (flushed = true));
    await new Promise(setImmediate);
    expect(flushed).toBe(false);
    await stream.read();
    await flushing;
    expect(stream.lines).toHaveLength(3);
  });

  it('is not flushed for longer than a second when the reader hangs', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    write(3);
    const flushing = output.flush();
    jest.advanceTimersByTime(1_000);
    await flushing;
    expect(stream.writableLength).toBeGreaterThan(0);
    jest.useRealTimers();
  });
});
