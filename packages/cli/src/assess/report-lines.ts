import type { Assessment } from '@optout-sync/operations';

/** One line of the report: a count, of how many, and what it means. */
export interface ReportLine {
  readonly count: number;
  /** What the count is a part of; undefined for a count that stands alone. */
  readonly of: number | undefined;
  readonly text: string;
  /** What is counted besides. */
  readonly detail: string;
}

/** The lines of a report, the worst first. */
export function reportLines({ summary }: Assessment): ReportLine[] {
  const { stopped, textedAfter, stillSubscribed, notOnNativeList, noProfile, ownWords, stillOptedOut } =
    summary;
  const of = stopped.numbers;
  return [
    {
      count: stillSubscribed.numbers,
      of,
      text: 'still subscribed at Customer.io',
      detail: counted(stillSubscribed.profiles, 'profile'),
    },
    {
      count: textedAfter.numbers,
      of,
      text: 'texted after it',
      detail: [
        counted(textedAfter.messages, 'message'),
        `${number(summary.blockedAfter.messages)} more blocked`,
      ].join(', '),
    },
    ...(notOnNativeList
      ? [
          {
            count: notOnNativeList.numbers,
            of,
            text: "not on Customer.io's own opt-out list",
            detail: '',
          },
        ]
      : []),
    { count: noProfile.numbers, of, text: 'without a profile', detail: 'a later one is subscribed' },
    {
      count: ownWords.numbers,
      of: undefined,
      text: 'asked to stop in words that no keyword list has',
      detail: '',
    },
    {
      count: stillOptedOut.numbers,
      of: undefined,
      text: 'said START last and are still opted out',
      detail: counted(stillOptedOut.profiles, 'profile'),
    },
  ];
}

/** `still subscribed at Customer.io (148 profiles)` */
export function detailedText({ count, text, detail }: ReportLine): string {
  return detail !== '' && count > 0 ? `${text} (${detail})` : text;
}

/** How many of the opt-outs are known by blocked sends alone; nothing for none. */
export function provenText(count: number): string {
  return count === 0 ? '' : `, ${number(count)} of them before this span (blocked sends prove it)`;
}

/** `2,310` */
export const number = (count: number): string => count.toLocaleString('en-US');

/** `1 profile`, `2,310 profiles` */
export function counted(count: number, unit: string): string {
  return `${number(count)} ${unit}${count === 1 ? '' : 's'}`;
}

/** `2026-08-31 to 2026-11-29 (90 days)` */
export function spanText({ since, until }: Pick<Assessment, 'since' | 'until'>): string {
  const days = Math.round((until - since) / 86_400_000);
  const dates = [since, until].map((at) => new Date(at).toISOString().slice(0, 10)).join(' to ');
  return days > 0 ? `${dates} (${counted(days, 'day')})` : dates;
}

/** What is wrong about a number, in words. */
export function findingTexts({
  findings,
  profiles,
  textedAfter,
  ownWords,
}: Assessment['numbers'][number]): string[] {
  const subscribed = profiles.filter(({ optedOut }) => !optedOut).length;
  const texts = {
    texted_after: textedAfter === 1 ? 'texted once' : `texted ${number(textedAfter)} times`,
    still_subscribed: partOf(subscribed, profiles.length, 'subscribed'),
    not_on_native_list: 'not listed',
    own_words: `no keyword: ${ownWords?.rule ?? ''}`,
    no_profile: 'no profile',
    still_opted_out: partOf(profiles.length - subscribed, profiles.length, 'opted out'),
  };
  return findings.map((finding) => texts[finding]);
}

/** Of the only profile it is not said how many there are. */
const partOf = (part: number, all: number, what: string): string =>
  all === 1 ? what : `${number(part)} of ${number(all)} ${what}`;

/** `STOP 2026-10-01` */
export function lastWord({
  state,
  since,
  ownWords,
  provenByBlockedSend,
}: Assessment['numbers'][number]): string {
  const at = since ?? ownWords?.at ?? 0;
  const word = { stopped: provenByBlockedSend ? 'blocked' : 'STOP', started: 'START', none: 'own words' }[
    state
  ];
  return `${word} ${new Date(at).toISOString().slice(0, 10)}`;
}
