import type { Lookup } from '@optout-sync/customerio';
import { PhoneFormat, countryOf, type E164, type PhoneSettings } from '@optout-sync/shared/domain';

/** Searches at once. While more opt-outs reach nobody, the others are not searched for: they tell the same. */
const MAX_OPEN = 100;

/**
 * Returns the settings by which a number is searched for in the formats that are not configured; `undefined` where all are. A
 * national number is taken for one of the number's own country.
 */
function unsearchedSettings(phone: E164, { phoneFormats }: PhoneSettings): PhoneSettings | undefined {
  const others = PhoneFormat.options.filter((format) => !phoneFormats.includes(format));
  return others.length === 0 ? undefined : { phoneFormats: others, defaultCountry: countryOf(phone) };
}

/**
 * Counts opt-outs that reach nobody although somebody has the number in a format that is not configured: so a wrong
 * `CUSTOMERIO_PHONE_FORMATS` shows. Nobody waits for it, nothing is written, and an error is ignored.
 *
 * @param lookupWith returns a look-up, in the background, with these settings
 */
export function watchUnsearchedFormats(
  settings: PhoneSettings,
  lookupWith: (settings: PhoneSettings) => Lookup,
  found: () => void,
): (phone: E164) => void {
  const lookups = new Map<string, Lookup>();
  let open = 0;
  return (phone) => {
    const others = unsearchedSettings(phone, settings);
    if (!others || open >= MAX_OPEN) return;
    const key = others.defaultCountry ?? '';
    const lookup = lookups.get(key) ?? lookupWith(others);
    lookups.set(key, lookup);
    open += 1;
    lookup(phone)
      .then((people) => {
        if (people.length > 0) found();
      })
      .catch(() => undefined)
      .finally(() => {
        open -= 1;
      });
  };
}
