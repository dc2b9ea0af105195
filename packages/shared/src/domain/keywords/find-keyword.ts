import { containsWord } from './contains-word';
import { LONGEST_TEXT, fold, foldedWords } from './fold';
import type { KeywordSettings } from './keyword-settings';
import type { Lexicon } from './lexicon';
import { ownText } from './own-text';
import type { KeywordKind } from './standard-words';

/** A keyword as it is in the lexicon: folded. */
export interface Keyword {
  readonly kind: KeywordKind;
  readonly keyword: string;
}

/**
 * Finds the keyword of a text.
 *
 * - `exact`: the whole text is the keyword. Punctuation and emoji around an opt-out or a request for help are ignored
 *   ("Stop.", "🛑 STOP 🛑"): an opt-out that is obeyed by mistake breaks no law. An opt-in allows none: "YES!" is more often
 *   an answer to something else, and Twilio would not lift its block for it.
 * - `contains`: an opt-out or a request for help counts anywhere as whole words, except in quotations and in reactions to another
 *   message (`Liked "Reply STOP to end"`). An opt-in still has to be the whole text,
 *   since "when does the class start?" gives no consent.
 *
 * Of several kinds the opt-out wins, then the opt-in.
 */
export function findKeyword(
  body: string,
  words: Lexicon,
  match: KeywordSettings['match'],
): Keyword | undefined {
  if (match === 'exact' && body.length > LONGEST_TEXT) return undefined;
  const text = body.slice(0, LONGEST_TEXT);
  const folded = foldedWords(text);
  const own = match === 'exact' ? folded : foldedWords(ownText(text));
  const find = (of: ReadonlySet<string>): string | undefined =>
    whole(folded, of) ?? (match === 'exact' ? undefined : longestWithin(own, of));

  const stop = find(words.stop);
  if (stop !== undefined) return { kind: 'stop', keyword: stop };
  const start = body.length > LONGEST_TEXT ? undefined : whole(fold(text), words.start);
  if (start !== undefined) return { kind: 'start', keyword: start };
  const help = find(words.help);
  return help === undefined ? undefined : { kind: 'help', keyword: help };
}

function whole(text: string, words: ReadonlySet<string>): string | undefined {
  return words.has(text) ? text : undefined;
}

/** The longest keyword, so that OPT OUT is returned rather than a part of it. */
function longestWithin(text: string, words: ReadonlySet<string>): string | undefined {
  return [...words]
    .filter((word) => containsWord(text, word))
    .reduce<string | undefined>(
      (longest, word) => (longest && longest.length >= word.length ? longest : word),
      undefined,
    );
}
