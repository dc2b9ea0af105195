import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { E164, phoneSpellings } from '@optout-sync/shared/domain';
import type { PeopleCensus, PeopleCount } from '@optout-sync/customerio';
import { ok, problem, type Finding } from './finding';

/** How a stored value is written. `other` is no phone number in any of the formats. */
type Spelling = 'e164' | 'digits' | 'national' | 'other';

type Settings = Pick<WorkspaceConfig, 'configuredAs' | 'phoneAttribute' | 'phoneFormats' | 'defaultCountry'>;

/** Says what the census shows: whether people can be found by their numbers as they are stored. */
export function checkSpellings(census: PeopleCensus, settings: Settings): Finding[] {
  const { phoneAttribute: attribute, configuredAs: name } = settings;
  const { having, lacking, values } = census;
  if (having.count === 0) {
    const what = `workspace ${name}: none of ${shown(lacking)} people has the attribute ${attribute}`;
    return [problem('customerio', 'phone_attribute_missing', what)];
  }
  const counts = `${shown(having)} people have the attribute ${attribute}, ${shown(lacking)} do not`;
  const unfound = values.filter((value) => !canBeFound(value, settings));
  const findings = [ok('customerio', `workspace ${name}: ${counts}`)];
  if (unfound.length === 0) {
    const formats = settings.phoneFormats.join(', ');
    findings.push(
      ok('customerio', `a sample of ${String(values.length)} numbers is written in the formats ${formats}`),
    );
  } else findings.push(unsearched(name, values, unfound, settings));
  return findings;
}

function unsearched(
  name: string,
  values: readonly string[],
  unfound: readonly string[],
  settings: Settings,
): Finding {
  const spellings = [...new Set(unfound.map((value) => spellingOf(value, settings.defaultCountry)))].sort();
  const number = (spelling: Spelling) =>
    String(unfound.filter((value) => spellingOf(value, settings.defaultCountry) === spelling).length);
  const described = spellings.map((spelling) => `${number(spelling)} as ${DESCRIPTION[spelling]}`).join(', ');
  const what = `workspace ${name}: of a sample of ${String(values.length)} numbers, ${String(unfound.length)} are not searched for: ${described}`;
  const known = spellings.filter((spelling) => spelling !== 'other');
  if (known.length === 0) return problem('customerio', 'phone_spelling_unsearched', what);
  const formats = [...new Set([...settings.phoneFormats, ...known])].join(',');
  const country = known.includes('national') && !settings.defaultCountry ? ' DEFAULT_COUNTRY=<country>' : '';
  return problem('customerio', 'phone_spelling_unsearched', what, {
    command: `CUSTOMERIO_PHONE_FORMATS=${formats}${country}`,
  });
}

const DESCRIPTION = {
  e164: '+14155550123 (e164)',
  digits: '14155550123 (digits)',
  national: '(415) 555-0123 (national)',
  other: 'something else',
} as const satisfies Record<Spelling, string>;

/** Most customers are in the US; a value without country code is tried as a number of this country. */
const LIKELY_COUNTRY = 'US';

function spellingOf(value: string, country = LIKELY_COUNTRY): Spelling {
  if (value.startsWith('+')) return E164.safeParse(value).success ? 'e164' : 'other';
  const home = isSupportedCountry(country) ? country : LIKELY_COUNTRY;
  if (parsePhoneNumberFromString(value, home)?.isValid() && !isDigitsForm(value)) return 'national';
  return isDigitsForm(value) ? 'digits' : 'other';
}

/** Digits with a country code. */
const isDigitsForm = (value: string): boolean =>
  /^\d{10,15}$/.test(value) && parsePhoneNumberFromString(`+${value}`)?.isValid() === true;

/** Whether the search for the number that a value spells finds it. */
function canBeFound(value: string, settings: Settings): boolean {
  const home = settings.defaultCountry ?? LIKELY_COUNTRY;
  const number = parsePhoneNumberFromString(value, home)?.number;
  const candidates = [number, `+${value.replace(/\D/g, '')}`].flatMap(
    (text) => E164.safeParse(text).data ?? [],
  );
  // The search compares text, so the value has to be one of the spellings.
  return candidates.some((phone) => phoneSpellings(phone, settings).includes(value));
}

const shown = ({ count, atLeast }: PeopleCount): string => `${atLeast ? 'at least ' : ''}${String(count)}`;
