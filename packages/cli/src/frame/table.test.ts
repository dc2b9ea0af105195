import { tableText } from './table';

// eslint-disable-next-line no-control-regex -- that is what it finds
const COLOURS = /\u001b\[\d+m/g;
const HEAD = ['id', 'what', 'when'];
const LONG = 'a STOP from somebody who wrote very much about it, and then some more of the same';

describe('tableText', () => {
  it('is plain in a pipe: a row is a line, with aligned columns, without borders, colours or trailing spaces', () => {
    const text = tableText({}, HEAD, [
      ['dl-1', LONG, 1],
      ['dl-22', 'a\nb', ''],
    ]);
    expect(text.split('\n')).toEqual([
      `id     what${' '.repeat(LONG.length - 4)}  when`,
      `dl-1   ${LONG}  1`,
      'dl-22  a, b',
    ]);
  });

  it('has borders on a terminal that is wide enough', () => {
    const text = tableText({ columns: 80 }, HEAD, [['dl-1', 'a STOP', 1]]);
    expect(text).toContain('│ dl-1 │ a STOP │ 1    │');
    expect(tableText({ columns: 80, color: true }, HEAD, [['dl-1', 'x', 1]])).toContain('\u001b[1m');
  });

  it.each([40, 80, 120])('turns into a list that fits %d columns, and loses nothing', (columns) => {
    const id = `SM${'0123456789abcdef'.repeat(2)}`;
    const digest = 'f'.repeat(100);
    const text = tableText({ columns }, HEAD, [
      [id, LONG, 7],
      ['dl-2', digest, ''],
    ]);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    const letters = text.replace(/\s/g, '');
    for (const part of [id, LONG, digest]) {
      expect(letters).toContain(part.replace(/\s/g, ''));
    }
    expect(tableText({ columns, color: true }, HEAD, [[id, digest, 7]]).replaceAll(COLOURS, '')).toBe(
      tableText({ columns }, HEAD, [[id, digest, 7]]),
    );
    if (columns > 40) expect(text).toMatch(/^id {4}SM/m);
    expect(text).toContain('\n\nid    dl-2');
  });
});
