/** After one of these words a request is reported, not made: "she told me to go and stop texting her". */
const REPORTS: ReadonlySet<string> = new Set([
  ...['tell', 'told', 'ask', 'asked', 'say', 'said', 'says', 'saying', 'if', 'when'],
]);
/** After one of these words, or a report, a request in the middle of a clause does not count or is not for us. */
const TURNS_AWAY: ReadonlySet<string> = new Set([
  ...[
    'dont',
    'cant',
    'wont',
    'didnt',
    'doesnt',
    'isnt',
    'never',
    'not',
    'without',
    'did',
    'does',
    'why',
    'should',
  ],
  ...[
    'he',
    'she',
    'they',
    'him',
    'her',
    'them',
    'his',
    'their',
    'until',
    'before',
    'after',
    'because',
    'text',
    'reply',
  ],
]);
/** "My ex needs to stop texting me", but "you need to" and "if you would". */
const NEEDS_YOU: ReadonlySet<string> = new Set([
  'to',
  'would',
  'will',
  'could',
  'can',
  'must',
  'may',
  'might',
]);

/** What the words before a position in a clause rule out there. */
export interface Guard {
  readonly reported: boolean;
  readonly turnedAway: boolean;
}

/** The guard at the start of a clause. */
export const OPEN: Guard = { reported: false, turnedAway: false };

/** The guard after the word at `index`, given the guard before it. */
export function guardAfter(guard: Guard, words: readonly string[], index: number): Guard {
  const word = words[index] ?? '';
  const before = words[index - 1];
  const byOrToUs = before === 'i' || before === 'ive' || words[index + 1] === 'you';
  const reported = guard.reported || (REPORTS.has(word) && !byOrToUs);
  return { reported, turnedAway: guard.turnedAway || reported || TURNS_AWAY.has(word) };
}

/** Whether a plain request may start at `index`, in the middle of a clause. */
export function allowsRequestAt(guard: Guard, words: readonly string[], index: number): boolean {
  if (guard.turnedAway) return false;
  const before = words[index - 1] ?? '';
  if (before === 'you') return words[index - 2] === 'if' || words[index - 2] === 'would';
  return !NEEDS_YOU.has(before) || words.slice(Math.max(0, index - 4), index).includes('you');
}
