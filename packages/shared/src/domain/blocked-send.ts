/** The channels whose blocked sends are configured: Twilio reports other codes for RCS than for SMS. */
export const BLOCKED_SEND_CHANNELS = ['sms', 'rcs', 'whatsapp'] as const;
export type BlockedSendChannel = (typeof BLOCKED_SEND_CHANNELS)[number];

/** `apply`: an opt-out of the recipient. `review`: a line of the review list; consent does not change. */
export type BlockedSendAction = 'apply' | 'review';

/** Twilio's error codes by channel and by what is done about them. No code is in both lists of a channel. */
export type BlockedSendSettings = Readonly<
  Record<BlockedSendChannel, Readonly<Record<BlockedSendAction, readonly number[]>>>
>;

/**
 * 21610 is a message to a number on Twilio's own list of opt-outs (https://www.twilio.com/docs/api/errors/21610). 63014 is a message that
 * WhatsApp or an RCS carrier blocked; an opt-out is one of its causes (https://www.twilio.com/docs/api/errors/63014). 30640 is a message to
 * a known litigator (https://www.twilio.com/docs/api/errors/30640): no opt-out, and nobody to text without a look at the case.
 */
export const DEFAULT_BLOCKED_SENDS: BlockedSendSettings = {
  sms: { apply: [21_610], review: [30_640] },
  rcs: { apply: [21_610], review: [63_014, 30_640] },
  whatsapp: { apply: [21_610], review: [63_014] },
};

/**
 * The codes that are never an opt-out, with the reason, whatever is configured. 30610 is a message within quiet hours, which the person may
 * get an hour later (https://www.twilio.com/docs/api/errors/30610).
 */
export const NEVER_OPT_OUTS: ReadonlyMap<number, string> = new Map([
  [30_610, 'is a message within quiet hours, which is no opt-out'],
]);

export interface BlockedSends {
  /** Whether an unparsed form may report a code that is acted on: it contains one, or digits as `%3x`. */
  readonly mayConcern: (form: string) => boolean;
  /**
   * What to do about a failed send; `undefined` for nothing.
   *
   * @param errorCode as a number or as text
   * @param recipient the recipient's address, as Twilio writes it
   */
  readonly actionOf: (errorCode: unknown, recipient: string) => BlockedSendAction | undefined;
}

export function createBlockedSends(settings: BlockedSendSettings = DEFAULT_BLOCKED_SENDS): BlockedSends {
  const actions = new Map(
    BLOCKED_SEND_CHANNELS.map((channel) => {
      const { apply, review } = settings[channel];
      const both = [
        ...review.map((code) => [code, 'review'] as const),
        ...apply.map((code) => [code, 'apply'] as const),
      ];
      return [
        channel,
        new Map<string, BlockedSendAction>(both.map(([code, action]) => [String(code), action])),
      ];
    }),
  );
  const codes = [...new Set([...actions.values()].flatMap((ofChannel) => [...ofChannel.keys()]))];
  return {
    mayConcern: (form) => codes.some((code) => form.includes(code)) || form.includes('%3'),
    actionOf: (errorCode, recipient) =>
      typeof errorCode === 'number' || typeof errorCode === 'string'
        ? actions.get(channelOf(recipient))?.get(String(errorCode))
        : undefined,
  };
}

/** SMS and MMS share their codes, also for an address that is not valid. */
function channelOf(recipient: string): BlockedSendChannel {
  const prefix = /^\s*(\w+):/.exec(recipient)?.[1]?.toLowerCase();
  return prefix === 'rcs' || prefix === 'whatsapp' ? prefix : 'sms';
}

/** What a blocked send means for consent: see `Classification`. The `phrase` is shown on the review list. */
export function classifyBlockedSend(
  action: BlockedSendAction,
  errorCode: unknown,
): { readonly kind: 'stop' } | { readonly kind: 'review'; readonly phrase: string } {
  return action === 'apply'
    ? { kind: 'stop' }
    : { kind: 'review', phrase: `blocked_send_${String(errorCode)}` };
}

/**
 * The error codes of failed sends that metrics name: invalid or unreachable numbers, filtering, opt-outs, and the Compliance
 * Toolkit's (https://www.twilio.com/docs/api/errors). Any other is `other`, so that the label has few values.
 */
export const NAMED_SEND_ERRORS = [
  ...['21211', '21610', '21614', '30003', '30004', '30005', '30006', '30007', '30008', '30034'],
  ...['30610', '30640', '63003', '63014', '63016', '63018', '63024', '63049', 'other'],
] as const;
export type NamedSendError = (typeof NAMED_SEND_ERRORS)[number];

/** The metric label of an error code; `undefined` where there is none. */
export function nameSendError(errorCode: unknown): NamedSendError | undefined {
  if (typeof errorCode !== 'number' && typeof errorCode !== 'string') return undefined;
  const code = String(errorCode);
  if (code === '' || code === '0') return undefined;
  return NAMED_SEND_ERRORS.find((named) => named === code) ?? 'other';
}

/**
 * The longest time between the send of a message and the report that it was blocked, in ms: Twilio queues a message for at
 * most 36,000 seconds (https://www.twilio.com/docs/api/errors/90007).
 */
export const SEND_UNCERTAINTY_MS = 36_000_000;

/**
 * Returns the time by which the opt-out that a blocked send (Twilio's error 21610) proves is ordered, in ms since 1970. The
 * error proves that the number was opted out when the message was sent, not when it is reported. Without `sentAt` the
 * message may be as old as Twilio's queue allows. The opt-out never undoes a START after that time.
 */
export function blockedSendOrder(send: { readonly reportedAt: number; readonly sentAt?: number }): number {
  return Math.max(0, send.sentAt ?? send.reportedAt - SEND_UNCERTAINTY_MS);
}
