const MAX_LENGTH = 200;
/** What is read of a text: enough to find what may identify a person, and no more than takes a moment. */
const READ_LENGTH = 1_000;

/** What may identify a person: an address, or a run of digits as long as a phone number's. */
const PERSONAL = /\S*@\S*|\+?\d(?:[ ().-]{0,3}\d){5,}/g;
/** The last word of a text that was cut off, with the digits before it: the rest may have been the other part of such a value. */
const CUT_OFF = /[\d ().+-]*\S*$/;

/**
 * The beginning of what Customer.io says of an error, at most 200 characters, without values that may identify a person. A
 * text of any length takes the same time.
 */
export function safeErrorText(text: string): string {
  const read = text.length > READ_LENGTH ? text.slice(0, READ_LENGTH).replace(CUT_OFF, '') : text;
  return read.replace(PERSONAL, '…').slice(0, MAX_LENGTH);
}
