import { fullWidth, withInvisible } from '../test-support/variants';
import { clauses } from './canonical';
import { findWording } from './find-wording';
import { OPENERS } from './openers';
import { RULES } from './rules';

describe('findWording', () => {
  it.each([
    ['please stop texting me', 'stop_texting'],
    ['Remove me from your list.', 'remove_me'],
    ['LEAVE ME ALONE!!!', 'leave_alone'],
    ['do not contact me', 'do_not_text'],
    ['take me off', 'remove_me'],
    ['no more texts', 'stop_messages'],
    ['wrong number stop messaging', 'stop_texting'],
    ['unsubscribe me please', 'unsubscribe'],
    ['lose my number', 'lose_number'],
    ['I revoke my consent to be contacted', 'revoke_consent'],
    ['Stop please', 'bare_stop'],
    ['I asked you 3 times to stop', 'told_to_stop'],
  ])('finds %p by the rule %s', (text, rule) => {
    expect(findWording(text)).toBe(rule);
  });

  it.each([
    ['a negation', "don't stop the music"],
    ['a negation', "please don't stop texting me"],
    ['laughter', "can't stop laughing"],
    ['a place', 'stop by the store'],
    ['another list', 'remove me from the waitlist'],
    ['another list', 'remove me from the waitlist? yes'],
    ['a third person', 'tell him to stop texting me'],
    ['a report', 'She told me to stop texting her'],
    ['a report', 'he said: stop texting me'],
    ['a quotation', '"stop texting me" is what she wrote'],
    ['a quotation', 'so she goes “leave me alone” and I left'],
    ['a quotation', 'Read it to my boss: "Stop texting me." He loved it'],
    ['a question', 'did he say stop texting me?'],
    ['a question', 'leave me alone?'],
    ['a wish for oneself', 'I need to stop texting so much'],
    ['a time', "don't text me right now"],
    ['a replacement', 'delete my number, here is my new number'],
    ['a joke', 'unsubscribe me lol jk'],
    ['nothing', ''],
  ])('ignores %s: %p', (_, text) => {
    expect(findWording(text)).toBeUndefined();
  });

  it.each(['stop texting me', "don't contact me"])('finds %p in every spelling', (text) => {
    const typographic = text.replace("'", '’');
    for (const variant of [text.toUpperCase(), fullWidth(text), withInvisible(text, '\u200b'), typographic]) {
      expect(findWording(variant)).toBe(findWording(text));
    }
    expect(findWording(text)).toBeDefined();
  });
});

describe('the running time', () => {
  it('is bounded at each position, since no pattern repeats without a bound', () => {
    const patterns = [...RULES.map(({ request }) => request), ...OPENERS.map(({ words }) => words)];
    for (const { source } of patterns) expect(source).not.toMatch(/[*+]|\{\d+,\}/);
  });

  const LONG = 64 * 1_024;
  it.each([
    'stop ',
    'please ',
    'dont text ',
    'stop all the these ',
    'remove me from the all the ',
    'i have asked you please ',
    '“',
    '"',
    '« ',
    '\n',
    '\n ',
    ', ',
    '\u0301',
    '\u200b',
    "'",
    'ﷺ',
    '🛑',
  ])('is that of the first 4,096 characters for 64 kB of %j', (piece) => {
    const text = piece.repeat(Math.ceil(LONG / piece.length));
    expect(text.length).toBeGreaterThanOrEqual(LONG);
    expect(clauses(text)).toEqual(clauses(text.slice(0, 4_096)));
    expect(findWording(text)).toBe(findWording(text.slice(0, 4_096)));
  });
});
