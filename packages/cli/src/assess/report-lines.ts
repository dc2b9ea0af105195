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
      text: 'said START last, and are still opted out',
      detail: counted(stillOptedOut.profiles, 'profile'),
    },
  ];
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
export function findingTexts(one: Assessment['numbers'][number]): string[] {
  const { findings, profiles, textedAfter, lastTextedAt, ownWords } = one;
  const date = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const subscribed = profiles.filter(({ optedOut }) => !optedOut).length;
  const texts = {
    texted_after: `texted ${textedAfter === 1 ? 'once' : `${number(textedAfter)} times`}, last ${date(lastTextedAt ?? 0)}`,
    still_subscribed: `${number(subscribed)} of ${counted(profiles.length, 'profile')} subscribed`,
    not_on_native_list: 'not on the native list',
    own_words: `no keyword (${ownWords?.rule ?? ''})`,
    no_profile: 'no profile',
    still_opted_out: `${number(profiles.length - subscribed)} of ${counted(profiles.length, 'profile')} opted out`,
  };
  return findings.map((finding) => texts[finding]);
}

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
