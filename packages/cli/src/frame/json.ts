import { withMaskedPhones, withoutPhones } from '@optout-sync/shared/domain';
import type { Terminal } from './terminal';

/** Keys of times in ms since 1970. */
const TIME_KEY = /(At|^at|^since|^until|^from|^to)$/;
/** Keys of our own numbers, which are no personal data. */
const SENDER_KEY = /^(sender|senders|stoppedSenders|ours)$/;
/** Keys of text that somebody wrote, or that an error quotes. */
const WRITTEN_KEY = /^(message|by|why|keyword)$/;

interface JsonOptions {
  /** Prints whole phones. */
  readonly reveal?: boolean;
}

/** Prints one JSON object: times as ISO 8601, phones masked unless `reveal`. */
export function printJson(terminal: Terminal, value: unknown, options: JsonOptions = {}): void {
  terminal.out(JSON.stringify(forOutput('', value, options), null, 2));
}

/** Prints one line of JSON Lines, in the same form. */
export function printJsonLine(terminal: Terminal, value: unknown, options: JsonOptions = {}): void {
  terminal.out(JSON.stringify(forOutput('', value, options)));
}

/** A value as `--json` prints it. */
export function forOutput(key: string, value: unknown, options: JsonOptions): unknown {
  if (typeof value === 'number') {
    return TIME_KEY.test(key) && Number.isFinite(value) ? new Date(value).toISOString() : value;
  }
  if (typeof value === 'string') {
    if (options.reveal) return value;
    return WRITTEN_KEY.test(key) ? withoutPhones(value) : withMaskedPhones(value);
  }
  if (Array.isArray(value)) return value.map((item) => forOutput(key, item, options));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      forOutput(name, item, SENDER_KEY.test(name) ? { ...options, reveal: true } : options),
    ]),
  );
}
