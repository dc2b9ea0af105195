import type { ConfiguredLists } from './scopes';

/** How messages are classified; docs/keywords.md explains each setting. */
export interface KeywordSettings extends ConfiguredLists {
  /** Whether the whole message must be the keyword, or may contain it. */
  readonly match: 'exact' | 'contains';
  /** What happens to wording that is an opt-out without a keyword: nothing, a review, or an opt-out. */
  readonly wording: 'off' | 'flag' | 'apply';
}

/** Twilio's defaults. */
export const DEFAULT_KEYWORDS: KeywordSettings = {
  match: 'exact',
  wording: 'off',
  languages: {},
  countries: {},
};
