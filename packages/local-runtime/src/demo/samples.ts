import { DEMO_PHONES } from '@optout-sync/customerio-sandbox';
import type { EventKind, Outcome } from '@optout-sync/shared/domain';

/** What becomes of a delivery: an outcome of the ledger, or the end it came to before. */
export type Fate = Outcome | 'refused' | 'no_opt_out' | 'pending' | 'lost';

/** A message that the demo sends itself, and what has to become of it. */
export interface Sample {
  readonly title: string;
  readonly from: string;
  readonly body: string;
  /** Set by accounts with Twilio's Advanced Opt-Out. */
  readonly optOutType?: EventKind;
  /** Delivers the message of the sample with this title once more. */
  readonly repeats?: string;
  /** Signed with another account's token. */
  readonly forged?: boolean;
  readonly status: number;
  readonly fate: Fate;
  /** The attribute of everyone with the number afterwards; undefined where it was never set. */
  readonly attribute: boolean | undefined;
  /** How many have the number. */
  readonly people: number;
}

const FIRST = 'STOP, three people share the number';

export const SAMPLES: readonly Sample[] = [
  {
    title: FIRST,
    from: DEMO_PHONES.household,
    body: 'Stop',
    optOutType: 'stop',
    status: 200,
    fate: 'applied',
    attribute: true,
    people: 3,
  },
  {
    title: 'the same message delivered again',
    from: DEMO_PHONES.household,
    body: 'Stop',
    optOutType: 'stop',
    repeats: FIRST,
    status: 200,
    fate: 'duplicate',
    attribute: true,
    people: 3,
  },
  {
    title: 'UNSUBSCRIBE without Advanced Opt-Out, 60 people',
    from: DEMO_PHONES.crowd,
    body: ' unsubscribe ',
    status: 200,
    fate: 'applied',
    attribute: true,
    people: 60,
  },
  {
    title: 'START from somebody opted out',
    from: DEMO_PHONES.optedOut,
    body: 'START',
    optOutType: 'start',
    status: 200,
    fate: 'applied',
    attribute: false,
    people: 1,
  },
  {
    title: 'HELP',
    from: DEMO_PHONES.single,
    body: 'help',
    optOutType: 'help',
    status: 200,
    fate: 'ignored',
    attribute: undefined,
    people: 1,
  },
  {
    title: 'chatter: "Stop, that\'s so funny"',
    from: DEMO_PHONES.withoutId,
    body: "Stop, that's so funny",
    status: 200,
    fate: 'no_opt_out',
    attribute: undefined,
    people: 1,
  },
  {
    title: 'STOP with a forged signature',
    from: DEMO_PHONES.withoutEmail,
    body: 'STOP',
    optOutType: 'stop',
    forged: true,
    status: 403,
    fate: 'refused',
    attribute: undefined,
    people: 1,
  },
  {
    title: 'STOP from a number nobody has',
    from: DEMO_PHONES.unknown,
    body: 'STOP',
    optOutType: 'stop',
    status: 200,
    fate: 'no_match',
    attribute: undefined,
    people: 0,
  },
];
