import fc from 'fast-check';
import { classify, createClassifier } from './classify';
import { LONGEST_TEXT } from './fold';
import { KeywordConfig } from './keyword-config';
import { STANDARD_WORDS } from './standard-words';
import { judge } from './test-support/classified';
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
  ])('takes %p for an opt-out', (body) => {
    expect(classify({ body }).kind).toBe('stop');
  });

  it.each(['START', 'yes', 'Unstop', ' start\n', 'ＳＴＡＲＴ'])('takes %p for an opt-in', (body) => {
    expect(classify({ body }).kind).toBe('start');
  });

  it.each(decorated('yes'))('takes an opt-in as it is written only, not %p', (body) => {
    expect(classify({ body })).toEqual({ kind: 'none' });
  });

  it.each(['HELP', 'info', 'help!'])('takes %p for a call for help', (body) => {
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
  ])('takes %p for nothing', (body) => {
    expect(classify({ body })).toEqual({ kind: 'none' });
  });

  it("takes Twilio's verdict over the body", () => {
    expect(classify({ optOutType: 'STOP', body: 'arret' })).toEqual({ kind: 'stop' });
    expect(classify({ optOutType: 'HELP', body: 'STOP' })).toEqual({ kind: 'help' });
    expect(classify({ optOutType: 'start', body: 'hola' })).toEqual({ kind: 'start' });
    expect(classify({ optOutType: 'START', body: 'YES', to: TOLL_FREE })).toEqual({ kind: 'start' });
  });

  it('reads the body when the verdict is none it knows', () => {
    expect(classify({ optOutType: 'PAUSE', body: 'stop' })).toEqual({ kind: 'stop', keyword: 'STOP' });
    expect(classify({ optOutType: '', body: 'stop' })).toEqual({ kind: 'stop', keyword: 'STOP' });
  });

  it('names the keyword as it stands in the list', () => {
    expect(classify({ body: '«opt-out»!' })).toEqual({ kind: 'stop', keyword: 'OPT OUT' });
  });

  it('finds no keyword in two words, save opt out', () => {
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

  it('judges alike whatever the case, the width and what is invisible', () => {
    const word = fc.constantFrom(...Object.values(STANDARD_WORDS).flat());
    const body = fc.oneof(
      word,
      fc.string({ maxLength: 12 }),
      word.map((said) => `${said}!`),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(...INVISIBLE), (text, invisible) => {
        const verdict = classify({ body: text });
        for (const variant of [
          text.toLowerCase(),
          text.toUpperCase(),
          fullWidth(text),
          withInvisible(text, invisible),
        ]) {
          expect(classify({ body: variant })).toEqual(verdict);
        }
      }),
    );
  });

  it('never throws, whatever it is given and however it is set', () => {
    const config = fc.record({
      match: fc.constantFrom('exact', 'contains'),
      wording: fc.constantFrom('off', 'flag', 'apply'),
      languages: fc.constant({ es: 'default', ja: 'default' }),
      countries: fc.constant({ FR: { stop: ['ARRET'] } }),
    });
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(
        config,
        text,
        text,
        fc.option(text, { nil: undefined }),
        (section, body, to, optOutType) => {
          const judged = createClassifier(KeywordConfig.parse(section))({ body, to, optOutType });
          expect(['stop', 'start', 'help', 'review', 'none']).toContain(judged.kind);
        },
      ),
    );
    expect(classify({ body: '\ud800STOP\udc00' }).kind).toBe('stop');
  });

  it('takes a text of more than any message may hold for no keyword', () => {
    expect(classify({ body: `STOP${' '.repeat(LONGEST_TEXT)}` })).toEqual({ kind: 'none' });
  });
});

describe('a toll-free number', () => {
  it.each(['800', '833', '844', '855', '866', '877', '888'])('+1 %s takes START and UNSTOP only', (area) => {
    const judged = judge({ languages: { es: 'default' } });
    const to = `+1${area}5550100`;
    expect(judged('START', to).kind).toBe('start');
    expect(judged('unstop', to).kind).toBe('start');
    expect(judged('YES', to)).toEqual({ kind: 'none' });
    expect(judged('ALTA', to)).toEqual({ kind: 'none' });
    expect(judged('BAJA', to).kind).toBe('stop');
    expect(judged('HELP', to).kind).toBe('help');
  });

  it('is one on the carriers only, not on WhatsApp', () => {
    expect(classify({ body: 'YES', to: `whatsapp:${TOLL_FREE}` }).kind).toBe('start');
  });

  it.each(['+18805550100', '+448005550100', '88855', ''])('is not %p', (to) => {
    expect(classify({ body: 'YES', to }).kind).toBe('start');
  });
});

describe('lists by country', () => {
  const judged = judge({
    languages: { es: 'default' },
    countries: { FR: { stop: ['ARRÊT'], start: [] }, CA: { help: ['AIDE'] } },
  });
  const FRENCH = '+33612345678';

  it('replace the standard words, save those nobody may remove', () => {
    expect(judged('arret', FRENCH)).toEqual({ kind: 'stop', keyword: 'ARRET' });
    expect(judged('STOP', FRENCH).kind).toBe('stop');
    expect(judged('QUIT', FRENCH).kind).toBe('none');
    expect(judged('BAJA', FRENCH).kind).toBe('none');
    expect(judged('START', FRENCH).kind).toBe('start');
    expect(judged('UNSTOP', FRENCH).kind).toBe('start');
    expect(judged('YES', FRENCH).kind).toBe('none');
  });

  it('leave a kind they do not name as it is', () => {
    expect(judged('INFO', FRENCH).kind).toBe('help');
    expect(judged('QUIT', '+14165550123').kind).toBe('stop');
    expect(judged('AIDE', '+14165550123').kind).toBe('help');
    expect(judged('INFO', '+14165550123').kind).toBe('none');
  });

  it.each(['+14155550123', '55512', 'rcs:brand_agent', '', 'whatsapp:US.123'])('do not concern %p', (to) => {
    expect(judged('QUIT', to).kind).toBe('stop');
    expect(judged('arret', to).kind).toBe('none');
  });

  it('go by the number on WhatsApp as well', () => {
    expect(judged('arret', `whatsapp:${FRENCH}`).kind).toBe('stop');
  });
});

describe('wording', () => {
  it('is not looked at by default', () => {
    expect(judge({})('please stop texting me')).toEqual({ kind: 'none' });
  });

  it('is flagged, or applied, by the name of the rule', () => {
    expect(judge({ wording: 'flag' })('please stop texting me')).toEqual({
      kind: 'review',
      phrase: 'stop_texting',
    });
    expect(judge({ wording: 'apply' })('please stop texting me')).toEqual({
      kind: 'stop',
      keyword: 'stop_texting',
    });
  });

  it('comes after keywords, and before a call for help', () => {
    expect(judge({ wording: 'flag' })('STOP')).toEqual({ kind: 'stop', keyword: 'STOP' });
    expect(judge({ wording: 'flag' })('START')).toEqual({ kind: 'start', keyword: 'START' });
    expect(
      judge({ wording: 'apply', match: 'contains' })('remove me from your list or I will call for help').kind,
    ).toBe('stop');
  });
});

it.each(spellings('pará'))("takes %p for a word of one's own with an accent", (body) => {
  expect(judge({ languages: { es: { stop: ['Pará'] } } })(body)).toEqual({ kind: 'stop', keyword: 'PARA' });
});
