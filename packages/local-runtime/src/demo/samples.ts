import { DEMO_PHONES } from '@optout-sync/customerio-sandbox';
import type { EventKind, Outcome } from '@optout-sync/shared/domain';

/** The outcome of a delivery: the ledger's, or what ended it before the ledger. */
export type SampleOutcome = Outcome | 'refused' | 'no_opt_out' | 'pending' | 'missing';

/** A message that the demo sends, and its expected outcome. */
export interface Sample {
  readonly title: string;
  readonly from: string;
  readonly body: string;
  /** Set by accounts with Twilio's Advanced Opt-Out. */
  readonly optOutType?: EventKind;
  /** Delivers the message of the sample with this title again. */
  readonly repeats?: string;
  /** A profile with the number is created once the message has its outcome. */
  readonly profileAfterwards?: boolean;
  /** Not a text: the button on the page of a one-click link. */
  readonly byLink?: boolean;
  /** Signed with another account's token. */
  readonly forged?: boolean;
  readonly status: number;
  readonly outcome: SampleOutcome;
  /** The attribute of every person with the number afterwards; undefined where it was never set. */
  readonly attribute: boolean | undefined;
  /** How many people have the number. */
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
    outcome: 'applied',
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
    outcome: 'duplicate',
    attribute: true,
    people: 3,
  },
  {
    title: 'UNSUBSCRIBE without Advanced Opt-Out, 60 people',
    from: DEMO_PHONES.crowd,
    body: ' unsubscribe ',
    status: 200,
    outcome: 'applied',
    attribute: true,
    people: 60,
  },
  {
    title: 'START from somebody opted out',
    from: DEMO_PHONES.optedOut,
    body: 'START',
    optOutType: 'start',
    status: 200,
    outcome: 'applied',
    attribute: false,
    people: 1,
  },
  {
    title: 'HELP',
    from: DEMO_PHONES.single,
    body: 'help',
    optOutType: 'help',
    status: 200,
    outcome: 'ignored',
    attribute: undefined,
    people: 1,
  },
  {
    title: 'chatter: "Stop, that\'s so funny"',
    from: DEMO_PHONES.withoutId,
    body: "Stop, that's so funny",
    status: 200,
    outcome: 'no_opt_out',
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
    outcome: 'refused',
    attribute: undefined,
    people: 1,
  },
  {
    title: 'STOP from a number nobody has',
    from: DEMO_PHONES.unknown,
    body: 'STOP',
    optOutType: 'stop',
    status: 200,
    outcome: 'no_match',
    attribute: undefined,
    people: 0,
  },
  {
    title: 'not a text: the button of a one-click link',
    from: DEMO_PHONES.byLink,
    body: '',
    byLink: true,
    status: 200,
    outcome: 'applied',
    attribute: true,
    people: 1,
  },
  {
    title: 'STOP, the profile is created after it',
    from: DEMO_PHONES.late,
    body: 'STOP',
    optOutType: 'stop',
    profileAfterwards: true,
    status: 200,
    outcome: 'no_match',
    attribute: true,
    people: 1,
  },
];
