import { parseLogLine } from './log-line';

/** Lines of the worker that a person at the terminal has to know, by their code. */
const CODES = new Set(['customerio_down', 'workspace_paused', 'workspace_refused']);
const UNCHECKED = 'could not check the access to Customer.io';
const RECOVERED = ['Customer.io works again', 'workspace resumed'];

/**
 * What a log line of the worker says about Customer.io: unreachable, rejecting a workspace, or working again.
 *
 * @returns one line, or undefined where it says nothing of that
 */
export function customerIoNews(line: string): string | undefined {
  const logged = parseLogLine(line);
  if (typeof logged?.msg !== 'string') return undefined;
  const { msg, code, workspace, api, reason, message } = logged;
  const isNews = CODES.has(String(code)) || msg.startsWith(UNCHECKED) || RECOVERED.includes(msg);
  if (!isNews) return undefined;
  const where = [workspace, api].filter((part) => typeof part === 'string').join(', ');
  const why = [message, reason, code].find((part) => typeof part === 'string');
  return `worker: ${msg}${where && ` [${where}]`}${why === undefined ? '' : `: ${why}`}`;
}
