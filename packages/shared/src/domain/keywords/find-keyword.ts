import { containsWord } from './contains-word';
import { LONGEST_TEXT, fold, foldedWords } from './fold';
import type { Lexicon } from './lexicon';
import type { KeywordKind } from './standard-words';

export type Match = 'exact' | 'contains';

/** A keyword that was found, as it stands in the lexicon: folded. */
export interface Keyword {
  readonly kind: KeywordKind;
  readonly keyword: string;
}

/**
 * The keyword of a text. `exact`: the whole text is the keyword. An opt-out, and a call for help, may stand among
 * punctuation and emoji ("Stop.", "🛑 STOP 🛑"): obeying one opt-out too many breaks no law. An opt-in may not: "YES!" is
 * more often an answer to something else, and Twilio would not lift its block for it.
 * `contains`: an opt-out or a call for help as whole words anywhere; an opt-in still has to be the whole text, since
 * "when does the class start?" consents to nothing. Where several kinds are found, the opt-out wins and help comes last.
 */
export function findKeyword(body: string, words: Lexicon, match: Match): Keyword | undefined {
  if (match === 'exact' && body.length > LONGEST_TEXT) return undefined;
  const text = body.slice(0, LONGEST_TEXT);
  const said = foldedWords(text);
  const find = match === 'exact' ? whole : longestWithin;

  const stop = find(said, words.stop);
  if (stop !== undefined) return { kind: 'stop', keyword: stop };
  const start = body.length > LONGEST_TEXT ? undefined : whole(fold(text), words.start);
  if (start !== undefined) return { kind: 'start', keyword: start };
  const help = find(said, words.help);
  return help === undefined ? undefined : { kind: 'help', keyword: help };
}

function whole(said: string, words: ReadonlySet<string>): string | undefined {
  return words.has(said) ? said : undefined;
}

/** The longest, so that OPT OUT is named rather than a part of it. */
function longestWithin(said: string, words: ReadonlySet<string>): string | undefined {
  return [...words]
    .filter((word) => containsWord(said, word))
    .reduce<string | undefined>(
      (longest, word) => (longest && longest.length >= word.length ? longest : word),
      undefined,
    );
}
