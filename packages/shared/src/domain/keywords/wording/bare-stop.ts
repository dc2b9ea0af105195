import type { Clause } from './canonical';

const STOP_WORDS: ReadonlySet<string> = new Set(['stop', 'unsubscribe', 'stopall', 'optout', 'remove']);

/** Words that people add to a bare STOP. Without "it", "right" and "oh", which make it banter or a song. */
const AROUND: ReadonlySet<string> = new Set([
  ...[
    'please',
    'thanks',
    'now',
    'just',
    'already',
    'immediately',
    'ok',
    'no',
    'hi',
    'hello',
    'hey',
    'enough',
  ],
  ...['not', 'interested', 'im', 'wrong', 'number', 'all', 'sorry'],
]);

/** Whether a message consists of a keyword and courtesies only: "Stop please", "STOP STOP STOP", "not interested, stop". */
export function isBareStop(clauses: readonly Clause[]): boolean {
  const words = clauses.flatMap((clause) => clause.words);
  return (
    !clauses.some(({ question }) => question) &&
    words.some((word) => STOP_WORDS.has(word)) &&
    words.every((word) => STOP_WORDS.has(word) || AROUND.has(word) || repeatsItself(words, word))
  );
}

/** "I said stop". */
function repeatsItself(words: readonly string[], word: string): boolean {
  return (word === 'i' || word === 'said') && words.join(' ').includes('i said');
}
