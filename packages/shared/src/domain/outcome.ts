/**
 * The one end of every accepted event.
 * `applied`: Customer.io holds it for everyone with the number. `no_match`: nobody there has the number.
 * `ignored`: it changes nothing (HELP). `duplicate`: the message was known. `stale`: a message sent later had the
 * last word. `dead_lettered`: it waits for an operator.
 */
export const OUTCOMES = ['applied', 'no_match', 'ignored', 'duplicate', 'stale', 'dead_lettered'] as const;
export type Outcome = (typeof OUTCOMES)[number];
