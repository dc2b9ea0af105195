import type { Terminal } from './terminal';
import { withoutControls } from './without-controls';

const CONTROL = '\u001b[2J\u009b31m\u0007';
const RED = '\u001b[31mred\u001b[39m';

/** Prints on such a terminal. Returns what it got. */
function print(text: string, color: boolean): string[] {
  const printed: string[] = [];
  const add = (line: string) => printed.push(line);
  const terminal: Terminal = withoutControls({ env: {}, out: add, error: add, color });
  terminal.out(text);
  terminal.error(text);
  return printed;
}

describe('a terminal', () => {
  it.each([true, false])('gets no control character of what is printed, with colours: %s', (color) => {
    for (const line of print(`STOP${CONTROL}\nnext`, color)) {
      expect(line).toContain('STOP\\u001b[2J\\u009b31m');
      expect(line).not.toMatch(/(?!\n)\p{Cc}/u);
    }
  });

  it('gets our own colours where it shows colours, on standard output alone', () => {
    expect(print(RED, true)).toEqual([RED, '\\u001b[31mred\\u001b[39m']);
    expect(print(RED, false)[0]).not.toContain('\u001b');
  });
});
