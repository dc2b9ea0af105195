/** What may be wrong with an item, by the code in the answer. The texts are fixed and echo nothing of the request. */
export const ITEM_ERRORS = {
  item_invalid: 'each item is an object such as {"id": "4711", "phone": "+14155550123", "kind": "stop"}',
  field_unknown:
    'there is no such field; the fields are id, phone, kind, at, sender, channel, source, reference, note',
  phone_invalid: 'give the number with a plus and its country code, such as +14155550123',
  kind_invalid: 'must be stop or start',
  kind_not_allowed: 'this token may not report this kind: name it in kinds of its intake entry',
  channel_invalid: 'must be sms or whatsapp, and the channel that the phone names, if it names one',
  sender_missing:
    'name the sender that the person opted out of, or set senders in the intake entry of this token',
  sender_invalid:
    'must be a Messaging Service (MG and 32 hexadecimal digits) or one of your numbers, on the channel',
  at_invalid: 'must be ISO 8601 with its zone, such as 2026-03-01T09:59:58Z, and not before the year 2000',
  at_in_future: 'is more than 5 minutes ahead of the clock here',
  at_missing: 'an opt-in needs at, so that one which arrives late does not undo an opt-out since',
  text_invalid: 'must be text of at most 200 characters, note of at most 500',
} as const;

export type ItemErrorCode = keyof typeof ITEM_ERRORS;

/** One thing that is wrong with one item. */
export interface ItemError {
  /** The place of the item in the array, from 0. */
  readonly index: number;
  /** '' for the item itself, or a field whose name is not ours. */
  readonly field: string;
  readonly code: ItemErrorCode;
}
