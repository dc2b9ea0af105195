import { maskPhone } from '@optout-sync/shared/domain';

/** Seven or more digits, with what people write between them. */
const LIKE_A_PHONE = /\+?\d(?:[\s().-]{0,2}\d){6,}/g;

/** Text from outside, such as an error message, with everything masked that may be a phone. */
export const withoutPhones = (text: string): string => text.replace(LIKE_A_PHONE, maskPhone);
