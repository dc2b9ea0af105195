import type { DestinationStream } from 'pino';
import { isColorSupported, prettyFactory } from 'pino-pretty';

/** Writes each JSON line as text for people; in color on a terminal. */
export function prettyOutput(destination: DestinationStream): DestinationStream {
  const pretty = prettyFactory({
    colorize: isColorSupported,
    translateTime: 'SYS:HH:MM:ss.l',
    // The same in every line of a terminal.
    ignore: 'instance,version',
    singleLine: true,
    // As JSON would have it, so that no text can look like a line of its own.
    messageFormat: (line, key) =>
      ((line[key] as string | undefined) ?? '')
        .replaceAll('\n', String.raw`\n`)
        .replaceAll('\r', String.raw`\r`),
  });
  return {
    write: (line) => {
      destination.write(pretty(withoutControls(line)));
    },
  };
}

/**
 * The escapes \uXXXX of a JSON line as text, so that what a terminal would act on stays escaped when the line is parsed: only control
 * characters are written so.
 */
function withoutControls(line: string): string {
  return line.replaceAll(/\\./g, (escape) => (escape === '\\u' ? '\\\\u' : escape));
}
