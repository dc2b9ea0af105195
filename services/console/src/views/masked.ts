import { maskPhone } from '@optout-sync/shared/domain';

const PHONE = /\+[1-9]\d{6,14}(?!\d)/g;

/** A text with every number in E.164 masked. */
export const withMaskedPhones = (text: string): string => text.replace(PHONE, maskPhone);
