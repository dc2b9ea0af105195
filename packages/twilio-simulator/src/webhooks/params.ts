/** The parameters of a webhook; a list stands for a name that is sent several times. */
export type TwilioParams = Readonly<Record<string, string | readonly string[]>>;

/** As Twilio sends them in a body or a query, in the given order. */
export function encodeParams(params: TwilioParams): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const each of typeof value === 'string' ? [value] : value) form.append(name, each);
  }
  return form.toString();
}
