/**
 * The parameters of a call by their names here: Twilio's own spelling (`From`) is taken as well as ours (`from`). `null`
 * is what was not given. What is no object has none.
 */
export function studioParams(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const params = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (value !== null) params[name.charAt(0).toLowerCase() + name.slice(1)] = value;
  }
  return params;
}
