import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { WorkspaceConfig } from '@optout-sync/shared/config';
import { E164, phoneSpellings, type Country } from '@optout-sync/shared/domain';
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

function spellingOf(value: string, country: Country = LIKELY_COUNTRY): Spelling {
  if (value.startsWith('+')) return numberWithPlus(value) ? 'e164' : 'other';
  if (isDigitsForm(value)) return 'digits';
  return validNumber(value, country) ? 'national' : 'other';
}

/** Digits with a country code. */
const isDigitsForm = (value: string): boolean =>
  /^\d{10,15}$/.test(value) && validNumber(`+${value}`) !== undefined;

/** Whether the search for a number that a value spells finds it. */
function canBeFound(value: string, settings: Settings): boolean {
  const numbers = [
    numberWithPlus(value),
    /^\d+$/.test(value) ? validNumber(`+${value}`) : undefined,
    validNumber(value, settings.defaultCountry ?? LIKELY_COUNTRY),
  ];
  // The search compares text, so the value has to be one of the spellings.
  return numbers.some((phone) => phone && phoneSpellings(phone, settings).includes(value));
}

/** The number of a value that says its country code itself. It may be of a range that libphonenumber does not know yet. */
function numberWithPlus(value: string): E164 | undefined {
  const phone = E164.safeParse(value).data;
  return phone && parsePhoneNumberFromString(phone)?.isPossible() ? phone : undefined;
}

/** The number of a value whose country code is a guess: nobody texts from one that is not valid, so no search is for it. */
function validNumber(value: string, country?: Country): E164 | undefined {
  const phone = E164.safeParse(parsePhoneNumberFromString(value, country)?.number).data;
  return phone && parsePhoneNumberFromString(phone)?.isValid() ? phone : undefined;
}

const shown = ({ count, atLeast }: PeopleCount): string => `${atLeast ? 'at least ' : ''}${String(count)}`;
