import { maskPhone } from './phone';

const PHONE = /\+[1-9]\d{6,14}(?!\d)/g;

/** Seven or more digits of any script, with what people write between them, and what cannot be seen. */
const LIKE_A_PHONE = /\+?\p{Nd}(?:[\s()./_\p{Pd}\p{Cf}\p{M}]{0,4}\p{Nd}){6,}/gu;

/** A text with every number in E.164 masked. */
export const withMaskedPhones = (text: string): string => text.replace(PHONE, maskPhone);

/** Text from outside, such as an error message or what an operator wrote, with everything masked that may be a phone. */
export const withoutPhones = (text: string): string => text.replace(LIKE_A_PHONE, maskPhone);
