import { format } from 'node:util';
import type { Logger } from './logger';

/** Bounds the memory. */
const MAX_TEXTS = 100;

/**
 * Lets the log have what libraries print, each text once: ioredis warns at every connection, which it opens each second while
 * Redis refuses it.
 */
export function logConsole(log: Pick<Logger, 'warn'>): void {
  const logged = new Set<string>();
  const write = (...args: unknown[]): void => {
    const text = format(...args);
    if (logged.has(text) || logged.size >= MAX_TEXTS) return;
    logged.add(text);
    log.warn({ code: 'library_warning' }, text);
  };
  Object.assign(console, { warn: write, error: write });
}
