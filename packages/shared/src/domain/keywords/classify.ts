import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { isWeakOptIn } from '../consent';
import { parseAddress } from '../phone';
import { findKeyword, type Keyword } from './find-keyword';
import { fold, foldedWords } from './fold';
import { DEFAULT_KEYWORDS, type KeywordSettings } from './keyword-settings';
import { lexicon, type Lexicon } from './lexicon';
import { textAfterReaction } from './reactions';
import { countryScope, standardScope } from './scopes';
import type { KeywordKind } from './standard-words';
import { TOLL_FREE_START_WORDS, isTollFree } from './toll-free';
import { STOP_PROMOTIONS_BUTTONS } from './whatsapp-buttons';
import { findWording } from './wording/find-wording';

/** A message to classify. `to` is our number or address, as Twilio writes it. */
export interface MessageText {
  /** Twilio's classification, where Advanced Opt-Out is on. */
  readonly optOutType?: string | undefined;
  readonly body: string;
  /** What the sender of a template gave a button that the person pressed (WhatsApp, RCS). */
  readonly buttonPayload?: string | undefined;
  readonly to: string;
  /** The country that Twilio names for our short code, two capitals. */
  readonly toCountry?: string | undefined;
}

/** `keyword` is set where the body was classified, and for a YES. It is missing where Twilio's classification was used. */
export type KeywordClassification =
  { readonly kind: KeywordKind; readonly keyword?: string } | { readonly kind: 'none' };

/**
 * What a message means for consent. For wording without a keyword, `phrase` is the name of the rule that found it, never the wording
 * itself; the `keyword` of a `stop` is that name too.
 */
export type Classification =
  | KeywordClassification
  | { readonly kind: 'stop'; readonly keyword: string; readonly phrase: string }
  | { readonly kind: 'review'; readonly phrase: string };

export type Classify = (message: MessageText) => Classification;

/** The values of Twilio's OptOutType (Advanced Opt-Out). */
const OPT_OUT_TYPES: ReadonlyMap<string, KeywordKind> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/**
 * Creates a classifier. It uses Twilio's classification where there is one, then the keywords that apply to the number the
 * message was sent to, in the text and in the payload of a button, then, if configured, wording. It never throws; the body may be of any length.
 */
export function createClassifier(settings: KeywordSettings): Classify {
  const lexiconFor = createLexicons(settings);
  return ({ optOutType, body, buttonPayload, to, toCountry }) => {
    const kind = OPT_OUT_TYPES.get(fold(optOutType ?? ''));
    if (kind) return byTwilio(kind, body);
    const words = lexiconFor(to, toCountry);
    const found = strongest([
      findKeyword(body, words, settings.match),
      buttonPayload ? payloadKeyword(buttonPayload, words) : undefined,
    ]);
    if (found?.kind === 'stop' || found?.kind === 'start') return found;
    return classifyWording(body, settings.wording) ?? found ?? { kind: 'none' };
  };
}

function classifyWording(body: string, setting: KeywordSettings['wording']): Classification | undefined {
  const wording = setting === 'off' ? undefined : findWording(textAfterReaction(body) ?? body);
  if (wording === undefined) return undefined;
  return setting === 'apply'
    ? { kind: 'stop', keyword: wording, phrase: wording }
    : { kind: 'review', phrase: wording };
}

const STRENGTH: readonly KeywordKind[] = ['stop', 'start', 'help'];

/** Of several kinds the opt-out wins, then the opt-in; of the same kind the first. */
function strongest(found: readonly (Keyword | undefined)[]): Keyword | undefined {
  return STRENGTH.flatMap((kind) => found.find((keyword) => keyword?.kind === kind) ?? [])[0];
}

/**
 * The keyword that a button's payload is. YES does not count as one: a button that says "Yes, I'll be there" often has it, and
 * Twilio, which sees the text alone, would not lift its block.
 */
function payloadKeyword(payload: string, words: Lexicon): Keyword | undefined {
  const found = findKeyword(payload, words, 'exact');
  return found?.kind === 'start' && found.keyword === 'YES' ? undefined : found;
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

function createLexicons(settings: KeywordSettings): (to: string, toCountry: string | undefined) => Lexicon {
  const standard = lexicon(standardScope(settings));
  const countries = new Map(
    Object.keys(settings.countries).map((country) => [country, lexicon(countryScope(country, settings))]),
  );
  const tollFree = new Set<string>(TOLL_FREE_START_WORDS);
  const onWhatsApp = new Map([standard, ...countries.values()].map((words) => [words, withButtons(words)]));
  return (to, toCountry) => {
    const words = (countries.size > 0 && countries.get(countryOf(to, toCountry) ?? '')) || standard;
    if (isTollFree(to)) return { ...words, start: tollFree };
    return isWhatsApp(to) ? (onWhatsApp.get(words) ?? words) : words;
  };
}

/** No word of a button has another meaning, so no country list replaces them. */
function withButtons(words: Lexicon): Lexicon {
  return { ...words, stop: new Set([...words.stop, ...STOP_PROMOTIONS_BUTTONS.map(foldedWords)]) };
}

function isWhatsApp(to: string): boolean {
  const address = parseAddress(to);
  return address.kind !== 'unknown_channel' && address.channel === 'whatsapp';
}

/**
 * The country of our number. A toll-free number belongs to the US; a short code or an RCS agent to the country that Twilio
 * names (`ToCountry`), if it does.
 */
function countryOf(to: string, toCountry: string | undefined): string | undefined {
  const address = parseAddress(to);
  if (address.kind === 'phone') return parsePhoneNumberFromString(address.phone)?.country;
  const named = toCountry?.trim().toUpperCase();
  return named !== undefined && isSupportedCountry(named) ? named : undefined;
}
