/** Where something stands in a section of the configuration file. */
export type ConfigPath = readonly PropertyKey[];

/** A setting, a language or a country. What looks otherwise may be a secret that was typed as a key. */
const LOOKS_LIKE_A_NAME = /^[A-Za-z_]{1,40}(?:-[A-Za-z0-9]{2,8})?$/;

/** A place as an operator reads it: `twilio.accounts[0].sid`. A key that is no name is not shown. */
export function describePath(section: string, place: ConfigPath): string {
  return place.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${String(key)}]` : `${path}.${nameOf(String(key))}`),
    section,
  );
}

const nameOf = (key: string): string => (LOOKS_LIKE_A_NAME.test(key) ? key : '(not shown)');

const LOOKS_LIKE_A_SETTING = /^[a-z_]{1,40}$/;

/** Says how many keys are unknown, and names those that look like one that was misspelt. */
export function describeUnknownKeys(keys: readonly string[]): string {
  const shown = keys.filter((key) => LOOKS_LIKE_A_SETTING.test(key)).map((key) => `"${key}"`);
  const hidden = keys.length - shown.length;
  const all = hidden === 0 ? shown : [...shown, `${String(hidden)} not shown`];
  return `Unrecognized ${keys.length === 1 ? 'key' : 'keys'}: ${all.join(', ')}`;
}
