import { maskPhone } from '../domain/phone';

const WHOLE_NUMBER = /(\+|%2B)([1-9]\d{6,14})\b/gi;

/** Masks every whole phone number in a text. */
export function scrub(text: string): string {
  return text.replace(
    WHOLE_NUMBER,
    (_, plus: string, digits: string) => plus + maskPhone(`+${digits}`).slice(1),
  );
}
