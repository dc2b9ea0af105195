import { maskPhone } from './phone';

const PHONE = /\+[1-9]\d{6,14}(?!\d)/g;

/** What holds as many digits and is none: a SID of Twilio's, and a date with or without its time. */
const NO_PHONE =
  /(?<![\p{L}\p{N}_+])(?:[A-Z]{2}[0-9a-f]{32}|20\d\d-[01]\d-[0-3]\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{3})?)?Z)?)(?![\p{L}\p{N}_-])/u;
/** Seven or more digits of any script, with what people write between them, and what cannot be seen. */
const LIKE_A_PHONE = /\+?\p{Nd}(?:[\s()./_\p{Pd}\p{Cf}\p{M}]{0,4}\p{Nd}){6,}/u;
const EITHER = new RegExp(`(${NO_PHONE.source})|${LIKE_A_PHONE.source}`, 'gu');

/** A text with every number in E.164 masked. */
export const withMaskedPhones = (text: string): string => text.replace(PHONE, maskPhone);

/**
 * Text from outside, such as an error message or what an operator wrote, with everything masked that may be a phone. SIDs and dates in
 * ISO 8601 stay.
 */
export const withoutPhones = (text: string): string =>
  text.replace(EITHER, (found, kept: string | undefined) => kept ?? maskPhone(found));
