import { escapeControls } from '@optout-sync/shared/domain';
import { COLOR_SEQUENCE } from './colors';
import type { Terminal } from './terminal';

/** What is printed may come from a text message, so nothing of it reaches the terminal as a command but our own colours. */
export function withoutControls(terminal: Terminal): Terminal {
  const clean = (text: string): string =>
    terminal.color ? text.split(COLOR_SEQUENCE).map(cleanUnlessColor).join('') : escapeControls(text);
  return {
    ...terminal,
    out: (text) => {
      terminal.out(clean(text));
    },
    error: (text) => {
      terminal.error(escapeControls(text));
    },
  };
}

/** The odd parts of a split by the sequence are the sequences. */
const cleanUnlessColor = (part: string, n: number): string => (n % 2 === 1 ? part : escapeControls(part));
