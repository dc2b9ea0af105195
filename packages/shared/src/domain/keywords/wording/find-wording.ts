import { isBareStop } from './bare-stop';
import { clauses, type Clause } from './canonical';
import { OPEN, guardAfter, mayStandAt } from './guards';
import { plainRequestAt, requestAt } from './request';

/** A request may begin after these words too, not only where a clause does. */
const JOINTS: ReadonlySet<string> = new Set(['please', 'but', 'so', 'and']);
const INTRODUCES_SPEECH: ReadonlySet<string> = new Set([
  ...['said', 'says', 'say', 'saying', 'like', 'goes', 'wrote', 'texted', 'replied'],
  ...['sings', 'sang', 'singing', 'lyrics'],
]);
/** Removing a number to put another in its place is no opt-out. */
const OF_NUMBERS: ReadonlySet<string> = new Set(['remove_number', 'lose_number']);
const REPLACES = / (?:new (?:number|one|phone|cell)|other (?:number|one)|use|instead|update|replace)(?= )/;
const JOKES: ReadonlySet<string> = new Set(['jk', 'kidding']);

/**
 * Looks for wording by which a person opts out in English without a keyword, and gives the name of the rule that found
 * it. A request counts where a clause begins, or after what leads up to one ("can you", "not interested", "I asked you
 * to"), and the plainest ones ("stop texting me") further on too; but only if nothing follows that makes it a request
 * about something else ("remove me from the waitlist"). So negations ("don't stop"), reports ("she told me to stop") and
 * third persons ("tell him to stop") are not found to begin with. Takes time in proportion to the text, of which it reads
 * the first LONGEST_TEXT characters.
 */
export function findWording(text: string): string | undefined {
  const said = clauses(text);
  const words = said.flatMap((clause) => clause.words);
  if (words.some((word) => JOKES.has(word))) return undefined;
  if (isBareStop(said)) return 'bare_stop';
  const rules = said.flatMap((clause, index) =>
    introducesSpeech(said[index - 1]) ? [] : (ruleIn(clause) ?? []),
  );
  const replaces = REPLACES.test(` ${words.join(' ')} `);
  return rules.find((rule) => !(replaces && OF_NUMBERS.has(rule)));
}

/** "He said: stop texting me", but not "I said: stop texting me". */
function introducesSpeech(clause: Clause | undefined): boolean {
  return INTRODUCES_SPEECH.has(clause?.words.at(-1) ?? '') && clause?.words[0] !== 'i';
}

function ruleIn({ words, question }: Clause): string | undefined {
  const text = words.join(' ');
  let at = 0;
  let guard = OPEN;
  for (const [index, word] of words.entries()) {
    const begins = index === 0 || (JOINTS.has(words[index - 1] ?? '') && !guard.reported);
    const rule =
      (begins ? requestAt(text, at, question) : undefined) ??
      (mayStandAt(guard, words, index) ? plainRequestAt(text, at, question) : undefined);
    if (rule) return rule;
    guard = guardAfter(guard, words, index);
    at += word.length + 1;
  }
  return undefined;
}
