/** Twilio delivers SMS of up to 1,600 characters, WhatsApp of up to 4,096; nobody says STOP further down than that. */
export const LONGEST_TEXT = 4_096;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const TATWEEL = /\u0640/g;
/**
 * Accents and points are spelling, often left out when typing, in these scripts alone. Elsewhere a mark makes another
 * letter: が is not か, й is not и, and Thai and Devanagari write their vowels as marks.
 */
const OPTIONAL_MARKS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}])\p{M}+/gu;
const CYRILLIC_YO = /(?<=\u0435|\u0415)\u0308/g;
const PICTOGRAPH = /\p{Extended_Pictographic}/gu;
const KEYCAP = /[0-9#*]\u20e3/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const SPACES = /\s+/g;

/**
 * The text as it is compared: one width, no invisible characters, no accents where they are optional, one case and single
 * spaces. Going down and then up makes ß, ẞ and SS one, as well as ı, i, I and İ, whatever the machine's locale.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .normalize('NFD')
    .replace(OPTIONAL_MARKS, '')
    .replace(CYRILLIC_YO, '')
    .replace(TATWEEL, '')
    .toLowerCase()
    .toUpperCase()
    .normalize('NFC')
    .replace(SPACES, ' ')
    .trim();
}

/** The folded words of a text with one space between them, without punctuation and emoji: "«Opt-out»! 🛑" is OPT OUT. */
export function foldedWords(text: string): string {
  const folded = fold(text.replace(PICTOGRAPH, ' ')).replace(KEYCAP, ' ');
  return (folded.match(WORD) ?? []).join(' ');
}
