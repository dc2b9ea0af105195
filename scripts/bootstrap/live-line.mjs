import { performance } from 'node:perf_hooks';

const TICK_MS = 1_000;

/**
 * Says on a terminal what is being done and for how long, in one line that changes each second; where the output is no
 * terminal, in one line at the begin and one at the end.
 *
 * @param {NodeJS.WriteStream} output
 * @param {string} title what is done, such as `installing packages`
 * @param {() => number} [now] in ms
 * @returns {(ending?: string) => void} ends the line; `ending` (default: `done`) says how
 */
export function liveLine(output, title, now = () => performance.now()) {
  const startedAt = now();
  const seconds = () => `${((now() - startedAt) / 1_000).toFixed(output.isTTY ? 0 : 1)} s`;
  if (!output.isTTY) {
    output.write(`setup: ${title}\n`);
    return (ending = 'done') => void output.write(`setup: ${ending} after ${seconds()}\n`);
  }
  const show = (text) => void output.write(`\r\x1b[Ksetup: ${title} ${text}`);
  show('...');
  const timer = setInterval(() => show(`... ${seconds()}`), TICK_MS);
  return (ending = 'done') => {
    clearInterval(timer);
    show(`${ending} after ${seconds()}\n`);
  };
}
