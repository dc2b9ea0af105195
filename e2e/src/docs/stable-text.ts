/** What differs from one run to the next. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\b(AC|SM|PN|OV|IM|run-|dl-)[0-9a-f]{10,32}\b/g, '<id>'],
  [/\bAC[0-9a-f]{4,}…[0-9a-f]+/g, '<id>'],
  [/127\.0\.0\.1:\d+/g, '<address>'],
  [/\b[0-9a-f]{64}\b/g, '<digest>'],
  [/\b(worker|ingest|configuration) (\d+\.\d+\.\d+ )?[0-9a-f]{8}\b/g, '$1 <configuration>'],
  [/\d+(\.\d+)? (ms|s|MB)\b/g, '<amount>'],
  [/\d+\.\d+\.\d+/g, '<version>'],
  // The sweep of the demo tries again what is in the dead letters, and compares what was written.
  [/\battempts +\d+/g, 'attempts <count>'],
  [/\b(last read by a worker) (<time>|never or long ago)/g, '$1 <time>'],
  [/\b(last compared <time>|never compared)/g, 'last compared <time>'],
  [/\b(redis|worker|ingest) \d+/g, '$1 <pid>'],
  [/─+/g, '─'],
  [/[ \t]+/g, ' '],
];

/** The lines of a text, with placeholders for ids, times, ports and amounts, and without the widths of columns. */
export function stableLines(text: string): string[] {
  const stable = CHANGING.reduce((result, [pattern, name]) => result.replace(pattern, name), text.trim());
  return stable.split('\n').map((line) => line.trim());
}

/**
 * Whether `printed` is what `shown` says, apart from what differs from one run to the next. A line `...` in `shown` stands for
 * any number of lines.
 */
export function isPrinted(shown: string, printed: string): boolean {
  const lines = stableLines(printed);
  const parts = partsOf(stableLines(shown));
  let at = 0;
  for (const [n, part] of parts.entries()) {
    const isFirst = n === 0;
    const isLast = n === parts.length - 1;
    const from = isLast && !isFirst ? Math.max(at, lines.length - part.length) : at;
    const found = isFirst ? (startsAt(lines, part, 0) ? 0 : -1) : indexOf(lines, part, from);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at === lines.length;
}

/** The runs of lines between the lines `...`; the first and the last may be empty. */
function partsOf(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line === '...') parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

const startsAt = (lines: readonly string[], part: readonly string[], at: number): boolean =>
  part.every((line, n) => lines[at + n] === line);

function indexOf(lines: readonly string[], part: readonly string[], from: number): number {
  for (let at = from; at + part.length <= lines.length; at += 1) if (startsAt(lines, part, at)) return at;
  return -1;
}
