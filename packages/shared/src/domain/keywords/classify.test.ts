import fc from 'fast-check';
import { classify, createClassifier } from './classify';
import { LONGEST_TEXT } from './fold';
import { DEFAULT_KEYWORDS } from './keyword-settings';
import { STANDARD_WORDS } from './standard-words';
import { classifierOf } from './test-support/classifier';
import { INVISIBLE, decorated, fullWidth, spellings, withInvisible } from './test-support/variants';

const TOLL_FREE = '+18885550100';

describe('classify', () => {
  it.each([
    'STOP',
    'StopAll',
    'unsubscribe',
    'Cancel',
    'end',
    'quit',
    'REVOKE',
    'OptOut',
    'opt out',
    'Opt-Out',
    'opt  out',
    ' stop\n',
    'ＳＴＯＰ',
    's\u200btop',
    '𝗦𝗧𝗢𝗣',
    ...decorated('stop'),
  ])('classifies %p as an opt-out', (body) => {
    expect(classify({ body }).kind).toBe('stop');
  });

  it.each(['START', 'yes', 'Unstop', ' start\n', 'ＳＴＡＲＴ'])('classifies %p as an opt-in', (body) => {
    expect(classify({ body }).kind).toBe('start');
  });

  it.each(decorated('yes'))('accepts an opt-in only without decoration, not %p', (body) => {
    expect(classify({ body })).toEqual({ kind: 'none' });
  });

  it.each(['HELP', 'info', 'help!'])('classifies %p as a request for help', (body) => {
    expect(classify({ body }).kind).toBe('help');
  });

  it.each([
    "Stop, that's so funny",
    'stop stop',
    'please stop',
    '',
    'nonstop',
    '__proto__',
    'constructor',
    'S T O P',
    's.t.o.p.',
    'opt',
    'out opt',
    '🛑',
    '!!!',
  ])('finds no keyword in %p', (body) => {
    expect(classify({ body })).toEqual({ kind: 'none' });
  });

  it("prefers Twilio's classification to the body", () => {
    expect(classify({ optOutType: 'STOP', body: 'arret' })).toEqual({ kind: 'stop' });
    expect(classify({ optOutType: 'HELP', body: 'STOP' })).toEqual({ kind: 'help' });
    expect(classify({ optOutType: 'start', body: 'hola' })).toEqual({ kind: 'start' });
  });

  it('tells a YES that Twilio classified from START, since it may be an answer', () => {
    expect(classify({ optOutType: 'START', body: 'yes', to: TOLL_FREE })).toEqual({
      kind: 'start',
      keyword: 'YES',
    });
    expect(classify({ optOutType: 'START', body: 'start' })).toEqual({ kind: 'start' });
  });

  it("classifies the body where Twilio's classification is unknown", () => {
    expect(classify({ optOutType: 'PAUSE', body: 'stop' })).toEqual({ kind: 'stop', keyword: 'STOP' });
    expect(classify({ optOutType: '', body: 'stop' })).toEqual({ kind: 'stop', keyword: 'STOP' });
  });

  it('returns the keyword as it is in the list', () => {
    expect(classify({ body: '«opt-out»!' })).toEqual({ kind: 'stop', keyword: 'OPT OUT' });
  });

  it('finds no keyword in two words, except opt out', () => {
    const keyword = fc.constantFrom(...Object.values(STANDARD_WORDS).flat());
    const other = fc.stringMatching(/^[a-z]{1,9}$/);
    fc.assert(
      fc.property(keyword, other, fc.boolean(), (word, rest, first) => {
        const body = first ? `${word} ${rest}` : `${rest} ${word}`;
        fc.pre(body.toUpperCase() !== 'OPT OUT');
        expect(classify({ body })).toEqual({ kind: 'none' });
      }),
    );
  });

  it('ignores case, width and invisible characters', () => {
    const word = fc.constantFrom(...Object.values(STANDARD_WORDS).flat());
    const body = fc.oneof(
      word,
      fc.string({ maxLength: 12 }),
      word.map((text) => `${text}!`),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(...INVISIBLE), (text, invisible) => {
        const classification = classify({ body: text });
        for (const variant of [
          text.toLowerCase(),
          text.toUpperCase(),
          fullWidth(text),
          withInvisible(text, invisible),
        ]) {
          expect(classify({ body: variant })).toEqual(classification);
        }
      }),
    );
  });

  it('never throws, for any message and any settings', () => {
    const settings = fc.record({
      match: fc.constantFrom('exact' as const, 'contains' as const),
      wording: fc.constantFrom('off' as const, 'flag' as const, 'apply' as const),
      languages: fc.constant({ es: 'default' as const, ja: 'default' as const }),
      countries: fc.constant({ FR: { stop: ['ARRET'] } }),
    });
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(
        settings,
        text,
        text,
        fc.option(text, { nil: undefined }),
        (given, body, to, optOutType) => {
          const classified = createClassifier({ ...DEFAULT_KEYWORDS, ...given })({ body, to, optOutType });
          expect(['stop', 'start', 'help', 'review', 'none']).toContain(classified.kind);
        },
      ),
    );
    expect(classify({ body: '\ud800STOP\udc00' }).kind).toBe('stop');
  });

  it('finds no keyword in a text longer than any message', () => {
    expect(classify({ body: `STOP${' '.repeat(LONGEST_TEXT)}` })).toEqual({ kind: 'none' });
  });
});

describe('a toll-free number', () => {
  it.each(['800', '833', '844', '855', '866', '877', '888'])(
    '+1 %s accepts START and UNSTOP only',
    (area) => {
      const classified = classifierOf({ languages: { es: 'default' } });
      const to = `+1${area}5550100`;
      expect(classified('START', to).kind).toBe('start');
      expect(classified('unstop', to).kind).toBe('start');
      expect(classified('YES', to)).toEqual({ kind: 'none' });
      expect(classified('ALTA', to)).toEqual({ kind: 'none' });
      expect(classified('BAJA', to).kind).toBe('stop');
      expect(classified('HELP', to).kind).toBe('help');
    },
  );

  it('is an ordinary number on WhatsApp', () => {
    expect(classify({ body: 'YES', to: `whatsapp:${TOLL_FREE}` }).kind).toBe('start');
  });

  it.each(['+18805550100', '+448005550100', '88855', ''])('is not %p', (to) => {
    expect(classify({ body: 'YES', to }).kind).toBe('start');
  });
});

describe('lists by country', () => {
  const classified = classifierOf({
    languages: { es: 'default' },
    countries: { FR: { stop: ['ARRÊT'], start: [] }, CA: { help: ['AIDE'] } },
  });
  const FRENCH = '+33612345678';

  it('replace the standard words, except those that cannot be removed', () => {
    expect(classified('arret', FRENCH)).toEqual({ kind: 'stop', keyword: 'ARRET' });
    expect(classified('STOP', FRENCH).kind).toBe('stop');
    expect(classified('QUIT', FRENCH).kind).toBe('none');
    expect(classified('BAJA', FRENCH).kind).toBe('none');
    expect(classified('START', FRENCH).kind).toBe('start');
    expect(classified('UNSTOP', FRENCH).kind).toBe('start');
    expect(classified('YES', FRENCH).kind).toBe('none');
  });

  it('do not change a kind they do not name', () => {
    expect(classified('INFO', FRENCH).kind).toBe('help');
    expect(classified('QUIT', '+14165550123').kind).toBe('stop');
    expect(classified('AIDE', '+14165550123').kind).toBe('help');
    expect(classified('INFO', '+14165550123').kind).toBe('none');
  });

  it.each(['+14155550123', '55512', 'rcs:brand_agent', '', 'whatsapp:US.123'])('do not apply to %p', (to) => {
    expect(classified('QUIT', to).kind).toBe('stop');
    expect(classified('arret', to).kind).toBe('none');
  });

  it('apply on WhatsApp too', () => {
    expect(classified('arret', `whatsapp:${FRENCH}`).kind).toBe('stop');
  });
});

describe('wording', () => {
  it('is ignored by default', () => {
    expect(classifierOf({})('please stop texting me')).toEqual({ kind: 'none' });
  });

  it('is flagged or applied with the name of the rule', () => {
    expect(classifierOf({ wording: 'flag' })('please stop texting me')).toEqual({
      kind: 'review',
      phrase: 'stop_texting',
    });
    expect(classifierOf({ wording: 'apply' })('please stop texting me')).toEqual({
      kind: 'stop',
      keyword: 'stop_texting',
      phrase: 'stop_texting',
    });
  });

  it('has lower priority than keywords and higher priority than a request for help', () => {
    expect(classifierOf({ wording: 'flag' })('STOP')).toEqual({ kind: 'stop', keyword: 'STOP' });
    expect(classifierOf({ wording: 'flag' })('START')).toEqual({ kind: 'start', keyword: 'START' });
    expect(
      classifierOf({ wording: 'apply', match: 'contains' })(
        'remove me from your list or I will call for help',
      ).kind,
    ).toBe('stop');
  });
});

it.each(spellings('pará'))('finds a custom word with an accent in %p', (body) => {
  expect(classifierOf({ languages: { es: { stop: ['Pará'] } } })(body)).toEqual({
    kind: 'stop',
    keyword: 'PARA',
  });
});
