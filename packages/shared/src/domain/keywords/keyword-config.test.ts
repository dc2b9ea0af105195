import { KeywordConfig } from './keyword-config';
import { keywordWarnings } from './keyword-warnings';

const mistakes = (section: unknown): string[] =>
  KeywordConfig.safeParse(section).error?.issues.map(
    ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
  ) ?? [];

describe('KeywordConfig', () => {
  it("is Twilio's defaults when nothing is set", () => {
    expect(KeywordConfig.parse({})).toEqual({
      match: 'exact',
      wording: 'off',
      languages: {},
      countries: {},
    });
  });

  it('takes the false that some YAML readers make of off', () => {
    expect(KeywordConfig.parse({ wording: false }).wording).toBe('off');
  });

  it.each([
    [
      'a word that means two things',
      { languages: { es: { stop: ['Ya no'], start: ['¡YA NO!'] } } },
      ['languages.es.start.0: means start here, but also stop: it stands in languages.es.stop.0'],
    ],
    [
      'a word that means another thing in another language',
      { languages: { es: { stop: ['alta'] }, pt: { help: ['Altá'] } } },
      ['languages.pt.help.0: means help here, but also stop: it stands in languages.es.stop.0'],
    ],
    [
      'a standard word with another meaning',
      { languages: { en: { start: ['JOIN', 'cancel'] } } },
      ['languages.en.start.1: means start here, but also stop: it is a standard word'],
    ],
    [
      'a word that may not be removed, with another meaning',
      { countries: { FR: { help: ['STOP'] } } },
      ['countries.FR.help.0: means help here, but also stop: it is a standard word'],
    ],
    [
      'a standard word that changes sides in a country',
      { countries: { FR: { start: ['cancel'] } } },
      ['countries.FR.start.0: means start here, but also stop: it is a standard word'],
    ],
    [
      'an empty word',
      { languages: { es: { stop: ['BAJA', ' 🛑 '] } } },
      ['languages.es.stop.1: holds no letter or digit'],
    ],
    [
      'a number',
      { countries: { FR: { stop: [36180] } } },
      ['countries.FR.stop.0: must be text: put it in quotes'],
    ],
    [
      'an unknown country',
      { countries: { UK: {}, fr: {} } },
      ['UK', 'fr'].map(
        (code) => `countries.${code}: is no country code (ISO 3166-1, two capitals, such as FR)`,
      ),
    ],
    [
      'a language without a ready-made list',
      { languages: { nl: 'default' } },
      ['languages.nl: has no ready-made list; there are es, fr, de, pt, ja'],
    ],
    [
      'no language',
      { languages: { Spanish: {} } },
      ['languages.Spanish: is no language code (such as es or pt-BR)'],
    ],
    [
      'unknown codes, whatever else is wrong',
      {
        match: 'fuzzy',
        languages: { Spanish: { stop: 7 } },
        countries: { UK: { stop: [7] }, FR: { stopp: [] } },
      },
      [
        expect.stringMatching(/^match: /),
        'languages.Spanish.stop: must be a list of words',
        'languages.Spanish: is no language code (such as es or pt-BR)',
        'countries.UK.stop.0: must be text: put it in quotes',
        expect.stringMatching(/^countries.FR: Unrecognized key/),
        'countries.UK: is no country code (ISO 3166-1, two capitals, such as FR)',
      ],
    ],
    [
      'something else for a list',
      { languages: { es: 'defualt' } },
      ['languages.es: must be default, or lists of stop, start and help words'],
    ],
  ])('refuses %s, saying where and not what', (_, section, expected) => {
    expect(mistakes(section)).toEqual(expected);
  });

  it.each([
    { match: 'fuzzy' },
    { wording: 'on' },
    { languages: { es: { stopp: [] } } },
    { keywords: {} },
    null,
    [],
  ])('refuses %j', (section) => {
    expect(mistakes(section)).toHaveLength(1);
  });

  it('allows in a country what would be a contradiction beside the words it replaces', () => {
    expect(mistakes({ countries: { MX: { stop: ['BAJA'], help: ['cancel'] } } })).toEqual([]);
  });
});

describe('keywordWarnings', () => {
  const warnings = (section: unknown): string[] => keywordWarnings(KeywordConfig.parse(section));

  it('has none for the defaults, nor for lists and flags', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ wording: 'flag', languages: { ja: 'default' } })).toEqual([]);
  });

  it('warns of contains, and once more of scripts without spaces', () => {
    expect(warnings({ match: 'contains' })).toEqual([expect.stringContaining('contains')]);
    expect(warnings({ match: 'contains', languages: { ja: 'default' } })).toEqual([
      expect.stringContaining('opts the person out'),
      expect.stringContaining('inside longer words'),
    ]);
  });

  it('warns of wording that is applied', () => {
    expect(warnings({ wording: 'apply' })).toEqual([expect.stringContaining('wording')]);
  });

  it('warns of a list for the US that leaves out what the FCC names', () => {
    expect(warnings({ countries: { US: { stop: ['STOP', 'END', 'opt-out', 'QUIT'] } } })).toEqual([
      expect.stringContaining('leaves out REVOKE, CANCEL, UNSUBSCRIBE'),
    ]);
    expect(warnings({ countries: { US: { help: ['ASSIST'] }, FR: { stop: [] } } })).toEqual([]);
  });
});
