import { DEFAULT_KEYWORDS, type KeywordSettings } from './keyword-settings';
import { keywordWarnings } from './keyword-warnings';

describe('keywordWarnings', () => {
  const warnings = (settings: Partial<KeywordSettings>): string[] =>
    keywordWarnings({ ...DEFAULT_KEYWORDS, ...settings });

  it('returns none for the defaults, for language lists and for flagged wording', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ wording: 'flag', languages: { ja: 'default' } })).toEqual([]);
  });

  it('warns of contains, and additionally of scripts without spaces', () => {
    expect(warnings({ match: 'contains' })).toEqual([expect.stringContaining('contains')]);
    expect(warnings({ match: 'contains', languages: { ja: 'default' } })).toEqual([
      expect.stringContaining('opts the person out'),
      expect.stringContaining('inside longer words'),
    ]);
  });

  it('warns of wording that is applied', () => {
    expect(warnings({ wording: 'apply' })).toEqual([expect.stringContaining('wording')]);
  });

  it('warns of a list for the US without a word that the FCC names', () => {
    expect(warnings({ countries: { US: { stop: ['STOP', 'END', 'opt-out', 'QUIT'] } } })).toEqual([
      expect.stringContaining('leaves out REVOKE, CANCEL, UNSUBSCRIBE'),
    ]);
    expect(warnings({ countries: { US: { help: ['ASSIST'] }, FR: { stop: [] } } })).toEqual([]);
  });
});
