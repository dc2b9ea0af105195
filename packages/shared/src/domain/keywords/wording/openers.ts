import { compile, maybe, oneOf } from './pattern';
import type { Lead } from './rules';
import { SEVERAL_TIMES, YOU } from './vocabulary';

/** Words at the start of a clause that introduce a request or are irrelevant to it. */
export interface Opener {
  readonly words: RegExp;
  /** How it introduces the request; missing where it does not change that. */
  readonly lead?: Lead;
  /** Whether the request may be a question: "can you stop texting me?" */
  readonly asks?: boolean;
}

const COURTESY = oneOf(
  ...[
    'hi',
    'hi there',
    'hello',
    'hey',
    'hey there',
    'good morning',
    'sir',
    'dude',
    'bro',
    'yo',
    'you guys',
    'guys',
  ],
  ...[
    'please',
    'just',
    'now',
    'again',
    'also',
    'then',
    'so',
    'but',
    'and',
    'ok',
    'okay',
    'yes',
    'yeah',
    'no',
    'nope',
  ],
  ...[
    'thanks',
    'no thanks',
    'thanks but',
    'sorry',
    'wtf',
    'seriously',
    'for the last time',
    'stop',
    'unsubscribe',
  ],
);
const REASON = oneOf(
  ...[
    '(?:im |i am )?not interested(?: anymore)?',
    '(?:you (?:have|got) )?(?:the )?wrong(?: number| person)?',
  ],
  ...[
    'this is (?:the wrong number|spam)',
    'enough',
    'im done',
    'how many times do i have to (?:say|tell you to)',
    'i said',
    'i told you',
    'fuck off',
    'go away',
  ],
);
const WANTING = oneOf('want', 'need', 'asked', 'told', 'asking', 'telling', 'begging', 'would appreciate if');

export const OPENERS: readonly Opener[] = [
  { words: compile(COURTESY) },
  { words: compile(REASON) },
  {
    words: compile(`${oneOf('can', 'could', 'will', 'would', 'cant', 'wont')} ${YOU}`),
    lead: 'plain',
    asks: true,
  },
  { words: compile(`if you (?:can|could|would)`), lead: 'plain', asks: true },
  {
    words: compile(`${YOU} ${maybe('guys')}${oneOf('need to', 'must', 'have to', 'better')}`),
    lead: 'plain',
  },
  {
    words: compile(
      `i(?:m|ve)? ${maybe('am', 'have', 'already', 'have already')}${WANTING} ${YOU} ${SEVERAL_TIMES}to`,
    ),
    lead: 'plain',
  },
  {
    words: compile(`i(?:ve)? ${maybe('have', 'already', 'have already')}asked ${SEVERAL_TIMES}to`),
    lead: 'wish',
  },
  { words: compile(`i ${maybe('just', 'also')}${oneOf('want', 'need')}(?: to)?`), lead: 'wish' },
  { words: compile(`how ${oneOf('do i', 'can i', 'would i', 'to')}`), lead: 'how', asks: true },
];
