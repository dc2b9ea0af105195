import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message and its label: whether, as a person reads it, its sender asks for no more messages. */
export interface Labelled {
  readonly label: string;
  readonly text: string;
}

export type Part = 'tuning' | 'held-out' | 'challenge' | 'notices';

/** Reads one part of the labelled set: one message a line, as label, tab and text with `\n` for a line break. */
export function labelled(part: Part): Labelled[] {
  return readFileSync(join(__dirname, `wording-${part}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [label = '', text = ''] = line.split('\t');
      return { label, text: text.replaceAll('\\n', '\n') };
    });
}

export interface Measured {
  readonly part: Part;
  readonly optOuts: number;
  readonly others: number;
  readonly precision: number;
  readonly recall: number;
  readonly wrong: readonly string[];
}

/** Measures how well `finds` separates the opt-outs of a part from the other messages. */
export function measure(part: Part, finds: (text: string) => boolean): Measured {
  const all = labelled(part);
  const optOuts = all.filter(({ label }) => label === 'stop');
  const found = all.filter(({ text }) => finds(text));
  const correct = found.filter(({ label }) => label === 'stop').length;
  return {
    part,
    optOuts: optOuts.length,
    others: all.length - optOuts.length,
    precision: correct / found.length,
    recall: correct / optOuts.length,
    wrong: found.filter(({ label }) => label !== 'stop').map(({ text }) => text),
  };
}
