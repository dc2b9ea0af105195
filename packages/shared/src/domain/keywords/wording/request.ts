import { OPENERS } from './openers';
import { compile, endOf } from './pattern';
import { RULES, type Lead } from './rules';
import { CLOSING } from './vocabulary';

const CLOSED = compile(` ${CLOSING}`);
/** Words that make a question a request: "stop texting me ok?" */
const URGED = compile(' (?:please|ok|okay|already|now)');
const MOST_OPENERS = 8;

/** The name of the rule that matches the request at `start`, after any openers. Words are separated by single spaces. */
export function requestAt(text: string, start: number, question: boolean): string | undefined {
  let at = start;
  let lead: Lead = 'plain';
  let asks = false;
  for (let openers = 0; openers <= MOST_OPENERS; openers++) {
    const rule = ruleAt(text, at, lead, question && !asks);
    if (rule) return rule;
    const opener = OPENERS.find(({ words }) => (endOf(words, text, at) ?? text.length) < text.length);
    if (!opener) return undefined;
    at = (endOf(opener.words, text, at) ?? at) + 1;
    lead = opener.lead ?? lead;
    asks ||= opener.asks ?? false;
  }
  return undefined;
}

/** The same without openers, for the rules that may match in the middle of a clause. */
export function plainRequestAt(text: string, start: number, question: boolean): string | undefined {
  return ruleAt(text, start, 'anywhere', question);
}

/** The rule that matches at `at`, if the clause ends after it or continues with a closing word. */
function ruleAt(text: string, at: number, lead: Lead, question: boolean): string | undefined {
  return RULES.find(({ leads, request }) => {
    const end = leads.includes(lead) ? endOf(request, text, at) : undefined;
    if (end === undefined) return false;
    if (end === text.length) return !question;
    return endOf(question ? URGED : CLOSED, text, end) !== undefined;
  })?.name;
}
