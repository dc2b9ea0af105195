import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { parseAddress } from '../phone';
import { findKeyword } from './find-keyword';
import { fold } from './fold';
import { KeywordConfig } from './keyword-config';
import { lexicon, type Lexicon } from './lexicon';
import { countryScope, standardScope } from './scopes';
import type { KeywordKind } from './standard-words';
import { TOLL_FREE_START_WORDS, isTollFree } from './toll-free';
import { findWording } from './wording/find-wording';

/** A message to be judged. `to` is our number or address it was sent to, as Twilio gives it. */
export interface MessageText {
  readonly optOutType?: string | undefined;
  readonly body: string;
  readonly to: string;
}

/** What was said by a keyword. `keyword` is there when the body said it rather than Twilio. */
export type KeywordClassification =
  { readonly kind: KeywordKind; readonly keyword?: string } | { readonly kind: 'none' };

/**
 * What a message means for consent. Wording that is taken for an opt-out has the name of the rule that found it, as the
 * keyword of a `stop` or the phrase of a `review`, and never the wording itself.
 */
export type Classification = KeywordClassification | { readonly kind: 'review'; readonly phrase: string };

export type Classify = (message: MessageText) => Classification;

/** Twilio's Advanced Opt-Out says what it took the message for; its words are ours in upper case. */
const OPT_OUT_TYPES: ReadonlyMap<string, KeywordKind> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/**
 * Builds the judge of messages. It believes Twilio's verdict when there is one, then looks for the keywords in force for
 * the number written to, then, if configured, for wording. Never throws; the body may be of any length.
 */
export function createClassifier(config: KeywordConfig): Classify {
  const wordsFor = lexicons(config);
  return ({ optOutType, body, to }) => {
    const verdict = OPT_OUT_TYPES.get(fold(optOutType ?? ''));
    if (verdict) return { kind: verdict };
    const found = findKeyword(body, wordsFor(to), config.match);
    if (found?.kind === 'stop' || found?.kind === 'start') return found;
    const wording = config.wording === 'off' ? undefined : findWording(body);
    if (wording) {
      return config.wording === 'apply'
        ? { kind: 'stop', keyword: wording }
        : { kind: 'review', phrase: wording };
    }
    return found ?? { kind: 'none' };
  };
}

const byDefault = createClassifier(KeywordConfig.parse({}));

/** Classifies a message by Twilio's defaults. */
export function classify(
  message: Omit<MessageText, 'to'> & Partial<Pick<MessageText, 'to'>>,
): KeywordClassification {
  const classified = byDefault({ to: '', ...message });
  return classified.kind === 'review' ? { kind: 'none' } : classified;
}

function lexicons(config: KeywordConfig): (to: string) => Lexicon {
  const standard = lexicon(standardScope(config));
  const countries = new Map(
    Object.keys(config.countries).map((country) => [country, lexicon(countryScope(country, config))]),
  );
  const tollFree = new Set<string>(TOLL_FREE_START_WORDS);
  return (to) => {
    const words = (countries.size > 0 && countries.get(countryOf(to) ?? '')) || standard;
    return isTollFree(to) ? { ...words, start: tollFree } : words;
  };
}

/** The country of a sender of ours. A toll-free number counts as of the US; a short code or an agent is of none. */
function countryOf(to: string): string | undefined {
  const address = parseAddress(to);
  return address.kind === 'phone' ? parsePhoneNumberFromString(address.phone)?.country : undefined;
}
