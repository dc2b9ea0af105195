import type { Clause } from './canonical';

const STOP_WORDS: ReadonlySet<string> = new Set(['stop', 'unsubscribe', 'stopall', 'optout', 'remove']);

/** What people put around a bare STOP. Not "it", "right" or "oh": those make it banter or a song. */
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

/** Whether a message is nothing but a keyword and courtesies: "Stop please", "STOP STOP STOP", "not interested, stop". */
export function isBareStop(clauses: readonly Clause[]): boolean {
  const words = clauses.flatMap((clause) => clause.words);
  return (
    !clauses.some(({ question }) => question) &&
    words.some((word) => STOP_WORDS.has(word)) &&
    words.every((word) => STOP_WORDS.has(word) || AROUND.has(word) || isSaidAgain(words, word))
  );
}

/** "I said stop". */
function isSaidAgain(words: readonly string[], word: string): boolean {
  return (word === 'i' || word === 'said') && words.join(' ').includes('i said');
}
