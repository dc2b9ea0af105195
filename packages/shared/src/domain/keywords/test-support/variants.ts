/** ASCII in the full-width forms that East Asian keyboards type. */
export const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));

/** A zero-width character after every character. */
export const withInvisible = (text: string, invisible: string): string =>
  Array.from(text, (char) => char + invisible).join('');

export const INVISIBLE = ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\ufe0f'] as const;

/** One text in the ways a phone may send it, all meaning the same. */
export const spellings = (word: string): string[] => [
  word,
  word.toLowerCase(),
  word.toUpperCase(),
  word.normalize('NFC'),
  word.normalize('NFD'),
  fullWidth(word),
  withInvisible(word, '\u200b'),
  withInvisible(word.normalize('NFD'), '\u2060'),
  `\ufeff ${word} \u3000\n`,
];

/** The same among punctuation and emoji, which an opt-out may be. */
export const decorated = (word: string): string[] => [
  `${word}!`,
  `${word}.`,
  `🛑 ${word} 🛑`,
  `🛑${word}👨‍👩‍👧`,
  `«${word}»`,
  `¡${word}!`,
  `「${word}」。`,
  `"${word}"`,
  `${word} 5️⃣`,
];
