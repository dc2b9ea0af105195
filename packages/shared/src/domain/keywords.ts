import type { EventKind } from './inbound-event';

/** Twilio's default keywords. Matched against the whole body: "Stop, that's so funny" is no opt-out. */
const KEYWORDS: ReadonlyMap<string, EventKind> = new Map([
  ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'].map(
    (word) => [word, 'stop'] as const,
  ),
  ...['START', 'YES', 'UNSTOP'].map((word) => [word, 'start'] as const),
  ...['HELP', 'INFO'].map((word) => [word, 'help'] as const),
]);

/** Twilio's Advanced Opt-Out says what it took the message for; its words are ours in upper case. */
const OPT_OUT_TYPES: ReadonlyMap<string, EventKind> = new Map([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

/** What a message means for consent. `keyword` is there when the body said it rather than Twilio. */
export type Classification =
  { readonly kind: EventKind; readonly keyword?: string } | { readonly kind: 'none' };

/**
 * Classifies a message: Twilio's own verdict when it gave one, else the default keywords on the whole body,
 * in any case, trimmed, in any Unicode width and without invisible characters.
 */
export function classify(message: { readonly optOutType?: string; readonly body: string }): Classification {
  const verdict = OPT_OUT_TYPES.get(normalise(message.optOutType ?? ''));
  if (verdict) return { kind: verdict };
  const keyword = normalise(message.body);
  const kind = KEYWORDS.get(keyword);
  return kind ? { kind, keyword } : { kind: 'none' };
}

function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim()
    .toUpperCase();
}
