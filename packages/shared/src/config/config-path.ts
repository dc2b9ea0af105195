/** The path of a value within a section of the configuration file. */
export type ConfigPath = readonly PropertyKey[];

/** A setting, a language or a country. Any other key may be a secret that was typed in the wrong place. */
const LOOKS_LIKE_A_NAME = /^[A-Za-z_]{1,40}(?:-[A-Za-z0-9]{2,8})?$/;

/** Writes a path as operators read it: `twilio.accounts[0].sid`. A key that does not look like a name is not shown. */
export function describePath(section: string, path: ConfigPath): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${String(key)}]` : `${text}.${nameOf(String(key))}`),
    section,
  );
}

const nameOf = (key: string): string => (LOOKS_LIKE_A_NAME.test(key) ? key : '(not shown)');

const LOOKS_LIKE_A_SETTING = /^[a-z_]{1,40}$/;

/** Reports unknown keys: the names of those that look like a misspelt setting, and the number of the others. */
export function describeUnknownKeys(keys: readonly string[]): string {
  const shown = keys.filter((key) => LOOKS_LIKE_A_SETTING.test(key)).map((key) => `"${key}"`);
  const hidden = keys.length - shown.length;
  const all = hidden === 0 ? shown : [...shown, `${String(hidden)} not shown`];
  return `Unrecognized ${keys.length === 1 ? 'key' : 'keys'}: ${all.join(', ')}`;
}
