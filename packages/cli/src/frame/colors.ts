import { createColors } from 'picocolors';
import type { Terminal } from './terminal';

type Color = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Returns a function that colours text where the terminal shows colours. */
export function painter({ color = false }: Pick<Terminal, 'color'>): (color: Color, text: string) => string {
  const colors = createColors(color);
  return (name, text) => colors[name](text);
}

/** Colours as picocolors writes them. Nothing else that begins with an escape character reaches a terminal. */
// eslint-disable-next-line no-control-regex -- that is what it finds
export const COLOR_SEQUENCE = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/;

/**
 * Whether to colour: on a terminal, unless NO_COLOR is set (https://no-color.org) or the terminal is a dumb one.
 */
export function showsColors(
  { NO_COLOR = '', TERM }: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  return isTerminal && NO_COLOR === '' && TERM !== 'dumb';
}
