/** Converts ASCII to the full-width forms of East Asian keyboards. */
export const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));

/** Adds an invisible character after every character. */
export const withInvisible = (text: string, invisible: string): string =>
  Array.from(text, (char) => char + invisible).join('');

export const INVISIBLE = ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\ufe0f'] as const;

/** The forms in which a phone may send one text, all with the same meaning. */
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

/** The text among punctuation and emoji, which are ignored around an opt-out. */
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
