import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { isWeakOptIn } from '../consent';
import { parseAddress } from '../phone';
import { findKeyword } from './find-keyword';
import { fold } from './fold';
import { DEFAULT_KEYWORDS, type KeywordSettings } from './keyword-settings';
import { lexicon, type Lexicon } from './lexicon';
import { countryScope, standardScope } from './scopes';
import type { KeywordKind } from './standard-words';
import { TOLL_FREE_START_WORDS, isTollFree } from './toll-free';
import { findWording } from './wording/find-wording';

/** A message to classify. `to` is our number or address, as Twilio writes it. */
export interface MessageText {
  /** Twilio's classification, where Advanced Opt-Out is on. */
  readonly optOutType?: string | undefined;
  readonly body: string;
  readonly to: string;
}

/** `keyword` is set where the body was classified, and for a YES. It is missing where Twilio's classification was used. */
export type KeywordClassification =
  { readonly kind: KeywordKind; readonly keyword?: string } | { readonly kind: 'none' };

/**
 * What a message means for consent. For wording without a keyword, the `keyword` of a `stop` and the `phrase` of a `review`
 * are the name of the rule that found it, never the wording itself.
 */
export type Classification = KeywordClassification | { readonly kind: 'review'; readonly phrase: string };

export type Classify = (message: MessageText) => Classification;

/** The values of Twilio's OptOutType (Advanced Opt-Out). */
const OPT_OUT_TYPES: ReadonlyMap<string, KeywordKind> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/**
 * Creates a classifier. It uses Twilio's classification where there is one, then the keywords that apply to the number the
 * message was sent to, then, if configured, wording. It never throws; the body may be of any length.
 */
export function createClassifier(settings: KeywordSettings): Classify {
  const lexiconFor = createLexicons(settings);
  return ({ optOutType, body, to }) => {
    const kind = OPT_OUT_TYPES.get(fold(optOutType ?? ''));
    if (kind) return byTwilio(kind, body);
    const found = findKeyword(body, lexiconFor(to), settings.match);
    if (found?.kind === 'stop' || found?.kind === 'start') return found;
    const wording = settings.wording === 'off' ? undefined : findWording(body);
    if (wording) {
      return settings.wording === 'apply'
        ? { kind: 'stop', keyword: wording }
        : { kind: 'review', phrase: wording };
    }
    return found ?? { kind: 'none' };
  };
}

/** Twilio's classification. A YES remains known as one, since Advanced Opt-Out makes a START of every YES. */
function byTwilio(kind: KeywordKind, body: string): KeywordClassification {
  const keyword = fold(body);
  return isWeakOptIn({ kind, keyword }) ? { kind, keyword } : { kind };
}

const classifyByDefault = createClassifier(DEFAULT_KEYWORDS);

/** Classifies a message by Twilio's defaults. */
export function classify(
  message: Omit<MessageText, 'to'> & Partial<Pick<MessageText, 'to'>>,
): KeywordClassification {
  const classification = classifyByDefault({ to: '', ...message });
  return classification.kind === 'review' ? { kind: 'none' } : classification;
}

function createLexicons(settings: KeywordSettings): (to: string) => Lexicon {
  const standard = lexicon(standardScope(settings));
  const countries = new Map(
    Object.keys(settings.countries).map((country) => [country, lexicon(countryScope(country, settings))]),
  );
  const tollFree = new Set<string>(TOLL_FREE_START_WORDS);
  return (to) => {
    const words = (countries.size > 0 && countries.get(countryOf(to) ?? '')) || standard;
    return isTollFree(to) ? { ...words, start: tollFree } : words;
  };
}

/** The country of our number. A toll-free number belongs to the US; a short code or an RCS agent to no country. */
function countryOf(to: string): string | undefined {
  const address = parseAddress(to);
  return address.kind === 'phone' ? parsePhoneNumberFromString(address.phone)?.country : undefined;
}
