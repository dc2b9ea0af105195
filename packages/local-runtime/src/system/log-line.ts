/** A line of a service's log as pino writes it. */
type LogLine = Readonly<Record<string, unknown>>;

/** The numbers that pino writes into its lines. */
const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: Infinity } as const;
export type LogLevel = keyof typeof LEVELS;

/** The least verbose level at which a service logs the ports that it listens on. */
export function levelWithPorts(wanted: LogLevel): LogLevel {
  return LEVELS[wanted] > LEVELS.info ? 'info' : wanted;
}

/** Whether a service that logs at `level` would print this line. Lines that are not JSON always are. */
export function isAtLevel(line: string, level: LogLevel): boolean {
  const logged = parseLogLine(line)?.level;
  return typeof logged !== 'number' || logged >= LEVELS[level];
}

/**
 * The ports in the line that a service logs once it accepts requests or jobs: ingest's public port and admin port, or the
 * worker's admin port.
 */
export function portsIn(line: string): readonly number[] | undefined {
  const { port, adminPort } = parseLogLine(line) ?? {};
  if (typeof adminPort !== 'number') return undefined;
  return typeof port === 'number' ? [port, adminPort] : [adminPort];
}

/** @returns undefined for a line that is not JSON */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
