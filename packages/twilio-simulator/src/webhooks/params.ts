/** The parameters of a webhook. A list is a name that is sent several times. */
export type TwilioParams = Readonly<Record<string, string | readonly string[]>>;

/** Encodes parameters as Twilio sends them in a body or a query, in the given order. */
export function encodeParams(params: TwilioParams): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const each of typeof value === 'string' ? [value] : value) form.append(name, each);
  }
  return form.toString();
}

/** The parameters that have a value. */
export function definedParams(params: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
