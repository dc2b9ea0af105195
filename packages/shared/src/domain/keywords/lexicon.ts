import { fold, foldedWords } from './fold';
import type { PlacedWord } from './scopes';

/** The words in force for one country, folded and ready to compare. */
export interface Lexicon {
  readonly stop: ReadonlySet<string>;
  readonly help: ReadonlySet<string>;
  /** With their punctuation, if they have any: an opt-in must be sent as it is written. */
  readonly start: ReadonlySet<string>;
}

export function lexicon(words: readonly PlacedWord[]): Lexicon {
  const of = (kind: PlacedWord['kind'], how: (text: string) => string): Set<string> =>
    new Set(words.filter((word) => word.kind === kind).map(({ word }) => how(word)));
  return { stop: of('stop', foldedWords), start: of('start', fold), help: of('help', foldedWords) };
}
