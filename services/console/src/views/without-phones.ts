import { maskPhone } from '@optout-sync/shared/domain';

/** Seven or more digits of any script, with what people write between them, and what cannot be seen. */
const LIKE_A_PHONE = /\+?\p{Nd}(?:[\s()./_\p{Pd}\p{Cf}\p{M}]{0,4}\p{Nd}){6,}/gu;

/** Text from outside, such as an error message, with everything masked that may be a phone. */
export const withoutPhones = (text: string): string => text.replace(LIKE_A_PHONE, maskPhone);
