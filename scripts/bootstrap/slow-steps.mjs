import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Announces a step only once it takes a while, for programs that answer at once when there is nothing to set up.
 *
 * @param {number} ms how long a step may take in silence
 * @param {(line: string) => void} log
 * @returns {{ say: (line: string) => void, end: () => void }} `end`: the last step has ended
 */
export function slowSteps(ms, log) {
  let timer;
  const end = () => clearTimeout(timer);
  const say = (line) => {
    end();
    timer = setTimeout(log, ms, line);
  };
  return { say, end };
}
