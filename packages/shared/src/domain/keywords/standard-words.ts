import type { EventKind } from '../inbound-event';

/** What a keyword may mean. */
export type KeywordKind = Extract<EventKind, 'stop' | 'start' | 'help'>;

/** Words by their meaning for consent. */
export type WordLists = Readonly<Record<KeywordKind, readonly string[]>>;

/** Twilio's default opt-outs: it blocks whoever sends one, as the whole message. */
export const TWILIO_STOP_WORDS = [
  'STOP',
  'STOPALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'REVOKE',
  'OPTOUT',
] as const;

/**
 * Twilio's default keywords, and "opt out" in two words: 47 CFR 64.1200(a)(10) lists it as an opt-out, together with words
 * that Twilio has too.
 */
export const STANDARD_WORDS: WordLists = {
  stop: [...TWILIO_STOP_WORDS, 'OPT OUT'],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
};

/** The words that cannot be removed in Twilio's Advanced Opt-Out. */
export const FIXED_WORDS: WordLists = { stop: ['STOP'], start: ['START', 'UNSTOP'], help: ['HELP'] };

/** Opt-outs per se in the United States, 47 CFR 64.1200(a)(10). */
export const FCC_STOP_WORDS = ['STOP', 'QUIT', 'END', 'REVOKE', 'OPT OUT', 'CANCEL', 'UNSUBSCRIBE'] as const;
