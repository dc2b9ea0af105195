import fc from 'fast-check';

/** How a message reaches the ledger. */
export type Route =
  /** By its queue, as from ingest. */
  | 'queue'
  /** Recorded, and then the inbound job vanished before it asked for a sync; the index of unapplied entries has it. */
  | 'job_lost'
  /** The same, and the index lost it as well: only a sweep finds it. */
  | 'job_and_index_lost';

/** One of a seed's numbers, or people: taken modulo how many there are. */
type Nth = number;

/** What happens next. Numbers and people are named by their position. */
export type Step =
  | {
      readonly do: 'message';
      readonly phone: Nth;
      readonly channel: 'sms' | 'whatsapp';
      readonly sender: Nth;
      readonly kind: 'stop' | 'start' | 'help';
      /** How long before the present of the seed's own clock it was sent, in ms: messages arrive out of order. */
      readonly ageMs: number;
      readonly route: Route;
      /** How many times it is delivered. */
      readonly copies: number;
    }
  | { readonly do: 'redeliver'; readonly message: Nth }
  | { readonly do: 'create'; readonly phone: Nth | undefined; readonly spelling: Nth; readonly value: Value }
  | { readonly do: 'merge'; readonly primary: Nth; readonly secondary: Nth }
  | { readonly do: 'remove'; readonly person: Nth }
  | { readonly do: 'import'; readonly person: Nth; readonly value: Value; readonly isAhead: boolean }
  | { readonly do: 'renumber'; readonly person: Nth; readonly phone: Nth | undefined; readonly spelling: Nth }
  | { readonly do: 'swap'; readonly one: Nth; readonly other: Nth }
  /** The sync job of a number vanishes from Redis, unless it runs. */
  | { readonly do: 'lose_sync'; readonly phone: Nth; readonly channel: 'sms' | 'whatsapp' }
  /** Waits until nothing of this seed is under way. */
  | { readonly do: 'settle' };

/** What an import sets; null removes the attribute. */
export type Value = false | null | undefined;

/** Positions of numbers in the plan are below this. */
export const PHONES = 4;
const SENDERS = 2;
/** The run of a seed: its steps are divided among these parts. */
export const EPOCHS = 4;

const nth = fc.nat({ max: 999 });
const phone = fc.nat({ max: PHONES - 1 });
const optionalPhone = fc.option(phone, { nil: undefined, freq: 8 });
const spelling = fc.nat({ max: 9 });

const channel = fc.constantFrom('sms' as const, 'sms' as const, 'whatsapp' as const);

const message = fc.record({
  do: fc.constant('message' as const),
  phone,
  channel,
  sender: fc.nat({ max: SENDERS - 1 }),
  kind: fc.constantFrom('stop' as const, 'stop' as const, 'stop' as const, 'start' as const, 'help' as const),
  ageMs: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((seconds) => seconds * 1_000) },
  ),
  route: fc.oneof(
    { weight: 8, arbitrary: fc.constant('queue' as const) },
    { weight: 1, arbitrary: fc.constant('job_lost' as const) },
    { weight: 1, arbitrary: fc.constant('job_and_index_lost' as const) },
  ),
  copies: fc.constantFrom(1, 1, 1, 2),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 36, arbitrary: message },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('redeliver' as const), message: nth }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      phone: optionalPhone,
      spelling,
      value: fc.constantFrom(undefined, undefined, false as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('merge' as const), primary: nth, secondary: nth }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), person: nth }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('import' as const),
      person: nth,
      value: fc.constantFrom(false as const, false as const, null),
      isAhead: fc.boolean(),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('renumber' as const),
      person: nth,
      phone: optionalPhone,
      spelling,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('swap' as const), one: nth, other: nth }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('lose_sync' as const), phone, channel }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);

/** The steps of a seed: the same for the same seed. */
export function planOf(seed: number, steps: number): Step[] {
  const plans = fc.array(step, { minLength: steps, maxLength: steps });
  return fc.sample(plans, { seed, numRuns: 1 })[0] ?? [];
}
