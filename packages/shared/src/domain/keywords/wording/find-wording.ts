import { isBareStop } from './bare-stop';
import { clauses, type Clause } from './canonical';
import { OPEN, guardAfter, allowsRequestAt } from './guards';
import { plainRequestAt, requestAt } from './request';

/** A request may also start after these words, not only at the start of a clause. */
const JOINTS: ReadonlySet<string> = new Set(['please', 'but', 'so', 'and']);
const INTRODUCES_SPEECH: ReadonlySet<string> = new Set([
  ...['said', 'says', 'say', 'saying', 'like', 'goes', 'wrote', 'texted', 'replied'],
  ...['sings', 'sang', 'singing', 'lyrics'],
]);
/** Removing a number in order to replace it is not an opt-out. */
const OF_NUMBERS: ReadonlySet<string> = new Set(['remove_number', 'lose_number']);
const REPLACES = / (?:new (?:number|one|phone|cell)|other (?:number|one)|use|instead|update|replace)(?= )/;
/** A message that asks for another way or time of contact ("don't call, text me", "stop calling, I'm in a meeting"). */
const OF_CALLS: ReadonlySet<string> = new Set(['stop_calling']);
const ANOTHER_TIME_OR_WAY: ReadonlySet<string> = new Set([
  ...[
    'text',
    'texts',
    'message',
    'messages',
    'email',
    'emails',
    'mail',
    'write',
    'instead',
    'only',
    'voicemail',
    'chat',
  ],
  ...[
    'meeting',
    'driving',
    'drive',
    'class',
    'work',
    'working',
    'busy',
    'asleep',
    'sleeping',
    'sleeps',
    'nap',
    'baby',
  ],
  ...[
    'later',
    'soon',
    'today',
    'tonight',
    'tomorrow',
    'morning',
    'afternoon',
    'evening',
    'minute',
    'minutes',
    'hour',
  ],
  ...[
    'hours',
    'until',
    'unless',
    'before',
    'after',
    'when',
    'while',
    'til',
    'till',
    'back',
    'ill',
    'will',
    'just',
  ],
  ...[
    'door',
    'doorbell',
    'knock',
    'gate',
    'porch',
    'leave',
    'outside',
    'there',
    'here',
    'love',
    'haha',
    'lol',
  ],
]);
const JOKES: ReadonlySet<string> = new Set(['jk', 'kidding']);

/**
 * Finds English wording that opts out without a keyword.
 *
 * A request counts at the start of a clause, or after an opener ("can you", "not interested", "I asked you to"). The
 * plainest requests ("stop texting me") count in the middle of a clause too. Nothing may follow that makes it a request
 * about something else ("remove me from the waitlist"). So negations ("don't stop"), reports ("she told me to stop") and
 * third persons ("tell him to stop") do not match.
 *
 * It reads the first LONGEST_TEXT characters and takes time in proportion to their number.
 *
 * @returns the name of the rule that matched
 */
export function findWording(text: string): string | undefined {
  const parts = clauses(text);
  const words = parts.flatMap((clause) => clause.words);
  if (words.some((word) => JOKES.has(word))) return undefined;
  if (isBareStop(parts)) return 'bare_stop';
  const rules = parts.flatMap((clause, index) =>
    introducesSpeech(parts[index - 1]) ? [] : (ruleIn(clause) ?? []),
  );
  const replaces = REPLACES.test(` ${words.join(' ')} `);
  const postpones = words.some((word) => ANOTHER_TIME_OR_WAY.has(word));
  return rules.find((rule) => !(replaces && OF_NUMBERS.has(rule)) && !(postpones && OF_CALLS.has(rule)));
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
      (allowsRequestAt(guard, words, index) ? plainRequestAt(text, at, question) : undefined);
    if (rule) return rule;
    guard = guardAfter(guard, words, index);
    at += word.length + 1;
  }
  return undefined;
}
