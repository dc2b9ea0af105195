/** Who texts, unless the user says otherwise: in the demo, somebody whom Customer.io knows. */
export const PERSON = '+14155550101';

const OURS = '+15005550006';

/** A number of ours on the person's channel, `whatsapp:+...` for one. */
export const oursFor = (person: string): string => `${/^[a-z]+:/.exec(person)?.[0] ?? ''}${OURS}`;
