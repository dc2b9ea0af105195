import type { CountryCode } from 'libphonenumber-js';

/** Two spellings of the same subscriber in E.164, each derived from the other. */
interface SpellingPair {
  /** The spelling of today's numbering plan, and how to write the other one. */
  readonly canonical: { readonly pattern: RegExp; readonly toOther: string };
  /** The other spelling, and how to write the canonical one. */
  readonly other: { readonly pattern: RegExp; readonly toCanonical: string };
}

interface NumberingPlan {
  readonly country: CountryCode;
  readonly rule: string;
  readonly source: string;
  readonly pairs: readonly SpellingPair[];
}

const pair = (canonical: RegExp, toOther: string, other: RegExp, toCanonical: string): SpellingPair => ({
  canonical: { pattern: canonical, toOther },
  other: { pattern: other, toCanonical },
});

/**
 * The countries in which a mobile number has two spellings in E.164. The canonical one is that of the country's numbering
 * plan today, which Twilio uses for SMS. WhatsApp identifies an account by the spelling that it was registered with, so
 * Twilio sends either with `whatsapp:`; a CRM has either too
 * (https://wassenger.com/blog/en/how-to-normalize-international-phone-numbers-for-whatsapp). No spelling in this table is
 * the canonical number of another subscriber who can send messages.
 */
export const NUMBERING_PLANS: readonly NumberingPlan[] = [
  {
    country: 'MX',
    rule: 'Since August 2019 without the mobile prefix 1: +52 and ten digits.',
    source: 'https://www.twilio.com/en/guidelines/mx/sms',
    pairs: [pair(/^\+52([2-9]\d{9})$/, '+521$1', /^\+521([2-9]\d{9})$/, '+52$1')],
  },
  {
    country: 'AR',
    rule: 'A mobile number has a 9 after the country code; area codes begin with 1, 2 or 3.',
    source: 'https://www.itu.int/oth/T0202000009/en',
    pairs: [pair(/^\+549([1-3]\d{9})$/, '+54$1', /^\+54([1-3]\d{9})$/, '+549$1')],
  },
  {
    country: 'BR',
    rule: 'Since November 2016 a 9 precedes the eight digits of every mobile number, which begin with 6 to 9. Landlines begin with 2 to 5 and stay.',
    source: 'https://algartelecom.com.br/empresas/atendimento/nono-digito.html',
    pairs: [
      pair(
        /^\+55(?<area>[1-9]\d)9(?<number>[6-9]\d{7})$/,
        '+55$<area>$<number>',
        /^\+55(?<area>[1-9]\d)(?<number>[6-9]\d{7})$/,
        '+55$<area>9$<number>',
      ),
    ],
  },
  {
    country: 'CI',
    rule: "Since January 2021 the operator's prefix precedes the eight digits of a mobile number: 01 Moov, 05 MTN, 07 Orange, by the second of the eight digits.",
    source: 'https://artci.ci/en/faq/',
    pairs: [
      pair(
        /^\+22501((?:0[1-3]|[457][0-3])\d{6})$/,
        '+225$1',
        /^\+225((?:0[1-3]|[457][0-3])\d{6})$/,
        '+22501$1',
      ),
      pair(/^\+22505([04-9][4-6]\d{6})$/, '+225$1', /^\+225([04-9][4-6]\d{6})$/, '+22505$1'),
      pair(/^\+22507([04-9][7-9]\d{6})$/, '+225$1', /^\+225([04-9][7-9]\d{6})$/, '+22507$1'),
    ],
  },
  {
    country: 'BJ',
    rule: 'Since November 2024 01 precedes the eight digits of every number.',
    source: 'https://fr.allafrica.com/stories/202411300249.html',
    pairs: [pair(/^\+22901([2-9]\d{7})$/, '+229$1', /^\+229([2-9]\d{7})$/, '+22901$1')],
  },
];

const PAIRS = NUMBERING_PLANS.flatMap(({ pairs }) => pairs);
/** The country codes of the table. Most numbers have another one and need no pattern. */
const HAS_PLAN = /^\+(?:5[245]|22[59])/;

/** Returns the canonical spelling of a number in E.164: the number itself, unless its country has another one. */
export function canonicalSpelling(phone: string): string {
  if (!HAS_PLAN.test(phone)) return phone;
  const found = PAIRS.find(({ other }) => other.pattern.test(phone));
  return found ? phone.replace(found.other.pattern, found.other.toCanonical) : phone;
}

/** Returns the other spelling of a canonical number in E.164, if there is one. */
export function otherSpelling(canonical: string): string | undefined {
  if (!HAS_PLAN.test(canonical)) return undefined;
  const found = PAIRS.find((one) => one.canonical.pattern.test(canonical));
  return found && canonical.replace(found.canonical.pattern, found.canonical.toOther);
}
