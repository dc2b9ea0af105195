import {
  parseAddress,
  parseNationalPhone,
  parseWrittenPhone,
  type Channel,
  type Country,
  type E164,
} from '@optout-sync/shared/domain';

/** The numbers that a text may spell. */
export interface WrittenPhone {
  /** Several where the text has no country code: a national number of one country may be an international one without its plus. */
  readonly phones: readonly E164[];
  /** The channel that stands in front of it, if any. */
  readonly channel: Channel | undefined;
}

/** What is copied along with a number from an app, and does not show. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;
const PREFIXED = /^\s*([a-z]+):(.*)$/is;

/**
 * Parses a phone in any spelling: `+1 (415) 555-0123`, `0041 44 668 18 00`, `14155550123`, `whatsapp:+1415...`, `tel:...`, and as it is
 * written in one of the countries.
 *
 * @param countries of the numbers at Customer.io
 */
export function parseWrittenPhones(text: string, countries: readonly Country[]): WrittenPhone {
  const clean = text.normalize('NFKC').replaceAll(INVISIBLE, '').trim();
  const [, prefix = '', rest = clean] = PREFIXED.exec(clean) ?? [];
  const address = prefix === '' ? undefined : parseAddress(`${prefix}:`);
  const channel = address && address.kind !== 'unknown_channel' ? address.channel : undefined;
  const isKnown = prefix === '' || channel !== undefined || prefix.toLowerCase() === 'tel';
  const spelled = isKnown
    ? [parseWrittenPhone(rest), ...countries.map((country) => parseNationalPhone(rest, country))]
    : [];
  return { phones: [...new Set(spelled.filter((phone) => phone !== undefined))], channel };
}
