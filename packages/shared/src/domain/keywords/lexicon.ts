import { fold, foldedWords } from './fold';
import type { PlacedWord } from './scopes';

/** The words that apply in one scope, folded. */
export interface Lexicon {
  readonly stop: ReadonlySet<string>;
  readonly help: ReadonlySet<string>;
  /** With their punctuation, if any: an opt-in must match exactly. */
  readonly start: ReadonlySet<string>;
}

export function lexicon(words: readonly PlacedWord[]): Lexicon {
  const of = (kind: PlacedWord['kind'], foldWord: (text: string) => string): Set<string> =>
    new Set(words.filter((word) => word.kind === kind).map(({ word }) => foldWord(word)));
  return { stop: of('stop', foldedWords), start: of('start', fold), help: of('help', foldedWords) };
}
