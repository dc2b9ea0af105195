/** Where something stands in a section of the configuration file. */
export type Place = readonly PropertyKey[];

/** A place as an operator reads it: `twilio.accounts[0].sid`. */
export function describePlace(section: string, place: Place): string {
  return place.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${String(key)}]` : `${path}.${String(key)}`),
    section,
  );
}
