import type { Channel, E164 } from '@optout-sync/shared/domain';
import type { Profile } from './look-up';
import type { NativeList } from './native-list';
import type { NumberHistory, OwnWords } from './number-history';

/**
 * What is wrong about a number, the worst first:
 *
 * - `texted_after`: messages were sent to it while it was opted out
 * - `still_subscribed`: its last word is STOP, and a profile that has it is not opted out
 * - `not_on_native_list`: a profile is not on Customer.io's own list of a sender that it is opted out of
 * - `own_words`: somebody asked to stop in words that no keyword list has, and is not opted out
 * - `no_profile`: its last word is STOP, and nobody has it: a profile that gets it later is subscribed
 * - `still_opted_out`: its last word is START, and a profile that has it is opted out
 */
export const FINDING_KINDS = [
  'texted_after',
  'still_subscribed',
  'not_on_native_list',
  'own_words',
  'no_profile',
  'still_opted_out',
] as const;
type FindingKind = (typeof FINDING_KINDS)[number];

/** One number, and what is wrong about it. Times in ms since 1970. */
export interface AssessedNumber {
  readonly phone: E164;
  readonly channel: Channel;
  /** The last word over all senders, by the consent policy; `none` for somebody who used no keyword. */
  readonly state: 'none' | 'stopped' | 'started';
  /** When that state began; missing for `none`. */
  readonly since?: number;
  /** Whether no STOP was read: blocked sends prove an opt-out of before the span. */
  readonly provenByBlockedSend: boolean;
  readonly stoppedSenders: readonly string[];
  readonly profiles: readonly { readonly cioId: string; readonly optedOut: boolean }[];
  readonly textedAfter: number;
  readonly lastTextedAt?: number;
  readonly blockedAfter: number;
  readonly ownWords?: OwnWords;
  readonly findings: readonly FindingKind[];
}

/** Returns what is wrong about a number. */
export function assessNumber(
  history: NumberHistory,
  held: readonly Profile[],
  native: NativeList,
): AssessedNumber {
  const { phone, channel, state, since, textedAfter, blockedAfter, lastTextedAt, ownWords, saidStop } =
    history;
  const profiles = held.map(({ cioId, optedOut }) => ({ cioId, optedOut: optedOut[channel] }));
  const findings = findingsOf(history, profiles, native);
  return {
    phone,
    channel,
    state,
    ...(state !== 'none' && { since }),
    provenByBlockedSend: state === 'stopped' && !saidStop,
    stoppedSenders: history.stoppedSenders,
    profiles,
    textedAfter,
    ...(lastTextedAt !== undefined && { lastTextedAt }),
    blockedAfter,
    ...(findings.includes('own_words') && { ownWords }),
    findings,
  };
}

function findingsOf(
  history: NumberHistory,
  profiles: AssessedNumber['profiles'],
  native: NativeList,
): FindingKind[] {
  const { state, textedAfter, ownWords } = history;
  const isStopped = state === 'stopped';
  const is: Record<FindingKind, boolean> = {
    texted_after: isStopped && textedAfter > 0,
    still_subscribed: isStopped && profiles.some(({ optedOut }) => !optedOut),
    not_on_native_list:
      isStopped && native.kind === 'read' && profiles.some(({ cioId }) => !native.hasAll(history, cioId)),
    own_words: !isStopped && ownWords !== undefined,
    no_profile: isStopped && profiles.length === 0,
    still_opted_out: state === 'started' && profiles.some(({ optedOut }) => optedOut),
  };
  return FINDING_KINDS.filter((kind) => is[kind]);
}

/** Counts of an assessment. `numbers` counts phone numbers, each with each of its channels. */
export interface AssessmentSummary {
  readonly stopped: { readonly numbers: number; readonly provenByBlockedSend: number };
  readonly started: { readonly numbers: number };
  readonly textedAfter: { readonly numbers: number; readonly messages: number };
  readonly stillSubscribed: { readonly numbers: number; readonly profiles: number };
  /** `null` where the list could not be read. */
  readonly notOnNativeList: { readonly numbers: number } | null;
  readonly noProfile: { readonly numbers: number };
  readonly ownWords: { readonly numbers: number };
  readonly stillOptedOut: { readonly numbers: number; readonly profiles: number };
  /** Messages that Twilio did not send since, because the number had opted out. */
  readonly blockedAfter: { readonly messages: number };
}

/** Counts what is wrong over all numbers. */
export function summarize(all: readonly AssessedNumber[], native: NativeList): AssessmentSummary {
  const stopped = all.filter(({ state }) => state === 'stopped');
  const having = (kind: FindingKind): AssessedNumber[] =>
    all.filter(({ findings }) => findings.includes(kind));
  const profilesOf = (numbers: readonly AssessedNumber[], optedOut: boolean): number =>
    new Set(
      numbers.flatMap(({ profiles, channel }) =>
        profiles.filter((one) => one.optedOut === optedOut).map(({ cioId }) => `${channel} ${cioId}`),
      ),
    ).size;
  return {
    stopped: {
      numbers: stopped.length,
      provenByBlockedSend: stopped.filter((one) => one.provenByBlockedSend).length,
    },
    started: { numbers: all.filter(({ state }) => state === 'started').length },
    textedAfter: {
      numbers: having('texted_after').length,
      messages: having('texted_after').reduce((sum, one) => sum + one.textedAfter, 0),
    },
    stillSubscribed: {
      numbers: having('still_subscribed').length,
      profiles: profilesOf(having('still_subscribed'), false),
    },
    notOnNativeList: native.kind === 'read' ? { numbers: having('not_on_native_list').length } : null,
    noProfile: { numbers: having('no_profile').length },
    ownWords: { numbers: having('own_words').length },
    stillOptedOut: {
      numbers: having('still_opted_out').length,
      profiles: profilesOf(having('still_opted_out'), true),
    },
    blockedAfter: { messages: stopped.reduce((sum, one) => sum + one.blockedAfter, 0) },
  };
}
