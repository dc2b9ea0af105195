import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal';

/** How often progress is told where no terminal shows it. */
const LINE_PERIOD_MS = 10_000;

export interface Progress {
  /** @param notes what else is counted, such as `{ listed: 3 }` */
  update(done: number, notes?: Readonly<Record<string, number | string>>): void;
  setTotal(total: number): void;
  end(): void;
}

/**
 * Starts to show the progress of a long job on standard error, with its rate and the time that is left: a bar on a terminal, else
 * a line every ten seconds.
 *
 * @param unit what is counted, such as `entries`
 * @param total how many there are; undefined where that is unknown
 */
export function startProgress(terminal: Terminal, unit: string, total?: number): Progress {
  const text = progressText(unit, performance.now());
  return terminal.progress ? bar(terminal.progress, text, total) : lines(terminal, text, total);
}

type Text = (
  done: number,
  total: number | undefined,
  notes: Readonly<Record<string, number | string>>,
) => string;

/** `1200 of 5000 entries, 400/s, 10 s left, 3 listed` */
function progressText(unit: string, startedAt: number): Text {
  return (done, total, notes) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    const rate = seconds > 0 ? done / seconds : 0;
    return [
      `${String(done)}${total === undefined ? '' : ` of ${String(total)}`} ${unit}`,
      `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s`,
      ...(total !== undefined && rate > 0 && total > done ? [`${leftText((total - done) / rate)} left`] : []),
      ...Object.entries(notes).map(([name, value]) => `${String(value)} ${name}`),
    ].join(', ');
  };
}

function leftText(seconds: number): string {
  if (seconds < 90) return `${String(Math.ceil(seconds))} s`;
  return seconds < 5_400 ? `${String(Math.ceil(seconds / 60))} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function bar(stream: NodeJS.WriteStream, text: Text, known: number | undefined): Progress {
  const format = known === undefined ? '{text}' : '{bar} {percentage}% {text}';
  const shown = new SingleBar({ stream, format, hideCursor: true, clearOnComplete: true, barsize: 20 });
  let [total, done]: [number | undefined, number] = [known, 0];
  shown.start(known ?? 0, 0, { text: text(0, known, {}) });
  return {
    update(count, notes = {}) {
      done = count;
      shown.update(count, { text: text(count, total, notes) });
    },
    setTotal(count) {
      total = count;
      shown.setTotal(count);
      shown.update(done);
    },
    end() {
      shown.stop();
    },
  };
}

function lines(terminal: Terminal, text: Text, known: number | undefined): Progress {
  let [total, saidAt] = [known, performance.now()];
  return {
    update(done, notes = {}) {
      if (performance.now() - saidAt < LINE_PERIOD_MS) return;
      saidAt = performance.now();
      terminal.error(text(done, total, notes));
    },
    setTotal(count) {
      total = count;
    },
    end: () => undefined,
  };
}
