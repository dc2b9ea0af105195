/** The longest body that Twilio delivers, in characters: 1,600 for SMS, 4,096 for WhatsApp. Text beyond that is ignored. */
export const LONGEST_TEXT = 4_096;

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const TATWEEL = /\u0640/g;
/**
 * In these scripts accents and points are often left out when typing, so they are ignored. In other scripts a mark makes
 * another letter: が is not か, й is not и, and Thai and Devanagari write vowels as marks.
 */
const OPTIONAL_MARKS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}])\p{M}+/gu;
const CYRILLIC_YO = /(?<=\u0435|\u0415)\u0308/g;
const PICTOGRAPH = /\p{Extended_Pictographic}/gu;
const KEYCAP = /[0-9#*]\u20e3/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const SPACES = /\s+/g;

/**
 * Returns the form of a text that is compared: one width, no invisible characters, no optional accents, one case, single
 * spaces. Lower-casing before upper-casing makes ß, ẞ and SS equal, and ı, i, I and İ, independent of the locale.
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

/** Returns the folded words of a text, separated by one space, without punctuation and emoji: "«Opt-out»! 🛑" is OPT OUT. */
export function foldedWords(text: string): string {
  const folded = fold(text.replace(PICTOGRAPH, ' ')).replace(KEYCAP, ' ');
  return (folded.match(WORD) ?? []).join(' ');
}
