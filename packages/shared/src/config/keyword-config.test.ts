import { KeywordConfig } from './keyword-config';

const errors = (section: unknown): string[] =>
  KeywordConfig.safeParse(section).error?.issues.map(
    ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
  ) ?? [];

describe('the keywords section', () => {
  it("has Twilio's defaults where nothing is set", () => {
    expect(KeywordConfig.parse({})).toEqual({
      match: 'exact',
      wording: 'off',
      languages: {},
      countries: {},
    });
  });

  it('accepts false for off, which YAML 1.1 readers produce', () => {
    expect(KeywordConfig.parse({ wording: false }).wording).toBe('off');
  });

  it.each([
    [
      'a word with two meanings',
      { languages: { es: { stop: ['Ya no'], start: ['¡YA NO!'] } } },
      ['languages.es.start.0: means start here, but also stop: it is in languages.es.stop.0'],
    ],
    [
      'a word with another meaning in another language',
      { languages: { es: { stop: ['alta'] }, pt: { help: ['Altá'] } } },
      ['languages.pt.help.0: means help here, but also stop: it is in languages.es.stop.0'],
    ],
    [
      'a standard word with another meaning',
      { languages: { en: { start: ['JOIN', 'cancel'] } } },
      ['languages.en.start.1: means start here, but also stop: it is a standard word'],
    ],
    [
      'a word that cannot be removed, with another meaning',
      { countries: { FR: { help: ['STOP'] } } },
      ['countries.FR.help.0: means help here, but also stop: it is a standard word'],
    ],
    [
      'a standard word with another meaning in a country',
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
        (code) => `countries.${code}: is not a country code (ISO 3166-1, two capitals, such as FR)`,
      ),
    ],
    [
      'a language without a ready-made list',
      { languages: { nl: 'default' } },
      ['languages.nl: has no ready-made list; there are es, fr, de, pt, ja'],
    ],
    [
      'an invalid language',
      { languages: { Spanish: {} } },
      ['languages.Spanish: is not a language code (such as es or pt-BR)'],
    ],
    [
      'unknown codes together with other errors',
      {
        match: 'fuzzy',
        languages: { Spanish: { stop: 7 } },
        countries: { UK: { stop: [7] }, FR: { stopp: [] } },
      },
      [
        expect.stringMatching(/^match: /),
        'languages.Spanish.stop: must be a list of words',
        'languages.Spanish: is not a language code (such as es or pt-BR)',
        'countries.UK.stop.0: must be text: put it in quotes',
        expect.stringMatching(/^countries.FR: Unrecognized key/),
        'countries.UK: is not a country code (ISO 3166-1, two capitals, such as FR)',
      ],
    ],
    [
      'text in place of a list',
      { languages: { es: 'defualt' } },
      ['languages.es: must be default, or lists of stop, start and help words'],
    ],
  ])('rejects %s and shows its path, not its value', (_, section, expected) => {
    expect(errors(section)).toEqual(expected);
  });

  it.each([
    { match: 'fuzzy' },
    { wording: 'on' },
    { languages: { es: { stopp: [] } } },
    { keywords: {} },
    null,
    [],
  ])('rejects %j', (section) => {
    expect(errors(section)).toHaveLength(1);
  });

  it('accepts a word in a country list that only contradicts the words the list replaces', () => {
    expect(errors({ countries: { MX: { stop: ['BAJA'], help: ['cancel'] } } })).toEqual([]);
  });
});
